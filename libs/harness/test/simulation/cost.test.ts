/** What a run in simulated time says of its cost: only what was counted or measured. */

import { expect, test } from 'vitest';

import { resolveScenario, runScenario } from '../../src/index.ts';
import type { RunSummary, ScenarioInput } from '../../src/index.ts';
import { STAGES } from '../../src/run/stages.ts';
import { environment } from '../run/fixture.ts';
import { smallDeployment } from './small-deployment.ts';

const run = (input: ScenarioInput, options: Partial<Parameters<typeof runScenario>[0]> = {}) =>
  runScenario({ scenario: resolveScenario(input, 'test'), workers: 0, environment, ...options });

const multiplications = ({ cost }: RunSummary, stage: (typeof STAGES)[number]): number => {
  const { baseMultiplications, fixedMultiplications, variableMultiplications } = cost.work[stage];
  return baseMultiplications + fixedMultiplications + variableMultiplications;
};

test('no stage is timed; what is computed stands under the stage that does it', async () => {
  const { services: _, ...wall } = smallDeployment;
  const [simulated, onClock] = await Promise.all([
    run(smallDeployment),
    run({ ...wall, clock: 'wall', expect: ['sum.exact'] }),
  ]);
  expect(simulated.cost.stagesMs).toEqual({});
  expect(Object.keys(onClock.cost.stagesMs)).toEqual([...STAGES]);
  expect(Object.keys(simulated.cost.work)).toEqual([...STAGES]);
  // The same phones make the same reports.
  for (const stage of ['identity', 'randomise', 'prove', 'split', 'seal', 'attest'] as const) {
    expect(simulated.cost.work[stage], stage).toEqual(onClock.cost.work[stage]);
  }
  expect(simulated.cost.work.prove.nttButterflies).toBeGreaterThan(0);
  for (const stage of ['ingest', 'open and evaluate'] as const) {
    expect(multiplications(simulated, stage), stage).toBeGreaterThanOrEqual(60);
  }
  // Keys of the parties.
  expect(multiplications(simulated, 'observe')).toBeLessThan(20);
});

test('speed is of reports that were run', async () => {
  const stop = new AbortController();
  const none = await run(smallDeployment, {
    signal: stop.signal,
    onProgress: () => stop.abort(),
  });
  expect(none.interrupted).toBe(true);
  expect(none.fates.filter(({ outcome }) => outcome !== 'pending')).toEqual([]);
  expect(none.cost.reportsPerSecond).toBe(0);
  const { cost } = await run(smallDeployment);
  expect((cost.reportsPerSecond * cost.wallMs) / 1000).toBeCloseTo(60, 6);
});
