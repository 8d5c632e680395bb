/**
 * The public health authority's view: a total with the bias of the local noise removed, and how far
 * off it may be. Source: ENPA section 1.4: z = (s - n p) / (1 - 2p), variance n p (1-p) / (1-2p)^2.
 */

import { flipProbability, flipThreshold } from '../randomness/flip-threshold.ts';
import type { AggregateResult } from './combiner.ts';

export interface Estimate {
  /** bins unbiased estimates of the number of reports with a one; may be negative. */
  readonly values: Float64Array;
  /** Standard error of each of them: the same for every bin. */
  readonly standardError: number;
}

/**
 * Uses the exact flip probability that devices use (an integer over 2^32).
 * @throws RangeError where that is 1/2 (epsilon 0): the total then says nothing of the truth
 */
export function estimate({ task, totals, count }: AggregateResult): Estimate {
  return estimateTotals({ epsilon: task.epsilon, totals, count });
}

/** The same for who knows no task, but what a sum part says. @throws RangeError */
export function estimateTotals(sum: {
  readonly epsilon: number;
  readonly totals: Float64Array;
  readonly count: number;
}): Estimate {
  const { epsilon, totals, count } = sum;
  const p = flipProbability(flipThreshold(epsilon));
  const scale = 1 - 2 * p;
  if (scale === 0) {
    throw new RangeError(`epsilon: expected one that leaves a signal, got ${epsilon}`);
  }
  const values = totals.map((total) => (total - count * p) / scale);
  return { values, standardError: Math.sqrt(count * p * (1 - p)) / scale };
}
