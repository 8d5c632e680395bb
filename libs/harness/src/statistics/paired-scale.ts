/**
 * Of two errors measured at the same places (pairs), whose are larger? The ratio of their root mean
 * squares, an interval for it and a test of "alike", for any distribution and any number of pairs.
 *
 * Where x and y are alike, the sign of each d = x^2 - y^2 is a fair coin, and by Hoeffding's
 * inequality P(|sum d| >= t |d|) <= 2 exp(-t^2 / 2), with |d| the root of the sum of squares. So
 * t^2 = 2 ln(2 / alpha) raises a false alarm at most alpha of the time: a bound, no approximation,
 * and so careful that normal errors raise one far less often. The interval holds the ratios r for
 * which r x and y would pass for alike (Fieller's quadratic in r^2). For verdicts only.
 */

import assert from 'node:assert/strict';

export interface PairedScale {
  /** Root mean square of y over that of x; NaN where both are 0, Infinity where x alone is. */
  readonly ratio: number;
  /** 0 and Infinity where the pairs set no limit. */
  readonly low: number;
  readonly high: number;
  /** Whether they are told apart at alpha: 1 is not in the interval. */
  readonly differs: boolean;
}

/** @param alpha chance of calling what is alike different, at most; the interval has 1 - alpha */
export function pairedScale(
  x: ArrayLike<number>,
  y: ArrayLike<number>,
  alpha: number,
): PairedScale {
  assert.equal(x.length, y.length, 'errors come in pairs');
  assert(alpha > 0 && alpha < 1, 'a level is between 0 and 1');
  const t2 = 2 * Math.log(2 / alpha);
  const sums = { x2: 0, y2: 0, x4: 0, x2y2: 0, y4: 0 };
  for (let i = 0; i < x.length; i++) {
    const a = x[i]! ** 2;
    const b = y[i]! ** 2;
    sums.x2 += a;
    sums.y2 += b;
    sums.x4 += a * a;
    sums.x2y2 += a * b;
    sums.y4 += b * b;
  }
  const { x2, y2, x4, x2y2, y4 } = sums;
  // With q = r^2: (y2 - q x2)^2 <= t2 (y4 - 2 q x2y2 + q^2 x4), that is q2 q^2 - 2 q1 q + q0 <= 0.
  const q2 = x2 * x2 - t2 * x4;
  const q1 = x2 * y2 - t2 * x2y2;
  const q0 = y2 * y2 - t2 * y4;
  const root = Math.sqrt(Math.max(0, q1 * q1 - q2 * q0));
  // Where too few pairs weigh anything the set has no end above (q2 <= 0) or below (q0 <= 0).
  const low = q0 > 0 ? Math.sqrt(q0 / Math.max(0, q1 + root)) : 0;
  const high = q2 > 0 ? Math.sqrt(Math.max(0, q1 + root) / q2) : Infinity;
  return { ratio: Math.sqrt(y2 / x2), low, high, differs: low > 1 || high < 1 };
}
