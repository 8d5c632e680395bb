/** Safety first, then liveness: faults stop at a time, a core comes back, and all must drain. */

import { expect, test } from 'vitest';

import type { ScenarioInput } from '../../src/scenario/scenario.ts';
import { faultIn, redOf, runFaulty } from './fault-run.ts';

const base = {
  id: 'healing',
  about: 'for a test',
  clock: 'simulated',
  population: { reports: 80, states: ['us-wa'] },
  system: { metrics: ['PeriodicExposureNotification-v1'], windowHours: 8 },
  crypto: { crossCheck: false },
  services: { ingestion: { batchEvery: '1h' }, processors: { grace: '2h' } },
  expect: ['sum.exact', 'conserve', 'live'],
} satisfies ScenarioInput;

/** The helper dies at its first write and is away for two days. */
const away: ScenarioInput['nemesis'] = [
  { id: 'proc.crash', at: 'processor/helper', from: '6h', dose: 1, params: { restart: '2d' } },
];

test('a machine that is away comes back when it is healed, and all drains in time', async () => {
  const heal = { at: '12h' };
  const healed = { ...base, nemesis: away, heal, liveness: { within: '2h' } };
  expect(redOf(await runFaulty(healed))).toEqual([]);
  // Where it is not of the core, windows wait for it, and are late.
  const core = ['leader', 'ingestion', 'portal'];
  const late = await runFaulty({ ...healed, heal: { ...heal, core } });
  expect(late.simulation!.windows.late).toBeGreaterThan(0);
  expect(redOf(late)).toEqual(['live']);
});

test('what drains later than liveness allows is red', async () => {
  const run = { ...base, nemesis: away, heal: { at: '1d' }, liveness: { within: '1s' } };
  const summary = await runFaulty(run);
  expect(redOf(summary)).toEqual(['live']);
  expect(summary.exitCode).toBe(5);
  expect(summary.expectations.find(({ id }) => id === 'live')?.observed).toMatch(
    /\d windows? later than liveness allows/,
  );
});

test('a core heals, and the rest does not', async () => {
  const nemesis: ScenarioInput['nemesis'] = [{ id: 'net.drop', at: 'ingestion/apple', p: 0.5 }];
  const run = (core?: string[]) =>
    runFaulty({ ...base, nemesis, heal: { at: '1h', ...(core && { core }) } });
  const struck = async (core?: string[]) => faultIn(await run(core), 'net.drop').fired;
  expect(await struck()).toBe(await struck(['apple']));
  expect(await struck(['helper'])).toBeGreaterThan(await struck());
});
