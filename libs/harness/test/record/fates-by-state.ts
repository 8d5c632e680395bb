/** What rows by state must be, whatever the run. */

import { expect } from 'vitest';

import type { FateCount, RunSummary } from '../../src/index.ts';

const nameOf = ({ outcome, hop, reason }: FateCount): string => `${outcome} ${hop} ${reason}`;

function sums(rows: readonly FateCount[]): Record<string, number> {
  const totals: Record<string, number> = {};
  for (const row of rows) totals[nameOf(row)] = (totals[nameOf(row)] ?? 0) + row.count;
  return totals;
}

/** Rows by state add up to the fates, exactly; each stands once and for something, in order. */
export function expectToAddUp({ fates, fatesByState }: RunSummary): void {
  const rows = fatesByState!;
  expect(sums(rows)).toEqual(sums(fates));
  const keys = rows.map((row) => `${row.state} ${nameOf(row)}`);
  expect(keys).toEqual([...new Set(keys)].sort());
  for (const { count } of rows) expect(count).toBeGreaterThan(0);
}

/** Reports of each state. */
export function reportsByState({ fatesByState }: RunSummary): Record<string, number> {
  const reports: Record<string, number> = {};
  for (const { state, count } of fatesByState!) reports[state] = (reports[state] ?? 0) + count;
  return reports;
}
