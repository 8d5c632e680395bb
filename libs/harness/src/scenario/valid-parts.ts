/**
 * What can be read of a value that its schema refuses: every field and item that is valid by
 * itself, so that checks between fields can run beside the schema's own and all problems come at
 * once. What is invalid is undefined; items of lists keep their places and records their keys.
 */

import type { z } from 'zod';

/** A value with holes where the original is invalid. */
export type Parts<T> = T extends readonly (infer Item)[]
  ? readonly (Parts<Item> | undefined)[]
  : T extends object
    ? { readonly [Key in keyof T]?: Parts<T[Key]> | undefined }
    : T;

export type Schema = z.core.$ZodType;

type Definition = {
  readonly type: string;
  readonly innerType?: Schema;
  readonly options?: readonly Schema[];
  readonly element?: Schema;
  readonly shape?: Readonly<Record<string, Schema>>;
  readonly keyType?: Schema;
  readonly valueType?: Schema;
  readonly entries?: Readonly<Record<string, string | number>>;
  /** The values of a literal. */
  readonly values?: readonly unknown[];
};

/** The valid parts, defaults filled in; undefined where not even the kind of value is right. */
export function validParts<S extends z.ZodType>(
  schema: S,
  value: unknown,
): Parts<z.output<S>> | undefined {
  return partsOf(schema, value) as Parts<z.output<S>> | undefined;
}

function partsOf(schema: Schema, value: unknown): unknown {
  const parsed = (schema as z.ZodType).safeParse(value);
  if (parsed.success) return parsed.data;
  if (typeof value !== 'object' || value === null) return undefined;
  const { innerType, options, element, shape, keyType, valueType } = definitionOf(schema);
  if (innerType !== undefined) return partsOf(innerType, value);
  if (options !== undefined) return firstOf(options, value);
  if (Array.isArray(value)) {
    return element === undefined ? undefined : value.map((item) => partsOf(element, item));
  }
  const fields = value as Readonly<Record<string, unknown>>;
  if (shape !== undefined) {
    const entries = Object.entries(shape).map(([key, field]) => [key, partsOf(field, fields[key])]);
    return Object.fromEntries(entries);
  }
  if (keyType === undefined || valueType === undefined) return undefined;
  const entries = Object.entries(fields).map(([key, field]) => {
    const isKey = (keyType as z.ZodType).safeParse(key).success;
    return [key, isKey ? partsOf(valueType, field) : undefined];
  });
  return Object.fromEntries(entries);
}

/** The parts by the first alternative of the value's kind. */
function firstOf(options: readonly Schema[], value: object): unknown {
  for (const option of options) {
    const parts = partsOf(option, value);
    if (parts !== undefined) return parts;
  }
  return undefined;
}

export function definitionOf(schema: Schema): Definition {
  return schema._zod.def as Definition;
}
