/** How numbers, times, vendors and reasons read: plain English, UTC, as exact as they are. */

import type { Figure } from './figures.ts';
import { halfWidth } from './figures.ts';

const MINUS = '\u2212';

export function number(value: number, decimals = 0): string {
  const text = value.toLocaleString('en-GB', {
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
  });
  // "-0" says nothing that "0" does not.
  return /[1-9]/.test(text) ? text.replace('-', MINUS) : text.replace('-', '');
}

/** Decimals with which an error shows two figures: more of an estimate would be noise. */
export function decimalsFor(error: number): number {
  if (!(error > 0)) return 0;
  return Math.max(0, Math.min(4, 1 - Math.floor(Math.log10(error))));
}

/** `12.3 ± 4.5`, with the half width of the 95 % interval. */
export function estimate(figure: Figure): string {
  const { value } = figure;
  if (value === undefined) return 'withheld';
  const half = halfWidth(figure);
  const decimals = decimalsFor(half);
  return `${number(value, decimals)} ± ${number(half, decimals)}`;
}

const format = (options: Intl.DateTimeFormatOptions) => {
  const formatter = new Intl.DateTimeFormat('en-GB', { ...options, timeZone: 'UTC' });
  return (ms: number): string => formatter.format(ms);
};

export const shortDay = format({ day: 'numeric', month: 'short' });
export const longDay = format({ day: 'numeric', month: 'short', year: 'numeric' });
const hour = format({ hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });

const DAY_MS = 86_400_000;

/** `5 Dec 2021` for a whole day, `5 Dec 2021, 08:00 to 16:00` for a part of one. */
export function windowName(startMs: number, endMs: number): string {
  if (startMs % DAY_MS === 0 && endMs - startMs === DAY_MS) return longDay(startMs);
  const end = endMs - startMs < DAY_MS ? hour(endMs) : `${longDay(endMs)}, ${hour(endMs)}`;
  return `${longDay(startMs)}, ${hour(startMs)} to ${end}`;
}

export function vendorName(vendor: string): string {
  return vendor.charAt(0).toUpperCase() + vendor.slice(1);
}

/** `PeriodicExposureNotification-v1` as `Periodic exposure notification`. */
export function datasetName(genericId: string): string {
  const words = genericId
    .replace(/^com\.apple\.EN\./, '')
    .replace(/-v\d+$/, '')
    .replaceAll(/[-_]+/g, ' ')
    .replaceAll(/([a-z])(?=[A-Z])|(?<=[a-z])(?=\d)/g, '$1 ')
    .toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

export function plural(count: number, one: string, many = `${one}s`): string {
  return `${number(count)} ${count === 1 ? one : many}`;
}
