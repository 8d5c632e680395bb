/** `tenant` sees when what people are shown of a state depends on another state's measurements. */

import { expect, test } from 'vitest';

import type { RunSummary } from '../../src/record/run-record.ts';
import type { Inject } from '../../src/simulation/fault.ts';
import { runDemonstration, runFaulty } from './fault-run.ts';
import { smallDeployment } from './small-deployment.ts';

const input = { ...smallDeployment, expect: ['tenant' as const] };

/** For which one state and the other is drawn. */
const SEEDS = [1, 3];

function verdictOf({ expectations }: RunSummary) {
  return expectations.find(({ id }) => id === 'tenant')!.verdict;
}

test('green where nothing is wrong; the seed draws the state', async () => {
  const states: string[] = [];
  for (const seed of SEEDS) {
    const summary = await runFaulty({ ...input, seed });
    expect(verdictOf(summary)).toBe('pass');
    states.push(summary.simulation!.tenant!.state);
  }
  expect(states).toEqual(['us-md', 'us-wa']);
}, 60_000);

test.each(SEEDS)('red where windows show another state’s numbers, seed %i', async (seed) => {
  const nemesis = [{ id: 'comb.dashboard' as const, params: { how: 'wrong-state' } }];
  const summary = await runFaulty({ ...input, seed, nemesis });
  expect(verdictOf(summary)).toBe('fail');
  const { changed, windows } = summary.simulation!.tenant!;
  expect(changed).toBeGreaterThan(0);
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
