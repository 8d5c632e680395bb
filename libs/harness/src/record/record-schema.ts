/**
 * The JSON Schema of `summary.json`, for programs that read it. The types of the record are what
 * its makers go by; the schema below must say the same, field by field, or it does not compile.
 * Objects are closed: a field that is unknown is of a later version, or a mistake.
 */

import { REASONS } from '@priolab/roles';
import { z } from 'zod';

import { fidelities } from '../fidelity.ts';
import { STAGES } from '../run/stages.ts';
import type { Stage } from '../run/stages.ts';
import { WORK_KINDS } from '../run/work.ts';
import type { WorkKind } from '../run/work.ts';
import { scenarioSchema } from '../scenario/scenario.ts';
import { RECORD_SCHEMA } from './run-record.ts';
import type { RunSummary } from './run-record.ts';
import { count, fateFields, hex, sizes, verdict } from './schema-words.ts';
import { simulationSchema } from './simulation-record-schema.ts';
import { wireSchema } from './wire-record.ts';

export function summaryJsonSchema(): { [key: string]: unknown } {
  const { $schema, ...schema } = z.toJSONSchema(summarySchema(), { reused: 'ref' });
  const about = 'summary.json of a run; fields that are added keep the version';
  return { $schema, title: `Priolab run record, ${RECORD_SCHEMA}`, description: about, ...schema };
}

function summarySchema() {
  const schema = z.strictObject({
    schema: z.literal(RECORD_SCHEMA),
    identity: z.strictObject({
      id: z.string(),
      seed: z.string(),
      scenarioDigest: hex(64),
      resultDigest: hex(64),
      backend: z.string(),
      fidelity: z.string(),
    }),
    fidelity: z.strictObject({
      rung: z.enum(fidelities),
      sampleShare: z.number().exactOptional(),
      fullReports: count(),
      sharesOnlyReports: count(),
      notDone: z.string().exactOptional(),
    }),
    scenario: scenarioSchema,
    interrupted: z.boolean(),
    population: z.strictObject({
      phones: count(),
      deviceDays: count(),
      reports: count(),
      states: count(),
      days: count(),
      shards: count(),
    }),
    fates: z.array(z.strictObject(fateFields())),
    fatesByState: z.array(z.strictObject({ state: z.string(), ...fateFields() })).exactOptional(),
    copyFates: z.array(z.strictObject(fateFields())),
    cells: z.array(cell()),
    adversaries: z.array(
      z.strictObject({ id: z.string(), about: z.string(), fired: count(), escaped: count() }),
    ),
    tally: tallySchema(),
    consent: consent().exactOptional(),
    recheck: z.strictObject({ shards: count(), differing: z.array(count()) }).exactOptional(),
    deployment: deployment().exactOptional(),
    simulation: simulationSchema().exactOptional(),
    cost: cost(),
    wire: wireSchema().exactOptional(),
    series: series().exactOptional(),
    environment: environment(),
    limits: z.array(limit()).exactOptional(),
    expectations: z.array(expectation()),
    verdict: z.union([verdict(), z.literal('interrupted')]),
    exitCode: count(),
  });
  return sameAsType(schema, true);
}

/** The same type without `readonly`. */
type Plain<T> = T extends string | number | boolean | undefined
  ? T
  : { -readonly [Key in keyof T]: Plain<T[Key]> };
/** Identical, not only assignable: an optional field that one of the two lacks would be. */
type Same<A, B> =
  (<T>() => T extends Plain<A> ? 1 : 2) extends <T>() => T extends Plain<B> ? 1 : 2 ? true : false;

/** @param _isSame can't be written where the schema's fields are not those of `RunSummary` */
function sameAsType<S extends z.ZodType>(schema: S, _isSame: Same<z.output<S>, RunSummary>): S {
  return schema;
}

function cell() {
  const numbers = z.array(z.number());
  return z.strictObject({
    state: z.string(),
    vendor: z.string(),
    metric: z.string(),
    windowStartMs: z.number(),
    held: z.strictObject({ reason: z.string(), detail: z.string() }).exactOptional(),
    counts: z.strictObject({
      leader: count(),
      helper: count(),
      leaderRejected: z.int(),
      helperRejected: z.int(),
    }),
    batchCount: count(),
    totals: numbers.exactOptional(),
    estimates: numbers.exactOptional(),
    standardError: z.number().exactOptional(),
    truth: z.strictObject({
      count: count(),
      noisy: numbers,
      honestCount: count(),
      honestNoisy: numbers,
      honestClean: numbers,
    }),
  });
}

function tallySchema() {
  const noise = { flippedBits: count(), noisedBits: count() };
  return z.strictObject({
    uploads: count(),
    copies: count(),
    escapeBound: z.number(),
    soundnessTrials: count(),
    soundnessEscapes: count(),
    otherEscapes: count(),
    forgedByFaults: count().exactOptional(),
    wrongFates: count(),
    wrongFateExamples: z.array(count()),
    disagreements: count(),
    wrongCopies: count(),
    doubled: count(),
    points: count(),
    unsafePoints: count(),
    freshValues: count(),
    repeatedValues: count(),
    ...noise,
    noiseByEpsilon: z.array(z.strictObject({ epsilon: z.number(), ...noise })).exactOptional(),
    crossChecked: count(),
    crossCheckMismatches: count(),
  });
}

function consent() {
  return z.strictObject({
    sent: count(),
    whileDisabled: count(),
    afterWithdrawal: count(),
    disabledStateDays: count(),
    disabledBatches: count(),
    disabledTotals: count(),
    withdrawnPhoneDays: count(),
    sending: z.strictObject({ stopped: count(), refusedAsWrongTask: count() }).exactOptional(),
    examples: z.array(z.string()),
  });
}

function deployment() {
  return z.strictObject({
    kind: z.enum(['msw', 'http', 'processes']),
    buckets: z.string().exactOptional(),
    state: z.string().exactOptional(),
    googleForm: z.enum(['document', 'plain']),
    instances: count(),
    uploads: z.strictObject({
      sent: count(),
      stored: count(),
      storedBefore: count(),
      refused: z.partialRecord(z.enum(REASONS), count()),
      unanswered: count(),
      retries: count(),
    }),
    batches: count(),
    reports: count(),
    refused: count(),
    windows: count(),
    combined: count(),
    missing: z.array(z.string()),
    ended: z.string().exactOptional(),
    deviations: z.strictObject({
      totals: count(),
      clients: count(),
      refused: count(),
      batches: count(),
      reports: count(),
      answers: count(),
      examples: z.array(z.string()),
    }),
  });
}

function cost() {
  const work = z.strictObject(fieldsOf<WorkKind, z.ZodInt>(WORK_KINDS, count));
  return z.strictObject({
    wallMs: z.number(),
    cpuMs: z.number(),
    reportsPerSecond: z.number(),
    stagesMs: z.strictObject(fieldsOf<Stage, z.ZodNumber>(STAGES, z.number)),
    work: z.strictObject(fieldsOf<Stage, typeof work>(STAGES, () => work)),
    calibrationUs: z.strictObject({ before: z.number(), after: z.number() }),
    peakRssBytes: count(),
    peakRssSource: z.enum(['high-water', 'samples']),
  });
}

function fieldsOf<Name extends string, T>(names: readonly Name[], of: () => T): Record<Name, T> {
  return Object.fromEntries(names.map((name) => [name, of()])) as Record<Name, T>;
}

function series() {
  const numbers = z.array(z.number()).max(512);
  const columns = z.array(z.strictObject({ name: z.string(), unit: z.string(), values: numbers }));
  return z.strictObject({
    wall: z.strictObject({ timesMs: numbers, columns }),
    simulated: z
      .strictObject({ startMs: z.number(), stepMs: z.number().gt(0), columns })
      .exactOptional(),
  });
}

function environment() {
  return z.strictObject({
    node: z.string(),
    platform: z.string(),
    cpu: z.string(),
    cores: count(),
    workers: count(),
    commit: z.string(),
    startedAt: z.string(),
  });
}

function limit() {
  return z.strictObject({
    id: z.string(),
    at: z.string().exactOptional(),
    about: z.string(),
    fired: count(),
    measured: sizes(),
  });
}

function expectation() {
  return z.strictObject({
    id: z.string(),
    verdict: verdict(),
    observed: z.string(),
    limit: z.string(),
    n: z.number(),
    power: z.strictObject({ alpha: z.number(), detectable: z.string() }).exactOptional(),
  });
}
