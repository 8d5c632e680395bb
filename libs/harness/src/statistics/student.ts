/**
 * Student's t and Fisher's F, from the regularised incomplete beta function.
 * Source: continued fraction of the incomplete beta (Numerical Recipes, third edition, section
 * 6.4); quantiles by bisection, which needs no start. For verdicts only: `special-functions.ts`.
 */

import assert from 'node:assert/strict';
import { lnGamma } from './special-functions.ts';

/** I_x(a, b) for a, b > 0 and x in [0, 1]: rises from 0 to 1. */
export function betaI(a: number, b: number, x: number): number {
  assert(a > 0 && b > 0 && x >= 0 && x <= 1, 'I_x(a, b) is defined for a, b > 0, 0 <= x <= 1');
  if (x === 0 || x === 1) return x;
  const front = Math.exp(
    lnGamma(a + b) - lnGamma(a) - lnGamma(b) + a * Math.log(x) + b * Math.log1p(-x),
  );
  // The fraction converges fast below the mean only.
  return x < (a + 1) / (a + b + 2)
    ? (front * fraction(a, b, x)) / a
    : 1 - (front * fraction(b, a, 1 - x)) / b;
}

/** Modified Lentz's method. */
function fraction(a: number, b: number, x: number): number {
  const tiny = 1e-300;
  const away = (value: number): number => (Math.abs(value) < tiny ? tiny : value);
  let c = 1;
  let d = 1 / away(1 - ((a + b) * x) / (a + 1));
  let product = d;
  const terms = 200 + Math.ceil(20 * Math.sqrt(Math.max(a, b)));
  for (let m = 1; m < terms; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / away(1 + even * d);
    c = away(1 + even / c);
    product *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / away(1 + odd * d);
    c = away(1 + odd / c);
    product *= d * c;
    if (Math.abs(d * c - 1) < 1e-16) break;
  }
  return product;
}

/** P(T > t) with `freedom` degrees of freedom, which may be broken (Welch). */
export function studentSurvival(t: number, freedom: number): number {
  const tail = 0.5 * betaI(freedom / 2, 0.5, freedom / (freedom + t * t));
  return t >= 0 ? tail : 1 - tail;
}

/** The t with P(|T| <= t) = confidence: half the width of an interval, in standard errors. */
export function studentFactor(confidence: number, freedom: number): number {
  assert(confidence > 0 && confidence < 1, 'a level is between 0 and 1');
  assert(freedom > 0, 'an interval needs a degree of freedom');
  const tail = (1 - confidence) / 2;
  let high = 1;
  while (studentSurvival(high, freedom) > tail) high *= 2;
  let low = 0;
  for (let round = 0; round < 100; round++) {
    const middle = (low + high) / 2;
    if (studentSurvival(middle, freedom) > tail) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** P(F > f) with so many degrees of freedom above and below. */
export function fisherSurvival(f: number, above: number, below: number): number {
  if (f <= 0) return 1;
  if (f === Infinity) return 0;
  return betaI(below / 2, above / 2, below / (below + above * f));
}
