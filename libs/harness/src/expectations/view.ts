/**
 * `view.indist`: what one processor sees does not tell what a report holds. For each feature of its
 * view, reports are counted by feature and by bit, and the two must be independent (chi-square).
 *
 * A failure: some feature goes with the bit, beyond the level that is split over all features. Not
 * a failure: chance below that level. It is a smoke test with a stated power, not a proof: it sees
 * these features only. Vacuous: too few reports of one of the two kinds.
 */

import type { ExpectationOutcome } from '../record/run-record.ts';
import type { SimulationRecord } from '../record/simulation-record.ts';
import { chiSquareSurvival } from '../statistics/chi-square.ts';
import { smallestDetectable } from '../statistics/power.ts';

/** Chance of a false alarm, over all features of both processors. */
const ALPHA = 1e-6;
const POWER = 0.9;
/** A cell of the table must be expected to hold this many. */
const FEWEST = 5;

export function checkViews({ views }: SimulationRecord): Omit<ExpectationOutcome, 'id'> {
  const level = ALPHA / Math.max(1, views.length);
  const tested = views
    .map((view) => ({ ...view, ...independence(view.counts) }))
    .filter(({ fewest }) => fewest >= FEWEST);
  const suspicious = tested.filter(({ p }) => p < level);
  const [first] = suspicious.toSorted((a, b) => a.p - b.p);
  const n = Math.min(...tested.map(({ total }) => total), Infinity);
  const limit = `no feature goes with the bit, at level ${level.toExponential(1)} each`;
  if (tested.length === 0) {
    return { verdict: 'vacuous', observed: 'too few reports of one kind', limit, n: 0 };
  }
  const rarer = Math.min(...tested.map(({ rarer: count }) => count));
  const shift = smallestDetectable({ n: rarer, p: 0.5, alpha: level, power: POWER });
  return {
    verdict: first === undefined ? 'pass' : 'fail',
    observed:
      first === undefined
        ? `${tested.length} features of both processors tell nothing`
        : `${first.role}: ${first.feature} goes with the bit (p = ${first.p.toExponential(1)})`,
    limit,
    n,
    power: {
      alpha: ALPHA,
      detectable: `a feature that is right ${(100 * (0.5 + shift)).toFixed(1)} % of the time`,
    },
  };
}

/** Chi-square of a two by two table: counts[feature][bit]. */
function independence([[a, b], [c, d]]: SimulationRecord['views'][number]['counts']) {
  const total = a + b + c + d;
  const rows = [a + b, c + d];
  const columns = [a + c, b + d];
  const fewest = total === 0 ? 0 : (Math.min(...rows) * Math.min(...columns)) / total;
  const statistic =
    fewest === 0
      ? 0
      : (total * (a * d - b * c) ** 2) / (rows[0]! * rows[1]! * columns[0]! * columns[1]!);
  const rarer = Math.min(...columns);
  return { total, fewest, rarer, p: chiSquareSurvival(statistic, 1) };
}
