/** Demonstrations with something changed: other parameters, or a defence taken away. */

import type { RunSummary } from '../../src/index.ts';
import type { FaultId } from '../../src/faults/catalogue.ts';
import { runScenario } from '../../src/run/run.ts';
import { resolveScenario } from '../../src/scenario/scenario.ts';
import type { ScenarioInput } from '../../src/scenario/scenario.ts';
import type { Inject } from '../../src/simulation/fault.ts';
import { demonstrationOf } from '../../src/simulation/faults/demonstrations.ts';
import { faultCode } from '../../src/simulation/faults/registry.ts';

import { environment } from '../run/fixture.ts';

type Params = Readonly<Record<string, string | number | boolean>>;

export interface Changes {
  readonly params?: Params;
  readonly nemesis?: Partial<NonNullable<ScenarioInput['nemesis']>[number]>;
  readonly scenario?: Partial<ScenarioInput>;
  readonly withoutOracles?: readonly string[];
  /** Put on the deployment together with the fault. */
  readonly sabotage?: Inject;
}

export function runDemonstration(id: FaultId, changes: Changes = {}): Promise<RunSummary> {
  const { params, nemesis, scenario: other, withoutOracles = [], sabotage } = changes;
  const input = demonstrationOf(id)!;
  const [first] = input.nemesis!;
  const own = { ...first!, ...nemesis, params: { ...first!.params, ...params } };
  const expect = input.expect.filter((one) => !withoutOracles.includes(one as string));
  const scenario = resolveScenario({ ...input, nemesis: [own], expect, ...other }, id);
  const inject: Inject = (context) => {
    sabotage?.(context);
    faultCode.get(id)!(context);
  };
  const faults = new Map([...faultCode, [id, inject] as const]);
  return runScenario({ scenario, workers: 0, environment, faults });
}

export function failedIn({ expectations }: RunSummary): string[] {
  return expectations.filter(({ verdict }) => verdict !== 'pass').map(({ id }) => id);
}

export function faultIn({ simulation }: RunSummary) {
  return simulation!.faults[0]!;
}
