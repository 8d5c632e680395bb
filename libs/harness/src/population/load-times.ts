/**
 * Upload times that follow the shapes of a scenario's `load`. A shape is picked by its weight, and
 * a time within the UTC day is drawn from it: evenly (`constant`), as the later of two even draws
 * (`ramp`), as the sum of two (`diurnal`: a triangle around its peak, local time, that reaches
 * nothing twelve hours away), evenly with nine parts more around the peak (`outbreak`), or evenly
 * in a short stretch after it (`storm`). Whole numbers only, below 2^53, so equal on all machines.
 */

import { durationMs } from '../scenario/durations.ts';
import type { Load } from '../scenario/load-schema.ts';
import type { UploadDraw } from './upload-times.ts';
import { dayMs, slotPauseMs, uploadTimeMs, uploadWords } from './upload-times.ts';
import { weightUnits } from './whole-numbers.ts';

/** One shape in numbers. Plain data, safe to send to a worker. */
export interface LoadPart {
  readonly shape: Load['shape'];
  /** Words below this pick the part, unless an earlier one has; the last part has 2^32. */
  readonly below: number;
  readonly fromMs: number;
  readonly spanMs: number;
  readonly peakMs: number;
  readonly widthMs: number;
}

const halfDayMs = dayMs / 2;
/** Within its peak an outbreak has ten times its usual uploads: nine more. */
const OUTBREAK_MORE = 9;

const peaks = { diurnal: '20:00', outbreak: '12:00', storm: '00:00', constant: '', ramp: '' };
const widths = { outbreak: '2h', storm: '1m', diurnal: '1s', constant: '1s', ramp: '1s' };

export function loadParts(load: readonly Load[]): LoadPart[] {
  const units = load.map(({ weight }) => weightUnits(weight));
  const total = units.reduce((sum, unit) => sum + unit, 0n);
  let sum = 0n;
  return load.map((one, i) => {
    sum += units[i]!;
    const { shape } = one;
    const fromMs = one.from === undefined ? 0 : durationMs(one.from);
    const untilMs = one.until === undefined ? dayMs : durationMs(one.until);
    const peakMs = timeOfDayMs(one.peak ?? peaks[shape]);
    const widthMs = Math.min(durationMs(one.width ?? widths[shape]), dayMs - peakMs);
    const below = Number((sum * 2n ** 32n) / total);
    return { shape, below, fromMs, spanMs: untilMs - fromMs, peakMs, widthMs };
  });
}

/** When device `i` of the block sends the metric: by the load's shapes, or the table of hours. */
export function sendTimeMs(parts: readonly LoadPart[], draw: UploadDraw, i: number): number {
  return parts.length === 0 ? uploadTimeMs(draw, i) : loadTimeMs(parts, draw, i);
}

/** Milliseconds since UTC midnight at which device `i` of the block sends the metric. */
export function loadTimeMs(parts: readonly LoadPart[], draw: UploadDraw, i: number): number {
  const { words, utcOffsetHours, metricSlot } = draw;
  const at = i * uploadWords;
  const first = words[at]!;
  const second = words[at + 1]!;
  const picking = words[at + 2]!;
  let picked = 0;
  while (picking >= parts[picked]!.below) picked += 1;
  const ms = timeIn(parts[picked]!, { first, second, utcOffsetHours });
  return Math.min(ms + metricSlot * slotPauseMs, dayMs - 1);
}

interface Drawn {
  readonly first: number;
  readonly second: number;
  readonly utcOffsetHours: number;
}

function timeIn(part: LoadPart, { first, second, utcOffsetHours }: Drawn): number {
  const { shape, fromMs, spanMs, peakMs, widthMs } = part;
  switch (shape) {
    case 'constant':
      return fromMs + scaled(first, spanMs);
    case 'ramp':
      return fromMs + scaled(Math.max(first, second), spanMs);
    case 'storm':
      return peakMs + scaled(first, widthMs);
    case 'diurnal': {
      const fromPeakMs = scaled(first, halfDayMs) + scaled(second, halfDayMs) - halfDayMs;
      const utcMs = peakMs - utcOffsetHours * 3_600_000 + fromPeakMs;
      return ((utcMs % dayMs) + dayMs) % dayMs;
    }
    case 'outbreak': {
      // Around the peak, as far as that is within the part.
      const fromPeakMs = Math.max(fromMs, peakMs - Math.floor(widthMs / 2));
      const toPeakMs = Math.min(fromMs + spanMs, fromPeakMs + widthMs);
      const more = OUTBREAK_MORE * Math.max(0, toPeakMs - fromPeakMs);
      const drawn = scaled(first, spanMs + more);
      if (drawn < spanMs) return fromMs + drawn;
      return fromPeakMs + Math.floor((drawn - spanMs) / OUTBREAK_MORE);
    }
  }
}

/** A 32-bit word scaled to 0 .. size - 1; its first 23 bits, so that products stay below 2^53. */
function scaled(word: number, size: number): number {
  return Math.floor(((word >>> 9) * size) / 2 ** 23);
}

function timeOfDayMs(text: string): number {
  const [hour, minute] = text === '' ? [0, 0] : text.split(':').map(Number);
  return (hour! * 60 + minute!) * 60_000;
}
