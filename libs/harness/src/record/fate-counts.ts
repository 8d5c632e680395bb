/** Fates counted: rows of a record, in an order that no run changes. */

import { fateOf } from './fate.ts';
import type { FateCount, StateFateCount } from './run-record.ts';

/** Of planned reports that a run that was cut short did not come to. */
export const NOT_BEGUN = { outcome: 'pending', hop: 'none', reason: 'none' } as const;

/** @param counts fate code -> number of reports */
export function fateCounts(counts: ReadonlyMap<number, number>): FateCount[] {
  return [...counts].sort(([a], [b]) => a - b).map(([code, count]) => ({ ...fateOf(code), count }));
}

/** One row for each state, outcome, hop and reason, in that order; rows of the same are added. */
export function stateFateCounts(rows: Iterable<StateFateCount>): StateFateCount[] {
  const sums = new Map<string, StateFateCount>();
  for (const { state, outcome, hop, reason, count } of rows) {
    const key = [state, outcome, hop, reason].join('\0');
    const before = sums.get(key)?.count ?? 0;
    sums.set(key, { state, outcome, hop, reason, count: before + count });
  }
  const sorted = [...sums].sort(([a], [b]) => (a < b ? -1 : 1));
  return sorted.map(([, row]) => row).filter(({ count }) => count > 0);
}
