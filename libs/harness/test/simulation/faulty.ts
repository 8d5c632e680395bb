/** Runs of demonstrations, as they are or with more wrong than they say. */

import type { FaultId } from '../../src/faults/catalogue.ts';
import type { RunSummary } from '../../src/record/run-record.ts';
import { runScenario } from '../../src/run/run.ts';
import { resolveScenario } from '../../src/scenario/scenario.ts';
import type { ScenarioInput } from '../../src/scenario/scenario.ts';
import type { Inject } from '../../src/simulation/fault.ts';
import { demonstrationOf } from '../../src/simulation/faults/demonstrations.ts';
import { faultCode } from '../../src/simulation/faults/registry.ts';
import { environment } from '../run/fixture.ts';

export interface Changes {
  /** Done beside the fault of the scenario whose id is given. */
  readonly with?: { readonly id: FaultId; readonly inject: Inject };
  readonly scenario?: Partial<ScenarioInput>;
}

/** The demonstration of a fault, with more done to it. */
export function runDemonstration(id: FaultId, changes: Changes = {}): Promise<RunSummary> {
  return runFaulty({ ...demonstrationOf(id)!, ...changes.scenario }, changes.with);
}

export function runFaulty(input: ScenarioInput, more?: Changes['with']): Promise<RunSummary> {
  const faults = new Map(faultCode);
  if (more !== undefined) {
    const known = faults.get(more.id);
    faults.set(more.id, (context) => {
      known?.(context);
      more.inject(context);
    });
  }
  const scenario = resolveScenario(input, input.id);
  return runScenario({ scenario, workers: 0, environment, faults });
}

/** Ids of the expectations that do not hold. */
export function redOf({ expectations }: RunSummary): string[] {
  return expectations.filter(({ verdict }) => verdict === 'fail').map(({ id }) => id);
}

/** What the first fault of that id measured. */
export function measuredBy(
  { simulation }: RunSummary,
  id: FaultId,
): Readonly<Record<string, number>> {
  return simulation!.faults.find((fault) => fault.id === id)!.measured;
}

/** Published totals and counts, for comparing runs. */
export function published({ cells }: RunSummary): string[] {
  return cells.map(({ state, vendor, windowStartMs, totals, counts }) =>
    JSON.stringify([state, vendor, windowStartMs, totals, counts]),
  );
}
