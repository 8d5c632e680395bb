/** Skewed draws: the weights, the layouts, and that every bin can be drawn. */

import { customMetric, maxBins, type MetricLayout } from '@priolab/roles';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  customItemWords,
  skewedBin,
  skewedWeights,
  writeCustomValue,
} from '../../src/population/custom-values.ts';

describe('skewed weights', () => {
  it('fall as 1 / (i + 1), above 0 to the widest vector, and add up to less than 2^24', () => {
    expect([...skewedWeights(4)]).toEqual([1048576, 1572864, 1922389, 2184533]);
    const widest = skewedWeights(maxBins);
    expect(widest[maxBins - 1]! - widest[maxBins - 2]!).toBe(2);
    expect(widest[maxBins - 1]).toBeLessThan(2 ** 24);
  });

  it('give each bin its share of the words', () => {
    const cumulative = skewedWeights(300);
    const total = cumulative[299]!;
    for (let bin = 0; bin < 300; bin++) {
      const first = bin === 0 ? 0 : cumulative[bin - 1]!;
      // The least word whose 28 high bits reach the bin's first unit of weight, and the one before.
      const word = Math.ceil((first * 2 ** 28) / total) * 16;
      expect(skewedBin(cumulative, word)).toBe(bin);
      if (bin > 0) expect(skewedBin(cumulative, word - 1)).toBe(bin - 1);
    }
    expect(skewedBin(cumulative, 0xffffffff)).toBe(299);
  });
});

describe('writeCustomValue', () => {
  const layouts: readonly MetricLayout[] = ['one-hot', 'one-hot-or-none', 'k-hot', 'cumulative'];

  it('keeps to the layout for any words and width, and to its own range', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...layouts),
        fc.integer({ min: 1, max: 40 }),
        fc.uint32Array({ minLength: 32, maxLength: 32 }),
        (layout, bins, words) => {
          const metric = customMetric({ id: 'mine', bins, layout });
          const out = new Uint32Array(3 * bins).fill(9);
          const cumulative = skewedWeights(bins);
          expect(customItemWords(metric)).toBe(layout === 'k-hot' ? 16 : 4);
          writeCustomValue({ metric, cumulative, words, out }, 1);
          expect(out.subarray(0, bins).every((word) => word === 9)).toBe(true);
          expect(out.subarray(2 * bins).every((word) => word === 9)).toBe(true);
          const vector = [...out.subarray(bins, 2 * bins)];
          const ones = vector.filter((bit) => bit === 1).length;
          expect(ones + vector.filter((bit) => bit === 0).length).toBe(bins);
          expect(ones).toBeLessThanOrEqual(metric.maxOnes);
          if (layout === 'one-hot') expect(ones).toBe(1);
          if (layout === 'cumulative') expect(vector.lastIndexOf(0)).toBe(bins - ones - 1);
        },
      ),
      { seed: 5, numRuns: 400 },
    );
  });

  it('leaves a quarter of one-hot-or-none empty', () => {
    const metric = customMetric({ id: 'mine', bins: 2, layout: 'one-hot-or-none' });
    const draw = (second: number) => {
      const out = new Uint32Array(2);
      const words = Uint32Array.of(0, second, 0, 0);
      writeCustomValue({ metric, cumulative: skewedWeights(2), words, out }, 0);
      return [...out];
    };
    expect(draw(2 ** 30 - 1)).toEqual([0, 0]);
    expect(draw(2 ** 30)).toEqual([1, 0]);
  });
});
