/** `priolab portal` as people start it: a run, a page on this machine, a key for each state. */

import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, beforeAll, expect, test } from 'vitest';

import { createCli } from './fixture.ts';

const { folder, priolab, start, scenarioFile } = createCli();
let file: string;
beforeAll(() => {
  file = scenarioFile('shown', {
    population: { reports: 400, days: 2, states: ['us-wa', 'us-md'] },
    system: { metrics: ['PeriodicExposureNotification-v1'], windowHours: 24, epsilon: 4 },
  });
});
afterAll(() => rmSync(folder, { recursive: true }));

interface Served {
  readonly url: string;
  /** By state. */
  readonly keys: Readonly<Record<string, string>>;
  readonly output: () => string;
  /** Ctrl-C; resolves with the exit code. */
  stop(): Promise<number>;
}

/** Starts it, and waits until it says that it serves. */
async function serve(...args: string[]): Promise<Served> {
  const child = start('portal', ...args);
  let output = '';
  await new Promise<void>((resolve, reject) => {
    child.stdout.on('data', (text: Buffer) => {
      output += text.toString();
      if (output.includes('Ctrl-C')) resolve();
    });
    child.on('close', () => reject(new Error(`it ended: ${output}`)));
  });
  return {
    url: /at (http:\/\/127\.0\.0\.1:\d+)/.exec(output)![1]!,
    keys: Object.fromEntries(
      [...output.matchAll(/^ {2}(us-\w+) {2}(\S+)$/gm)].map(([, state, key]) => [state!, key!]),
    ),
    output: () => output,
    async stop() {
      const closed = once(child, 'close') as Promise<[number]>;
      child.kill('SIGINT');
      return (await closed)[0];
    },
  };
}

interface Results {
  readonly results: readonly Record<string, unknown>[];
}

async function resultsOf({ url }: Served, key: string | undefined, query = ''): Promise<Results> {
  const headers = { 'x-api-key': key ?? '' };
  const response = await fetch(`${url}/api/priolab/v1/results${query}`, { headers });
  return response.ok ? ((await response.json()) as Results) : { results: [] };
}

test('a scenario is run, and each state has a key to its own results', async () => {
  const served = await serve(file, '--minimum', '0');
  expect(served.output()).toContain('over 400 reports');
  expect(Object.keys(served.keys).toSorted()).toEqual(['us-md', 'us-wa']);
  const page = await fetch(served.url);
  expect(await page.text()).toContain('Results portal');
  const { results } = await resultsOf(served, served.keys['us-wa']);
  // Two vendors, two days.
  expect(results).toHaveLength(4);
  for (const one of results) {
    expect(one).toMatchObject({ status: 'published', state_code: 'wa', epsilon: 4, source: 'run' });
    const hours = Date.parse(one['aggregation_end_time'] as string);
    expect(hours - Date.parse(one['aggregation_start_time'] as string)).toBe(86_400_000);
  }
  expect((await resultsOf(served, served.keys['us-wa'], '?country=us&state=md')).results).toEqual(
    [],
  );
  expect(await served.stop()).toBe(0);
});

test('a run that is there is served as it is, with one state, by the policy named', async () => {
  const served = await serve(file, '--state', 'us-md', '--minimum', '1000');
  expect(served.output()).not.toContain('over 400 reports');
  expect(Object.keys(served.keys)).toEqual(['us-md']);
  const { results } = await resultsOf(served, served.keys['us-md']);
  expect(results).toHaveLength(4);
  for (const one of results) {
    expect(one).toMatchObject({ status: 'suppressed', reason: 'too-few-clients', sum: null });
  }
  expect(await served.stop()).toBe(0);
});

test('with --live windows come one after the other', async () => {
  const served = await serve(file, '--minimum', '0', '--live', '3600');
  const count = async () => (await resultsOf(served, served.keys['us-wa'])).results.length;
  // The first day; the second is an hour away.
  await expect.poll(count).toBe(2);
  expect(await served.stop()).toBe(0);
});

test('mistakes are told, each with what is allowed', () => {
  expect(priolab('portal').err).toContain('expected one run');
  const none = priolab('portal', 'nothing');
  expect([none.code, none.err]).toEqual([2, expect.stringContaining('no run at nothing')]);
  const state = priolab('portal', file, '--state', 'us-ak', '--out', join(folder, 'runs'));
  expect([state.code, state.err]).toEqual([2, expect.stringContaining('got "us-ak"; the run has')]);
  const both = priolab('portal', file, '--port', 'x', '--live', '-1');
  expect(both.code).toBe(2);
  expect(both.err).toContain('--port: got "x"');
  expect(both.err).toContain('--live');
});

test('of a scenario in simulated time, windows come while it runs', async () => {
  const live = scenarioFile('live', {
    clock: 'simulated',
    population: { reports: 1200, days: 6, states: ['us-wa', 'us-md'] },
    system: { metrics: ['PeriodicExposureNotification-v1'], windowHours: 24, epsilon: 4 },
  });
  const served = await serve(live, '--minimum', '0');
  const isOver = (): boolean => served.output().includes('the run is over');
  const count = async (): Promise<number> =>
    (await resultsOf(served, served.keys['us-wa'])).results.length;
  // It says that it serves before it begins to run.
  let seen = 0;
  while (seen === 0 && !isOver()) seen = await count();
  expect(isOver()).toBe(false);
  expect(seen).toBeLessThan(12);
  while (!isOver()) await new Promise((resolve) => setTimeout(resolve, 50));
  expect(await count()).toBe(12);
  expect(await served.stop()).toBe(0);
});
