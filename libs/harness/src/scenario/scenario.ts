/**
 * A scenario: one plain, JSON-serialisable value that says what is simulated and what is expected
 * of it. The schema below is the single source of its type, its checks and its defaults.
 *
 * `defineScenario` is what `scenarios/*.scenario.ts` export; `resolveScenario` checks any value.
 */

import { z } from 'zod';

import { adversaryIds } from '../adversary/catalogue.ts';
import { clocks } from '../expectations/oracles.ts';
import { compose, isComposed } from '../composition/compose.ts';
import { fidelities } from '../fidelity.ts';
import { jurisdictionIds } from '../population/jurisdictions.ts';
import { contradictionsOf } from './contradictions.ts';
import { deploymentSchema } from './deployment-schema.ts';
import { expectationSchema } from './expectation-schema.ts';
import { loadFields } from './load-schema.ts';
import { metricIds } from './metric-ids.ts';
import { nemesisFields } from './nemesis-schema.ts';
import { inOrderOf, problemsOf, UsageError } from './problems.ts';
import type { Problem } from './problems.ts';
import { servicesSchema } from './services-schema.ts';
import { validParts } from './valid-parts.ts';

const rate = z.number().min(0).max(1);
const positiveRate = z.number().gt(0).max(1);
const weight = z.number().min(0).max(1e9);
const stateId = z.enum(jurisdictionIds as [string, ...string[]]);

const customMetricSchema = z.strictObject({
  /** Aggregation name; no `/`. */
  id: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/, 'letters, digits, ".", "_", "-"'),
  bins: z.int().min(1).max(4096),
  layout: z.enum(['one-hot', 'one-hot-or-none', 'k-hot', 'cumulative']).default('one-hot'),
});

const enabledDaysSchema = z.strictObject({
  /** Days of the run, counted from 0: from this one on, and until before that one. */
  fromDay: z.int().min(0).max(27).optional(),
  untilDay: z.int().min(1).max(28).optional(),
});

const populationSchema = z.strictObject({
  /** Reports in the whole run, exactly. */
  reports: z.int().min(1).max(1_000_000_000),
  days: z.int().min(1).max(28).default(1),
  /** First day, UTC. */
  startDay: z.iso.date().regex(/^20/, 'a date from 2000 to 2099').default('2021-12-01'),
  /** Localities, weighted by census, or with weights of their own. */
  states: z.union([z.array(stateId).min(1), z.partialRecord(stateId, weight)]),
  vendors: z
    .strictObject({ apple: weight.default(0), google: weight.default(0) })
    .default({ apple: 55, google: 45 }),
  /** Share of phones whose owner takes part. */
  optIn: positiveRate.default(0.4),
  optInByState: z.partialRecord(stateId, positiveRate).default({}),
  /** Days on which a state's authority has enabled ENPA; left out: always. */
  enabled: z.partialRecord(stateId, z.union([z.boolean(), enabledDaysSchema])).optional(),
  /** How users withdraw consent and give it again; left out: they don't. */
  consent: z
    .strictObject({ withdrawPerDay: positiveRate, returnPerDay: positiveRate.optional() })
    .optional(),
  /** Share of due reports of a metric that are sent. */
  sampling: z.record(z.string(), rate).default({}),
  epidemic: z.enum(['calm', 'wave', 'outbreak']).default('wave'),
});

const systemSchema = z.strictObject({
  metrics: z
    .array(z.union([z.enum(metricIds), customMetricSchema]))
    .min(1)
    .max(32),
  /** Local differential privacy of one report, per bit. */
  epsilon: z.number().min(0.01).max(32).default(8),
  /** Aggregation window: a divisor of the day. */
  windowHours: z.literal([1, 2, 3, 4, 6, 8, 12, 24]).default(24),
});

const backendName = z.enum(['wasm', 'node', 'noble']);

const cryptoSchema = z.strictObject({
  /** How much of the real protocol is computed: `fidelity.ts` says what each rung leaves out. */
  fidelity: z.enum(fidelities).default('full'),
  /** With `sampled`: share of the run that goes with transport; the rest goes without. */
  sampleShare: z.number().gt(0).lt(1).optional(),
  backend: backendName.default('wasm'),
  /** One report in `every` is computed again by another backend, byte for byte. */
  crossCheck: z
    .strictObject({ backend: backendName.default('noble'), every: z.int().min(1).default(2000) })
    .or(z.literal(false))
    .default({ backend: 'noble', every: 2000 }),
});

const adversarySchema = z.strictObject({
  id: z.enum(adversaryIds),
  /** Share of reports whose device does this. */
  share: positiveRate,
});

export const scenarioSchema = z.strictObject({
  id: z.string().regex(/^[a-z0-9]+([-/][a-z0-9]+)*$/, 'lower-case words joined by "-" or "/"'),
  about: z.string().min(1).max(400),
  seed: z.union([z.string().min(1).max(200), z.int()]).default('1'),
  population: populationSchema,
  system: systemSchema,
  crypto: cryptoSchema.prefault({}),
  adversaries: z.array(adversarySchema).default([]),
  /** `wall`: as fast as it goes; `simulated`: events in simulated time, services and faults. */
  clock: z.enum(clocks).default('wall'),
  /** How the parties meet: in memory, or over HTTP (`msw`, `http`), or as programs of their own. */
  deployment: deploymentSchema.default('memory'),
  services: servicesSchema.prefault({}),
  ...nemesisFields,
  ...loadFields,
  expect: z.array(expectationSchema).min(1),
});

/** What a scenario file writes: defaults may be left out. */
export type ScenarioInput = z.input<typeof scenarioSchema>;
/** A scenario with every default filled in. */
export type Scenario = z.output<typeof scenarioSchema>;

type DeepPartial<T> = T extends readonly unknown[]
  ? T
  : T extends object
    ? { [Key in keyof T]?: DeepPartial<T[Key]> | undefined }
    : T;

/** A scenario that is built on others: see `composition/compose.ts`. */
export type ComposedInput = DeepPartial<ScenarioInput> & {
  id: string;
  about: string;
  /** Files that it is built on, relative to its own. */
  extends?: string | readonly string[];
  /** Parts that it takes in: built-in names, or files. */
  mixins?: readonly string[];
  /** Values for single paths, such as `{ 'population.reports': 500 }`, applied last. */
  with?: Readonly<Record<string, unknown>>;
};

/** Types a scenario; it is checked when it is loaded. */
export function defineScenario<Input extends ScenarioInput | ComposedInput>(
  scenario: Input,
): Input {
  return scenario;
}

/** Types a part that scenarios take in with `mixins`. */
export function defineMixin(mixin: DeepPartial<ScenarioInput>): DeepPartial<ScenarioInput> {
  return mixin;
}

/**
 * Checks a value from outside and fills in defaults.
 * @throws UsageError with every problem at once
 */
export function resolveScenario(source: unknown, file: string): Scenario {
  // Files that it names are read before, by who may read files.
  const value = isComposed(source)
    ? compose({ name: file, value: source, files: new Map() })
    : source;
  const parsed = scenarioSchema.safeParse(value);
  const invalid = parsed.success ? [] : problemsOf(parsed.error, value, scenarioSchema);
  const contradictions = contradictionsOf(validParts(scenarioSchema, value) ?? {});
  // A field that is invalid is not missing as well.
  const isNew = ({ path }: Problem): boolean => !invalid.some((problem) => problem.path === path);
  const problems = [...invalid, ...contradictions.filter(isNew)];
  if (!parsed.success || problems.length > 0)
    throw new UsageError(file, inOrderOf(value, problems));
  return parsed.data;
}
