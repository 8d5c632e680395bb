/**
 * Counts by simulated time, in steps of equal length. How long a run will be is known late: when it
 * outgrows its rows, they are merged into longer steps.
 */

import type { SeriesColumn, SimulatedSeries } from '../record/series-record.ts';

export const STEPS_MAX = 512;
const MINUTE_MS = 60_000;
/** Minutes; each divides the next, and all divide a day or are days. Beyond, they double. */
const STEPS_MIN = [1, 5, 15, 60, 240, 1440];

export interface StepCounts {
  add(timeMs: number, column: string, count?: number): void;
  /** The series up to a time. */
  until(endMs: number): SimulatedSeries;
}

/** @param columns all there will be, in their order */
export function createStepCounts(
  startMs: number,
  columns: readonly Omit<SeriesColumn, 'values'>[],
): StepCounts {
  let stepMs = STEPS_MIN[0]! * MINUTE_MS;
  const counts = new Map(columns.map(({ name }) => [name, [] as number[]]));

  /** The row of a time, when there is room for it. What is before the start is in the first. */
  const rowOf = (timeMs: number): number => {
    const sinceMs = Math.max(0, timeMs - startMs);
    while (Math.floor(sinceMs / stepMs) >= STEPS_MAX) {
      const longerMs = stepAfter(stepMs);
      for (const [name, values] of counts) counts.set(name, merged(values, longerMs / stepMs));
      stepMs = longerMs;
    }
    return Math.floor(sinceMs / stepMs);
  };
  return {
    add(timeMs, column, count = 1) {
      const row = rowOf(timeMs);
      const values = counts.get(column);
      if (values === undefined)
        throw new RangeError(`expected a column of the series, got ${column}`);
      values[row] = (values[row] ?? 0) + count;
    },
    until(endMs) {
      const rowCount = rowOf(endMs) + 1;
      const all = columns.map(({ name, unit }) => {
        const values = counts.get(name)!;
        return {
          name,
          unit,
          values: Array.from({ length: rowCount }, (_, row) => values[row] ?? 0),
        };
      });
      return { startMs, stepMs, columns: all };
    },
  };
}

function stepAfter(stepMs: number): number {
  const next = STEPS_MIN.find((minutes) => minutes * MINUTE_MS > stepMs);
  return next === undefined ? 2 * stepMs : next * MINUTE_MS;
}

/** `values` may have holes. */
function merged(values: readonly number[], by: number): number[] {
  const sums: number[] = [];
  values.forEach((value, row) => {
    const into = Math.floor(row / by);
    sums[into] = (sums[into] ?? 0) + value;
  });
  return sums;
}
