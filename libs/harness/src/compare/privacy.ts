/**
 * What a variant costs or gains in privacy, as far as a run's record knows it: without these rows a
 * larger epsilon would look like an improvement for nothing.
 */

import { cellSettings } from '../scenario/cell-settings.ts';
import type { CellRecord, RunSummary } from '../record/run-record.ts';
import { canonicalJson } from '../scenario/canonical-json.ts';
import type { ComparisonRow } from './comparison.ts';
import { exactRow } from './judgement.ts';
import { pairCells } from './world.ts';

export function comparePrivacy(a: RunSummary, b: RunSummary): ComparisonRow[] {
  const direction = 'less is better';
  const windows = windowsToCompare(a, b);
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
      a: smallestOf(windows.a),
      b: smallestOf(windows.b),
      direction: 'more is better',
      why: windows.why,
    }),
  ];
}

function epsilonOf({ scenario, cells }: RunSummary): number {
  const all = cells.map(({ state, vendor }) => {
    return cellSettings(scenario, state, vendor === 'apple' ? 'apple' : 'google').epsilon;
  });
  return all.reduce((most, epsilon) => Math.max(most, epsilon), all[0] ?? scenario.system.epsilon);
}

interface Windows {
  readonly a: readonly CellRecord[];
  readonly b: readonly CellRecord[];
  readonly why: string;
}

/**
 * Those that both published: one that a fault took from a side protects nobody there. Where the
 * sides' own rules differ in which windows there are or how small they may be: all of each.
 */
function windowsToCompare(a: RunSummary, b: RunSummary): Windows {
  const published = ({ cells }: RunSummary): readonly CellRecord[] =>
    cells.filter(({ totals }) => totals !== undefined);
  const [one, other] = [published(a), published(b)];
  const hides = 'a report hides among these; more is better';
  if (rulesOf(a) !== rulesOf(b)) {
    return { a: one, b: other, why: `exact, over all windows of each: ${hides}` };
  }
  const pairs = pairCells({ cells: one }, { cells: other });
  return {
    a: pairs.map(([cell]) => cell),
    b: pairs.map(([, cell]) => cell),
    why:
      pairs.length === 0
        ? 'no window was published by both'
        : `exact, over the ${pairs.length} windows that both published: ${hides}`,
  };
}

function rulesOf({ scenario: { system, services, overrides } }: RunSummary): string {
  const own = overrides
    .filter(({ minBatch }) => minBatch !== undefined)
    .map(({ states, vendors, minBatch }) => [states ?? null, vendors ?? null, minBatch]);
  return canonicalJson([system.windowHours, services.minBatch, own]);
}

/** A report hides among others: not among copies that were counted as well, nor forgeries. */
function smallestOf(cells: readonly CellRecord[]): number | null {
  const counts = cells.map(({ truth: { honestCount } }) => honestCount);
  return counts.length === 0 ? null : counts.reduce((least, count) => Math.min(least, count));
}
