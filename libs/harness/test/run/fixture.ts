/** Small runs for tests, whole or with one party broken on purpose. */

import type { Engine } from '@priolab/runtime';

import { resolveScenario, runScenario } from '../../src/index.ts';
import type { ExpectationOutcome, RunSummary, Scenario, ScenarioInput } from '../../src/index.ts';
import { createRunner } from '../../src/run/shard-program.ts';
import type { ShardInit } from '../../src/run/shard-program.ts';
import type { WorldOptions } from '../../src/run/world.ts';

export type Replace = NonNullable<WorldOptions['replace']>;

export const environment = {
  node: 'test',
  platform: 'test',
  cpu: 'test',
  cores: 1,
  commit: 'test',
  startedAt: '2021-12-01T00:00:00.000Z',
};

export const exactExpectations = [
  'sum.exact',
  'count.exact',
  'conserve',
  'once',
  'sets.equal',
  'reason',
  'rand.safe',
  'noise.dist',
  'unbiased',
  'crosscheck',
] as const;

export const smallInput: ScenarioInput = {
  id: 'test/small',
  about: 'for tests',
  seed: 'fixture',
  population: { reports: 240, states: ['us-wa', 'us-md'] },
  system: {
    metrics: ['PeriodicExposureNotification-v1', { id: 'wide-v1', bins: 100 }],
    epsilon: 4,
    windowHours: 8,
  },
  crypto: { crossCheck: { every: 60 } },
  expect: [...exactExpectations],
};

export function small(changes: Partial<ScenarioInput> = {}): Scenario {
  return resolveScenario({ ...smallInput, ...changes }, 'test');
}

export function runSmall(scenario: Scenario, workers = 0): Promise<RunSummary> {
  return runScenario({ scenario, workers, environment });
}

/** Runs with one party replaced in the fast world; the reference world stays whole. */
export function runBroken(scenario: Scenario, replace: Replace): Promise<RunSummary> {
  const engine: Engine = {
    workerCount: 0,
    async run(job) {
      const runner = createRunner(job.init as ShardInit, replace);
      for (let shard = 0; shard < job.shardCount; shard++) {
        await job.onResult(shard, runner.run(shard) as never);
      }
      return { completedCount: job.shardCount, interrupted: false };
    },
  };
  return runScenario({ scenario, workers: 0, environment, engine });
}

/** Ids of the expectations with a verdict, in order. */
export function withVerdict(
  { expectations }: RunSummary,
  verdict: ExpectationOutcome['verdict'],
): string[] {
  return expectations.filter((outcome) => outcome.verdict === verdict).map(({ id }) => id);
}
