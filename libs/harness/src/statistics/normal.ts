/**
 * The standard normal distribution, its quantiles, and z-scores.
 * Source: Phi from the incomplete gamma, with tails exact in relative terms; quantiles by Halley's
 * method from Abramowitz and Stegun 26.2.23. For verdicts only, see `special-functions.ts`.
 */

import assert from 'node:assert/strict';
import { gammaQ } from './special-functions.ts';

/** P(Z > z); keeps its relative precision far out in the tail. */
export function normalSurvival(z: number): number {
  const tail = 0.5 * gammaQ(0.5, 0.5 * z * z);
  return z >= 0 ? tail : 1 - tail;
}

/** P(Z <= z). */
export function normalCdf(z: number): number {
  return normalSurvival(-z);
}

/** The z with P(Z <= z) = p, for p in (0, 1). */
export function normalQuantile(p: number): number {
  assert(p > 0 && p < 1, 'a quantile needs a probability between 0 and 1');
  if (p === 0.5) return 0;
  // 1 - p is exact for p >= 0.5, so only the upper tail's small probabilities are worked with.
  return p < 0.5 ? -upperQuantile(p) : upperQuantile(1 - p);
}

/** The z > 0 with P(Z > z) = tail, for tail < 0.5. */
function upperQuantile(tail: number): number {
  const t = Math.sqrt(-2 * Math.log(tail));
  const above = 2.515517 + t * (0.802853 + t * 0.010328);
  const below = 1 + t * (1.432788 + t * (0.189269 + t * 0.001308));
  let z = t - above / below;
  for (let round = 0; round < 3; round++) {
    const density = Math.exp(-0.5 * z * z) / Math.sqrt(2 * Math.PI);
    const error = (normalSurvival(z) - tail) / density;
    z += error / (1 - 0.5 * z * error);
  }
  return z;
}

/** (observed - expected) / sqrt(variance); 0 where both the difference and the variance are 0. */
export function zScore(sample: {
  readonly observed: number;
  readonly expected: number;
  readonly variance: number;
}): number {
  const { observed, expected, variance } = sample;
  assert(variance >= 0, 'a variance is not negative');
  const difference = observed - expected;
  return difference === 0 ? 0 : difference / Math.sqrt(variance);
}

/** P(|Z| >= |z|). */
export function twoSidedP(z: number): number {
  return Math.min(1, 2 * normalSurvival(Math.abs(z)));
}
