/** The rank-sum test: its law against all orders counted, and its interval against the test. */

import { createSeedTree } from '@priolab/crypto';
import { describe, expect, test } from 'vitest';

import { rankCut, rankRatio } from '../../src/statistics/rank-sum.ts';

/** U of every order of n and m values. */
function everyU(n: number, m: number): number[] {
  if (n === 0 || m === 0) return [0];
  // The largest value is one of a, above all m of b, or one of b.
  return [...everyU(n - 1, m).map((u) => u + m), ...everyU(n, m - 1)];
}

describe('how many values of U are cut off at each end', () => {
  test.each([
    [3, 3],
    [4, 4],
    [4, 6],
    [6, 6],
    [7, 8],
  ])('%i and %i: as all orders say, counted', (n, m) => {
    const all = everyU(n, m);
    for (const alpha of [0.05, 0.005, 0.5]) {
      const cut = rankCut(n, m, alpha);
      const upTo = (u: number): number => all.filter((one) => one <= u).length / all.length;
      expect(upTo(cut - 1)).toBeLessThanOrEqual(alpha / 2);
      expect(upTo(cut)).toBeGreaterThan(alpha / 2);
    }
  });

  test('from four of each on there is something to tell at 5 %', () => {
    expect([1, 2, 3, 4].map((n) => rankCut(n, n, 0.05))).toEqual([0, 0, 0, 1]);
  });

  test('of a hundred of each as the normal approximation says', () => {
    const [n, z] = [100, 1.96];
    const normal = (n * n) / 2 - z * Math.sqrt((n * n * (2 * n + 1)) / 12);
    expect(Math.abs(rankCut(n, n, 0.05) - normal)).toBeLessThan(2);
  });
});

describe('the interval for a ratio', () => {
  test('too few samples exclude nothing', () => {
    expect(rankRatio([1, 2, 3], [7, 8, 9], 0.05)).toBeUndefined();
  });

  test('four of each that lie apart: all ratios', () => {
    const { low, high, value } = rankRatio([1, 1.25, 2, 1.6], [4, 5, 8, 6.4], 0.05)!;
    expect([low, high]).toEqual([2, 8]);
    expect(value).toBeCloseTo(4, 9);
  });

  test('holds the planted ratio about as often as it says, tails however heavy', () => {
    const words = new Uint32Array(createSeedTree('ranks of a test').bytes(0, 4 * 12 * 1000).buffer);
    const draw = (k: number): number => 1 / (1e-6 + words[k]! / 2 ** 32);
    let missed = 0;
    for (let trial = 0; trial < 1000; trial++) {
      const of = (from: number): number[] => Array.from({ length: 6 }, (_, i) => draw(from + i));
      const a = of(12 * trial);
      const b = of(12 * trial + 6).map((value) => 3 * value);
      const { low, high } = rankRatio(a, b, 0.05)!;
      if (low > 3 || high < 3) missed++;
    }
    // 38 of 924 orders: 41 of 1000, with a standard deviation of 6.
    expect(missed).toBeGreaterThan(20);
    expect(missed).toBeLessThan(62);
  });
});
