/**
 * The Poisson distribution, for rare events against an upper bound on their rate: its upper tail,
 * and the smallest mean that a count leaves possible. For verdicts only: `special-functions.ts`.
 */

import { lnGamma } from './special-functions.ts';

/** P(X >= k) for X ~ Poisson(mean). */
export function poissonUpperTail(k: number, mean: number): number {
  if (k <= 0) return 1;
  if (mean === 0) return 0;
  // On the mean's other side terms would first grow: add up the short side, away from the mean.
  return k > mean ? sumFrom(k, mean, 1) : 1 - sumFrom(k - 1, mean, -1);
}

/** Probabilities of x and of all beyond it. */
function sumFrom(x: number, mean: number, step: 1 | -1): number {
  let term = Math.exp(x * Math.log(mean) - mean - lnGamma(x + 1));
  let sum = 0;
  for (let k = x; k >= 0 && term > sum * 1e-17; k += step) {
    sum += term;
    term *= step === 1 ? mean / (k + 1) : k / mean;
  }
  return Math.min(1, sum);
}

/** The largest mean for which so many or more are less likely than alpha; 0 where k is 0. */
export function poissonLowerBound(k: number, alpha: number): number {
  let low = 0;
  let high = k;
  for (let halving = 0; halving < 60; halving++) {
    const middle = (low + high) / 2;
    if (poissonUpperTail(k, middle) < alpha) low = middle;
    else high = middle;
  }
  return low;
}
