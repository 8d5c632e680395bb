/**
 * A scenario's rates and weights in whole numbers, so that nothing that results depend on is a sum
 * of floating point numbers.
 */

const WEIGHT_UNIT = 2 ** 20;

/** A rate as a threshold for 32-bit words, 0 to 2^32. */
export function rateThreshold(rate: number): number {
  return Math.round(rate * 2 ** 32);
}

/** A weight in units of 2^-20. */
export function weightUnits(weight: number): bigint {
  return BigInt(Math.round(weight * WEIGHT_UNIT));
}
