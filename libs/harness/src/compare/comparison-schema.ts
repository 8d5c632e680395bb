/** The schema of `comparison.json`, printed as a JSON Schema; closed, and the same as its type. */

import { z } from 'zod';

import type { Same } from '../record/record-schema.ts';
import { closeObject, count, hex, object, text } from '../record/schema-words.ts';
import { COMPARISON_SCHEMA, SECTIONS } from './comparison.ts';
import type { RunComparison } from './comparison.ts';

const JUDGEMENTS = ['better', 'same', 'worse', 'unknown'] as const;
const overall = () => z.enum([...JUDGEMENTS, 'mixed']);
/** JSON has no infinities. */
const limit = () => z.number().nullable();

export function comparisonJsonSchema(): { [key: string]: unknown } {
  const { $schema, ...schema } = z.toJSONSchema(comparisonSchema(), {
    reused: 'ref',
    override: closeObject,
  });
  const title = `Priolab comparison, ${COMPARISON_SCHEMA}`;
  const about = 'comparison.json of two runs; fields that are added keep the version';
  return { $schema, title, description: about, ...schema };
}

function comparisonSchema() {
  const schema = object({
    schema: z.literal(COMPARISON_SCHEMA),
    a: arm(),
    b: arm(),
    world: object({
      parts: z.array(
        object({
          name: z.enum(['devices', 'values', 'network', 'faults']),
          same: z.boolean(),
          a: hex(8),
          b: hex(8),
        }),
      ),
      windows: count(),
      equalTruths: count(),
      otherWorld: text().exactOptional(),
    }),
    differences: z.array(object({ path: text(), a: text(), b: text() })),
    identical: z.boolean(),
    rows: z.array(row()),
    fates: z.array(
      object({ outcome: text(), hop: text(), reason: text(), a: count(), b: count() }),
    ),
    worlds: z.array(object({ seed: text(), overall: overall() })).exactOptional(),
    overall: overall(),
    why: text(),
  });
  return sameAsType(schema, true);
}

/** @param _isSame can't be written where the schema's fields are not those of `RunComparison` */
function sameAsType<S extends z.ZodType>(schema: S, _isSame: Same<z.output<S>, RunComparison>): S {
  return schema;
}

function arm() {
  return object({
    name: text(),
    id: text(),
    seed: text(),
    scenarioDigest: hex(64),
    resultDigest: hex(64),
    backend: text(),
    commit: text(),
    notDone: text().exactOptional(),
    verdict: text(),
    runs: count(),
  });
}

function row() {
  const figure = () => z.union([z.number(), z.string()]).nullable();
  const interval = object({ low: limit(), high: limit(), by: z.enum(['confidence', 'range']) });
  const effect = object({
    kind: z.enum(['ratio', 'difference']),
    value: limit(),
    interval: interval.exactOptional(),
  });
  const worlds = object({ better: count(), same: count(), worse: count(), unknown: count() });
  return object({
    id: text(),
    section: z.enum(SECTIONS),
    what: text(),
    unit: text(),
    a: figure(),
    b: figure(),
    effect: effect.exactOptional(),
    direction: z.enum(['less is better', 'more is better']).exactOptional(),
    judgement: z.enum(JUDGEMENTS),
    why: text(),
    worlds: worlds.exactOptional(),
  });
}
