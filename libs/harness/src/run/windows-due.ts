/** How many windows a run is to publish, as far as its plan tells. */

import { DAY_MS } from '@priolab/roles';

import type { PopulationPlan } from '../population/plan.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { windowMs } from './settings.ts';

/** Undefined where windows are parts of a day: the plan does not say who sends at what time. */
export function windowsDue(scenario: Scenario, plan: PopulationPlan): number | undefined {
  if (windowMs(scenario) !== DAY_MS) return undefined;
  const { cell, day, slotCount, metricCounts } = plan.transfer.table;
  const windows = new Set<string>();
  metricCounts.forEach((count, i) => {
    const shard = Math.floor(i / slotCount);
    if (count > 0) windows.add(`${cell[shard]} ${day[shard]} ${i % slotCount}`);
  });
  return windows.size;
}
