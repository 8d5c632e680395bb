/**
 * Flip thresholds against values computed independently, with 80 decimal digits, by Python's
 * `decimal` module: 2^32 / (Decimal(epsilon).exp() + 1), rounded.
 */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { flipProbability, flipThreshold } from '../../src/randomness/flip-threshold.ts';

const known: readonly (readonly [epsilon: number, threshold: number])[] = [
  [0, 2147483648],
  [0.1, 2040198855],
  [0.5, 1621524825],
  [1, 1155094609],
  [2, 511972652],
  [3, 203692574],
  [4, 77250184],
  [8, 1440318],
  [10, 194982],
  [10.2, 159639],
  [12, 26389],
  [20, 9],
  [22.87, 1],
  [23, 0],
  [31.9, 0],
  [1e300, 0],
];

describe('flipThreshold', () => {
  it.each(known)('epsilon %d gives %d', (epsilon, threshold) => {
    expect(flipThreshold(epsilon)).toBe(threshold);
  });

  it('gives a quarter for ln 3, where e^epsilon + 1 = 4', () => {
    expect(flipThreshold(Math.log(3))).toBe(2 ** 30);
  });

  it('gives the white paper figure for epsilon 8', () => {
    expect(flipProbability(flipThreshold(8))).toBeCloseTo(3.3535e-4, 8);
  });

  it('rounds up to a half for vanishing epsilon, also next to the tie at 2^-31', () => {
    // 2^32 / (e^x + 1) = 2^31 - 2^30 x + 2^31 x^3 / 24 - ...: just above a tie at x = 2^-31.
    expect(flipThreshold(2 ** -31)).toBe(2 ** 31);
    expect(flipThreshold(2 ** -31 * (1 + 2 ** -52))).toBe(2 ** 31 - 1);
    expect(flipThreshold(Number.MIN_VALUE)).toBe(2 ** 31);
    expect(flipThreshold(2 ** -1030)).toBe(2 ** 31);
  });

  it('agrees with floating point to a few parts in 2^50 and never grows with epsilon', () => {
    const epsilon = fc.double({ min: 0, max: 40, noNaN: true });
    fc.assert(
      fc.property(epsilon, epsilon, (a, b) => {
        const threshold = flipThreshold(a);
        expect(Math.abs(threshold - 2 ** 32 / (Math.exp(a) + 1))).toBeLessThan(0.51);
        if (a <= b) expect(flipThreshold(b)).toBeLessThanOrEqual(threshold);
        else expect(flipThreshold(b)).toBeGreaterThanOrEqual(threshold);
      }),
      { seed: 20210401, numRuns: 300 },
    );
  });

  it.each([-1, -Number.MIN_VALUE, Infinity, Number.NaN])('refuses %d', (epsilon) => {
    expect(() => flipThreshold(epsilon)).toThrow(RangeError);
  });
});

describe('flipProbability', () => {
  it('is exact at both ends and refuses what lies outside', () => {
    expect(flipProbability(0)).toBe(0);
    expect(flipProbability(2 ** 31)).toBe(0.5);
    expect(() => flipProbability(2 ** 31 + 1)).toThrow();
    expect(() => flipProbability(0.5)).toThrow();
  });
});
