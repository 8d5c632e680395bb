/**
 * The JSON Schema of scenario files, made from the schema that checks them, for editors
 * (`# yaml-language-server: $schema=...`) and other tools. A file that is built on others may leave
 * out what those say, so that less is required of it.
 *
 * It knows what single fields may be. What fields say together is checked when a file is loaded.
 */

import { z } from 'zod';

import { builtInMixins } from '../composition/built-in-mixins.ts';
import { scenarioSchema } from './scenario.ts';

type JsonSchema = { [key: string]: unknown };

const composition: Readonly<Record<string, JsonSchema>> = {
  extends: {
    description: 'Files that this one is built on, relative to it.',
    anyOf: [{ type: 'string' }, { type: 'array', items: { type: 'string' }, uniqueItems: true }],
  },
  mixins: {
    description: 'Parts to take in: built-in names, or files.',
    type: 'array',
    uniqueItems: true,
    items: { anyOf: [{ enum: Object.keys(builtInMixins) }, { type: 'string' }] },
  },
  with: {
    description: 'Values for single paths, such as population.reports, applied last.',
    type: 'object',
  },
};

/** What editors of JSON go by; dropped when a file is read. */
const forEditors: Readonly<Record<string, JsonSchema>> = {
  $schema: { description: 'Where this schema is, for editors.', type: 'string' },
};

export function scenarioJsonSchema(): JsonSchema {
  const made = z.toJSONSchema(scenarioSchema, { io: 'input', reused: 'ref' }) as JsonSchema;
  const { $schema, $defs: parts, ...checked } = made as JsonSchema & { properties: JsonSchema };
  const whole = { ...checked, properties: { ...checked.properties, ...forEditors } };
  const loose = withoutRequired(whole) as JsonSchema & { properties: JsonSchema };
  const composed = {
    ...loose,
    properties: { ...loose.properties, ...composition },
    required: ['id', 'about'],
  };
  return {
    $schema,
    title: 'Priolab scenario',
    if: { anyOf: Object.keys(composition).map((key) => ({ required: [key] })) },
    // eslint-disable-next-line unicorn/no-thenable -- JSON Schema's own word
    then: { $ref: '#/$defs/composed' },
    else: { $ref: '#/$defs/whole' },
    $defs: { whole, composed, ...(parts as JsonSchema) },
  };
}

/** A copy in which no object must have a field; items of lists are whole and keep theirs. */
function withoutRequired(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(withoutRequired);
  if (typeof schema !== 'object' || schema === null) return schema;
  const entries = Object.entries(schema)
    .filter(([key, value]) => !(key === 'required' && Array.isArray(value)))
    .map(([key, value]) => [key, key === 'items' ? value : withoutRequired(value)] as const);
  return Object.fromEntries(entries);
}
