/** Times as people read them, always in UTC, never by the machine's zone or language. */

import { formatDuration } from '../text.ts';

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun'].concat([
  'Jul',
  'Aug',
  'Sep',
  'Oct',
  'Nov',
  'Dec',
]);
const DAY_MS = 86_400_000;
/** What a `Date` can hold. */
const LATEST_MS = 8.64e15;

/** `2021-12-01 08:30`; `-` for what is no time. */
export function dateTime(ms: number): string {
  if (!(Math.abs(ms) <= LATEST_MS)) return '-';
  return new Date(ms).toISOString().slice(0, 16).replace('T', ' ');
}

/** For an axis: `1 Dec` at midnight, else `08:30`. */
export function dateTick(ms: number): string {
  if (!(Math.abs(ms) <= LATEST_MS)) return '-';
  const date = new Date(ms);
  if (ms % DAY_MS === 0) return `${date.getUTCDate()} ${MONTHS[date.getUTCMonth()]}`;
  return date.toISOString().slice(11, 16);
}

/** Of a step: `15 min`, not `15 min 00 s`. */
export function stepText(ms: number): string {
  return formatDuration(ms).replace(/ 00 (?:s|min)$/, '');
}
