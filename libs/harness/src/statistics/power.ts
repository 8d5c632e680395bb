/**
 * What a test of a proportion can see: the smallest rise above p that n trials detect, so that a
 * verdict can state its power instead of passing for want of data.
 * Normal approximation, two-sided alpha. For verdicts only, see `special-functions.ts`.
 */

import assert from 'node:assert/strict';
import { normalQuantile } from './normal.ts';

/** A test of "the proportion is p" by n trials. */
export interface ProportionTest {
  readonly n: number;
  readonly p: number;
  /** Chance of a false alarm, two-sided. */
  readonly alpha: number;
  /** Chance of an alarm when the proportion has moved by the answer. */
  readonly power: number;
}

/**
 * The smallest delta for which p + delta is told from p with that power; Infinity where not even a
 * proportion of 1 would be. Give 1 - p to ask about falls.
 */
export function smallestDetectable({ n, p, alpha, power }: ProportionTest): number {
  assert(n > 0, 'a test needs at least one trial');
  assert(p >= 0 && p < 1, 'the proportion tested is at least 0 and below 1');
  assert(power >= 0.5, 'a power below one half would let the shift fall under the alarm limit');
  const alarm = normalQuantile(1 - alpha / 2) * Math.sqrt((p * (1 - p)) / n);
  const zPower = power === 0.5 ? 0 : normalQuantile(power);
  const excess = (delta: number): number => {
    const moved = p + delta;
    return delta - alarm - zPower * Math.sqrt((moved * Math.max(0, 1 - moved)) / n);
  };
  let low = 0;
  let high = 1 - p;
  if (excess(high) < 0) return Infinity;
  for (let halving = 0; halving < 200 && high - low > Number.EPSILON * high; halving++) {
    const middle = low + (high - low) / 2;
    if (excess(middle) < 0) low = middle;
    else high = middle;
  }
  return high;
}
