/**
 * Runs whose ingestors, processors and portal are real programs: equal to those in memory, or told
 * apart.
 */

import { existsSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import type { DeployedPrograms, DeploymentOptions } from '@priolab/harness';
import type { HttpClient } from '@priolab/runtime/http';
import { afterAll, describe, expect, test } from 'vitest';

import { createDeployedPrograms } from '../src/deployed-programs.ts';
import { loadScenario } from '../src/load.ts';
import { NO_DEVIATIONS, cheating, createRuns, outcomeOf, redIn, small } from './deployed-run.ts';
import { spoiling } from './deployed-run.ts';
import { createCli, scenarios } from './fixture.ts';

const LIMIT = { timeout: 240_000 };
const { run: runAny, folder } = createRuns();
const cli = createCli();
afterAll(() => [folder, cli.folder].forEach((one) => rmSync(one, { recursive: true })));

const run = (scenario: unknown, options: Partial<DeploymentOptions> = {}) =>
  runAny(scenario, { programs: createDeployedPrograms({ stopMs: 2000 }), ...options });

describe('the same totals, refused reports and digest as in memory', () => {
  test('of the smoke scenario', LIMIT, async () => {
    const smokeIn = (deployment: string) =>
      loadScenario(join(scenarios, 'smoke.scenario.ts'), { reports: 60, deployment });
    const memory = await run(await smokeIn('memory'));
    const { summary, at } = await run(await smokeIn('processes'));
    expect(summary.deployment).toMatchObject({
      kind: 'processes',
      buckets: 'files',
      state: 'sqlite',
      googleForm: 'document',
      instances: 4,
      uploads: { sent: 60, stored: 60, unanswered: 0, refused: {} },
      reports: 60,
      windows: 8,
      combined: 8,
    });
    expect(summary.deployment!.deviations).toEqual(NO_DEVIATIONS);
    expect(summary.cells).toEqual(memory.summary.cells);
    // All results, fates and estimates among them.
    expect(summary.identity.resultDigest).toBe(memory.summary.identity.resultDigest);
    expect(summary.verdict).toBe('pass');
    expect(outcomeOf(summary, 'deployed')).toMatchObject({ verdict: 'pass', n: 60 });
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
    expect(summary.deployment!.deviations).toEqual(NO_DEVIATIONS);
    expect(summary.deployment!.uploads.storedBefore).toBeGreaterThan(3);
    expect(summary.identity.resultDigest).toBe(memory.summary.identity.resultDigest);
    expect(summary.verdict).toBe('pass');
  });

  test('with uploads that are spoilt on their way', LIMIT, async () => {
    const memory = await run(spoiling);
    const { summary } = await run({ ...spoiling, deployment: 'processes' });
    expect(summary.deployment!.deviations).toEqual(NO_DEVIATIONS);
    expect(summary.deployment!.uploads.refused.oversized).toBeGreaterThan(3);
    expect(summary.identity.resultDigest).toBe(memory.summary.identity.resultDigest);
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

const oneVendor = { ...small, population: { ...small.population, vendors: { apple: 1 } } };

describe('what differs or does not come is red', () => {
  test('a report that is dropped on its way', LIMIT, async () => {
    let isDone = false;
    const body = new TextEncoder().encode('{"answer":"stored"}');
    const wrapClient = (client: HttpClient): HttpClient => ({
      close: () => client.close(),
      async send(request) {
        if (isDone) return client.send(request);
        isDone = true;
        return { status: 201, headers: { 'content-type': 'application/json' }, body };
      },
    });
    const { summary, at } = await run({ ...oneVendor, deployment: 'processes' }, { wrapClient });
    expect(redIn(summary)).toEqual(['sum.exact', 'count.exact', 'conserve', 'deployed']);
    expect(summary.deployment!.deviations).toMatchObject({ clients: 1, reports: 1 });
    // What failed is kept, to be looked at.
    expect(readdirSync(at)).toContain('apple-ingestor.log');
    // Whose vendor nobody has, needs no ingestor.
    expect(readdirSync(at)).not.toContain('google-ingestor.log');
  });

  test('servers that count refused reports, whether or not anybody asked', LIMIT, async () => {
    const legacy = { services: { legacy: ['count-invalid-proofs'] } };
    const { summary, at } = await run({ ...cheating, ...legacy, deployment: 'processes' });
    expect(summary.scenario.expect).not.toContain('count.exact');
    expect(outcomeOf(summary, 'count.exact')!.verdict).toBe('fail');
    expect(outcomeOf(summary, 'deployed')!.verdict).toBe('fail');
    expect(summary.deployment!.deviations.clients).toBeGreaterThan(0);
    expect(outcomeOf(summary, 'sum.exact')!.verdict).toBe('pass');
    expect(summary).toMatchObject({ verdict: 'fail', exitCode: 1 });
    expect(readdirSync(at)).toContain('helper.log');
  });

  test('a process that hangs: what is missing is named', LIMIT, async () => {
    const environment = { PRIOLAB_PAUSE_AT: 'sum.header-written' };
    const programs = createDeployedPrograms({ environment, stopMs: 100 });
    const { summary } = await run(
      { ...oneVendor, deployment: 'processes' },
      { programs, patienceMs: 1500 },
    );
    expect(summary).toMatchObject({ verdict: 'fail', exitCode: 5 });
    const live = outcomeOf(summary, 'live')!;
    expect(live.verdict).toBe('fail');
    expect(live.observed).toContain('not there: us-wa-');
    expect(live.observed).toContain('nothing was done for 1.5 s');
    expect(outcomeOf(summary, 'sum.exact')!.verdict).not.toBe('fail');
  });

  test('a process that ends: at once, with its last words', LIMIT, async () => {
    const real = createDeployedPrograms();
    const programs: DeployedPrograms = {
      ...real,
      async start(request) {
        const running = await real.start(request);
        if (request.name === 'helper') await running.stop();
        return running;
      },
    };
    const { summary } = await run({ ...oneVendor, deployment: 'processes' }, { programs });
    expect(summary.exitCode).toBe(5);
    const { observed } = outcomeOf(summary, 'live')!;
    expect(observed).toContain("the helper's process ended: exit code 0");
    expect(observed).toContain('"event":"stopped"');
  });
});

describe('what can not be had is told', () => {
  const refusal = async (deployment: object, environment: object = {}) => {
    const options = { environment: environment as DeploymentOptions['environment'] };
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
    const real = createDeployedPrograms();
    const broken = createDeployedPrograms({
      environment: { NODE_OPTIONS: '--require ./there-is-no-such-file.cjs' },
    });
    const starting = run(
      { ...small, deployment: 'processes' },
      { programs: { ...real, start: broken.start } },
    );
    await expect(starting).rejects.toThrow(/the \w+(-ingestor)?'s process did not start: exit/);
    const preparing = run({ ...small, deployment: 'processes' }, { programs: broken });
    await expect(preparing).rejects.toThrow(/deployment: portal-keys: exit code 1/);
  });
});

test('Ctrl-C stops the processes as well', LIMIT, async () => {
  const file = cli.scenarioFile('stopped', {
    population: { reports: 20_000, states: ['us-wa'], days: 8 },
    deployment: 'processes',
  });
  const child = cli.start('run', file, '--out', 'out', '--keep', '--workers', '1');
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  const logs = (names: readonly string[]) => {
    const [name] = existsSync(join(cli.folder, 'out')) ? readdirSync(join(cli.folder, 'out')) : [];
    const at = join(cli.folder, 'out', name ?? '', 'deployment');
    return names.map((program) => {
      const path = join(at, `${program}.log`);
      return existsSync(path) ? readFileSync(path, 'utf8') : '';
    });
  };
  while (!logs(['apple-ingestor']).every((text) => text.includes('batch-written'))) {
    expect(child.exitCode).toBeNull();
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  child.kill('SIGINT');
  expect(await ended).toBe(130);
  for (const text of logs(['leader', 'helper', 'apple-ingestor', 'google-ingestor', 'portal'])) {
    expect(text).toContain('"event":"stopped"');
  }
});
