/**
 * The chi-square distribution and Pearson's test of counts against expectations.
 * For verdicts only, see `special-functions.ts`.
 */

import assert from 'node:assert/strict';
import { gammaQ } from './special-functions.ts';

/** P(X > statistic) for X chi-square with `degrees` degrees of freedom. */
export function chiSquareSurvival(statistic: number, degrees: number): number {
  assert(degrees >= 1, 'chi-square has at least one degree of freedom');
  return gammaQ(degrees / 2, statistic / 2);
}

/**
 * Pearson's test of observed counts against expected ones; the p-value is fair where each expected
 * count is 5 or more.
 *
 * @param fitted parameters estimated from the counts; the total is counted besides
 */
export function chiSquareTest(
  observed: ArrayLike<number>,
  expected: ArrayLike<number>,
  fitted = 0,
): { readonly statistic: number; readonly degrees: number; readonly p: number } {
  assert.equal(observed.length, expected.length, 'one expected count for each observed one');
  let statistic = 0;
  for (let i = 0; i < observed.length; i++) {
    assert(expected[i]! > 0, 'expected counts are above 0');
    const difference = observed[i]! - expected[i]!;
    statistic += (difference * difference) / expected[i]!;
  }
  const degrees = observed.length - 1 - fitted;
  return { statistic, degrees, p: chiSquareSurvival(statistic, degrees) };
}
