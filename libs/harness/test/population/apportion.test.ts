/** Largest remainders: literal cases, and exactness over random weights. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { apportion, evenPart } from '../../src/population/apportion.ts';

describe('apportion', () => {
  it('gives what is left to the largest remainders, ties to the lower index', () => {
    expect(apportion(10, [1n, 1n, 1n])).toEqual([4, 3, 3]);
    expect(apportion(100, [47n, 16n, 158n, 12n])).toEqual([20, 7, 68, 5]);
    expect(apportion(2, [0n, 1n, 1n, 1n])).toEqual([0, 1, 1, 0]);
    expect(apportion(0, [3n, 4n])).toEqual([0, 0]);
    expect(() => apportion(1, [0n])).toThrow();
  });

  it('sums exactly and stays within one of each exact share', () => {
    const weights = fc.array(fc.bigInt({ min: 0n, max: 2n ** 80n }), { minLength: 1 });
    fc.assert(
      fc.property(weights, fc.nat(2 ** 31), (given, total) => {
        fc.pre(given.some((weight) => weight > 0n));
        const sum = given.reduce((a, b) => a + b, 0n);
        const parts = apportion(total, given);
        expect(parts.reduce((a, b) => a + b, 0)).toBe(total);
        parts.forEach((part, i) => {
          const error = BigInt(part) * sum - BigInt(total) * given[i]!;
          expect(error < sum && error > -sum).toBe(true);
        });
      }),
      { seed: 42 },
    );
  });
});

describe('evenPart', () => {
  it('spreads a total over its parts', () => {
    fc.assert(
      fc.property(fc.nat(2 ** 31), fc.integer({ min: 1, max: 28 }), (total, count) => {
        const parts = Array.from({ length: count }, (_, index) => evenPart(total, count, index));
        expect(parts.reduce((a, b) => a + b, 0)).toBe(total);
        expect(Math.max(...parts) - Math.min(...parts)).toBeLessThanOrEqual(1);
      }),
      { seed: 43 },
    );
  });
});
