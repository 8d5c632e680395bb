/**
 * Samples of a run by the machine's clock: totals so far, now and then. It has no timer: whoever
 * has something to tell has it look, and most looks see only that it is too early. When there are
 * as many rows as may be, every second one goes and the pauses double.
 */

import { cpuTimeMs, monotonicMs, rssBytes } from '@priolab/runtime';

import type { WallSeries } from '../record/series-record.ts';

export const ROWS_MAX = 512;
const FIRST_PAUSE_MS = 10;

/** A column, and its value now. */
export interface Gauge {
  readonly name: string;
  readonly unit: string;
  read(): number;
}

export interface WallSampler {
  /** Takes a row if it is time for one. */
  look(): void;
  /** Takes the last row, whatever the time. */
  finish(): WallSeries;
}

/** What the process has used since `createMachineGauges`, and its memory. */
export function createMachineGauges(): Gauge[] {
  const startCpuMs = cpuTimeMs();
  return [
    { name: 'cpu', unit: 'ms', read: () => cpuTimeMs() - startCpuMs },
    { name: 'rss', unit: 'bytes', read: rssBytes },
  ];
}

/** Takes a first row, at 0 ms. Values are rounded to whole numbers. */
export function createWallSampler(gauges: readonly Gauge[], nowMs = monotonicMs): WallSampler {
  const startMs = nowMs();
  let timesMs: number[] = [];
  let columns: number[][] = gauges.map(() => []);
  let pauseMs = FIRST_PAUSE_MS;
  let nextMs = startMs;

  const take = (atMs: number): void => {
    if (timesMs.length === ROWS_MAX) {
      const isKept = (_: number, row: number): boolean => row % 2 === 0;
      timesMs = timesMs.filter(isKept);
      columns = columns.map((values) => values.filter(isKept));
      pauseMs *= 2;
    }
    timesMs.push(atMs);
    gauges.forEach((gauge, i) => columns[i]!.push(Math.round(gauge.read())));
  };
  const takeAt = (now: number): void => {
    const atMs = Math.round(now - startMs);
    // What falls on the same millisecond as the row before takes its place.
    if (timesMs.at(-1) === atMs) {
      timesMs.pop();
      for (const values of columns) values.pop();
    }
    take(atMs);
    nextMs = now + pauseMs;
  };
  takeAt(startMs);
  return {
    look() {
      const now = nowMs();
      if (now >= nextMs) takeAt(now);
    },
    finish() {
      takeAt(nowMs());
      const named = gauges.map(({ name, unit }, i) => ({ name, unit, values: columns[i]! }));
      return { timesMs, columns: named };
    },
  };
}
