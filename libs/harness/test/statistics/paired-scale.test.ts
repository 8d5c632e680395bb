/**
 * The paired test of error sizes: its promise over all ways in which pairs can be exchanged, its
 * interval against a search, and exact intervals of proportions against their definition.
 */

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  binomialLowerTail,
  binomialUpperTail,
  exactInterval,
} from '../../src/statistics/binomial.ts';
import { pairedScale } from '../../src/statistics/paired-scale.ts';

const ALPHA = 0.05;
const errors = fc.array(fc.tuple(fc.double(range(9)), fc.double(range(9))), {
  minLength: 1,
  maxLength: 10,
});

function range(most: number) {
  return { min: -most, max: most, noNaN: true };
}

/** How many of the 2^n ways to exchange x and y within pairs are called different. */
function alarms(pairs: readonly (readonly [number, number])[], alpha: number): number {
  let count = 0;
  for (let ways = 0; ways < 2 ** pairs.length; ways++) {
    const isSwapped = (i: number): boolean => ((ways >> i) & 1) === 1;
    const x = pairs.map(([a, b], i) => (isSwapped(i) ? b : a));
    const y = pairs.map(([a, b], i) => (isSwapped(i) ? a : b));
    if (pairedScale(x, y, alpha).differs) count += 1;
  }
  return count;
}

describe('alike', () => {
  test('is called different no more often than alpha, whatever the errors', () => {
    fc.assert(
      fc.property(errors, (pairs) => {
        expect(alarms(pairs, ALPHA)).toBeLessThanOrEqual(ALPHA * 2 ** pairs.length);
      }),
      { numRuns: 60 },
    );
  });

  test.each([8, 9, 10, 11, 12, 13])('with %i pairs that weigh alike: the worst case', (n) => {
    const pairs = Array.from({ length: n }, () => [1, 2] as const);
    const count = alarms(pairs, ALPHA);
    expect(count).toBeLessThanOrEqual(ALPHA * 2 ** n);
    // And it is no test that never speaks: with so many pairs, all one way is seen.
    expect(count > 0).toBe(n >= 8);
  });

  test('fewer than eight pairs can show nothing', () => {
    const pairs = Array.from({ length: 7 }, () => [0, 5] as const);
    expect(alarms(pairs, ALPHA)).toBe(0);
  });
});

describe('the interval', () => {
  test('holds the ratio, and the ratios for which the scaled errors pass for alike', () => {
    fc.assert(
      fc.property(errors, fc.double({ min: 0.05, max: 20, noNaN: true }), (pairs, r) => {
        const x = pairs.map(([a]) => a);
        const y = pairs.map(([, b]) => b);
        const found = pairedScale(x, y, ALPHA);
        if (!Number.isFinite(found.ratio) || found.ratio === 0) return;
        expect(found.low).toBeLessThanOrEqual(found.ratio * (1 + 1e-9));
        expect(found.high).toBeGreaterThanOrEqual(found.ratio * (1 - 1e-9));
        const scaled = pairedScale(
          x.map((error) => error * r),
          y,
          ALPHA,
        );
        const isNearEnd = [found.low, found.high].some((end) => Math.abs(end / r - 1) < 1e-6);
        if (!isNearEnd) expect(scaled.differs).toBe(r < found.low || r > found.high);
      }),
    );
  });

  test('of many pairs is around the true ratio, and excludes 1', () => {
    // Pairs with a spread of their own each, b's errors twice as large.
    const x = Array.from({ length: 64 }, (_, i) => Math.sin(7 * i) * (1 + (i % 3)));
    const y = Array.from({ length: 64 }, (_, i) => 2 * Math.cos(11 * i) * (1 + (i % 3)));
    const { ratio, low, high, differs } = pairedScale(x, y, ALPHA);
    expect(ratio).toBeCloseTo(2, 0);
    expect(low).toBeGreaterThan(1);
    expect(high).toBeLessThan(4);
    expect(differs).toBe(true);
  });

  test('of errors that are the same is 1', () => {
    const x = Array.from({ length: 16 }, (_, i) => i - 8);
    const { ratio, low, high, differs } = pairedScale(x, x, ALPHA);
    expect([ratio, low, high, differs]).toEqual([1, 1, 1, false]);
  });

  test('has no end where one side has no errors at all', () => {
    const zeros = Array.from({ length: 20 }, () => 0);
    const ones = zeros.map(() => 1);
    expect(pairedScale(zeros, ones, ALPHA)).toMatchObject({ low: Infinity, differs: true });
    expect(pairedScale(ones, zeros, ALPHA)).toMatchObject({ low: 0, high: 0, differs: true });
    expect(pairedScale(zeros, zeros, ALPHA)).toMatchObject({ differs: false });
    expect(pairedScale([], [], ALPHA)).toMatchObject({ differs: false });
  });
});

test('an exact interval ends where a tail has half of what is left', () => {
  const n = 50;
  for (const successes of [0, 1, 12, 38, 50]) {
    const { low, high } = exactInterval({ successes, n, confidence: 0.95 });
    if (successes > 0) expect(binomialUpperTail({ successes, n, p: low })).toBeCloseTo(0.025, 9);
    else expect(low).toBe(0);
    if (successes < n) expect(binomialLowerTail({ successes, n, p: high })).toBeCloseTo(0.025, 9);
    else expect(high).toBe(1);
  }
});
