/**
 * The binomial distribution: exact tails, two-sided p-values, Wilson's interval and the exact
 * one of Clopper and Pearson.
 * Source: single probabilities by Loader's saddle-point expansion ("Fast and accurate computation
 * of binomial probabilities", 2000), which keeps its precision for millions of trials; tails by
 * adding neighbours until nothing changes. For verdicts only, see `special-functions.ts`.
 */

import assert from 'node:assert/strict';
import { normalQuantile } from './normal.ts';
import { lnGamma } from './special-functions.ts';

/** A count of successes among n independent trials that succeed with probability p. */
export interface BinomialSample {
  readonly successes: number;
  readonly n: number;
  readonly p: number;
}

/** P(X = successes). */
export function binomialProbability({ successes, n, p }: BinomialSample): number {
  checkSample(successes, n, p);
  return probability({ x: successes, n, p, q: 1 - p });
}

/** P(X <= successes). */
export function binomialLowerTail({ successes, n, p }: BinomialSample): number {
  checkSample(successes, n, p);
  return upperTail({ x: n - successes, n, p: 1 - p, q: p });
}

/** P(X >= successes). */
export function binomialUpperTail({ successes, n, p }: BinomialSample): number {
  checkSample(successes, n, p);
  return upperTail({ x: successes, n, p, q: 1 - p });
}

/** Twice the smaller tail, at most 1: exact tails, so a true null rejects at most alpha. */
export function binomialTwoSidedP(sample: BinomialSample): number {
  return Math.min(1, 2 * Math.min(binomialLowerTail(sample), binomialUpperTail(sample)));
}

/** Wilson's score interval for a proportion. */
export function wilsonInterval({
  successes,
  n,
  confidence,
}: {
  readonly successes: number;
  readonly n: number;
  readonly confidence: number;
}): { readonly low: number; readonly high: number } {
  assert(n > 0, 'an interval needs at least one trial');
  checkSample(successes, n, 0);
  const z = normalQuantile(0.5 + confidence / 2);
  const share = successes / n;
  const scale = 1 + (z * z) / n;
  const centre = (share + (z * z) / (2 * n)) / scale;
  const half = (z / scale) * Math.sqrt((share * (1 - share)) / n + (z * z) / (4 * n * n));
  return { low: Math.max(0, centre - half), high: Math.min(1, centre + half) };
}

/** Clopper and Pearson's interval for a proportion: exact, it has at least that confidence. */
export function exactInterval({
  successes,
  n,
  confidence,
}: {
  readonly successes: number;
  readonly n: number;
  readonly confidence: number;
}): { readonly low: number; readonly high: number } {
  checkSample(successes, n, 0);
  const tail = (1 - confidence) / 2;
  const isLow = (p: number): boolean => binomialUpperTail({ successes, n, p }) < tail;
  const isHigh = (p: number): boolean => binomialLowerTail({ successes, n, p }) < tail;
  return {
    low: successes === 0 ? 0 : lastOf(isLow),
    high: successes === n ? 1 : lastOf((p) => !isHigh(p)),
  };
}

/** The largest p between 0 and 1 for which something holds that holds up to it. */
function lastOf(holds: (p: number) => boolean): number {
  let low = 0;
  let high = 1;
  for (let halving = 0; halving < 60; halving++) {
    const middle = (low + high) / 2;
    if (holds(middle)) low = middle;
    else high = middle;
  }
  return low;
}

function checkSample(successes: number, n: number, p: number): void {
  assert(Number.isInteger(n) && n >= 0, 'trials are a whole number from 0');
  assert(Number.isInteger(successes) && successes >= 0, 'successes are a whole number from 0');
  assert(successes <= n, 'successes are at most the trials');
  assert(p >= 0 && p <= 1, 'a probability is between 0 and 1');
}

/** Both chances are carried, as 1 - (1 - p) would lose a small p. */
interface Trials {
  readonly x: number;
  readonly n: number;
  readonly p: number;
  readonly q: number;
}

function probability({ x, n, p, q }: Trials): number {
  if (p === 0) return x === 0 ? 1 : 0;
  if (q === 0) return x === n ? 1 : 0;
  if (x === 0) return Math.exp(n * (p < q ? Math.log1p(-p) : Math.log(q)));
  if (x === n) return Math.exp(n * (q < p ? Math.log1p(-q) : Math.log(p)));
  const correction = stirlingError(n) - stirlingError(x) - stirlingError(n - x);
  const deviance = devianceTerm(x, n * p) + devianceTerm(n - x, n * q);
  return Math.exp(correction - deviance) * Math.sqrt(n / (2 * Math.PI * x * (n - x)));
}

function upperTail(trials: Trials): number {
  const { x, n, p, q } = trials;
  if (x === 0) return 1;
  // Below the mean the terms would first grow: add up the other, short side.
  if (x <= n * p) return 1 - upperTail({ x: n - x + 1, n, p: q, q: p });
  let term = probability(trials);
  let sum = 0;
  for (let k = x; k <= n && term > sum * 1e-17; k++) {
    sum += term;
    term *= ((n - k) / (k + 1)) * (p / q);
  }
  return Math.min(1, sum);
}

/** ln n! minus Stirling's formula. */
function stirlingError(n: number): number {
  if (n < 16) {
    return lnGamma(n + 1) - (n + 0.5) * Math.log(n) + n - 0.5 * Math.log(2 * Math.PI);
  }
  const squared = n * n;
  return (1 / 12 - (1 / 360 - (1 / 1260 - 1 / 1680 / squared) / squared) / squared) / n;
}

/** x ln(x / mean) + mean - x, without cancellation where x is near the mean. */
function devianceTerm(x: number, mean: number): number {
  if (Math.abs(x - mean) >= 0.1 * (x + mean)) return x * Math.log(x / mean) + mean - x;
  const v = (x - mean) / (x + mean);
  let sum = (x - mean) * v;
  let power = 2 * x * v;
  for (let k = 3; k < 1000; k += 2) {
    power *= v * v;
    const next = sum + power / k;
    if (next === sum) break;
    sum = next;
  }
  return sum;
}
