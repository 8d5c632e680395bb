/**
 * Who may send, on the wall clock: nothing of a state without ENPA, nothing after consent is
 * withdrawn. The oracle is shown to see it: plans are made by another scenario, which knows nothing
 * of that.
 */

import { describe, expect, test } from 'vitest';

import { runScenario } from '../../src/index.ts';
import type { RunSummary, Scenario, ScenarioInput } from '../../src/index.ts';
import { planOf } from '../../src/run/settings.ts';
import { environment, exactExpectations, runSmall, small, withVerdict } from './fixture.ts';

type Population = ScenarioInput['population'];
const week = { reports: 300, days: 5, states: ['us-wa', 'us-md'] } satisfies Population;
const enabled = { 'us-wa': { fromDay: 1, untilDay: 3 } } satisfies Population['enabled'];
const consent = { withdrawPerDay: 0.2, returnPerDay: 0.3 };
const expected = [
  ...exactExpectations.filter((id) => id !== 'crosscheck'),
  'consent.kept',
] as const;

function scenarioOf(population: Partial<Population>, changes: Partial<ScenarioInput> = {}) {
  return small({
    population: { ...week, ...population },
    crypto: { crossCheck: false },
    expect: [...expected],
    ...changes,
  });
}

/** As the scenario says, with the senders that another scenario would choose. */
function runWithSendersOf(other: Scenario, scenario: Scenario): Promise<RunSummary> {
  return runScenario({ scenario, plan: planOf(other), workers: 0, environment });
}

const daysOf = ({ cells }: RunSummary, state: string): number[] => {
  const startMs = Date.parse('2021-12-01T00:00:00Z');
  const days = cells
    .filter((cell) => cell.state === state)
    .map(({ windowStartMs }) => Math.floor((windowStartMs - startMs) / 86_400_000));
  return [...new Set(days)].sort((a, b) => a - b);
};

describe('authorities and consent as they should be', () => {
  test('all green, and there are totals of the days with ENPA only', async () => {
    const summary = await runSmall(scenarioOf({ enabled, consent }));
    expect(withVerdict(summary, 'pass')).toEqual([...expected]);
    expect(daysOf(summary, 'us-wa')).toEqual([1, 2]);
    expect(daysOf(summary, 'us-md')).toEqual([0, 1, 2, 3, 4]);
    expect(summary.consent).toMatchObject({ sent: 300, disabledStateDays: 3, afterWithdrawal: 0 });
    expect(summary.consent!.withdrawnPhoneDays).toBeGreaterThan(20);
  });

  test('the same on any number of workers', async () => {
    const scenario = scenarioOf({ enabled, consent }, { expect: ['consent.kept', 'det'] });
    const [alone, together] = [await runSmall(scenario, 0), await runSmall(scenario, 2)];
    expect(together.identity.resultDigest).toBe(alone.identity.resultDigest);
    expect(together.consent).toEqual(alone.consent);
    expect(together.verdict).toBe('pass');
  });

  test('without a word of it nothing is recorded, and the oracle has no data', async () => {
    const summary = await runSmall(scenarioOf({}));
    expect(summary).not.toHaveProperty('consent');
    expect(withVerdict(summary, 'vacuous')).toEqual(['consent.kept']);
  });
});

describe('broken on purpose', () => {
  test('phones of an authority without ENPA report: consent', async () => {
    const summary = await runWithSendersOf(scenarioOf({}), scenarioOf({ enabled }));
    expect(withVerdict(summary, 'fail')).toEqual(['consent.kept']);
    expect(summary.exitCode).toBe(4);
    const { whileDisabled, disabledBatches, disabledTotals } = summary.consent!;
    expect(whileDisabled).toBeGreaterThan(50);
    expect(disabledBatches).toBeGreaterThan(3);
    expect(disabledTotals).toBeGreaterThan(3);
  });

  test('phones go on after consent is withdrawn: consent', async () => {
    const summary = await runWithSendersOf(scenarioOf({}), scenarioOf({ consent }));
    expect(withVerdict(summary, 'fail')).toEqual(['consent.kept']);
    expect(summary.consent!.afterWithdrawal).toBeGreaterThan(20);
    expect(summary.consent!.whileDisabled).toBe(0);
  });

  test('only on the day itself, after the moment: consent', async () => {
    // Everybody withdraws on the first day: whoever sends late in it is too late.
    const one = { ...week, days: 1 };
    const all = scenarioOf({ ...one, consent: { withdrawPerDay: 1 } });
    const summary = await runWithSendersOf(scenarioOf(one), all);
    const { sent, afterWithdrawal } = summary.consent!;
    expect(withVerdict(summary, 'fail')).toEqual(['consent.kept']);
    expect(afterWithdrawal).toBeGreaterThan(0.3 * sent);
    expect(afterWithdrawal).toBeLessThan(0.7 * sent);
    const right = await runSmall(all);
    expect(withVerdict(right, 'pass')).toContain('consent.kept');
    expect(right.consent!.sent).toBe(sent);
  });
});

describe('vacuous', () => {
  test.each<[string, Partial<Population>]>([
    ['all authorities have enabled ENPA', { enabled: { 'us-wa': true } }],
    ['no phone withdrew', { consent: { withdrawPerDay: 1e-9 } }],
    ['no phone withdrew', { enabled, consent: { withdrawPerDay: 1e-9 } }],
  ])('%s', async (why, population) => {
    const summary = await runSmall(scenarioOf(population, { expect: ['consent.kept'] }));
    expect(summary).toMatchObject({ verdict: 'vacuous', exitCode: 6 });
    expect(summary.expectations[0]!.observed).toContain(why);
  });
});
