/**
 * The special functions behind the tests: ln Gamma and the regularised upper incomplete gamma.
 * Source: Lanczos' approximation with g = 7 and nine terms; series and continued fraction of the
 * incomplete gamma (Numerical Recipes, third edition, section 6.2).
 * For verdicts only: floating point and `Math.exp` may differ in the last place between engines,
 * so nothing that decides a device's data may come from this folder.
 */

import assert from 'node:assert/strict';

const lanczos: readonly number[] = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313,
  -176.61502916214059, 12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6,
  1.5056327351493116e-7,
];

/** ln Gamma(x) for x > 0, to about 1e-15 relative. */
export function lnGamma(x: number): number {
  assert(x > 0, 'ln Gamma is defined here for x > 0');
  if (x < 0.5) return Math.log(Math.PI / Math.sin(Math.PI * x)) - lnGamma(1 - x);
  const shifted = x - 1;
  let sum = lanczos[0]!;
  for (let k = 1; k < lanczos.length; k++) sum += lanczos[k]! / (shifted + k);
  const t = shifted + 7.5;
  return 0.5 * Math.log(2 * Math.PI) + (shifted + 0.5) * Math.log(t) - t + Math.log(sum);
}

/** Q(a, x) = Gamma(a, x) / Gamma(a), for a > 0 and x >= 0: falls from 1 to 0 as x grows. */
export function gammaQ(a: number, x: number): number {
  assert(a > 0 && x >= 0, 'Q(a, x) is defined for a > 0 and x >= 0');
  if (x === 0) return 1;
  if (x === Infinity) return 0;
  return x < a + 1 ? 1 - lowerSeries(a, x) : upperFraction(a, x);
}

// Both expansions need a few times sqrt(a) terms near x = a.
function termsMax(a: number): number {
  return 200 + Math.ceil(20 * Math.sqrt(a));
}

function lowerSeries(a: number, x: number): number {
  let term = 1 / a;
  let sum = term;
  const terms = termsMax(a);
  for (let k = 1; k < terms && term > sum * 1e-17; k++) {
    term *= x / (a + k);
    sum += term;
  }
  return sum * Math.exp(a * Math.log(x) - x - lnGamma(a));
}

/** Modified Lentz's method. */
function upperFraction(a: number, x: number): number {
  const tiny = 1e-300;
  let b = x + 1 - a;
  let c = 1 / tiny;
  let d = 1 / b;
  let fraction = d;
  const terms = termsMax(a);
  for (let k = 1; k < terms; k++) {
    const numerator = -k * (k - a);
    b += 2;
    d = numerator * d + b;
    if (Math.abs(d) < tiny) d = tiny;
    c = b + numerator / c;
    if (Math.abs(c) < tiny) c = tiny;
    d = 1 / d;
    fraction *= d * c;
    if (Math.abs(d * c - 1) < 1e-16) break;
  }
  return fraction * Math.exp(a * Math.log(x) - x - lnGamma(a));
}
