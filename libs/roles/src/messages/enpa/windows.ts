/**
 * Which batches a run of the scheduler looks at: windows of time, and prefixes to list for them.
 * Source: ENPA section 6.7; prio-server workflow-manager/time, main.go.
 */

import { EnpaError } from './errors.ts';
import { formatMinute } from './time.ts';

/** From `begin` up to, and without, `end`, in ms. */
export interface Interval {
  readonly begin: number;
  readonly end: number;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** From the first of January of year 1, where Go's zero time is, to 1970: 719,162 days. */
const YEAR_ONE_MS = 719_162 * DAY_MS;

export function isWithin({ begin, end }: Interval, time: number): boolean {
  return time >= begin && time < end;
}

/**
 * The window that holds `time`. Windows are counted from year 1 in UTC, as Go's `Truncate` does;
 * for a period that divides a day this is as from 1970: for eight hours 00, 08 and 16 o'clock.
 * @throws EnpaError `wrong-value` unless `period` is whole and positive
 */
export function windowAt(time: number, period: number): Interval {
  if (!(Number.isSafeInteger(period) && period > 0)) {
    throw new EnpaError('wrong-value', 'period: expected whole milliseconds from 1 up');
  }
  const begin = Math.floor((time + YEAR_ONE_MS) / period) * period - YEAR_ONE_MS;
  return { begin, end: begin + period };
}

/** The last window whose grace period has gone by. */
export function aggregationWindow(now: number, period: number, grace: number): Interval {
  return windowAt(now - grace - period, period);
}

/** Where batches to take in are looked for; the clocks of ingestors may be fast. */
export function intakeWindow(now: number, maxAge: number): Interval {
  return { begin: now - maxAge, end: now + DAY_MS };
}

/**
 * Prefixes `YYYY/MM/DD/HH/` of all hours that an interval touches. (The scheduler of 2021 steps
 * from `begin` by the hour: it leaves out the last hour of an interval that begins within one.)
 */
export function hourPrefixes({ begin, end }: Interval): string[] {
  const prefixes: string[] = [];
  if (begin >= end) return prefixes;
  for (let hour = Math.floor(begin / HOUR_MS) * HOUR_MS; hour < end; hour += HOUR_MS) {
    prefixes.push(formatMinute(hour).slice(0, -'mm'.length));
  }
  return prefixes;
}
