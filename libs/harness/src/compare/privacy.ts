/**
 * What a variant costs or gains in privacy, as far as a run's record knows it: without these rows a
 * larger epsilon would look like an improvement for nothing.
 */

import { cellSettings } from '../scenario/cell-settings.ts';
import type { RunSummary } from '../record/run-record.ts';
import type { ComparisonRow } from './comparison.ts';
import { exactRow } from './judgement.ts';

export function comparePrivacy(a: RunSummary, b: RunSummary): ComparisonRow[] {
  const direction = 'less is better';
  return [
    exactRow({
      id: 'privacy.epsilon',
      section: 'privacy',
      what: 'epsilon of a report, the largest of any state and vendor',
      unit: 'per bit',
      a: epsilonOf(a),
      b: epsilonOf(b),
      direction,
      why: 'exact: how much one bit of a report may give away; less is better',
    }),
    exactRow({
      id: 'privacy.smallest-window',
      section: 'privacy',
      what: 'smallest published window',
      unit: 'honest reports',
      a: smallestOf(a),
      b: smallestOf(b),
      direction: 'more is better',
      why: 'exact: a report hides among these; more is better',
    }),
  ];
}

function epsilonOf({ scenario, cells }: RunSummary): number {
  const all = cells.map(({ state, vendor }) => {
    return cellSettings(scenario, state, vendor === 'apple' ? 'apple' : 'google').epsilon;
  });
  return all.reduce((most, epsilon) => Math.max(most, epsilon), all[0] ?? scenario.system.epsilon);
}

/** A report hides among others: not among copies that were counted as well, nor forgeries. */
function smallestOf({ cells }: RunSummary): number | null {
  const counts = cells
    .filter(({ totals }) => totals !== undefined)
    .map(({ truth: { honestCount } }) => honestCount);
  return counts.length === 0 ? null : counts.reduce((least, count) => Math.min(least, count));
}
