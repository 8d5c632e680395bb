/**
 * What a scenario says about its population, and the checks and defaults that turn it into whole
 * numbers: weights into cells, rates into 32-bit thresholds.
 * A *cell* is one state's devices of one vendor; cells come in order of state id, then apple before
 * google, so that the order in which a scenario lists its states has no effect.
 */

import type { Metric } from '@priolab/roles';
import type { EpidemicKind } from './epidemic.ts';
import { type Jurisdiction, jurisdiction, jurisdictionIds } from './jurisdictions.ts';

/** Maker of a device's system, whose ingestion server it reports to. */
export type Vendor = 'apple' | 'google';

/** Numbers by state or metric id; undefined counts as absent. */
export type RatesById = Readonly<Record<string, number | undefined>>;

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
  /** For each metric slot: a due metric is sent if its word is less; 2^32 means always. */
  readonly samplingThresholds: Float64Array;
}

/**
 * Settings that describe no population, or reports that it cannot yield. `code` is
 * `population-settings` or `population-quota`; `problems` holds one sentence each.
 */
export class PopulationError extends Error {
  override readonly name = 'PopulationError';
  readonly code: 'population-settings' | 'population-quota';
  readonly problems: readonly string[];

  constructor(code: PopulationError['code'], problems: readonly string[]) {
    super(problems.join('\n'));
    this.code = code;
    this.problems = problems;
  }
}

const defaultVendors: Readonly<Record<Vendor, number>> = { apple: 55, google: 45 };
// ENPA opt-in among users of exposure notifications: 35 % rising to 45 % (GAEN-Analytics docs).
const defaultOptIn = 0.4;
const vendorOrder: readonly Vendor[] = ['apple', 'google'];
// Weights are counted in units of 2^-20, so that shares such as 0.3 need no floating point sums.
const weightUnit = 2 ** 20;
const weightMax = 2 ** 32;

/**
 * Checks the settings and fills in defaults.
 *
 * @throws PopulationError naming every problem found.
 */
export function resolvePopulation(
  settings: PopulationSettings,
  metrics: readonly Metric[],
): ResolvedPopulation {
  const problems: string[] = [];
  const stateWeights = weighStates(settings.states, problems);
  checkCounts(settings, problems);
  checkRates(settings, metrics, stateWeights, problems);
  const vendors = settings.vendors ?? defaultVendors;
  checkVendors(vendors, problems);
  if (problems.length > 0) throw new PopulationError('population-settings', problems);

  const cells: Cell[] = [];
  const cellWeights: bigint[] = [];
  const optIn: number[] = [];
  for (const [state, weight] of stateWeights) {
    for (const vendor of vendorOrder) {
      const cellWeight = weightUnits(weight) * weightUnits(vendors[vendor]);
      if (cellWeight === 0n) continue;
      cells.push(Object.freeze({ index: cells.length, state, vendor }));
      cellWeights.push(cellWeight);
      optIn.push(settings.optInByState?.[state.id] ?? settings.optIn ?? defaultOptIn);
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
    optInThresholds: Float64Array.from(optIn, rateThreshold),
    samplingThresholds: Float64Array.from(metrics, (metric) =>
      rateThreshold(settings.sampling?.[metric.id] ?? 1),
    ),
  });
}

/** A rate as a threshold for 32-bit words, 0 to 2^32. */
export function rateThreshold(rate: number): number {
  return Math.round(rate * 2 ** 32);
}

type WeighedStates = readonly (readonly [Jurisdiction, number])[];

/** Known states with their weights, in order of id. */
function weighStates(states: PopulationSettings['states'], problems: string[]): WeighedStates {
  const given: [string, number | undefined][] = isIdList(states)
    ? states.map((id) => [id, undefined])
    : entriesOf(states);
  if (given.length === 0) problems.push('states: expected at least one state, got none');
  const weighed = new Map<string, readonly [Jurisdiction, number]>();
  for (const [id, givenWeight] of given) {
    const state = jurisdiction(id);
    if (state === undefined) {
      problems.push(`states: unknown state ${id}; known are ${jurisdictionIds.join(', ')}`);
      continue;
    }
    if (weighed.has(id)) problems.push(`states: ${id} is listed twice`);
    const weight = givenWeight ?? state.population;
    if (isWeight(weight)) weighed.set(id, [state, weight]);
    else problems.push(`states.${id}: expected a weight from 0 to 2^32, got ${weight}`);
  }
  if (weighed.size > 0 && [...weighed.values()].every(([, weight]) => weightUnits(weight) === 0n)) {
    problems.push('states: expected at least one weight of 2^-20 or more');
  }
  return [...weighed.values()].sort(([a], [b]) => (a.id < b.id ? -1 : 1));
}

function isIdList(states: PopulationSettings['states']): states is readonly string[] {
  return Array.isArray(states);
}

function checkCounts(settings: PopulationSettings, problems: string[]): void {
  const { reports, days, shardParticipants = 512 } = settings;
  checkWhole(problems, 'reports', reports, 2 ** 32 - 1);
  checkWhole(problems, 'days', days, 28);
  checkWhole(problems, 'shardParticipants', shardParticipants, 65_536);
}

function checkWhole(problems: string[], name: string, value: number, most: number): void {
  if (Number.isInteger(value) && value >= 1 && value <= most) return;
  problems.push(`${name}: expected a whole number from 1 to ${most}, got ${value}`);
}

function checkRates(
  settings: PopulationSettings,
  metrics: readonly Metric[],
  states: WeighedStates,
  problems: string[],
): void {
  const optIns = { optIn: settings.optIn ?? defaultOptIn };
  for (const [path, rate] of [
    ...Object.entries(optIns),
    ...entriesOf(settings.optInByState).map(prefixed('optInByState')),
  ]) {
    if (!(rate > 0 && rate <= 1) || rateThreshold(rate) === 0) {
      problems.push(`${path}: expected a rate above 0, up to 1, got ${rate}`);
    }
  }
  for (const [id] of entriesOf(settings.optInByState)) {
    if (!states.some(([state]) => state.id === id)) {
      problems.push(`optInByState.${id}: no such state in this run`);
    }
  }
  const ids = metrics.map((metric) => metric.id);
  if (ids.length === 0) problems.push('metrics: expected at least one metric, got none');
  ids.forEach((id, slot) => {
    if (ids.indexOf(id) !== slot) problems.push(`metrics: ${id} is listed twice`);
  });
  for (const [id, rate] of entriesOf(settings.sampling)) {
    if (!ids.includes(id)) problems.push(`sampling.${id}: no such metric in this run`);
    if (!(rate >= 0 && rate <= 1)) {
      problems.push(`sampling.${id}: expected a rate from 0 to 1, got ${rate}`);
    }
  }
}

function entriesOf(rates: RatesById = {}): [string, number][] {
  return Object.entries(rates).filter((entry): entry is [string, number] => entry[1] !== undefined);
}

function prefixed(prefix: string): (entry: [string, number]) => [string, number] {
  return ([key, value]) => [`${prefix}.${key}`, value];
}

function checkVendors(vendors: Readonly<Record<Vendor, number>>, problems: string[]): void {
  let total = 0n;
  for (const vendor of vendorOrder) {
    if (isWeight(vendors[vendor])) total += weightUnits(vendors[vendor]);
    else problems.push(`vendors.${vendor}: expected a weight up to 2^32, got ${vendors[vendor]}`);
  }
  if (total === 0n) problems.push('vendors: expected at least one weight above 0');
}

function isWeight(weight: number): boolean {
  return weight >= 0 && weight <= weightMax;
}

function weightUnits(weight: number): bigint {
  return BigInt(Math.round(weight * weightUnit));
}

function heaviest(states: WeighedStates): string {
  let [best, most] = states[0]!;
  for (const [state, weight] of states) if (weight > most) [best, most] = [state, weight];
  return best.id;
}
