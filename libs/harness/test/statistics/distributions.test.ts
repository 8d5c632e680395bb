/**
 * Distributions against values computed with 40 digits by mpmath 1.3 (ncdf, gammainc, loggamma and
 * binomial sums), and against textbook identities.
 */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  binomialLowerTail,
  binomialProbability,
  binomialTwoSidedP,
  binomialUpperTail,
} from '../../src/statistics/binomial.ts';
import { chiSquareSurvival, chiSquareTest } from '../../src/statistics/chi-square.ts';
import {
  normalCdf,
  normalQuantile,
  normalSurvival,
  twoSidedP,
  zScore,
} from '../../src/statistics/normal.ts';
import { poissonLowerBound, poissonUpperTail } from '../../src/statistics/poisson.ts';
import { lnGamma } from '../../src/statistics/special-functions.ts';

function expectRelative(actual: number, expected: number, tolerance: number): void {
  expect(Math.abs(actual / expected - 1), `${actual} is not ${expected}`).toBeLessThan(tolerance);
}

describe('ln Gamma', () => {
  it.each([
    [0.1, 2.25271265173421],
    [0.5, 0.5723649429247],
    [1.5, -0.120782237635245],
    [10, 12.8018274800815],
    [1000.5, 5908.67417584868],
    [1e8, 1742068066.103835],
  ])('of %d', (x, expected) => expectRelative(lnGamma(x), expected, 1e-13));
});

describe('normal distribution', () => {
  it.each([
    [0, 0.5],
    [1, 0.841344746068543],
    [-3, 0.00134989803163009],
    [-10, 7.61985302416053e-24],
    [-37, 5.72557122252458e-300],
    [5.5, 0.999999981010438],
  ])('CDF at %d', (z, expected) => expectRelative(normalCdf(z), expected, 1e-12));

  it.each([
    [0.975, 1.95996398454005],
    [0.8, 0.841621233572914],
    [0.0001, -3.71901648545568],
    [1e-12, -7.03448382530113],
    [1e-300, -37.0470962993612],
  ])('quantile of %d', (p, expected) => expectRelative(normalQuantile(p), expected, 1e-12));

  it('quantile and CDF undo each other', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-15, max: 1 - 1e-10, noNaN: true }), (p) => {
        expectRelative(normalCdf(normalQuantile(p)), p, 1e-11);
      }),
      { seed: 11 },
    );
    expect(normalQuantile(0.5)).toBe(0);
    expect(() => normalQuantile(0)).toThrow();
    expect(() => normalQuantile(1)).toThrow();
  });

  it('survival and two-sided p', () => {
    expect(normalSurvival(1) + normalCdf(1)).toBeCloseTo(1, 15);
    expect(twoSidedP(0)).toBe(1);
    expect(twoSidedP(-1.95996398454005)).toBeCloseTo(0.05, 14);
  });

  it('z-score', () => {
    expect(zScore({ observed: 110, expected: 100, variance: 25 })).toBe(2);
    expect(zScore({ observed: 5, expected: 5, variance: 0 })).toBe(0);
    expect(zScore({ observed: 4, expected: 5, variance: 0 })).toBe(-Infinity);
    expect(() => zScore({ observed: 1, expected: 1, variance: -1 })).toThrow();
  });
});

describe('chi-square distribution', () => {
  it.each([
    [3.84145882069412, 1, 0.0500000000000001],
    [10, 5, 0.0752352461465122],
    [100, 100, 0.481191684527957],
    [1400, 1344, 0.140451929071852],
    [50, 2, 1.3887943864964e-11],
    [2000, 1344, 1.13231437917143e-28],
  ])('survival of %d with %d degrees', (statistic, degrees, expected) => {
    expectRelative(chiSquareSurvival(statistic, degrees), expected, 1e-10);
  });

  it('has its ends', () => {
    expect(chiSquareSurvival(0, 3)).toBe(1);
    expect(chiSquareSurvival(Infinity, 3)).toBe(0);
  });

  it('tests counts', () => {
    const fair = chiSquareTest([8, 12, 10], [10, 10, 10]);
    expect(fair.statistic).toBeCloseTo(0.8, 12);
    expect(fair.degrees).toBe(2);
    // With two degrees of freedom the survival is e^(-x/2).
    expect(fair.p).toBeCloseTo(Math.exp(-0.4), 12);
    expect(chiSquareTest([60, 20, 20], [33, 33, 34]).p).toBeLessThan(1e-6);
    expect(() => chiSquareTest([1], [0])).toThrow();
  });
});

describe('binomial distribution', () => {
  it.each([
    [3, 10, 0.5, 0.1171875],
    [2700, 8_000_000, 0.00033535, 0.00726750954901513],
    [500_000, 1_000_000, 0.5, 0.00079788436133175],
    [0, 100, 0.01, 0.366032341273229],
    [100, 100, 0.99, 0.366032341273229],
  ])('probability of %d in %d at %d', (successes, n, p, expected) => {
    expectRelative(binomialProbability({ successes, n, p }), expected, 1e-11);
  });

  it.each([
    [8, 10, 0.5, 0.0546875],
    [5, 10, 0.5, 0.623046875],
    [60, 100, 0.5, 0.0284439668204904],
    [45, 100_000, 0.00033535, 0.03362284572479],
    [2, 10, 0.3, 0.8506916541],
    [0, 10, 0.3, 1],
  ])('upper tail from %d in %d at %d', (successes, n, p, expected) => {
    expectRelative(binomialUpperTail({ successes, n, p }), expected, 1e-11);
  });

  it('tails are the sums of the probabilities, for every count', () => {
    for (const [n, p] of [
      [1, 0.5],
      [7, 0.2],
      [40, 0.97],
      [150, 0.01],
    ] as const) {
      let sum = 0;
      for (let successes = 0; successes <= n; successes++) {
        const sample = { successes, n, p };
        expect(binomialUpperTail(sample)).toBeCloseTo(1 - sum, 12);
        sum += binomialProbability(sample);
        expect(binomialLowerTail(sample)).toBeCloseTo(sum, 12);
      }
      expect(sum).toBeCloseTo(1, 12);
    }
  });

  it('keeps a tiny p', () => {
    expectRelative(binomialLowerTail({ successes: 0, n: 1000, p: 1e-18 }), 1, 1e-14);
    expectRelative(binomialUpperTail({ successes: 1, n: 1000, p: 1e-18 }), 1e-15, 1e-12);
  });

  it('knows the certain cases', () => {
    expect(binomialProbability({ successes: 0, n: 5, p: 0 })).toBe(1);
    expect(binomialUpperTail({ successes: 1, n: 5, p: 0 })).toBe(0);
    expect(binomialUpperTail({ successes: 5, n: 5, p: 1 })).toBe(1);
    expect(binomialTwoSidedP({ successes: 4, n: 5, p: 1 })).toBe(0);
  });

  it('two-sided p: symmetric at a half, 1 at the middle, rejects a true null at most alpha', () => {
    expect(binomialTwoSidedP({ successes: 50, n: 100, p: 0.5 })).toBe(1);
    expectRelative(
      binomialTwoSidedP({ successes: 40, n: 100, p: 0.5 }),
      binomialTwoSidedP({ successes: 60, n: 100, p: 0.5 }),
      1e-12,
    );
    let rejected = 0;
    for (let successes = 0; successes <= 60; successes++) {
      const sample = { successes, n: 60, p: 0.3 };
      if (binomialTwoSidedP(sample) <= 0.05) rejected += binomialProbability(sample);
    }
    expect(rejected).toBeLessThanOrEqual(0.05);
    expect(rejected).toBeGreaterThan(0.02);
  });

  it('refuses impossible samples', () => {
    expect(() => binomialUpperTail({ successes: 6, n: 5, p: 0.5 })).toThrow();
    expect(() => binomialUpperTail({ successes: 1.5, n: 5, p: 0.5 })).toThrow();
    expect(() => binomialUpperTail({ successes: 1, n: 5, p: 1.5 })).toThrow();
  });
});

describe('Poisson distribution', () => {
  it.each([
    [1, 1e-6, 9.99999500000167e-7],
    [5, 2.5, 0.108821981085849],
    [20, 1e-3, 4.10640490283012e-79],
    [30, 30, 0.52428301389368],
    [1000, 850, 2.97081260071169e-7],
    [1000, 1100, 0.99894067674607],
  ])('%d or more where the mean is %d', (k, mean, expected) =>
    expectRelative(poissonUpperTail(k, mean), expected, 1e-11),
  );

  it('at its ends', () => {
    expect(poissonUpperTail(0, 5)).toBe(1);
    expect(poissonUpperTail(3, 0)).toBe(0);
  });

  it.each([
    [1, 1e-4, 1.0000500033336e-4],
    [5, 0.025, 1.6234863901184],
    [40, 1e-6, 16.753150234308],
    [1000, 1e-4, 886.64826141508],
  ])('the smallest mean behind %d, alpha %d', (k, alpha, expected) =>
    expectRelative(poissonLowerBound(k, alpha), expected, 1e-11),
  );

  it('nothing rules out a mean of nothing', () => {
    expect(poissonLowerBound(0, 1e-4)).toBe(0);
  });
});
