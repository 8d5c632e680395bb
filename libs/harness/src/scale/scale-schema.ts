/** The schema of `scale.json`, printed as a JSON Schema; closed, and the same as its type. */

import { z } from 'zod';

import type { Same } from '../record/record-schema.ts';
import { closeObject, count, hex, object, text } from '../record/schema-words.ts';
import { SCALE_SCHEMA } from './scale-record.ts';
import type { ScaleRecord } from './scale-record.ts';

export function scaleJsonSchema(): { [key: string]: unknown } {
  const { $schema, ...schema } = z.toJSONSchema(scaleSchema(), {
    reused: 'ref',
    override: closeObject,
  });
  const about = 'scale.json of a grid of runs; fields that are added keep the version';
  return { $schema, title: `Priolab scale record, ${SCALE_SCHEMA}`, description: about, ...schema };
}

function scaleSchema() {
  const schema = object({
    schema: z.literal(SCALE_SCHEMA),
    scenario: object({
      id: text(),
      about: text(),
      seed: text(),
      digest: hex(64),
      backend: text(),
      fidelity: text(),
    }),
    environment: object({
      node: text(),
      platform: text(),
      cpu: text(),
      cores: count(),
      commit: text(),
      startedAt: z.iso.datetime(),
    }),
    grid: object({ reports: z.array(count()), workers: z.array(count()), repeat: count() }),
    points: z.array(point()),
    byWorkers: z.array(byWorkers()),
    extrapolated: object({ reports: count(), factor: z.number().exactOptional() }),
    confidence: z.number(),
    alpha: z.number(),
    machine: object({
      calibrationUs: object({ median: z.number(), low: z.number(), high: z.number() }),
      loadAverage: object({ first: z.number(), high: z.number() }),
      stolenCores: z.number().exactOptional(),
    }),
    notes: z.array(text()),
    verdict: z.enum(['measured', 'invalid', 'interrupted', 'broken', 'nondeterministic']),
    exitCode: z.int().min(0).max(255),
  });
  return sameAsType(schema, true);
}

/** @param _isSame can't be written where the schema's fields are not those of `ScaleRecord` */
function sameAsType<S extends z.ZodType>(schema: S, _isSame: Same<z.output<S>, ScaleRecord>): S {
  return schema;
}

function point() {
  return object({
    reports: count(),
    workers: count(),
    round: count(),
    startedAt: z.iso.datetime(),
    exitCode: z.int().min(0).max(255),
    verdict: text(),
    resultDigest: hex(64),
    wallMs: z.number(),
    runMs: z.number(),
    cpuMs: z.number(),
    peakRssBytes: z.number(),
    peakRssSource: z.enum(['high-water', 'samples']),
    calibrationUs: object({ before: z.number(), after: z.number() }),
    loadAverage: z.number(),
    stolenMs: z.number().exactOptional(),
  });
}

function byWorkers() {
  const interval = object({ value: z.number(), low: z.number(), high: z.number() });
  const linearity = z.union([
    object({ verdict: z.literal('unknown'), reason: text() }),
    object({ verdict: z.literal('not-seen'), upTo: count(), detectable: z.number() }),
    object({ verdict: z.literal('seen'), at: count(), deviation: z.number() }),
  ]);
  const line = object({
    from: count(),
    runs: count(),
    fixed: interval,
    each: interval,
    scatter: z.number(),
    extrapolated: interval,
  });
  const cost = object({
    linearity,
    refused: text().exactOptional(),
    line: line.exactOptional(),
  });
  const memory = object({
    from: count(),
    baseBytes: interval,
    slope: interval,
    verdict: z.enum(['flat', 'grows', 'shrinks', 'unknown']),
    boundBytes: z.number(),
    linearity,
    extrapolated: interval.exactOptional(),
  });
  return object({
    workers: count(),
    wall: cost,
    cpu: cost,
    multiplications: cost,
    memory: memory.exactOptional(),
    speedUp: interval.exactOptional(),
    efficiency: interval.exactOptional(),
    serialShare: interval.exactOptional(),
  });
}
