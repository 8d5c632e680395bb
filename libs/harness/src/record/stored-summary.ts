/**
 * A stored `summary.json`, checked: files can be damaged or be of another version, and reporters
 * believe every field that they are given. The scenario in it is left to `resolveScenario`, which
 * knows more about it. Fields that are not known stay as they are.
 */

import { z } from 'zod';

import { UsageError, problemsOf } from '../scenario/problems.ts';
import type { Problem } from '../scenario/problems.ts';
import { OUTCOMES } from './fate.ts';
import { RECORD_SCHEMA } from './run-record.ts';
import type * as run from './run-record.ts';
import type * as series from './series-record.ts';
import type { SimulationRecord } from './simulation-record.ts';
import type { WireRecord } from './wire-record.ts';

/** A damaged record may have thousands of problems; so many say it. */
const PROBLEMS_MAX = 10;

/** A schema for each field that must be there; of the others, for those that reporters read. */
type Fields<T> = { readonly [Key in keyof T]: z.ZodType };

const text = z.string();
const texts = z.array(text);
const count = z.int().min(0);
/** JSON writes what is not finite as null. */
const number = z
  .number()
  .nullable()
  .transform((value) => value ?? NaN);
const numbers = z.array(z.number());
const counts = z.record(text, count);
const sizes = z.record(text, number);
const verdicts = ['pass', 'fail', 'vacuous', 'invalid'] as const satisfies run.Verdict[];
/** In milliseconds since the Unix epoch: what `Date` knows. */
const time = z.number().min(-8.64e15).max(8.64e15);

const fateCount = {
  outcome: z.enum(OUTCOMES),
  hop: text,
  reason: text,
  count,
} satisfies Fields<run.FateCount>;

const cell = z
  .looseObject({
    state: text,
    vendor: text,
    metric: text,
    windowStartMs: time,
    held: z.looseObject({ reason: text, detail: text }).optional(),
    counts: z.looseObject({
      leader: count,
      helper: count,
      leaderRejected: count,
      helperRejected: count,
    } satisfies Fields<run.CellRecord['counts']>),
    batchCount: count,
    totals: numbers.optional(),
    estimates: numbers.optional(),
    standardError: number.optional(),
    truth: z.looseObject({
      count,
      noisy: numbers,
      honestCount: count,
      honestNoisy: numbers,
      honestClean: numbers.min(1),
    } satisfies Fields<run.CellRecord['truth']>),
  } satisfies Fields<run.CellRecord>)
  .superRefine(({ totals, estimates, standardError, truth }, context) => {
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

const column = z.looseObject({
  name: text,
  unit: text,
  values: numbers,
} satisfies Fields<series.SeriesColumn>);

const seriesRecord = z.looseObject({
  wall: z
    .looseObject({
      timesMs: z.array(z.number().min(0).max(1e13)),
      columns: z.array(column),
    } satisfies Fields<series.WallSeries>)
    .superRefine(({ timesMs, columns }, context) => sameLength(columns, timesMs.length, context)),
  simulated: z
    .looseObject({
      startMs: time,
      stepMs: z.number().min(1).max(1e11),
      columns: z.array(column),
    } satisfies Fields<series.SimulatedSeries>)
    .superRefine(({ columns }, context) => {
      sameLength(columns, columns[0]?.values.length ?? 0, context);
    })
    .optional(),
} satisfies Fields<series.SeriesRecord>);

function sameLength(
  columns: readonly series.SeriesColumn[],
  length: number,
  context: z.RefinementCtx,
): void {
  columns.forEach(({ values }, k) => {
    if (values.length === length) return;
    context.addIssue({
      code: 'custom',
      path: ['columns', k, 'values'],
      message: `${length} values`,
    });
  });
}

const simulation = z.looseObject({
  startMs: time,
  daysEndMs: time,
  endMs: time,
  eventCount: count,
  journal: z.looseObject({ count, digest: text, marks: texts }),
  fork: z.looseObject({ atMs: z.number(), name: text }).optional(),
  faults: z.array(
    z.looseObject({
      id: text,
      at: text.optional(),
      fired: count,
      fires: count,
      fates: counts,
      refused: counts,
      unexpected: count,
      measured: sizes,
    } satisfies Fields<SimulationRecord['faults'][number]>),
  ),
  faultLog: z.array(z.looseObject({ timeMs: time, id: text, what: text, reports: count })),
  reports: z.looseObject({
    struck: count,
    untouched: count,
    untouchedLost: count,
    wrong: count,
    wrongExamples: z.array(z.looseObject({ report: count, fate: text, allowed: texts })),
    unexplained: z.array(z.looseObject({ state: text, hop: text, fate: text, count })).optional(),
  } satisfies Fields<SimulationRecord['reports']>),
  windows: z.looseObject({
    due: count,
    published: count,
    publishedTwice: count,
    held: count,
    suppressed: count,
    open: count,
    excused: count,
    excusedTasks: count.optional(),
    late: count.optional(),
    examples: texts,
  } satisfies Fields<SimulationRecord['windows']>),
  openTasks: z.looseObject({ leader: count, helper: count }),
  rewrites: z.looseObject({ changed: count, count }),
  zeroBlinds: count,
  identities: z.looseObject({ counted: count, twice: count }),
  stale: z.looseObject({ count, of: count }),
  leaks: z.looseObject({ secrets: count, bytes: count, unsearched: count, found: count }),
  events: counts,
  views: z.array(z.looseObject({ role: text, feature: text, counts: z.array(numbers) })),
  without: z.record(text, z.record(text, z.enum(verdicts))).optional(),
} satisfies Fields<SimulationRecord>);

const deployment = z.looseObject({
  kind: text,
  googleForm: text,
  instances: count,
  uploads: z.looseObject({
    sent: count,
    stored: count,
    storedBefore: count,
    refused: counts,
    unanswered: count,
    retries: count,
  } satisfies Fields<run.UploadsRecord>),
  batches: count,
  reports: count,
  refused: count,
  windows: count,
  combined: count,
  missing: texts,
  ended: text.optional(),
  deviations: z.looseObject({
    totals: count,
    clients: count,
    refused: count,
    batches: count,
    reports: count,
    answers: count,
    examples: texts,
  } satisfies Fields<run.DeploymentRecord['deviations']>),
} satisfies Fields<run.DeploymentRecord>);

const tally = z.looseObject({
  uploads: count,
  copies: count,
  escapeBound: z.number(),
  soundnessTrials: count,
  soundnessEscapes: count,
  otherEscapes: count,
  wrongFates: count,
  wrongFateExamples: numbers,
  disagreements: count,
  wrongCopies: count,
  doubled: count,
  points: count,
  unsafePoints: count,
  freshValues: count,
  repeatedValues: count,
  flippedBits: count,
  noisedBits: count,
  crossChecked: count,
  crossCheckMismatches: count,
} satisfies Fields<run.TallyRecord>);

const cost = z.looseObject({
  wallMs: number,
  cpuMs: number,
  reportsPerSecond: number,
  stagesMs: sizes,
  work: z.record(
    text,
    z.looseObject({
      baseMultiplications: count,
      fixedMultiplications: count,
      variableMultiplications: count,
      nttButterflies: count,
      sha256Blocks: count,
      aesBlocks: count,
    } satisfies Fields<run.CostRecord['work']['prove']>),
  ),
  calibrationUs: z.looseObject({ before: number, after: number }),
  peakRssBytes: number,
  peakRssSource: text,
} satisfies Fields<run.CostRecord>);

const wire = {
  metric: text,
  upload: count,
  leader: count,
  helper: count,
  validity: count,
} satisfies Fields<WireRecord>;

const environment = z.looseObject({
  node: text,
  platform: text,
  cpu: text,
  cores: count,
  workers: count,
  commit: text,
  startedAt: z.iso.datetime(),
} satisfies Fields<run.EnvironmentRecord>);

const expectation = z.looseObject({
  id: text,
  verdict: z.enum(verdicts),
  observed: text,
  limit: text,
  n: count,
  power: z.looseObject({ alpha: z.number(), detectable: text }).optional(),
} satisfies Fields<run.ExpectationOutcome>);

const summarySchema = z.looseObject({
  schema: z.literal(RECORD_SCHEMA),
  identity: z.looseObject({
    id: text,
    seed: text,
    scenarioDigest: text,
    resultDigest: text,
    backend: text,
    fidelity: text,
  } satisfies Fields<run.RunRecord['identity']>),
  fidelity: z.looseObject({
    rung: z.enum(['full', 'sampled', 'shares-only']),
    fullReports: count,
    sharesOnlyReports: count,
    notDone: text.optional(),
  } satisfies Fields<run.RunRecord['fidelity']>),
  scenario: z.looseObject({}),
  interrupted: z.boolean(),
  population: z.looseObject({
    phones: count,
    deviceDays: count,
    reports: count,
    states: count,
    days: count,
    shards: count,
  } satisfies Fields<run.RunRecord['population']>),
  fates: z.array(z.looseObject(fateCount)),
  fatesByState: z.array(z.looseObject({ state: text, ...fateCount })).optional(),
  copyFates: z.array(z.looseObject(fateCount)),
  cells: z.array(cell),
  adversaries: z.array(
    z.looseObject({
      id: text,
      about: text,
      fired: count,
      escaped: count,
    } satisfies Fields<run.AdversaryRecord>),
  ),
  tally,
  deployment: deployment.optional(),
  simulation: simulation.optional(),
  cost,
  wire: z.array(z.looseObject(wire)).optional(),
  series: seriesRecord.optional(),
  environment,
  limits: z
    .array(
      z.looseObject({ id: text, at: text.optional(), about: text, fired: count, measured: sizes }),
    )
    .optional(),
  expectations: z.array(expectation),
  verdict: z.enum([...verdicts, 'interrupted']),
  exitCode: z.int().min(0).max(255),
} satisfies Fields<run.RunSummary>);

/**
 * The summary that a parsed file holds.
 * @throws UsageError with the first problems of a value that is none: where, got and expected
 */
export function checkSummary(value: unknown, file: string): run.RunSummary {
  const parsed = summarySchema.safeParse(value);
  if (parsed.success) return ordered(parsed.data, value) as run.RunSummary;
  const problems = problemsOf(parsed.error, value, summarySchema);
  const more = problems.length - PROBLEMS_MAX;
  const rest: Problem[] = more > 0 ? [{ path: '', message: `... and ${more} more` }] : [];
  throw new UsageError(file, [...problems.slice(0, PROBLEMS_MAX), ...rest]);
}

/** The checked value with its fields in the order of the file: reports show records as they are. */
function ordered(checked: unknown, original: unknown): unknown {
  if (typeof original !== 'object' || original === null) return checked;
  if (Array.isArray(original)) {
    return original.map((item, k) => ordered((checked as readonly unknown[])[k], item));
  }
  const fields = checked as Readonly<Record<string, unknown>>;
  return Object.fromEntries(
    Object.entries(original).map(([key, inner]) => [key, ordered(fields[key], inner)]),
  );
}
