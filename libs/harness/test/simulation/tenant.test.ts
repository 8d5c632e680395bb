/** `tenant` sees when what people are shown of a state depends on another state's measurements. */

import { expect, test } from 'vitest';

import type { RunSummary } from '../../src/record/run-record.ts';
import type { Inject } from '../../src/simulation/fault.ts';
import { runDemonstration, runFaulty } from './fault-run.ts';
import { smallDeployment } from './small-deployment.ts';

const input = { ...smallDeployment, expect: ['tenant' as const] };

function verdictOf({ expectations }: RunSummary) {
  return expectations.find(({ id }) => id === 'tenant')!.verdict;
}

test('green where nothing is wrong: each state is kept in turn', async () => {
  const summary = await runFaulty(input);
  expect(verdictOf(summary)).toBe('pass');
  const { states, windows, changedOf, othersChanged } = summary.simulation!.tenant!;
  expect({ states, changedOf }).toEqual({ states: 2, changedOf: [] });
  expect(windows).toBeGreaterThan(states!);
  expect(othersChanged).toBeGreaterThan(0);
});

test('red where windows show another state’s numbers', async () => {
  const nemesis = [{ id: 'comb.dashboard' as const, params: { how: 'wrong-state' } }];
  const summary = await runFaulty({ ...input, nemesis });
  expect(verdictOf(summary)).toBe('fail');
  const { changed, windows, changedOf } = summary.simulation!.tenant!;
  expect([...changedOf!].sort()).toEqual(['us-md', 'us-wa']);
  expect(changed).toBeLessThanOrEqual(windows);
});

/** The combiner adds to each total the one of another state that it made before. */
const mixed: Inject = ({ hooks }) => {
  const last = new Map<string, Float64Array>();
  hooks.portal.push((portal) => ({
    ...portal,
    combine(leader, helper) {
      const { results, held } = portal.combine(leader, helper);
      const spoiled = results.map((result) => {
        const { state } = result.task;
        const [other] = [...last].filter(([of]) => of !== state).map(([, totals]) => totals);
        last.set(state, result.totals);
        if (other === undefined) return result;
        return { ...result, totals: result.totals.map((total, bin) => total + other[bin]!) };
      });
      return { results: spoiled, held };
    },
  }));
};

test('red where totals of another state are mixed in', async () => {
  const summary = await runDemonstration('net.drop', {
    over: mixed,
    scenario: { expect: ['tenant'] },
  });
  expect(verdictOf(summary)).toBe('fail');
  expect(summary.exitCode).not.toBe(0);
});
