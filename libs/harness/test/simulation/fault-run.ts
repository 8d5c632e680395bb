/** Runs of demonstrations: as they are, with something changed, or with more wrong than that. */

import type { Ingestor } from '@priolab/roles';

import type { FaultId } from '../../src/faults/catalogue.ts';
import type { RunSummary } from '../../src/record/run-record.ts';
import type { FaultRecord } from '../../src/record/simulation-record.ts';
import { runScenario } from '../../src/run/run.ts';
import { resolveScenario } from '../../src/scenario/scenario.ts';
import type { ScenarioInput } from '../../src/scenario/scenario.ts';
import type { Inject } from '../../src/simulation/fault.ts';
import { demonstrationOf } from '../../src/simulation/faults/demonstrations.ts';
import { faultCode } from '../../src/simulation/faults/registry.ts';
import { environment } from '../run/fixture.ts';

/** What is put on the deployment together with a fault. */
export interface Sabotage {
  /** First, so that the fault's decorators are around it. */
  readonly under?: Inject;
  /** Last, around the fault's decorators. */
  readonly over?: Inject;
  /** In place of the fault's own code. */
  readonly instead?: Inject;
}

export interface Changes extends Sabotage {
  /** Of the first fault, which is then the only one. */
  readonly params?: Readonly<Record<string, string | number | boolean>>;
  readonly nemesis?: Partial<NonNullable<ScenarioInput['nemesis']>[number]>;
  readonly withoutOracles?: readonly string[];
  readonly scenario?: Partial<ScenarioInput> | ((input: ScenarioInput) => Partial<ScenarioInput>);
}

/** The demonstration of a fault, changed. */
export function runDemonstration(id: FaultId, changes: Changes = {}): Promise<RunSummary> {
  const { params, nemesis, withoutOracles = [], scenario = {}, ...sabotage } = changes;
  const whole = demonstrationOf(id)!;
  const [first] = whole.nemesis!;
  const only = { ...first!, ...nemesis, params: { ...first!.params, ...params } };
  const input: ScenarioInput = {
    ...whole,
    nemesis: params === undefined && nemesis === undefined ? whole.nemesis! : [only],
    expect: whole.expect.filter((one) => !withoutOracles.includes(one as string)),
  };
  const other = typeof scenario === 'function' ? scenario(input) : scenario;
  return runFaulty({ ...input, ...other }, { id, ...sabotage });
}

/** @param sabotage of the fault with that id */
export function runFaulty(
  input: ScenarioInput,
  sabotage?: Sabotage & { readonly id: FaultId },
): Promise<RunSummary> {
  const faults = new Map(faultCode);
  if (sabotage !== undefined) {
    const { id, under, over, instead = faultCode.get(id) } = sabotage;
    faults.set(id, (context) => {
      under?.(context);
      instead?.(context);
      over?.(context);
    });
  }
  const scenario = resolveScenario(input, input.id);
  return runScenario({ scenario, workers: 0, environment, faults });
}

/** `outcome` is red or vacuous because others are: which they are is what tests ask. */
const isOwn = ({ id }: { readonly id: string }): boolean => !id.startsWith('outcome ');

/** Ids of the expectations that do not hold or are vacuous; `outcome` left out. */
export function failedIn({ expectations }: RunSummary): string[] {
  return expectations
    .filter(isOwn)
    .filter(({ verdict }) => verdict !== 'pass')
    .map(({ id }) => id);
}

/** Ids of the expectations that do not hold; `outcome` left out. */
export function redOf({ expectations }: RunSummary): string[] {
  return expectations
    .filter(isOwn)
    .filter(({ verdict }) => verdict === 'fail')
    .map(({ id }) => id);
}

/** The first fault of the run, or the first of that id. */
export function faultIn({ simulation }: RunSummary, id?: FaultId): FaultRecord {
  return simulation!.faults.find((fault) => id === undefined || fault.id === id)!;
}

/** What the first fault of that id measured. */
export function measuredBy(summary: RunSummary, id: FaultId): Readonly<Record<string, number>> {
  return faultIn(summary, id).measured;
}

/** Published totals and counts, for comparing runs. */
export function published({ cells }: RunSummary): string[] {
  return cells.map(({ state, vendor, windowStartMs, totals, counts }) =>
    JSON.stringify([state, vendor, windowStartMs, totals, counts]),
  );
}

/** An ingestor that forgets, before each block of uploads, whom it has seen. */
export const forgetful: Inject = ({ hooks }) => {
  hooks.ingestor.push((inner: Ingestor) => {
    let blocks = 0;
    return {
      openPartition: (index) => inner.openPartition(index),
      receive(task, day, uploads) {
        blocks += 1;
        inner.openPartition(day * 1000 + blocks);
        return inner.receive(task, day, uploads);
      },
    };
  });
};
