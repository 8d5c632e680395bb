/**
 * When in the day a device sends: its daily job runs once, at an hour drawn from a table of local
 * time, and sends one metric after the other.
 * The table is made up: phones charge and idle in the evening and at night. Whole numbers only.
 */

import assert from 'node:assert/strict';

/** Milliseconds of a UTC day. */
export const dayMs = 86_400_000;

/** Words of one upload item. */
export const uploadWords = 4;

// Share of jobs in each hour of local time from midnight, in 1024ths.
const hourWeights: readonly number[] = [
  52, 48, 44, 40, 36, 34, 36, 40, 42, 40, 38, 36, 36, 36, 36, 38, 40, 44, 48, 54, 56, 54, 50, 46,
];
const hourSteps = hourWeights.map((_, hour) =>
  hourWeights.slice(0, hour + 1).reduce((a, b) => a + b, 0),
);
assert.equal(hourSteps[23], 1024, 'hour weights are 1024ths');

/** Pause between two metrics of one job. */
export const slotPauseMs = 250;

/** How a block's draws become times. */
export interface UploadDraw {
  /** Items of `uploadWords` words: word 0 decides the hour, word 1 the moment in it. */
  readonly words: Uint32Array;
  readonly utcOffsetHours: number;
  readonly metricSlot: number;
}

/** Milliseconds since UTC midnight at which device `i` of the block sends the metric. */
export function uploadTimeMs({ words, utcOffsetHours, metricSlot }: UploadDraw, i: number): number {
  const drawn = words[i * uploadWords]! >>> 22;
  let hour = 0;
  while (drawn >= hourSteps[hour]!) hour += 1;
  const utcHour = (hour - utcOffsetHours + 48) % 24;
  // 24 bits times 3.6 million is exact.
  const withinMs = Math.floor(((words[i * uploadWords + 1]! >>> 8) * 3_600_000) / 2 ** 24);
  return Math.min(utcHour * 3_600_000 + withinMs + metricSlot * slotPauseMs, dayMs - 1);
}
