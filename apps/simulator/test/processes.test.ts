/** Runs whose processors are two real processes: equal to those in memory, or told apart. */

import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { describeEnvironment, resolveScenario, runScenario } from '@priolab/harness';
import type { ProcessesOptions, ProcessorProcesses, RunSummary } from '@priolab/harness';
import { afterAll, describe, expect, test } from 'vitest';

import { loadScenario } from '../src/load.ts';
import { createProcessorProcesses } from '../src/processor-processes.ts';
import { createCli, scenarios } from './fixture.ts';

const LIMIT = { timeout: 180_000 };
const folder = mkdtempSync(join(tmpdir(), 'priolab-processes-'));
const cli = createCli();
afterAll(() => [folder, cli.folder].forEach((one) => rmSync(one, { recursive: true })));

const small = {
  id: 'small',
  about: 'for a test',
  population: { reports: 60, states: ['us-wa'], days: 2 },
  system: { metrics: ['DateExposure-v1'], epsilon: 4, windowHours: 12 },
  crypto: { crossCheck: false },
  expect: ['sum.exact', 'sets.equal'],
};

const CHEATS = [
  'cli.forge',
  'cli.out_of_range',
  'cli.inconsistent',
  'cli.undecryptable',
  'cli.noncanonical',
  'cli.wrong_dim',
  'net.dup',
  'net.replay',
];

const cheating = {
  ...small,
  population: { reports: 120, states: ['us-wa'], days: 2 },
  adversaries: CHEATS.map((id) => ({ id, share: 0.1 })),
};

let count = 0;

async function run(scenario: unknown, options: Partial<ProcessesOptions> = {}) {
  const at = join(folder, String((count += 1)));
  const processes = createProcessorProcesses({ stopMs: 500 });
  const summary = await runScenario({
    scenario: resolveScenario(scenario, 'scenario'),
    workers: 0,
    environment: describeEnvironment(),
    processes: { processes, folder: at, environment: process.env, ...options },
  });
  return { summary, at };
}

const outcomeOf = ({ expectations }: RunSummary, id: string) =>
  expectations.find((one) => one.id === id);

const NONE = { totals: 0, clients: 0, refused: 0, batches: 0, examples: [] };

describe('the same totals and the same refused reports in both deployments', () => {
  test('of the smoke scenario', LIMIT, async () => {
    const load = (name: string) =>
      loadScenario(join(scenarios, `${name}.scenario.ts`), { reports: 60 });
    const memory = await run(await load('smoke'));
    const { summary, at } = await run(await load('smoke-processes'));
    expect(summary.deployment).toMatchObject({ instances: 4, windows: 8, combined: 8 });
    expect(summary.deployment!.deviations).toEqual(NONE);
    expect(summary.cells).toEqual(memory.summary.cells);
    // All results, fates and estimates among them.
    expect(summary.identity.resultDigest).toBe(memory.summary.identity.resultDigest);
    expect(summary.verdict).toBe('pass');
    expect(outcomeOf(summary, 'live')).toMatchObject({ verdict: 'pass', n: 8 });
    // What passed leaves nothing behind.
    expect(existsSync(at)).toBe(false);
  });

  test('with cheating devices, over several days and windows', LIMIT, async () => {
    const memory = await run(cheating);
    const { summary } = await run({ ...cheating, deployment: 'processes' });
    const refused = summary.cells.map(({ counts }) => counts.leaderRejected);
    expect(summary.cells.length).toBeGreaterThan(4);
    expect(refused.reduce((a, b) => a + b)).toBeGreaterThan(10);
    expect(summary.deployment!.deviations).toEqual(NONE);
    expect(summary.identity.resultDigest).toBe(memory.summary.identity.resultDigest);
    expect(summary.verdict).toBe('pass');
  });
});

const hasPostgres = Boolean(process.env['PRIOLAB_POSTGRES']);

test.skipIf(!hasPostgres)('with their state in PostgreSQL, twice in a row', LIMIT, async () => {
  const deployment = { kind: 'processes', state: 'postgres' };
  for (let times = 0; times < 2; times++) {
    const { summary } = await run({ ...small, deployment });
    expect(summary).toMatchObject({ verdict: 'pass', deployment: { state: 'postgres' } });
  }
});

describe('what differs or does not come is red', () => {
  test('servers that count refused reports, whether or not anybody asked', LIMIT, async () => {
    const legacy = { services: { legacy: ['count-invalid-proofs'] } };
    const { summary, at } = await run({ ...cheating, ...legacy, deployment: 'processes' });
    expect(summary.scenario.expect).not.toContain('count.exact');
    expect(outcomeOf(summary, 'count.exact')!.verdict).toBe('fail');
    expect(summary.deployment!.deviations.clients).toBeGreaterThan(0);
    expect(outcomeOf(summary, 'sum.exact')!.verdict).toBe('pass');
    expect(summary).toMatchObject({ verdict: 'fail', exitCode: 1 });
    // What failed is kept, to be looked at.
    expect(readdirSync(at)).toContain('helper.log');
  });

  test('a process that hangs: what is missing is named', LIMIT, async () => {
    const environment = { PRIOLAB_PAUSE_AT: 'sum.header-written' };
    const processes = createProcessorProcesses({ environment, stopMs: 100 });
    const { summary } = await run(
      { ...small, deployment: 'processes' },
      { processes, patienceMs: 1500 },
    );
    expect(summary).toMatchObject({ verdict: 'fail', exitCode: 5 });
    const live = outcomeOf(summary, 'live')!;
    expect(live.verdict).toBe('fail');
    expect(live.observed).toContain('not there: us-wa-');
    expect(live.observed).toContain('nothing was done for 1.5 s');
    expect(outcomeOf(summary, 'sum.exact')!.verdict).not.toBe('fail');
  });

  test('a process that ends: at once, with its last words', LIMIT, async () => {
    const real = createProcessorProcesses();
    const processes: ProcessorProcesses = {
      ...real,
      async start(role, configFile) {
        const running = await real.start(role, configFile);
        if (role === 'helper') await running.stop();
        return running;
      },
    };
    const { summary } = await run({ ...small, deployment: 'processes' }, { processes });
    expect(summary.exitCode).toBe(5);
    const { observed } = outcomeOf(summary, 'live')!;
    expect(observed).toContain("the helper's process ended: exit code 0");
    expect(observed).toContain('"event":"stopped"');
  });
});

describe('what can not be had is told', () => {
  const refusal = async (deployment: object, environment: object = {}) => {
    const options = { environment: environment as ProcessesOptions['environment'] };
    const failed = run({ ...small, deployment: { kind: 'processes', ...deployment } }, options);
    return failed.then(
      () => '',
      (error: Error) => error.message,
    );
  };

  test('servers that the environment does not name', async () => {
    const message = await refusal({ buckets: 's3', state: 'postgres' });
    expect(message).toContain('deployment.buckets: "s3" needs AWS_ENDPOINT_URL_S3');
    expect(message).toContain('deployment.state: "postgres" needs PRIOLAB_POSTGRES');
  });

  test('servers that are not there', async () => {
    const away = { PRIOLAB_POSTGRES: 'postgres://nobody@127.0.0.1:1/none' };
    expect(await refusal({ state: 'postgres' }, away)).toContain("deployment.state: can't be used");
  });

  test('a program that does not start', LIMIT, async () => {
    const environment = { NODE_OPTIONS: '--require ./there-is-no-such-file.cjs' };
    const processes = createProcessorProcesses({ environment });
    const failed = run({ ...small, deployment: 'processes' }, { processes });
    await expect(failed).rejects.toThrow(/the leader's process did not start: exit code 1/);
  });

  test('whoever can not start programs', async () => {
    const scenario = resolveScenario({ ...small, deployment: 'processes' }, 'scenario');
    const failed = runScenario({ scenario, workers: 0, environment: describeEnvironment() });
    await expect(failed).rejects.toThrow(/deployment: got "processes"/);
  });
});

test('Ctrl-C stops the processes as well', LIMIT, async () => {
  const file = cli.scenarioFile('stopped', {
    population: { reports: 2000, states: ['us-wa'], days: 8 },
    deployment: 'processes',
  });
  const child = cli.start('run', file, '--out', 'out', '--keep', '--workers', '1');
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  const logs = () => {
    const [name] = existsSync(join(cli.folder, 'out')) ? readdirSync(join(cli.folder, 'out')) : [];
    const at = join(cli.folder, 'out', name ?? '', 'processes');
    return ['leader', 'helper'].map((role) => {
      const path = join(at, `${role}.log`);
      return existsSync(path) ? readFileSync(path, 'utf8') : '';
    });
  };
  while (!logs().every((text) => text.includes('task-done'))) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  child.kill('SIGINT');
  expect(await ended).toBe(130);
  for (const text of logs()) expect(text).toContain('"event":"stopped"');
});
