/**
 * The probability with which randomised response flips a bit, as a 32-bit threshold: a bit flips
 * if a uniform 32-bit word is less than round(2^32 / (e^epsilon + 1)).
 * Source: ENPA white paper section 4.2. `Math.exp` may differ by an ulp between JavaScript engines,
 * which could move the threshold and so every later result; here e^epsilon is computed in fixed
 * point, and the function throws rather than return a threshold that rounding leaves in doubt.
 */

import assert from 'node:assert/strict';

const fractionBits = 256n;
const one = 1n << fractionBits;
// Argument of the series is epsilon / 2^halvings, then squared as often.
const halvings = 8n;
// Truncations cost the series less than 2^-248 and the eight squarings double that eight times, so
// the quotient below, less than 2^31, is exact to 2^-200. It is kept to 128 bits after the point.
const quotientBits = 128n;
// A quotient farther than this many last places (2^-120) from a tie is rounded with certainty.
const tieMargin = 1n << 8n;
// Above ln(2^33 - 1) = 22.87 the threshold rounds to 0; far above it nothing need be computed.
const alwaysZeroFrom = 32;

/**
 * round(2^32 / (e^epsilon + 1)), a whole number in [0, 2^31]. The double `epsilon` is taken as the
 * exact fraction that it is.
 *
 * @throws RangeError if epsilon is negative, infinite or not a number.
 */
export function flipThreshold(epsilon: number): number {
  if (!(epsilon >= 0) || epsilon === Infinity) {
    throw new RangeError(`epsilon: expected a finite number from 0, got ${epsilon}`);
  }
  if (epsilon === 0) return 2 ** 31;
  if (epsilon >= alwaysZeroFrom) return 0;
  const denominator = exponential(toFixedPoint(epsilon)) + one;
  const quotient = (1n << (32n + quotientBits + fractionBits)) / denominator;
  const half = 1n << (quotientBits - 1n);
  const fraction = quotient & ((1n << quotientBits) - 1n);
  // e^epsilon is transcendental for rational epsilon > 0: an exact tie cannot happen, only one that
  // is too close for this precision.
  const distance = fraction > half ? fraction - half : half - fraction;
  assert(distance > tieMargin, 'threshold is too close to a tie to be rounded with certainty');
  return Number((quotient + half) >> quotientBits);
}

/** The probability that a threshold stands for: threshold / 2^32, exact. */
export function flipProbability(threshold: number): number {
  assert(Number.isInteger(threshold) && threshold >= 0, 'threshold is a whole number from 0');
  assert(threshold <= 2 ** 31, 'threshold is at most 2^31');
  return threshold / 2 ** 32;
}

/** A double in [0, 32) in fixed point; bits below 2^-256 are dropped. */
function toFixedPoint(value: number): bigint {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  const bits = view.getBigUint64(0);
  const exponentBits = (bits >> 52n) & 0x7ffn;
  const fraction = bits & ((1n << 52n) - 1n);
  // IEEE 754: value = mantissa * 2^(exponent - 1075), subnormals with exponent 1.
  const mantissa = exponentBits === 0n ? fraction : fraction | (1n << 52n);
  const shift = (exponentBits === 0n ? 1n : exponentBits) - 1075n + fractionBits;
  return shift >= 0n ? mantissa << shift : mantissa >> -shift;
}

/** e^x in fixed point, for 0 <= x < 32: Taylor series of x / 2^8, squared eight times. */
function exponential(x: bigint): bigint {
  const reduced = x >> halvings;
  let sum = one;
  let term = one;
  for (let k = 1n; term > 0n; k++) {
    term = (term * reduced) / (k << fractionBits);
    sum += term;
  }
  for (let squaring = 0n; squaring < halvings; squaring++) sum = (sum * sum) >> fractionBits;
  return sum;
}
