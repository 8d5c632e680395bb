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
import { normalQuantile } from '../statistics/normal.ts';
import { smallestDetectable } from '../statistics/power.ts';

/** Chance of a false alarm, over all features of both processors. */
const ALPHA = 1e-6;
const POWER = 0.9;
/** A cell of the table must be expected to hold this many. */
const FEWEST = 5;

export function checkViews({ views }: SimulationRecord): Omit<ExpectationOutcome, 'id'> {
  const level = ALPHA / Math.max(1, views.length);
  const tested = views
    .map((view) => ({ ...view, ...independence(view.counts, level) }))
    .filter(({ fewest }) => fewest >= FEWEST);
  const [nearest] = tested.toSorted((a, b) => a.p - b.p);
  const n = Math.min(...tested.map(({ total }) => total), Infinity);
  const limit = `no feature goes with the bit, at level ${level.toExponential(1)} each`;
  if (nearest === undefined) {
    return { verdict: 'vacuous', observed: 'too few reports of one kind', limit, n: 0 };
  }
  const rarer = Math.min(...tested.map(({ rarer: count }) => count));
  const shift = smallestDetectable({ n: rarer, p: 0.5, alpha: level, power: POWER });
  const { role, feature, p, difference, reach } = nearest;
  const goes = Math.abs(difference) > reach;
  return {
    verdict: goes ? 'fail' : 'pass',
    observed: goes
      ? `${role}: ${feature} goes with the bit (p = ${p.toExponential(1)})`
      : `${tested.length} features of both processors tell nothing`,
    limit,
    n,
    power: {
      alpha: ALPHA,
      detectable: `a feature that is right ${(100 * (0.5 + shift)).toFixed(1)} % of the time`,
    },
    value: difference,
    interval: {
      of: `share of ones with the feature less that of zeros, ${role}: ${feature}`,
      low: difference - reach,
      high: difference + reach,
      level: 1 - level,
      due: 0,
    },
  };
}

/**
 * A two by two table, counts[feature][bit]. The shares of ones and of zeros that have the feature
 * differ by so much, and by `reach` at most where nothing is wrong: by the same normal law, with
 * the variance of no difference, as chi-square with its p.
 */
function independence(
  [[a, b], [c, d]]: SimulationRecord['views'][number]['counts'],
  level: number,
) {
  const total = a + b + c + d;
  const rows = [a + b, c + d] as const;
  const columns = [a + c, b + d] as const;
  const fewest = total === 0 ? 0 : (Math.min(...rows) * Math.min(...columns)) / total;
  const rarer = Math.min(...columns);
  if (fewest === 0) return { total, fewest, rarer, p: 1, difference: 0, reach: 0 };
  const difference = d / columns[1] - c / columns[0];
  const deviation = Math.sqrt((rows[0] * rows[1]) / (total * columns[0] * columns[1]));
  const p = chiSquareSurvival((difference / deviation) ** 2, 1);
  const reach = normalQuantile(1 - level / 2) * deviation;
  return { total, fewest, rarer, p, difference, reach };
}
