/** Where things are in a chart over time, in pixels: computed here, drawn by `time-chart.tsx`. */

import type { Axis } from './axis.ts';
import { shareOf } from './axis.ts';

export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

export interface Frame {
  readonly width: number;
  readonly height: number;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

const CHARACTER_WIDTH = 7;
const DAY_MS = 86_400_000;

/** The plot's edges; tick labels stand left of it, dates and marks of windows below. */
export function frameFor(width: number, tickLabels: readonly string[]): Frame {
  const widest = Math.max(...tickLabels.map(({ length }) => length));
  return {
    width,
    height: 264,
    left: 10 + widest * CHARACTER_WIDTH,
    right: width - 14,
    top: 10,
    bottom: 264 - 44,
  };
}

export function xOf({ left, right }: Frame, { fromMs, toMs }: Span, ms: number): number {
  return left + ((ms - fromMs) / (toMs - fromMs || 1)) * (right - left);
}

export function yOf({ top, bottom }: Frame, axis: Axis, value: number): number {
  return bottom - shareOf(axis, value) * (bottom - top);
}

/** Days that get a label: all, or every so many-th where there is no room for all. */
export function labelledDays({ left, right }: Frame, { fromMs, toMs }: Span): number[] {
  const first = Math.floor(fromMs / DAY_MS);
  const count = Math.max(1, Math.ceil(toMs / DAY_MS) - first);
  const room = Math.max(1, Math.floor((right - left) / 54));
  const every = [1, 2, 3, 7, 14, 28, 91, 364].find((days) => count / days <= room) ?? 3650;
  return Array.from({ length: count }, (_, i) => i)
    .filter((i) => i % every === 0)
    .map((i) => (first + i) * DAY_MS);
}

/** Places beside each other, so that error bars of several lines can be told apart. */
export function dodge(line: number, lineCount: number, columnWidth: number): number {
  const step = Math.min(6, columnWidth / (lineCount + 1));
  return (line - (lineCount - 1) / 2) * step;
}

/** The pieces of a line: it breaks where a window has no value or where time is missing. */
export function pieces<T extends Span>(windows: readonly T[], has: (window: T) => boolean): T[][] {
  const all: T[][] = [];
  let last: T | undefined;
  for (const window of windows) {
    if (!has(window)) {
      last = undefined;
      continue;
    }
    if (last?.toMs === window.fromMs) all.at(-1)!.push(window);
    else all.push([window]);
    last = window;
  }
  return all;
}
