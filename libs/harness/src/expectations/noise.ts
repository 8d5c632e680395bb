/**
 * `noise.dist`: states its level, its sample and the smallest effect that the sample would show.
 * Only honest accepted reports count: a cheat's noise proves nothing.
 */

import { flipProbability, flipThreshold } from '@priolab/roles';

import type { ExpectationOutcome, RunRecord } from '../record/run-record.ts';
import { binomialTwoSidedP } from '../statistics/binomial.ts';
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
