/**
 * The net number of flips among zeros and ones: D = X - Y, with X ~ Bin(zeros, p) flips from 0 to 1
 * and Y ~ Bin(ones, p) flips from 1 to 0, independent. Exact tails, two-sided p-values, and the
 * smallest shift that a test of D would show.
 *
 * P(D >= d) = sum over y of P(Y = y) P(X >= d + y), where the terms with P(Y = y) < 1e-30 are left
 * out and their largest possible sum is added: never below the truth but by rounding (1e-11), so a
 * test at alpha raises a false alarm at most alpha of the time. For verdicts only.
 */

import assert from 'node:assert/strict';
import { binomialProbability, binomialUpperTail } from './binomial.ts';

export interface FlipLaw {
  /** Bits that were 0, and 1, before the noise. */
  readonly zeros: number;
  readonly ones: number;
  /** Chance of each bit to be flipped. */
  readonly p: number;
}

const NEGLIGIBLE = 1e-30;
/** Far above where doubles lose precision. */
const TINY = 1e-280;

export function netFlipsMean({ zeros, ones, p }: FlipLaw): number {
  return (zeros - ones) * p;
}

export function netFlipsDeviation({ zeros, ones, p }: FlipLaw): number {
  return Math.sqrt((zeros + ones) * p * (1 - p));
}

/** P(D >= d), d whole. */
export function netFlipsUpperTail({ zeros, ones, p }: FlipLaw, d: number): number {
  assert(Number.isInteger(d), 'a number of flips is whole');
  if (d <= -ones) return 1;
  if (d > zeros) return 0;
  if (p === 0 || p === 1) return p * (zeros - ones) >= d ? 1 : 0;
  const odds = (1 - p) / p;
  const mean = ones * p;
  let y = Math.floor(mean);
  let share = binomialProbability({ successes: y, n: ones, p });
  for (; y < ones && share >= NEGLIGIBLE; y++) share *= (ones - y) / (y + 1) / odds;
  // Downwards, so that P(X >= d + y) grows by addition and loses nothing to cancellation.
  let tail = upperTail(zeros, p, d + y);
  let term = 0;
  let sum = 0;
  for (; y >= 0 && (y >= mean || share >= NEGLIGIBLE); y--) {
    sum += share * tail;
    share *= (y / (ones - y + 1)) * odds;
    const x = d + y - 1;
    if (x < 0 || x > zeros) continue;
    // The ratio of neighbours, once there is one to start from.
    if (term > TINY) term *= ((x + 1) / (zeros - x)) * odds;
    else term = binomialProbability({ successes: x, n: zeros, p });
    tail += term;
  }
  return Math.min(1, sum + ones * NEGLIGIBLE);
}

/** P(D <= d): the same with the two kinds of flips exchanged. */
export function netFlipsLowerTail({ zeros, ones, p }: FlipLaw, d: number): number {
  return netFlipsUpperTail({ zeros: ones, ones: zeros, p }, -d);
}

/** P(X >= x) for any whole x. */
function upperTail(n: number, p: number, x: number): number {
  if (x <= 0) return 1;
  return x > n ? 0 : binomialUpperTail({ successes: x, n, p });
}

/** Twice the smaller tail, at most 1. */
export function netFlipsTwoSidedP(law: FlipLaw, d: number): number {
  return Math.min(1, 2 * Math.min(netFlipsUpperTail(law, d), netFlipsLowerTail(law, d)));
}

/**
 * The smallest shift of D, up or down, that a two-sided test at alpha finds with that power.
 * Infinity where not even the largest D would be found.
 */
export function smallestShift(law: FlipLaw, test: { alpha: number; power: number }): number {
  const { zeros, ones, p } = law;
  return Math.max(smallestRise(law, test), smallestRise({ zeros: ones, ones: zeros, p }, test));
}

/** The same for shifts up only: where there are few ones, D has little room to fall. */
export function smallestRise(
  law: FlipLaw,
  { alpha, power }: { alpha: number; power: number },
): number {
  const alarm = firstBelow(law, (tail) => 2 * tail <= alpha);
  if (alarm > law.zeros) return Infinity;
  // With that power D is at least this, so a shift by the difference reaches the alarm.
  const usual = firstBelow(law, (tail) => tail < power) - 1;
  return Math.max(0, alarm - usual);
}

/**
 * The shifts of D, 0 for none, that a two-sided test at alpha does not rule out where it has seen
 * d: an exact interval with a confidence of 1 - alpha at least.
 */
export function shiftInterval(
  law: FlipLaw,
  d: number,
  alpha: number,
): { readonly low: number; readonly high: number } {
  const { zeros, ones, p } = law;
  const alarmOf = (one: FlipLaw): number => firstBelow(one, (tail) => 2 * tail < alpha);
  const largest = alarmOf(law) - 1;
  const smallest = 1 - alarmOf({ zeros: ones, ones: zeros, p });
  return { low: d - largest, high: d - smallest };
}

/** The smallest d whose upper tail is small enough: tails fall as d grows. */
function firstBelow(law: FlipLaw, isSmall: (tail: number) => boolean): number {
  const { zeros, ones } = law;
  // Bernstein's inequality: D is farther from its mean with a probability below 1e-38.
  const reach = 40 * netFlipsDeviation(law) + 60;
  let low = Math.max(-ones, Math.floor(netFlipsMean(law) - reach));
  let high = Math.min(zeros + 1, Math.ceil(netFlipsMean(law) + reach));
  while (low < high) {
    const middle = low + Math.floor((high - low) / 2);
    if (isSmall(netFlipsUpperTail(law, middle))) high = middle;
    else low = middle + 1;
  }
  return low;
}
