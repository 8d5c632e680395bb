/**
 * What a scenario says about its population, and the checks and defaults that turn it into whole
 * numbers: weights into cells, rates into 32-bit thresholds.
 * A *cell* is one state's devices of one vendor; cells come in order of state id, then apple before
 * google, so that the order in which a scenario lists its states has no effect.
 */

import type { Metric } from '@priolab/roles';
import type { Problem } from '../scenario/problems.ts';
import { enabledSpan } from './enabled-days.ts';
import type { DaySpan, EnabledDays } from './enabled-days.ts';
import type { EpidemicKind } from './epidemic.ts';
import { type Jurisdiction, jurisdiction } from './jurisdictions.ts';
import type { LoadPart } from './load-times.ts';
import { populationProblems } from './population-problems.ts';
import { rateThreshold, weightUnits } from './whole-numbers.ts';

/** Maker of a device's system, whose ingestion server it reports to. */
export type Vendor = 'apple' | 'google';

/** Numbers by state or metric id; undefined counts as absent. */
export type RatesById = Readonly<Record<string, number | undefined>>;

/** How often users change their mind: probabilities a day, above 0. */
export interface ConsentRates {
  /** That a phone with consent at midnight loses it on that day. */
  readonly withdrawPerDay: number;
  /** That one without gets it back; left out: it never does. */
  readonly returnPerDay?: number | undefined;
}

/** The scenario's population. Rates are probabilities in [0, 1]; weights need not sum to 1. */
export interface PopulationSettings {
  /** Reports in the whole run, exactly: 1 to 2^32 - 1. */
  readonly reports: number;
  /** Days of the run, 1 to 28. */
  readonly days: number;
  /** State ids, weighed by census; or id -> weight, where 0 leaves a state out. */
  readonly states: readonly string[] | RatesById;
  /** Share of each vendor; default 55 to 45. A weight of 0 leaves the vendor out. */
  readonly vendors?: Readonly<Record<Vendor, number>>;
  /** Share of devices whose user takes part, above 0; default 0.4. */
  readonly optIn?: number;
  /** State id -> opt-in share, where it differs. */
  readonly optInByState?: RatesById;
  /** Cell as `state/vendor` -> opt-in share, where it differs from its state's. */
  readonly optInByCell?: RatesById;
  /** Shapes of upload times; none: the population's own table of hours. */
  readonly load?: readonly LoadPart[];
  /** State id -> days on which its authority has enabled ENPA; left out: always. */
  readonly enabled?: Readonly<Record<string, EnabledDays | undefined>> | undefined;
  /** How users withdraw consent and give it again; left out: they don't. */
  readonly consent?: ConsentRates | undefined;
  /** Metric id -> probability that a device sends it when due; default 1. */
  readonly sampling?: RatesById;
  /** How exposures go over days and states; default `calm`. */
  readonly epidemic?: EpidemicKind;
  /** Most devices that send in one shard; default 512. */
  readonly shardParticipants?: number;
}

/** One state's devices of one vendor. */
export interface Cell {
  readonly index: number;
  readonly state: Jurisdiction;
  readonly vendor: Vendor;
}

/** Words of a day's draw below which consent changes. */
export interface ConsentThresholds {
  readonly withdrawn: number;
  readonly returned: number;
}

/** Checked settings in whole numbers. Plain data, safe to send to a worker. */
export interface ResolvedPopulation {
  readonly reports: number;
  readonly days: number;
  readonly epidemic: EpidemicKind;
  /** Id of the heaviest state, where an `outbreak` breaks out. */
  readonly heaviestState: string;
  readonly shardParticipants: number;
  readonly cells: readonly Cell[];
  /** Weight of each cell, for apportioning reports. */
  readonly cellWeights: readonly bigint[];
  /** For each cell: a device takes part if its word is less; 2^32 means all do. */
  readonly optInThresholds: Float64Array;
  /** For each cell: the days on which its authority has enabled ENPA. */
  readonly enabledDays: readonly DaySpan[];
  /** Left out: consent stays as it is. */
  readonly consent?: ConsentThresholds;
  /** Shapes of upload times; none: the table of hours. */
  readonly load: readonly LoadPart[];
  /** For each metric slot: a due metric is sent if its word is less; 2^32 means always. */
  readonly samplingThresholds: Float64Array;
}

/**
 * Settings that describe no population, or reports that it cannot yield. `code` is
 * `population-settings` or `population-quota`; `problems` holds them all, by the scenario's paths.
 */
export class PopulationError extends Error {
  override readonly name = 'PopulationError';
  readonly code: 'population-settings' | 'population-quota';
  readonly problems: readonly Problem[];

  constructor(code: PopulationError['code'], problems: readonly Problem[]) {
    super(problems.map(({ path, message }) => `${path}: ${message}`).join('\n'));
    this.code = code;
    this.problems = problems;
  }
}

const defaultVendors: Readonly<Record<Vendor, number>> = { apple: 55, google: 45 };
// ENPA opt-in among users of exposure notifications: 35 % rising to 45 % (GAEN-Analytics docs).
const defaultOptIn = 0.4;
const vendorOrder: readonly Vendor[] = ['apple', 'google'];

/**
 * Checks the settings and fills in defaults.
 *
 * @throws PopulationError naming every problem found.
 */
export function resolvePopulation(
  settings: PopulationSettings,
  metrics: readonly Metric[],
): ResolvedPopulation {
  const { vendors = defaultVendors, optIn = defaultOptIn } = settings;
  const ids = metrics.map((metric) => metric.id);
  const problems = populationProblems({ ...settings, vendors, optIn }, ids);
  if (problems.length > 0) throw new PopulationError('population-settings', problems);

  const stateWeights = weighStates(settings.states);
  const cells: Cell[] = [];
  const cellWeights: bigint[] = [];
  const optInRates: number[] = [];
  const enabledDays: DaySpan[] = [];
  for (const [state, weight] of stateWeights) {
    for (const vendor of vendorOrder) {
      const cellWeight = weightUnits(weight) * weightUnits(vendors[vendor]);
      if (cellWeight === 0n) continue;
      cells.push(Object.freeze({ index: cells.length, state, vendor }));
      cellWeights.push(cellWeight);
      enabledDays.push(enabledSpan(settings.enabled?.[state.id]));
      const ofCell = settings.optInByCell?.[`${state.id}/${vendor}`];
      optInRates.push(ofCell ?? settings.optInByState?.[state.id] ?? optIn);
    }
  }
  return Object.freeze({
    reports: settings.reports,
    days: settings.days,
    epidemic: settings.epidemic ?? 'calm',
    heaviestState: heaviest(stateWeights),
    shardParticipants: settings.shardParticipants ?? 512,
    cells: Object.freeze(cells),
    cellWeights: Object.freeze(cellWeights),
    enabledDays: Object.freeze(enabledDays),
    ...(settings.consent === undefined ? {} : { consent: consentThresholds(settings.consent) }),
    load: settings.load ?? [],
    optInThresholds: Float64Array.from(optInRates, rateThreshold),
    samplingThresholds: Float64Array.from(metrics, (metric) =>
      rateThreshold(settings.sampling?.[metric.id] ?? 1),
    ),
  });
}

function consentThresholds({ withdrawPerDay, returnPerDay }: ConsentRates): ConsentThresholds {
  return {
    withdrawn: rateThreshold(withdrawPerDay),
    returned: rateThreshold(returnPerDay ?? 0),
  };
}

type WeighedStates = readonly (readonly [Jurisdiction, number])[];

/** States with their weights, in order of id. */
function weighStates(states: PopulationSettings['states']): WeighedStates {
  const given: [string, number | undefined][] = isIdList(states)
    ? states.map((id) => [id, undefined])
    : Object.entries(states).filter(([, weight]) => weight !== undefined);
  return given
    .map(([id, weight]) => {
      const state = jurisdiction(id)!;
      return [state, weight ?? state.population] as const;
    })
    .sort(([a], [b]) => (a.id < b.id ? -1 : 1));
}

function isIdList(states: PopulationSettings['states']): states is readonly string[] {
  return Array.isArray(states);
}

function heaviest(states: WeighedStates): string {
  let [best, most] = states[0]!;
  for (const [state, weight] of states) if (weight > most) [best, most] = [state, weight];
  return best.id;
}
