/**
 * The settings of one cell (a state's devices of one vendor): the scenario's own, and over them
 * those of every override that fits, the last one first.
 */

import type { Vendor } from '@priolab/roles';

import type { Scenario } from './scenario.ts';

export interface CellSettings {
  readonly epsilon: number;
  /** Share of phones whose owner takes part. */
  readonly optIn: number;
  /** Contributions below which nothing is published (simulated clock). */
  readonly minBatch: number;
  /** How often the ingestor cuts batches, a duration (simulated clock). */
  readonly batchEvery: string;
}

export function cellSettings(scenario: Scenario, state: string, vendor: Vendor): CellSettings {
  const { population, system, services, overrides } = scenario;
  const fitting = overrides.filter(
    ({ states, vendors }) =>
      (states === undefined || states.includes(state)) &&
      (vendors === undefined || vendors.includes(vendor)),
  );
  const last = <Key extends keyof CellSettings>(key: Key, otherwise: CellSettings[Key]) =>
    fitting.findLast((override) => override[key] !== undefined)?.[key] ?? otherwise;
  return {
    epsilon: last('epsilon', system.epsilon) as number,
    optIn: last('optIn', population.optInByState[state] ?? population.optIn) as number,
    minBatch: last('minBatch', services.minBatch) as number,
    batchEvery: last('batchEvery', services.ingestion.batchEvery) as string,
  };
}
