/** What a record says of the population: the same for either clock. */

import type { PopulationPlan } from '../population/plan.ts';
import type { RunRecord } from '../record/run-record.ts';

export function populationRecord(plan: PopulationPlan): RunRecord['population'] {
  return {
    phones: plan.phoneCount,
    deviceDays: plan.participantCount,
    reports: plan.reportCount,
    states: new Set(plan.cells.map(({ state }) => state.id)).size,
    days: plan.population.days,
    shards: plan.shardCount,
  };
}
