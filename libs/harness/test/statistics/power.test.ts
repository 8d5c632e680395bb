/** Wilson's interval and detectable effects against published and recomputed figures. */

import { describe, expect, it } from 'vitest';
import { binomialProbability, wilsonInterval } from '../../src/statistics/binomial.ts';
import { normalQuantile, normalSurvival } from '../../src/statistics/normal.ts';
import { smallestDetectable } from '../../src/statistics/power.ts';

describe("Wilson's interval", () => {
  // Newcombe 1998, "Two-sided confidence intervals for the single proportion", table I, method 3.
  it.each([
    [81, 263, 0.2553, 0.3662],
    [15, 148, 0.0624, 0.1605],
    [0, 20, 0, 0.1611],
    [1, 29, 0.0061, 0.1718],
  ])('of %d in %d', (successes, n, low, high) => {
    const interval = wilsonInterval({ successes, n, confidence: 0.95 });
    expect(interval.low).toBeCloseTo(low, 4);
    expect(interval.high).toBeCloseTo(high, 4);
  });

  it('covers about as often as it says', () => {
    let covered = 0;
    for (let successes = 0; successes <= 200; successes++) {
      const { low, high } = wilsonInterval({ successes, n: 200, confidence: 0.95 });
      if (low <= 0.3 && 0.3 <= high) covered += binomialProbability({ successes, n: 200, p: 0.3 });
    }
    expect(covered).toBeGreaterThan(0.935);
    expect(covered).toBeLessThan(0.965);
  });

  it('stays within 0 and 1', () => {
    expect(wilsonInterval({ successes: 5, n: 5, confidence: 0.99 }).high).toBe(1);
    expect(() => wilsonInterval({ successes: 0, n: 0, confidence: 0.95 })).toThrow();
  });
});

describe('smallestDetectable', () => {
  it('is the shift whose power is the one asked for', () => {
    for (const n of [500, 10_000, 1_000_000]) {
      for (const p of [0.00033535, 0.1, 0.5]) {
        const delta = smallestDetectable({ n, p, alpha: 0.01, power: 0.9 });
        const limit = p + normalQuantile(0.995) * Math.sqrt((p * (1 - p)) / n);
        const moved = p + delta;
        const z = (limit - moved) / Math.sqrt((moved * (1 - moved)) / n);
        expect(normalSurvival(z)).toBeCloseTo(0.9, 8);
      }
    }
  });

  it('is zAlpha + zPower standard errors where p hardly moves', () => {
    const delta = smallestDetectable({ n: 1e10, p: 0.5, alpha: 0.05, power: 0.8 });
    expect(delta * 2 * 1e5).toBeCloseTo(1.95996 + 0.84162, 4);
  });

  it('says when nothing could be detected', () => {
    expect(smallestDetectable({ n: 3, p: 0.9, alpha: 1e-6, power: 0.9 })).toBe(Infinity);
  });
});
