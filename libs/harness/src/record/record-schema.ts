/**
 * The schema of `summary.json`: files are read by it (`stored-summary.ts`), and it is printed as a
 * JSON Schema for other programs, where objects are closed: a field that is unknown is of a later
 * version, or a mistake. The types of the record are what its makers go by; the schema must say the
 * same, field by field, or it does not compile.
 */

import { REASONS } from '@priolab/roles';
import { z } from 'zod';

import { fidelities } from '../fidelity.ts';
import { STAGES } from '../run/stages.ts';
import { WORK_KINDS } from '../run/work.ts';
import type { WorkKind } from '../run/work.ts';
import { scenarioSchema } from '../scenario/scenario.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { RECORD_SCHEMA } from './run-record.ts';
import type { RunSummary } from './run-record.ts';
import * as words from './schema-words.ts';
import { count, hex, number, object, sizes, text, time, verdict } from './schema-words.ts';
import { simulationSchema } from './simulation-record-schema.ts';
import { wireSchema } from './wire-record.ts';

export function summaryJsonSchema(): { [key: string]: unknown } {
  const { $schema, ...schema } = z.toJSONSchema(summarySchema(scenarioSchema), {
    reused: 'ref',
    // Null for NaN: metadata says what there is in its place.
    unrepresentable: 'any',
    override: words.closeObject,
  });
  const about = 'summary.json of a run; fields that are added keep the version';
  return { $schema, title: `Priolab run record, ${RECORD_SCHEMA}`, description: about, ...schema };
}

/** @param scenario what is asked of the scenario within */
export function summarySchema(scenario: z.ZodType<Scenario>) {
  const schema = object({
    schema: z.literal(RECORD_SCHEMA),
    identity: object({
      id: text(),
      seed: text(),
      scenarioDigest: hex(64),
      resultDigest: hex(64),
      backend: text(),
      fidelity: text(),
    }),
    fidelity: object({
      rung: z.enum(fidelities),
      sampleShare: z.number().exactOptional(),
      fullReports: count(),
      sharesOnlyReports: count(),
      notDone: text().exactOptional(),
    }),
    scenario,
    interrupted: z.boolean(),
    population: object({
      phones: count(),
      deviceDays: count(),
      reports: count(),
      states: count(),
      days: count(),
      shards: count(),
    }),
    fates: z.array(object(words.fateFields())),
    fatesByState: z.array(object({ state: text(), ...words.fateFields() })).exactOptional(),
    copyFates: z.array(object(words.fateFields())),
    cells: z.array(cell()),
    adversaries: z.array(object({ id: text(), about: text(), fired: count(), escaped: count() })),
    tally: tally(),
    consent: consent().exactOptional(),
    recheck: object({ shards: count(), differing: z.array(count()) }).exactOptional(),
    deployment: deployment().exactOptional(),
    simulation: simulationSchema().exactOptional(),
    cost: cost(),
    wire: wireSchema().exactOptional(),
    series: series().exactOptional(),
    environment: environment(),
    limits: z.array(limit()).exactOptional(),
    expectations: z.array(expectation()),
    verdict: z.enum([...words.VERDICTS, 'interrupted']),
    exitCode: z.int().min(0).max(255),
  });
  return sameAsType(schema, true);
}

/** The same type without `readonly`. */
type Plain<T> = T extends string | number | boolean | undefined
  ? T
  : { -readonly [Key in keyof T]: Plain<T[Key]> };
/** Identical, not only assignable: an optional field that one of the two lacks would be. */
export type Same<A, B> =
  (<T>() => T extends Plain<A> ? 1 : 2) extends <T>() => T extends Plain<B> ? 1 : 2 ? true : false;

/** @param _isSame can't be written where the schema's fields are not those of `RunSummary` */
function sameAsType<S extends z.ZodType>(schema: S, _isSame: Same<z.output<S>, RunSummary>): S {
  return schema;
}

function cell() {
  const numbers = () => z.array(z.number());
  return object({
    state: text(),
    vendor: text(),
    metric: text(),
    windowStartMs: time(),
    held: object({ reason: text(), detail: text() }).exactOptional(),
    counts: object({
      leader: count(),
      helper: count(),
      leaderRejected: count(),
      helperRejected: count(),
    }),
    batchCount: count(),
    totals: numbers().exactOptional(),
    estimates: numbers().exactOptional(),
    standardError: number().exactOptional(),
    truth: object({
      count: count(),
      noisy: numbers(),
      honestCount: count(),
      honestNoisy: numbers(),
      honestClean: numbers().min(1),
    }),
  }).superRefine(({ totals, estimates, standardError, truth }, context) => {
    const bins = truth.honestClean.length;
    const lists = { totals, estimates };
    const all = { ...lists, 'truth.noisy': truth.noisy, 'truth.honestNoisy': truth.honestNoisy };
    for (const [name, list] of Object.entries(all)) {
      if (list !== undefined && list.length !== bins) {
        const message = `${bins} bins, as truth.honestClean has`;
        context.addIssue({ code: 'custom', path: name.split('.'), message });
      }
    }
    if (estimates !== undefined && standardError === undefined) {
      const message = 'a number beside estimates';
      context.addIssue({ code: 'custom', path: ['standardError'], message });
    }
  });
}

function tally() {
  const noise = () => ({ flippedBits: count(), noisedBits: count() });
  return object({
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
    ...noise(),
    noiseByEpsilon: z.array(object({ epsilon: z.number(), ...noise() })).exactOptional(),
    crossChecked: count(),
    crossCheckMismatches: count(),
  });
}

function consent() {
  return object({
    sent: count(),
    whileDisabled: count(),
    afterWithdrawal: count(),
    disabledStateDays: count(),
    disabledBatches: count(),
    disabledTotals: count(),
    withdrawnPhoneDays: count(),
    sending: object({ stopped: count(), refusedAsWrongTask: count() }).exactOptional(),
    examples: z.array(text()),
  });
}

function deployment() {
  return object({
    kind: words.word(['msw', 'http', 'processes']),
    buckets: text().exactOptional(),
    state: text().exactOptional(),
    googleForm: words.word(['document', 'plain']),
    instances: count(),
    uploads: object({
      sent: count(),
      stored: count(),
      storedBefore: count(),
      refused: words.forSome(REASONS, count()),
      unanswered: count(),
      retries: count(),
    }),
    batches: count(),
    reports: count(),
    refused: count(),
    windows: count(),
    combined: count(),
    missing: z.array(text()),
    ended: text().exactOptional(),
    deviations: object({
      totals: count(),
      clients: count(),
      refused: count(),
      batches: count(),
      reports: count(),
      answers: count(),
      examples: z.array(text()),
    }),
  });
}

function cost() {
  const kinds = WORK_KINDS.map((kind) => [kind, count()] as const);
  const work = object(Object.fromEntries(kinds) as Record<WorkKind, z.ZodInt>);
  return object({
    wallMs: number(),
    cpuMs: number(),
    reportsPerSecond: number(),
    stagesMs: words.forSome(STAGES, number()),
    work: words.forEach(STAGES, work),
    calibrationUs: object({ before: number(), after: number() }),
    peakRssBytes: words.size(),
    peakRssSource: words.word(['high-water', 'samples']),
  });
}

function series() {
  const rows = <T extends z.ZodType>(value: T) => z.array(value).meta({ maxItems: 512 });
  const columns = () => z.array(object({ name: text(), unit: text(), values: rows(z.number()) }));
  return object({
    wall: object({
      timesMs: rows(z.number().min(0).max(1e13)),
      columns: columns(),
    }).superRefine(({ timesMs, columns: all }, context) => {
      sameLength(all, timesMs.length, context);
    }),
    simulated: object({ startMs: time(), stepMs: z.number().min(1).max(1e11), columns: columns() })
      .superRefine(({ columns: all }, context) => {
        sameLength(all, all[0]?.values.length ?? 0, context);
      })
      .exactOptional(),
  });
}

function sameLength(
  columns: readonly { readonly values: readonly number[] }[],
  length: number,
  context: z.RefinementCtx,
): void {
  columns.forEach(({ values }, k) => {
    if (values.length === length) return;
    const path = ['columns', k, 'values'];
    context.addIssue({ code: 'custom', path, message: `${length} values` });
  });
}

function environment() {
  return object({
    node: text(),
    platform: text(),
    cpu: text(),
    cores: count(),
    workers: count(),
    commit: text(),
    startedAt: z.iso.datetime(),
  });
}

function limit() {
  return object({
    id: text(),
    at: text().exactOptional(),
    about: text(),
    fired: count(),
    measured: sizes(),
  });
}

function expectation() {
  return object({
    id: text(),
    verdict: verdict(),
    observed: text(),
    limit: text(),
    n: count(),
    power: object({ alpha: z.number(), detectable: text() }).exactOptional(),
    value: z.number().exactOptional(),
    interval: object({
      of: text(),
      unit: text().exactOptional(),
      low: z.number(),
      high: z.number().exactOptional(),
      level: z.number(),
      due: z.number(),
    }).exactOptional(),
    window: object({ fromMs: time(), toMs: time() }).exactOptional(),
  });
}
