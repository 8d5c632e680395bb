/**
 * Who may send, in simulated time: a phone that is trying again stops at the moment at which its
 * user withdraws consent or its authority ends ENPA, its report is accounted for, and servers
 * refuse by name what is of no authority that has enabled ENPA.
 */

import { expect, test } from 'vitest';

import type { PopulationPlan } from '../../src/population/plan.ts';
import type { RunSummary } from '../../src/record/run-record.ts';
import { runScenario } from '../../src/run/run.ts';
import { planOf } from '../../src/run/settings.ts';
import { resolveScenario } from '../../src/scenario/scenario.ts';
import type { ScenarioInput } from '../../src/scenario/scenario.ts';
import type { Inject } from '../../src/simulation/fault.ts';
import { faultCode } from '../../src/simulation/faults/registry.ts';
import { environment } from '../run/fixture.ts';
import { redOf } from './fault-run.ts';
import { smallDeployment } from './small-deployment.ts';

const population = { reports: 150, days: 2, states: ['us-wa', 'us-md'] } satisfies Partial<
  ScenarioInput['population']
>;
const consent = { withdrawPerDay: 0.8, returnPerDay: 0.8 };
const enabled = { 'us-md': { untilDay: 1 } } as const;
const retrying: Pick<ScenarioInput, 'nemesis' | 'services'> = {
  nemesis: [{ id: 'net.drop', p: 0.5, fires: 20 }],
  services: {
    ingestion: { batchEvery: '6h' },
    processors: { grace: '36h' },
    network: { retry: { first: '1h', factor: 1, atMost: '1h', attempts: 22 } },
  },
};

function scenarioOf(changes: Partial<ScenarioInput>) {
  const expected = ['consent.kept', 'conserve', 'reason', 'sum.exact'] as const;
  const input: ScenarioInput = { ...smallDeployment, population, expect: [...expected] };
  return resolveScenario({ ...input, ...changes }, 'test');
}

interface Broken {
  /** In the place of the scenario's own plan. */
  readonly plan?: (plan: PopulationPlan) => PopulationPlan;
  /** In the place of the code of `net.drop`. */
  readonly inject?: Inject;
}

function run(changes: Partial<ScenarioInput>, { plan, inject }: Broken = {}): Promise<RunSummary> {
  const scenario = scenarioOf(changes);
  const faults = new Map(faultCode);
  if (inject !== undefined) faults.set('net.drop', inject);
  const own = planOf(scenario);
  return runScenario({ scenario, plan: plan?.(own) ?? own, workers: 0, environment, faults });
}

/** What phones know of who may send, changed; who plans to send is as it was. */
const withRules = (rules: Partial<PopulationPlan['population']>) => {
  return (plan: PopulationPlan): PopulationPlan => ({
    ...plan,
    population: { ...plan.population, ...rules },
  });
};

test('a phone that tries again stops when consent is withdrawn; nothing is lost', async () => {
  // Nothing reaches a server for twelve hours: phones wait, and what they stop is not sent.
  const nemesis: ScenarioInput['nemesis'] = [
    { id: 'net.partition', at: 'phone', from: '6h', params: { duration: '12h' } },
  ];
  const summary = await run({ ...retrying, nemesis, population: { ...population, consent } });
  expect(redOf(summary)).toEqual([]);
  const { sending, afterWithdrawal } = summary.consent!;
  expect(sending!.stopped).toBeGreaterThan(3);
  expect(afterWithdrawal).toBe(0);
  const notSent = summary.fates.find(({ reason }) => reason === 'not-sent');
  expect(notSent).toMatchObject({ outcome: 'rejected', hop: 'device' });
  expect(notSent!.count).toBe(sending!.stopped);
});

test('phones of an authority that ends ENPA stop at midnight', async () => {
  const summary = await run({ ...retrying, population: { ...population, enabled } });
  expect(redOf(summary)).toEqual([]);
  expect(summary.consent!.sending!.stopped).toBeGreaterThan(0);
  expect(summary.consent).toMatchObject({ disabledStateDays: 1, disabledTotals: 0 });
});

test('a phone that does not stop: consent is red', async () => {
  const { consent: _none, ...rest } = planOf(scenarioOf({})).population;
  const changes = { ...retrying, population: { ...population, consent } };
  const deaf = (plan: PopulationPlan): PopulationPlan => ({ ...plan, population: rest });
  const summary = await run(changes, { plan: deaf });
  expect(redOf(summary)).toEqual(['consent.kept']);
  expect(summary.consent!.afterWithdrawal).toBeGreaterThan(3);
  expect(summary.consent!.sending!.stopped).toBe(0);
});

test('a phone that stops though nobody told it to: its report is missed', async () => {
  const never = { consent: { withdrawn: 2 ** 32, returned: 0 } };
  const changes = { ...retrying, population: { ...population, consent } };
  const summary = await run(changes, { plan: withRules(never) });
  expect(redOf(summary)).toEqual(expect.arrayContaining(['conserve', 'reason']));
  expect(redOf(summary)).not.toContain('consent.kept');
});

test('made, but never sent, for an authority without ENPA: consent is red', async () => {
  const mid = { ...population, enabled };
  const everyone = planOf(scenarioOf({}));
  const { enabledDays } = planOf(scenarioOf({ population: mid })).population;
  const plan = () => withRules({ enabledDays })(everyone);
  const summary = await run({ population: mid }, { plan });
  expect(redOf(summary)).toContain('consent.kept');
  expect(summary.consent!.sending).toMatchObject({ refusedAsWrongTask: 0 });
  expect(summary.consent!.whileDisabled).toBeGreaterThan(10);
});

test('modified phones that send all the same are refused by name', async () => {
  const plan = () => planOf(scenarioOf({}));
  const summary = await run({ population: { ...population, enabled } }, { plan });
  const { whileDisabled, sending, disabledBatches, disabledTotals } = summary.consent!;
  expect(redOf(summary)).toContain('consent.kept');
  expect(sending!.refusedAsWrongTask).toBe(whileDisabled);
  expect(whileDisabled).toBeGreaterThan(10);
  expect({ disabledBatches, disabledTotals }).toEqual({ disabledBatches: 0, disabledTotals: 0 });
  const refused = summary.fates.find(({ reason }) => reason === 'wrong-task');
  expect(refused).toMatchObject({ hop: 'ingestor', count: whileDisabled });
});

test('and where servers let them in, batches and totals are seen', async () => {
  const inject: Inject = ({ hooks }) =>
    void hooks.front.push((front) => ({ ...front, isEnabled: undefined }));
  const summary = await run(
    { nemesis: [{ id: 'net.drop' }], population: { ...population, enabled } },
    { plan: () => planOf(scenarioOf({})), inject },
  );
  expect(redOf(summary)).toEqual(['consent.kept']);
  expect(summary.consent!.disabledBatches).toBeGreaterThan(0);
  expect(summary.consent!.disabledTotals).toBeGreaterThan(0);
  expect(summary.consent!.sending!.refusedAsWrongTask).toBe(0);
});

test('the same scenario gives the same, event by event', async () => {
  const all = { ...population, consent, enabled };
  const summary = await run({ ...retrying, population: all, expect: ['det', 'consent.kept'] });
  expect(redOf(summary)).toEqual([]);
});

test('a fault of phones without ENPA needs a state that is', () => {
  const nemesis: ScenarioInput['nemesis'] = [{ id: 'cli.not_enabled', p: 0.2 }];
  const all = { ...population, enabled: { 'us-md': true } };
  expect(() => scenarioOf({ nemesis, population: all })).toThrow(/needs a state without ENPA/);
  expect(scenarioOf({ nemesis, population: { ...population, enabled } }).nemesis).toHaveLength(1);
});
