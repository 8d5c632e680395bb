/**
 * What the record's schema is made of. It reads stored records: what is not known yet is kept, and
 * what other versions may say otherwise is open. Metadata says what holds of this version, for the
 * JSON Schema alone.
 */

import { REASONS } from '@priolab/roles';
import { z } from 'zod';

import { HOPS, OUTCOMES } from './fate.ts';
import type { Verdict } from './run-record.ts';

export const VERDICTS = [
  'pass',
  'fail',
  'vacuous',
  'invalid',
] as const satisfies readonly Verdict[];

/** Of the type of a strict one: fields that are not known are kept, and are nobody's business. */
export const object = z.looseObject as unknown as typeof z.strictObject;

export const verdict = () => z.enum(VERDICTS);
export const text = () => z.string();
export const count = () => z.int().min(0);
/** Milliseconds since the Unix epoch: what `Date` knows. */
export const time = () => z.number().min(-8.64e15).max(8.64e15);
/** JSON writes what is not finite as null. */
const finiteOrNaN = () =>
  z
    .number()
    .nullable()
    .transform((value) => value ?? NaN);
export const number = () => finiteOrNaN().meta({ type: 'number' });
export const size = () => finiteOrNaN().meta({ type: 'integer', minimum: 0 });
export const byName = <T extends z.ZodType>(value: T) => z.record(z.string(), value);
/** Counts by name. */
export const tally = () => byName(count());
/** Sizes by name; null in JSON where nothing was there to measure, and it came to no number. */
export const sizes = () => byName(finiteOrNaN().meta({ type: ['number', 'null'] }));
/** Lower-case hexadecimal of so many digits. */
export const hex = (digits: number) => z.string().meta({ pattern: `^[0-9a-f]{${digits}}$` });
/** One of these; later versions may have more. */
export const word = <T extends string>(words: readonly T[]) =>
  z.string().meta({ enum: [...words] }) as unknown as z.ZodType<T>;

const newFields = new WeakSet<z.core.$ZodType>();
/** A field that older records lack, which whoever reads them must expect. */
export function newer<T extends z.ZodType>(value: T): z.ZodExactOptional<T> {
  const field = value.exactOptional();
  newFields.add(field);
  return field;
}

/** Closes an object in the JSON Schema: the fields of this version, and no others. */
export const closeObject: NonNullable<z.core.ToJSONSchemaParams['override']> = (context) => {
  const { zodSchema, jsonSchema } = context;
  const { def } = zodSchema._zod;
  if (def.type !== 'object') return;
  const { required = [] } = jsonSchema;
  const isAsked = ([name, field]: [string, z.core.$ZodType]): boolean =>
    required.includes(name) || newFields.has(field);
  const names = Object.entries(def.shape).filter(isAsked);
  if (names.length > 0) jsonSchema.required = names.map(([name]) => name);
  jsonSchema.additionalProperties = false;
};

/** A value for some of these words, or for each of them. */
export const forSome = <Name extends string, T extends z.ZodType>(
  names: readonly Name[],
  value: T,
) => named(names, value) as unknown as z.ZodType<Partial<Record<Name, z.output<T>>>>;
export const forEach = <Name extends string, T extends z.ZodType>(
  names: readonly Name[],
  value: T,
) =>
  named(names, value).meta({ required: [...names] }) as unknown as z.ZodType<
    Record<Name, z.output<T>>
  >;
const named = (names: readonly string[], value: z.ZodType) =>
  z.record(z.string().meta({ enum: [...names] }), value);

/** Reporters go by the outcome. */
export const fateFields = () => ({
  outcome: z.enum(OUTCOMES) as z.ZodType<string>,
  hop: word<string>(HOPS),
  reason: word<string>(REASONS),
  count: count(),
});
