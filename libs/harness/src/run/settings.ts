/**
 * What a scenario's words mean in numbers: metrics, tasks, days, population settings, and the
 * branch of the seed tree that each party draws from.
 */

import { createSeedTree } from '@priolab/crypto';
import type { SeedBranch } from '@priolab/crypto';
import { prio2Shape } from '@priolab/prio';
import { DAY_MS, catalogueMetric, createTask, customMetric } from '@priolab/roles';
import type { Metric, Task, Vendor } from '@priolab/roles';

import { inSlices } from '../population/in-slices.ts';
import type { SliceOptions } from '../population/in-slices.ts';
import { loadParts } from '../population/load-times.ts';
import { planInSteps, planPopulation } from '../population/plan.ts';
import type { PopulationPlan } from '../population/plan.ts';
import type { Cell, PopulationSettings } from '../population/population-settings.ts';
import { cellSettings } from '../scenario/cell-settings.ts';
import type { Scenario } from '../scenario/scenario.ts';

const HOUR_MS = 3_600_000;
/** Most devices that send in one shard. */
const SHARD_PARTICIPANTS = 512;
/** Field elements of one array of a block, at most: keeps a worker's arena small at any width. */
const BLOCK_ELEMENTS = 2 ** 19;

export function metricsOf(scenario: Scenario): Metric[] {
  return scenario.system.metrics.map((metric) => {
    if (typeof metric !== 'string') return customMetric(metric);
    const known = catalogueMetric(metric);
    if (known === undefined) throw new RangeError(`no metric ${metric} in the catalogue`);
    return known;
  });
}

/** Days since the Unix epoch of the scenario's first day. */
export function firstDay(scenario: Scenario): number {
  return Date.parse(`${scenario.population.startDay}T00:00:00Z`) / DAY_MS;
}

/** Reports in one block of a metric. */
export function blockCapacity(metric: Metric): number {
  const fitting = Math.floor(BLOCK_ELEMENTS / prio2Shape(metric.bins).proofLen);
  return Math.max(1, Math.min(SHARD_PARTICIPANTS, fitting));
}

export function windowMs(scenario: Scenario): number {
  return scenario.system.windowHours * HOUR_MS;
}

/** The task of a metric in a cell: one instance and aggregation name. */
export function taskOf(scenario: Scenario, metric: Metric, state: string, vendor: Vendor): Task {
  const { epsilon } = cellSettings(scenario, state, vendor);
  return createTask({ metric, state, vendor, epsilon, windowMs: windowMs(scenario) });
}

function populationSettings(scenario: Scenario): PopulationSettings {
  const { startDay: _startDay, states, ...rest } = scenario.population;
  const weights = Array.isArray(states)
    ? states
    : Object.fromEntries(Object.entries(states).filter(([, weight]) => weight !== undefined));
  return {
    ...rest,
    states: weights as PopulationSettings['states'],
    ...(scenario.load.length === 0 ? {} : { load: loadParts(scenario.load) }),
    ...(scenario.overrides.length === 0 ? {} : { optInByCell: optInByCell(scenario) }),
    shardParticipants: SHARD_PARTICIPANTS,
  };
}

function optInByCell(scenario: Scenario): Record<string, number> {
  const { states } = scenario.population;
  const ids = Array.isArray(states) ? states : Object.keys(states);
  const cells = ids.flatMap((state) =>
    (['apple', 'google'] as const).map((v) => [state, v] as const),
  );
  const rates = cells.map(([state, vendor]) => {
    return [`${state}/${vendor}`, cellSettings(scenario, state, vendor).optIn] as const;
  });
  return Object.fromEntries(rates);
}

/** @throws PopulationError where the population can't yield the reports */
export function planOf(scenario: Scenario): PopulationPlan {
  return planPopulation(...planArguments(scenario));
}

/** The same beside the event loop; undefined where the signal stopped it. */
export function planGradually(
  scenario: Scenario,
  options: SliceOptions<number> = {},
): Promise<PopulationPlan | undefined> {
  return inSlices(planInSteps(...planArguments(scenario)), options);
}

function planArguments(scenario: Scenario): Parameters<typeof planPopulation> {
  return [populationSettings(scenario), metricsOf(scenario), seedTreeOf(scenario)];
}

export function seedTreeOf(scenario: Scenario): SeedBranch {
  return createSeedTree(String(scenario.seed));
}

/** Every party draws from its own branch; nobody else gets it. */
export const branches = {
  device: (tree: SeedBranch, { state, vendor }: Cell) => tree.child(state.id, vendor, 'device'),
  ingestor: (tree: SeedBranch, vendor: Vendor) => tree.child('ingestor', vendor),
  /** The vendor's certificate authority: its key and, for each cell, its nonces. */
  authority: (tree: SeedBranch, vendor: Vendor) => tree.child('authority', vendor),
  processor: (tree: SeedBranch, role: 'leader' | 'helper') => tree.child('processor', role),
};
