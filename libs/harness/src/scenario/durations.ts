/**
 * Durations as a scenario writes them: whole numbers with units, largest first, such as `90s`,
 * `1d12h` or `50ms`. Parsed here and nowhere else. A checked scenario holds them in one form
 * (`60m` becomes `1h`), so that two ways to write a time give one digest.
 */

import { z } from 'zod';

const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
  ['ms', 1],
] as const;

const FORM = /^(?=.)(?:(\d{1,9})d)?(?:(\d{1,9})h)?(?:(\d{1,9})m)?(?:(\d{1,9})s)?(?:(\d{1,9})ms)?$/;
const WORDS = 'a duration such as "50ms", "90s", "15m", "6h", "2d" or "1d12h"';

/** Longest duration: a year. */
const DURATION_MAX_MS = 366 * 86_400_000;

/**
 * Milliseconds of a duration's text.
 * @throws RangeError where it is none; what a checked scenario holds is one
 */
export function durationMs(text: string): number {
  const ms = parse(text);
  if (ms === undefined) throw new RangeError(`got "${text}"; expected ${WORDS}`);
  return ms;
}

/** The one text of a duration: `1d12h`, and `0s` for none. */
export function durationText(ms: number): string {
  let left = ms;
  let text = '';
  for (const [unit, unitMs] of UNITS) {
    const count = Math.floor(left / unitMs);
    if (count > 0) text += `${count}${unit}`;
    left -= count * unitMs;
  }
  return text === '' ? '0s' : text;
}

function parse(text: string): number | undefined {
  const parts = FORM.exec(text)?.slice(1);
  return parts?.reduce((sum, count, i) => sum + Number(count ?? 0) * UNITS[i]![1], 0);
}

interface DurationLimits {
  /** Smallest that is allowed; default `1ms`. */
  readonly min?: string;
  readonly max?: string;
}

/** The schema of a duration. */
export function duration({
  min = '1ms',
  max = durationText(DURATION_MAX_MS),
}: DurationLimits = {}) {
  const numberHint = `${WORDS}, with its unit`;
  return z
    .string({ error: ({ input }) => (typeof input === 'number' ? numberHint : WORDS) })
    .regex(FORM, { error: WORDS, abort: true })
    .refine((text) => durationMs(text) >= durationMs(min), `a duration of at least ${min}`)
    .refine((text) => durationMs(text) <= durationMs(max), `a duration of at most ${max}`)
    .overwrite((text) => {
      const ms = parse(text);
      return ms === undefined ? text : durationText(ms);
    });
}
