/**
 * `noise.dist`: states its level, its sample and the smallest effect that the sample would show.
 * Only honest accepted reports count: a cheat's noise proves nothing.
 */

import { flipProbability, flipThreshold } from '@priolab/roles';

import type { ExpectationOutcome, NoiseRecord, RunRecord } from '../record/run-record.ts';
import { binomialTwoSidedP, exactInterval } from '../statistics/binomial.ts';
import { smallestDetectable } from '../statistics/power.ts';

type Outcome = Omit<ExpectationOutcome, 'id'>;

/** A run with right noise is called wrong once in a million seeds. */
const ALPHA = 1e-6;
const POWER = 0.8;
/** With fewer expected flips than this, nothing can be said. */
const FEWEST_FLIPS = 5;

/** `noise.dist`: bits are flipped with the probability that epsilon calls for. */
export function checkNoise(record: RunRecord): Outcome {
  const groups = noiseOf(record);
  if (groups === undefined) {
    const observed = 'no data: the record does not tell the noise of one epsilon from another’s';
    return { verdict: 'vacuous', observed, limit: 'one rate an epsilon', n: 0 };
  }
  const judged = groups.map((group) => judgeGroup(group, ALPHA / groups.length));
  const n = judged.reduce((sum, group) => sum + group.noisedBits, 0);
  const limit = judged.map((group) => group.limit).join('; ');
  const thin = judged.filter(({ expected }) => expected < FEWEST_FLIPS);
  if (thin.length > 0) {
    const observed = thin.map((group) => group.counts).join('; ');
    return { verdict: 'vacuous', observed: `too little noise to judge: ${observed}`, limit, n };
  }
  const shown = judged.map(({ counts, probability }) => {
    return `${counts} (probability ${probability.toPrecision(2)})`;
  });
  const nearest = judged.reduce((a, b) => (b.probability < a.probability ? b : a));
  const { value, interval } = intervalOf(nearest, groups.length);
  const { low, high, due } = interval;
  return {
    verdict: due < low || due > high ? 'fail' : 'pass',
    observed: shown.join('; '),
    limit,
    n,
    power: { alpha: ALPHA, detectable: judged.map((group) => group.detectable).join('; ') },
    value,
    interval,
  };
}

/** The flips by epsilon; undefined where several epsilons are in one count. */
function noiseOf({ scenario, tally }: RunRecord): readonly NoiseRecord[] | undefined {
  if (tally.noiseByEpsilon !== undefined) return tally.noiseByEpsilon;
  if (scenario.overrides.some(({ epsilon }) => epsilon !== undefined)) return undefined;
  const { flippedBits, noisedBits } = tally;
  return [{ epsilon: scenario.system.epsilon, flippedBits, noisedBits }];
}

/** One epsilon's flips, at its part of the level. */
function judgeGroup({ epsilon, flippedBits, noisedBits }: NoiseRecord, alpha: number) {
  const p = flipProbability(flipThreshold(epsilon));
  const expected = noisedBits * p;
  const counts = `${flippedBits} of ${noisedBits} bits flipped, expected ${expected.toFixed(1)}`;
  const limit = `p = ${p.toPrecision(5)} (epsilon ${epsilon})`;
  const group = { epsilon, flippedBits, noisedBits, p, alpha, expected, counts, limit };
  if (expected < FEWEST_FLIPS) return { ...group, probability: 1, detectable: '' };
  const probability = binomialTwoSidedP({ successes: flippedBits, n: noisedBits, p });
  const effect = smallestDetectable({ n: noisedBits, p, alpha, power: POWER });
  return {
    ...group,
    probability,
    detectable: `a rate off by ${((100 * effect) / p).toFixed(1)} %`,
  };
}

/** Clopper and Pearson's: p is outside where its two-sided probability is below the level. */
function intervalOf(
  { epsilon, flippedBits, noisedBits, p, alpha }: ReturnType<typeof judgeGroup>,
  groupCount: number,
) {
  const level = 1 - alpha;
  const { low, high } = exactInterval({ successes: flippedBits, n: noisedBits, confidence: level });
  const of = `share of bits flipped${groupCount === 1 ? '' : `, epsilon ${epsilon}`}`;
  return { value: flippedBits / noisedBits, interval: { of, low, high, level, due: p } };
}
