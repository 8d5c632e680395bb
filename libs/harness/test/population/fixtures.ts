/** What the population tests share: settings to start from, and walks over a whole plan. */

import { createSeedTree } from '@priolab/crypto';
import { customMetric, metricCatalogue } from '@priolab/roles';
import { planPopulation, type PopulationPlan, type Shard } from '../../src/population/plan.ts';
import type { PopulationSettings } from '../../src/population/population-settings.ts';

export const seedTree = createSeedTree('population tests');

export const onehot = customMetric({ id: 'onehot', bins: 15, layout: 'one-hot' });

/** A small national run of all metrics. */
export const national: PopulationSettings = {
  reports: 6000,
  days: 3,
  states: ['us-ca', 'us-ct', 'us-wa'],
  shardParticipants: 64,
};

export function nationalPlan(): PopulationPlan {
  return planPopulation(national, metricCatalogue, seedTree);
}

export function allShards(plan: PopulationPlan): Shard[] {
  return Array.from({ length: plan.shardCount }, (_, index) => plan.shard(index));
}

/** The devices that send a metric in a shard. */
export function sendersOf(plan: PopulationPlan, shard: Shard, metricSlot: number): number[] {
  const out = new Uint32Array(shard.metricCounts[metricSlot]!);
  return [...out.subarray(0, plan.senders(shard, metricSlot, out))];
}

/** All reports of a cell as `day/metric/device`, in order of their numbers. */
export function reportsOfCell(plan: PopulationPlan, state: string, vendor: string): string[] {
  return allShards(plan)
    .filter(({ cell }) => cell.state.id === state && cell.vendor === vendor)
    .flatMap((shard) =>
      plan.metrics.flatMap((metric, slot) =>
        sendersOf(plan, shard, slot).map((device) => `${shard.day}/${metric.id}/${device}`),
      ),
    );
}
