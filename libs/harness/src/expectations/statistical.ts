/**
 * The statistical oracles: each states its level, its sample and the smallest effect that the
 * sample would show. Only honest accepted reports count: a cheat's noise proves nothing.
 */

import { flipProbability, flipThreshold } from '@priolab/roles';

import type { ExpectationOutcome, RunRecord } from '../record/run-record.ts';
import { binomialTwoSidedP } from '../statistics/binomial.ts';
import { normalQuantile, twoSidedP } from '../statistics/normal.ts';
import { smallestDetectable } from '../statistics/power.ts';

type Outcome = Omit<ExpectationOutcome, 'id'>;

/** A run with right noise is called wrong once in a million seeds. */
const ALPHA = 1e-6;
const POWER = 0.8;
/** With fewer expected flips than this, nothing can be said. */
const FEWEST_FLIPS = 5;

function flipRate({ scenario }: RunRecord): number {
  return flipProbability(flipThreshold(scenario.system.epsilon));
}

/** `noise.dist`: bits are flipped with the probability that epsilon calls for. */
export function checkNoise(record: RunRecord): Outcome {
  const { flippedBits, noisedBits } = record.tally;
  const p = flipRate(record);
  const expected = noisedBits * p;
  const limit = `p = ${p.toPrecision(5)} (epsilon ${record.scenario.system.epsilon})`;
  const observed = `${flippedBits} of ${noisedBits} bits flipped, expected ${expected.toFixed(1)}`;
  if (expected < FEWEST_FLIPS) {
    return {
      verdict: 'vacuous',
      observed: `too little noise to judge: ${observed}`,
      limit,
      n: noisedBits,
    };
  }
  const probability = binomialTwoSidedP({ successes: flippedBits, n: noisedBits, p });
  const detectable = smallestDetectable({ n: noisedBits, p, alpha: ALPHA, power: POWER });
  return {
    verdict: probability < ALPHA ? 'fail' : 'pass',
    observed: `${observed} (probability ${probability.toPrecision(2)})`,
    limit,
    n: noisedBits,
    power: { alpha: ALPHA, detectable: `a rate off by ${((100 * detectable) / p).toFixed(1)} %` },
  };
}

/** `unbiased`: estimate minus truth has mean 0, over everything and for each metric. */
export function checkUnbiased(record: RunRecord): Outcome {
  const p = flipRate(record);
  const overall = { error: 0, variance: 0, flips: 0, reports: 0 };
  const byMetric = new Map<string, typeof overall>();
  for (const cell of record.cells) {
    if (cell.estimates === undefined) continue;
    const { honestCount, honestNoisy, honestClean, noisy, count } = cell.truth;
    const sums = byMetric.get(cell.metric) ?? { error: 0, variance: 0, flips: 0, reports: 0 };
    byMetric.set(cell.metric, sums);
    let error = 0;
    cell.estimates.forEach((estimate, bin) => {
      // Take out what cheats added, de-biased as the authority does.
      const cheats = noisy[bin]! - honestNoisy[bin]! - (count - honestCount) * p;
      error += estimate - cheats / (1 - 2 * p) - honestClean[bin]!;
    });
    const bits = honestCount * honestClean.length;
    for (const into of [sums, overall]) {
      into.error += error;
      into.variance += (bits * p * (1 - p)) / (1 - 2 * p) ** 2;
      into.flips += bits * p;
      into.reports += honestCount;
    }
  }
  const limit = 'mean error 0, in all and for each metric';
  if (overall.flips < FEWEST_FLIPS) {
    return { verdict: 'vacuous', observed: 'too little noise to judge', limit, n: overall.reports };
  }
  const judged = [...byMetric].filter(([, { flips }]) => flips >= FEWEST_FLIPS);
  const scores = [['all', overall] as const, ...judged].map(
    ([name, { error, variance }]) => [name, error / Math.sqrt(variance)] as const,
  );
  const [worstName, worst] = scores.reduce((a, b) => (Math.abs(b[1]) > Math.abs(a[1]) ? b : a));
  // Several tests share one alpha (Bonferroni).
  const probability = Math.min(1, twoSidedP(worst) * scores.length);
  const z = normalQuantile(1 - ALPHA / 2 / scores.length) + normalQuantile(POWER);
  const effect = z * Math.sqrt(overall.variance);
  return {
    verdict: probability < ALPHA ? 'fail' : 'pass',
    observed:
      `sum of errors ${overall.error.toFixed(1)}, standard error ` +
      `${Math.sqrt(overall.variance).toFixed(1)}; largest z ${worst.toFixed(2)} (${worstName})`,
    limit,
    n: overall.reports,
    power: { alpha: ALPHA, detectable: `a sum of errors of ${effect.toFixed(0)}` },
  };
}
