/**
 * What a checked value says beyond its schema's defaults. Fields that were added to the language
 * later enter a scenario's digest in this form, so that a scenario that does not use them keeps the
 * digest that it had before they existed.
 */

import type { z } from 'zod';

import { canonicalJson } from './canonical-json.ts';
import { definitionOf } from './valid-parts.ts';
import type { Schema } from './valid-parts.ts';

/** The value less every field that is at its default; undefined where nothing is left. */
export function withoutDefaults(schema: Schema, value: unknown): unknown {
  if (value === undefined || isDefault(schema, value)) return undefined;
  return kept(schema, value);
}

function kept(schema: Schema, value: unknown): unknown {
  const { innerType, element, shape } = definitionOf(schema);
  if (innerType !== undefined) return kept(innerType, value);
  if (Array.isArray(value)) {
    // An item keeps its place, even where it says nothing of its own.
    return element === undefined ? value : value.map((item) => kept(element, item));
  }
  if (shape === undefined || typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value)
    .map(([key, inner]) => {
      const field = shape[key];
      return [key, field === undefined ? inner : withoutDefaults(field, inner)] as const;
    })
    .filter(([, inner]) => inner !== undefined);
  return Object.fromEntries(entries);
}

function isDefault(schema: Schema, value: unknown): boolean {
  const { type } = definitionOf(schema);
  if (type !== 'default' && type !== 'prefault') return false;
  const byDefault: unknown = (schema as z.ZodType).parse(undefined);
  return canonicalJson(byDefault) === canonicalJson(value);
}
