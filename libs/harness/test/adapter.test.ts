/** Scenarios as tests of a suite: green, red with the reason, invalid at once. */

import { describe, expect, test } from 'vitest';

import { ScenarioTestError, UsageError, decodeCapsule, scenarioTest } from '../src/index.ts';

const scenario = {
  id: 'adapter',
  about: 'for a test',
  clock: 'simulated',
  population: { reports: 40, states: ['us-wa'] },
  system: { metrics: ['PeriodicExposureNotification-v1'] },
  crypto: { crossCheck: false },
  services: { ingestion: { batchEvery: '6h' } },
  nemesis: [{ id: 'net.drop', p: 0.2 }],
  expect: ['sum.exact', 'live'],
};

// As a team would have it in its own suite.
scenarioTest(test, scenario, {
  seed: '7',
  check: ({ simulation }) => expect(simulation?.windows.published).toBeGreaterThan(0),
});
scenarioTest(
  test,
  { ...scenario, id: 'idle', expect: ['blast'], nemesis: [] },
  {
    verdict: 'vacuous',
  },
);

describe('scenarioTest', () => {
  test('a red scenario fails its test with the reason, and its capsule', async () => {
    const red = { ...scenario, expect: [{ kind: 'never', id: 'net.drop' }] };
    const runs: (() => Promise<void>)[] = [];
    scenarioTest((_name, run) => runs.push(run), red);
    const error = await runs[0]!().catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(ScenarioTestError);
    const { message, capsule } = error as ScenarioTestError;
    expect(message).toMatch(/^scenario adapter, seed 1: expected pass, got fail\n {2}fail never/);
    expect(decodeCapsule(capsule, 'capsule').result.failed).toContain('never net.drop');
  });

  test('an invalid scenario is refused before any test runs', () => {
    expect(() => scenarioTest(test, { ...scenario, clock: 'sundial' })).toThrow(UsageError);
  });
});
