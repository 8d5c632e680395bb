/**
 * Times: milliseconds since 1970 in this program, what a header holds on the wire, and the minutes
 * in UTC that object keys and tasks are named by.
 * Source: ENPA sections 6.1, 6.2 (`%Y/%m/%d/%H/%M` and `%Y%m%d%H%M`), 7.3.
 */

import { EnpaError } from './errors.ts';

/**
 * Of the times in an ingestion header: milliseconds by its schema, seconds as Google's servers and
 * the facilitator's sample generator write. Nothing in a file tells which; it is a setting.
 */
export type TimeUnit = 'milliseconds' | 'seconds';

/** Minutes of a date; the year has four digits, as far as dates are compared as texts. */
const DATE = /^(\d{4})[/-]?(\d{2})[/-]?(\d{2})[/-]?(\d{2})[/-]?(\d{2})$/;
const YEAR_MIN_MS = Date.UTC(1000, 0, 1);
const YEAR_MAX_MS = Date.UTC(10_000, 0, 1);

/** A time as it goes into a header; parts of a second are cut off where the unit is seconds. */
export function toWireTime(timeMs: number, unit: TimeUnit): number {
  return unit === 'seconds' ? Math.floor(timeMs / 1000) : timeMs;
}

export function fromWireTime(time: number, unit: TimeUnit): number {
  return unit === 'seconds' ? time * 1000 : time;
}

/**
 * A time's minute in UTC, `YYYY/MM/DD/HH/mm`; with another separator in markers ('-') and in the
 * names of sum parts ('').
 * @throws EnpaError `name` for a time outside the years 1000 to 9999
 */
export function formatMinute(timeMs: number, separator: '/' | '-' | '' = '/'): string {
  if (!(timeMs >= YEAR_MIN_MS && timeMs < YEAR_MAX_MS)) {
    throw new EnpaError('name', 'time: expected one in the years 1000 to 9999');
  }
  return new Date(timeMs).toISOString().slice(0, 16).split(/[-T:]/).join(separator);
}

/** The time of a minute in the form that `formatMinute` writes; undefined for another text. */
export function parseMinute(text: string, separator: '/' | '-' | '' = '/'): number | undefined {
  const match = DATE.exec(text);
  if (match === null) return undefined;
  const [year, month, day, hour, minute] = match.slice(1).map(Number) as Minute;
  const timeMs = Date.UTC(year, month - 1, day, hour, minute);
  // Also sorts out days and hours that no calendar has.
  const isThat = timeMs >= YEAR_MIN_MS && formatMinute(timeMs, separator) === text;
  return isThat ? timeMs : undefined;
}

type Minute = [year: number, month: number, day: number, hour: number, minute: number];
