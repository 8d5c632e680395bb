/** The tasks of a run, and how large batches of them may be. */

import type { Task } from '@priolab/roles';

import type { PopulationPlan } from '../population/plan.ts';
import { blockCapacity, metricsOf, taskOf } from '../run/settings.ts';
import type { Scenario } from '../scenario/scenario.ts';

/** One for each state, vendor and metric. */
export function tasksOf(scenario: Scenario, plan: PopulationPlan): Task[] {
  return plan.cells.flatMap(({ state, vendor }) =>
    metricsOf(scenario).map((metric) => taskOf(scenario, metric, state.id, vendor)),
  );
}

/** Reports of one batch, as many as a processor in memory takes at a time. */
export function batchReportsMax(scenario: Scenario): number {
  return Math.min(...metricsOf(scenario).map(blockCapacity));
}
