/**
 * The law of net flips against values computed with 50 digits by mpmath 1.3 (plain double sums),
 * against a convolution written out, and its promise: no more false alarms than alpha.
 */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  netFlipsDeviation,
  netFlipsLowerTail,
  netFlipsMean,
  netFlipsTwoSidedP,
  netFlipsUpperTail,
  shiftInterval,
  smallestRise,
  smallestShift,
} from '../../src/statistics/binomial-difference.ts';
import type { FlipLaw } from '../../src/statistics/binomial-difference.ts';
import { binomialProbability } from '../../src/statistics/binomial.ts';
import { twoSidedP } from '../../src/statistics/normal.ts';

/** P(D = d) for d from -ones to zeros, by the definition. */
function probabilities({ zeros, ones, p }: FlipLaw): Map<number, number> {
  const law = new Map<number, number>();
  const list = (n: number) =>
    Array.from({ length: n + 1 }, (_, successes) => binomialProbability({ successes, n, p }));
  const down = list(ones);
  list(zeros).forEach((up, x) => {
    down.forEach((share, y) => law.set(x - y, (law.get(x - y) ?? 0) + up * share));
  });
  return law;
}

describe('tails', () => {
  it.each([
    [15000, 0, 0.00033535, 16, 7.36324881821719e-5],
    [14000, 1000, 0.00033535, 17, 7.00778439369495e-6],
    [14000, 1000, 0.00033535, -4, 0.999999687457222],
    [10, 7, 0.3, 3, 0.196945250590452],
    [0, 20, 0.1, -6, 0.997613910591034],
    [20000, 20000, 0.01, 60, 0.00140152643150055],
    [20000, 20000, 0.01, 0, 0.510026782293937],
    [500, 500, 0.018, 40, 7.61553038204921e-18],
  ])('of %d zeros, %d ones, p %d, from %d', (zeros, ones, p, d, expected) => {
    const got = netFlipsUpperTail({ zeros, ones, p }, d);
    expect(Math.abs(got / expected - 1)).toBeLessThan(1e-10);
    const mirrored = netFlipsLowerTail({ zeros: ones, ones: zeros, p }, -d);
    expect(mirrored).toBe(got);
  });

  it('are the sums of the probabilities, for every d', () => {
    const law = fc.record({
      zeros: fc.integer({ min: 0, max: 40 }),
      ones: fc.integer({ min: 0, max: 40 }),
      p: fc.constantFrom(0, 0.001, 0.02, 0.3, 0.5, 0.9, 1),
    });
    const property = fc.property(law, (sample) => {
      let above = 1;
      for (let d = -sample.ones; d <= sample.zeros; d++) {
        expect(netFlipsUpperTail(sample, d)).toBeCloseTo(above, 11);
        above -= probabilities(sample).get(d)!;
        expect(netFlipsLowerTail(sample, d)).toBeCloseTo(1 - above, 11);
      }
    });
    fc.assert(property, { seed: 3, numRuns: 60 });
  });

  it('are certain beyond the ends', () => {
    const law = { zeros: 3, ones: 2, p: 0.4 };
    expect(netFlipsUpperTail(law, -2)).toBe(1);
    expect(netFlipsUpperTail(law, 4)).toBe(0);
    expect(netFlipsLowerTail(law, 3)).toBe(1);
    expect(netFlipsLowerTail(law, -3)).toBe(0);
    expect(netFlipsUpperTail({ zeros: 0, ones: 0, p: 0.4 }, 0)).toBe(1);
  });

  it('follow a large sample', () => {
    const law = { zeros: 9e8, ones: 1e8, p: 0.018 };
    const d = netFlipsMean(law) + Math.round(4 * netFlipsDeviation(law));
    expect(netFlipsUpperTail(law, Math.round(d)) / 3.1671e-5).toBeCloseTo(1, 2);
  });
});

const laws: FlipLaw[] = [
  { zeros: 300, ones: 30, p: 0.015 },
  { zeros: 500, ones: 0, p: 0.01 },
  { zeros: 0, ones: 500, p: 0.01 },
  { zeros: 400, ones: 400, p: 0.001 },
  { zeros: 60, ones: 90, p: 0.3 },
];

describe('two-sided p', () => {
  it.each(laws)('%o: rejects a true null at most alpha, at every level', (law) => {
    const values = [...probabilities(law)];
    for (const alpha of [0.05, 1e-3, 1e-6, 1e-9]) {
      const rejected = values
        .filter(([d]) => netFlipsTwoSidedP(law, d) <= alpha)
        .reduce((sum, [, share]) => sum + share, 0);
      expect(rejected).toBeLessThanOrEqual(alpha);
      // Nor is it blind: something is rejected, and not far less often than allowed.
      if (law.p === 0.3) expect(rejected).toBeGreaterThan(alpha / 4);
    }
  });

  it('where a normal test of five expected flips would cry wolf', () => {
    const law = { zeros: 500, ones: 0, p: 0.01 };
    const rejected = [...probabilities(law)]
      .filter(([d]) => twoSidedP((d - netFlipsMean(law)) / netFlipsDeviation(law)) <= 1e-6)
      .reduce((sum, [, share]) => sum + share, 0);
    expect(rejected).toBeGreaterThan(5e-5);
  });
});

describe('the interval of shifts', () => {
  it('holds 0 if and only if the test does not fail, for every d', () => {
    for (const law of laws) {
      for (const alpha of [0.05, 1e-6]) {
        for (let d = -law.ones; d <= law.zeros; d++) {
          const { low, high } = shiftInterval(law, d, alpha);
          const holds = low <= 0 && 0 <= high;
          expect(holds, `${d} at ${alpha}`).toBe(netFlipsTwoSidedP(law, d) >= alpha);
        }
      }
    }
  });

  it('holds every shift as often as it says', () => {
    const law = { zeros: 60, ones: 90, p: 0.3 };
    const missed = [...probabilities(law)].filter(([d]) => {
      const { low, high } = shiftInterval(law, d + 7, 0.05);
      return low > 7 || high < 7;
    });
    const share = missed.reduce((sum, [, probability]) => sum + probability, 0);
    expect(share).toBeLessThanOrEqual(0.05);
    expect(share).toBeGreaterThan(0.02);
  });
});

describe('smallestShift', () => {
  it('is found with the power asked for, and one less is not', () => {
    for (const law of [
      { zeros: 900, ones: 100, p: 0.01 },
      { zeros: 200, ones: 300, p: 0.2 },
    ]) {
      const test = { alpha: 1e-4, power: 0.8 };
      const shift = smallestShift(law, test);
      const found = (by: number, sign: number) =>
        [...probabilities(law)]
          .filter(([d]) => netFlipsTwoSidedP(law, d + sign * by) <= test.alpha)
          .reduce((sum, [, share]) => sum + share, 0);
      expect(Math.min(found(shift, 1), found(shift, -1))).toBeGreaterThanOrEqual(0.8);
      expect(Math.min(found(shift - 1, 1), found(shift - 1, -1))).toBeLessThan(0.8);
    }
  });

  it('knows that ones are needed to fall', () => {
    const law = { zeros: 500, ones: 0, p: 0.01 };
    const test = { alpha: 1e-6, power: 0.8 };
    expect(smallestShift(law, test)).toBe(Infinity);
    expect(smallestRise(law, test)).toBeGreaterThan(10);
    expect(smallestRise(law, test)).toBeLessThan(25);
  });

  it('says when nothing could be found', () => {
    expect(smallestShift({ zeros: 2, ones: 2, p: 0.3 }, { alpha: 1e-6, power: 0.8 })).toBe(
      Infinity,
    );
  });
});
