/**
 * Values of metrics that mean nothing: skewed draws for a scenario's own metrics, in which bin i
 * weighs floor(2^20 / (i + 1)), so that every bin of the widest vector is drawn now and then.
 * Whole-number arithmetic; the table of cumulative weights is made once a metric.
 */

import assert from 'node:assert/strict';
import type { Metric } from '@priolab/roles';

/** Words of one item: 4 for layouts with one draw, 16 for `k-hot`. */
export function customItemWords(metric: Metric): number {
  return metric.layout === 'k-hot' ? 16 : 4;
}

/** Weights of bins 0..i added up, for each i; the last is below 2^24 for any Prio width. */
export function skewedWeights(bins: number): Uint32Array {
  const cumulative = new Uint32Array(bins);
  let sum = 0;
  for (let i = 0; i < bins; i++) {
    sum += Math.floor(2 ** 20 / (i + 1));
    cumulative[i] = sum;
  }
  return cumulative;
}

/** The bin that a 32-bit word draws from cumulative weights. */
export function skewedBin(cumulative: Uint32Array, drawn: number): number {
  const total = cumulative[cumulative.length - 1]!;
  // 28 bits times less than 2^24 is exact, and so is dividing by a power of two.
  const target = Math.floor(((drawn >>> 4) * total) / 2 ** 28);
  let low = 0;
  let high = cumulative.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (cumulative[middle]! > target) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Where one device's draw goes, and the words that it is made from. */
export interface CustomDraw {
  readonly metric: Metric;
  readonly cumulative: Uint32Array;
  readonly words: Uint32Array;
  readonly out: Uint32Array;
}

/**
 * Writes row `i`, from item `i` of the words, as the metric's layout demands: one skewed bin (and
 * all after it if `cumulative`), none in a quarter of `one-hot-or-none`, or, for `k-hot`, the union
 * of up to 15 skewed draws.
 */
export function writeCustomValue(draw: CustomDraw, i: number): void {
  const { metric, cumulative, words, out } = draw;
  const { bins, layout, maxOnes } = metric;
  const item = i * customItemWords(metric);
  const offset = i * bins;
  assert(offset + bins <= out.length, 'vector fits into out');
  out.fill(0, offset, offset + bins);
  if (layout === 'k-hot') {
    const draws = words[item]! % (Math.min(maxOnes, 15) + 1);
    for (let k = 1; k <= draws; k++) out[offset + skewedBin(cumulative, words[item + k]!)] = 1;
    return;
  }
  if (layout === 'one-hot-or-none' && words[item + 1]! < 2 ** 30) return;
  const bin = skewedBin(cumulative, words[item]!);
  out.fill(1, offset + bin, layout === 'cumulative' ? offset + bins : offset + bin + 1);
}
