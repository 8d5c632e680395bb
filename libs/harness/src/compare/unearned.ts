/**
 * Reports that a side counted though a fault demands that they are refused: they are no merit.
 * Where they may be all that one side counted more than the other, what rests on the number of
 * counted reports says nothing of which is better.
 */

import type { RunSummary } from '../record/run-record.ts';
import type { ComparisonRow } from './comparison.ts';
import { notToBeTold } from './judgement.ts';
import { countedOf } from './losses.ts';

/** The most of them that there may be: one that several faults struck is in each of these. */
function unearnedOf({ simulation }: RunSummary): number {
  if (simulation === undefined) return 0;
  const most = simulation.faults.reduce(
    (sum, { unexpected, fates }) => sum + Math.min(unexpected, fates['accepted'] ?? 0),
    0,
  );
  return Math.min(most, simulation.reports.wrong);
}

const ON_COUNTS: ReadonlySet<string> = new Set([
  'accuracy.standard-error',
  'privacy.smallest-window',
  'losses.reports',
  'losses.windows',
  'bytes.batch-count',
]);

/** Rows as they are, or unknown where they rest on counts that were not earned. */
export function withoutUnearned(
  rows: readonly ComparisonRow[],
  a: RunSummary,
  b: RunSummary,
): readonly ComparisonRow[] {
  const [inA, inB] = [countedOf(a), countedOf(b)];
  if (inA === inB) return rows;
  const [more, name] = inA > inB ? [a, 'a'] : [b, 'b'];
  const unearned = unearnedOf(more);
  const difference = Math.abs(inA - inB);
  if (unearned < difference) return rows;
  const why =
    `${name} counted ${difference} reports more, but up to ${unearned} that had to be refused: ` +
    'no merit';
  return rows.map((row) => {
    const isOnCounts = ON_COUNTS.has(row.id) || row.section === 'cpu';
    return isOnCounts && row.judgement !== 'same' ? notToBeTold(row, why) : row;
  });
}
