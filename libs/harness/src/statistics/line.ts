/**
 * A line through measurements: least squares, with exact t-intervals where errors are normal.
 *
 * Errors are either as large everywhere (`equal`) or a fixed part of the value (`relative`), as
 * those of times are: a slow minute makes all of a run slow. Weights are then 1 / fitted^2, found
 * in a few rounds from the means of each x. Source: Draper and Smith, Applied Regression Analysis,
 * third edition, sections 1.4, 2.1 (pure error and lack of fit), 9.2 (weights). For verdicts only,
 * see `special-functions.ts`.
 */

import assert from 'node:assert/strict';
import { fisherSurvival, studentFactor } from './student.ts';

export interface Observation {
  readonly x: number;
  readonly y: number;
}

export type ErrorModel = 'relative' | 'equal';

/** An estimate and what surely holds the truth, at the level that was asked for. */
export interface Interval {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

export interface Line {
  readonly intercept: number;
  readonly slope: number;
  readonly slopeError: number;
  readonly freedom: number;
  /** Of one measurement about the line: in y, or as a part of it where errors are relative. */
  readonly scatter: number;
  interceptInterval(confidence: number): Interval;
  slopeInterval(confidence: number): Interval;
  /** Where the mean of `count` more measurements at x will be. */
  prediction(x: number, confidence: number, count?: number): Interval;
  /** P of as much bend as this or more, were it a line; undefined without repeated x. */
  readonly lackOfFit: number | undefined;
}

const WEIGHT_ROUNDS = 4;

/** Needs three measurements at two x at least, and with relative errors y > 0. */
export function fitLine(all: readonly Observation[], errors: ErrorModel): Line {
  const groups = groupByX(all);
  assert(all.length >= 3 && groups.size >= 2, 'a line needs 3 measurements at 2 places at least');
  const meanAt = (x: number): number => mean(groups.get(x)!);
  const isPositive = all.every(({ y }) => y > 0);
  assert(errors === 'equal' || isPositive, 'an error is no part of what is not above 0');
  const square = (value: number): number => value * value;
  let weightAt = (x: number): number => (errors === 'equal' ? 1 : 1 / square(meanAt(x)));
  let sums = sumUp(all, weightAt);
  for (let round = 0; errors === 'relative' && round < WEIGHT_ROUNDS; round++) {
    const { intercept, slope } = sums;
    weightAt = (x) => {
      const fitted = intercept + slope * x;
      // A line may go below what can be measured; a weight from there would rule all others.
      return 1 / square(fitted > meanAt(x) / 2 ? fitted : meanAt(x));
    };
    sums = sumUp(all, weightAt);
  }
  const { intercept, slope, weight, centre, spread } = sums;
  const freedom = all.length - 2;
  const residual = all.reduce(
    (sum, { x, y }) => sum + weightAt(x) * square(y - intercept - slope * x),
    0,
  );
  const variance = residual / freedom;
  const interval = (value: number, error: number, confidence: number): Interval => {
    const half = studentFactor(confidence, freedom) * error;
    return { value, low: value - half, high: value + half };
  };
  const errorAt = (x: number): number =>
    Math.sqrt(variance * (1 / weight + square(x - centre) / spread));
  return {
    intercept,
    slope,
    slopeError: Math.sqrt(variance / spread),
    freedom,
    scatter: Math.sqrt(variance),
    interceptInterval: (confidence) => interval(intercept, errorAt(0), confidence),
    slopeInterval: (confidence) => interval(slope, Math.sqrt(variance / spread), confidence),
    prediction(x, confidence, count = 1) {
      const fitted = intercept + slope * x;
      const own = (errors === 'relative' ? square(fitted) : 1) * (variance / count);
      return interval(fitted, Math.sqrt(square(errorAt(x)) + own), confidence);
    },
    lackOfFit: lackOfFit(groups, weightAt, residual),
  };
}

/** All y of each x, x ascending. */
export function groupByX(all: readonly Observation[]): Map<number, number[]> {
  const groups = new Map<number, number[]>();
  for (const { x, y } of all.toSorted((a, b) => a.x - b.x)) {
    const group = groups.get(x);
    if (group === undefined) groups.set(x, [y]);
    else group.push(y);
  }
  return groups;
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function sumUp(all: readonly Observation[], weightAt: (x: number) => number) {
  const total = (of: (one: Observation) => number): number =>
    all.reduce((sum, one) => sum + weightAt(one.x) * of(one), 0);
  const weight = total(() => 1);
  const centre = total(({ x }) => x) / weight;
  const height = total(({ y }) => y) / weight;
  const spread = total(({ x }) => (x - centre) * (x - centre));
  const slope = total(({ x, y }) => (x - centre) * (y - height)) / spread;
  return { weight, centre, spread, slope, intercept: height - slope * centre };
}

/** The F test of the means' distance from the line against the scatter about the means. */
function lackOfFit(
  groups: ReadonlyMap<number, readonly number[]>,
  weightAt: (x: number) => number,
  residual: number,
): number | undefined {
  let pure = 0;
  let count = 0;
  let scale = 0;
  for (const [x, values] of groups) {
    const centre = mean(values);
    for (const y of values) pure += weightAt(x) * (y - centre) * (y - centre);
    scale += weightAt(x) * centre * centre * values.length;
    count += values.length;
  }
  const above = groups.size - 2;
  const below = count - groups.size;
  if (above < 1 || below < 1) return undefined;
  const bend = Math.max(0, residual - pure);
  // Less than what rounding leaves of a sum is no bend.
  if (bend <= 1e-12 * scale) return 1;
  return fisherSurvival(bend / above / (pure / below), above, below);
}

/** The ratio a / b of two slopes that were fitted apart, by the normal error of its logarithm. */
export function ratioInterval(
  a: Pick<Line, 'slope' | 'slopeError' | 'freedom'>,
  b: Pick<Line, 'slope' | 'slopeError' | 'freedom'>,
  confidence: number,
): Interval {
  assert(a.slope > 0 && b.slope > 0, 'a ratio of costs needs both above 0');
  const parts = [a, b].map(({ slope, slopeError }) => (slopeError / slope) ** 2);
  const [ofA, ofB] = [parts[0]!, parts[1]!];
  const variance = ofA + ofB;
  const value = a.slope / b.slope;
  if (variance === 0) return { value, low: value, high: value };
  // Welch and Satterthwaite.
  const freedom = (variance * variance) / ((ofA * ofA) / a.freedom + (ofB * ofB) / b.freedom);
  const factor = Math.exp(studentFactor(confidence, freedom) * Math.sqrt(variance));
  return { value, low: value / factor, high: value * factor };
}
