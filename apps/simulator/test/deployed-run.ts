/** Runs of small scenarios with a deployment, for tests; the caller removes `folder`. */

import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { describeEnvironment, resolveScenario, runScenario } from '@priolab/harness';
import type { DeploymentOptions, RunSummary } from '@priolab/harness';

import { deploymentOptions } from '../src/deployment-options.ts';

export const NO_DEVIATIONS = {
  totals: 0,
  clients: 0,
  refused: 0,
  batches: 0,
  reports: 0,
  answers: 0,
  examples: [],
};

export const small = {
  id: 'small',
  about: 'for a test',
  population: { reports: 60, states: ['us-wa'], days: 2 },
  system: { metrics: ['DateExposure-v1'], epsilon: 4, windowHours: 12 },
  crypto: { crossCheck: false },
  expect: ['sum.exact', 'sets.equal'],
};

/** Of both kinds: what the processors find, and what comes twice. */
const CHEATS = [
  'cli.forge',
  'cli.out_of_range',
  'cli.inconsistent',
  'cli.undecryptable',
  'cli.noncanonical',
  'dev.retry_same',
  'net.dup',
  'net.replay',
];

/** Uploads that are no more what a device signed, which ingestors find. */
const SPOILERS = ['cli.wrong_dim', 'cli.oversize', 'net.truncate', 'net.corrupt'];

const cheatsOf = (ids: readonly string[], share: number) => ({
  ...small,
  population: { reports: 160, states: ['us-wa'], days: 2 },
  adversaries: ids.map((id) => ({ id, share })),
});

export const cheating = cheatsOf(CHEATS, 0.1);
export const spoiling = cheatsOf(SPOILERS, 0.15);

export function createRuns() {
  const folder = mkdtempSync(join(tmpdir(), 'priolab-deployed-'));
  let count = 0;
  return {
    folder,
    async run(scenario: unknown, options: Partial<DeploymentOptions> = {}) {
      const at = join(folder, String((count += 1)));
      const summary = await runScenario({
        scenario: resolveScenario(scenario, 'scenario'),
        workers: 0,
        environment: describeEnvironment(),
        deployment: { ...deploymentOptions({ folder: at }), ...options },
      });
      return { summary, at };
    },
  };
}

export const outcomeOf = ({ expectations }: RunSummary, id: string) =>
  expectations.find((one) => one.id === id);

export const redIn = ({ expectations }: RunSummary): string[] =>
  expectations.filter(({ verdict }) => verdict === 'fail').map(({ id }) => id);
