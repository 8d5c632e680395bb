/** What fields of the record's schema are made of. */

import { REASONS } from '@priolab/roles';
import { z } from 'zod';

import { HOPS, OUTCOMES } from './fate.ts';
import type { Verdict } from './run-record.ts';

const VERDICTS = ['pass', 'fail', 'vacuous', 'invalid'] as const satisfies readonly Verdict[];

export const verdict = () => z.enum(VERDICTS);
export const count = () => z.int().min(0);
export const byName = <T extends z.ZodType>(value: T) => z.record(z.string(), value);
/** Counts by name. */
export const tally = () => byName(count());
/** Sizes by name; null in JSON where nothing was there to measure, and it came to no number. */
export const sizes = () => byName(z.number().meta({ type: ['number', 'null'] }));
/** Lower-case hexadecimal of so many digits. */
export const hex = (digits: number) => z.string().regex(new RegExp(`^[0-9a-f]{${digits}}$`));

/** A string of these: the record's types leave it open, its schema does not. */
const wordOf = (words: readonly string[]) => z.string().meta({ enum: [...words] });

export const fateFields = () => ({
  outcome: wordOf(OUTCOMES),
  hop: wordOf(HOPS),
  reason: wordOf(REASONS),
  count: count(),
});
