/**
 * The program on sockets: keys from its command line, sums from buckets, answers over the real
 * client, health for operators, and what is left for operators to read afterwards.
 */

import { execFile } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, onTestFinished, test, vi } from 'vitest';

import { createFetchClient } from '@priolab/runtime/http';

import { runCommandLine } from '../../src/command-line.ts';
import { readConfig } from '../../src/config.ts';
import { serve } from '../../src/program/serve.ts';
import { temporaryFolder } from '../databases.ts';
import { createDeployment } from '../deployment.ts';
import type { Deployment } from '../deployment.ts';
import { START } from '../portal.ts';

async function run(...argv: string[]): Promise<{ code: number; out: string; err: string }> {
  let [out, err] = ['', ''];
  const code = await runCommandLine(
    {
      argv,
      environment: {},
      write: (text) => void (out += text),
      writeError: (text) => void (err += text),
    },
    async () => new Map(),
  );
  return { code, out, err };
}

async function addKey({ config }: Deployment, localities: string): Promise<string> {
  const authority = ['--authority', localities.toUpperCase()];
  const outcome = await run(
    'keys',
    'add',
    '--config',
    config,
    '--localities',
    localities,
    ...authority,
  );
  expect(outcome).toMatchObject({ code: 0, err: '' });
  return outcome.out.trim().split('\n').at(-1)!;
}

interface Running {
  readonly url: string;
  readonly operators: string;
  readonly log: string[];
  stop(): Promise<void>;
}

async function start({ config }: Deployment): Promise<Running> {
  const stopping = new AbortController();
  const log: string[] = [];
  const page = { type: 'text/html; charset=utf-8', bytes: new TextEncoder().encode('<p>page') };
  const done = serve(readConfig(config), {
    environment: {},
    writeLog: (line) => void log.push(line),
    signal: stopping.signal,
    assets: new Map([['/', page]]),
  });
  const stop = async (): Promise<void> => {
    stopping.abort();
    await done;
  };
  onTestFinished(stop);
  const line = await vi.waitFor(() => {
    const found = log.find((one) => one.includes('"serving"'));
    if (found === undefined) throw new Error(`it does not serve: ${log.join('')}`);
    return found;
  });
  const { url, operators } = JSON.parse(line) as {
    readonly url: string;
    readonly operators: string;
  };
  return { url, operators, log, stop };
}

test('from sums in buckets to an authority’s client, and back to the operators', async () => {
  const deployment = await createDeployment(temporaryFolder(), { policy: { clientsMin: 0 } });
  const key = await addKey(deployment, 'us-wa');
  await deployment.sum({ totals: [1001, 9], clients: 1010 });
  await deployment.sum({ instance: 'us-or-google', start: START, totals: [5, 3], clients: 8 });
  const { url, operators, log, stop } = await start(deployment);
  const client = createFetchClient();
  onTestFinished(() => client.close());
  const get = async (path: string, headers: Record<string, string> = {}, method = 'GET') => {
    const answer = await client.send({ method, url: `${url}${path}`, headers });
    return { ...answer, text: new TextDecoder().decode(answer.body) };
  };
  const signedIn = { 'x-api-key': key };
  await vi.waitFor(async () => {
    const { text } = await get('/api/public/v2/enpa-data', signedIn);
    expect(JSON.parse(text)).toMatchObject({ rawData: [{ sum: [1001, 9], state_code: 'wa' }] });
  });
  const whole = await get('/api/priolab/v1/results.csv', signedIn);
  expect(whole.text.split('\r\n')).toHaveLength(1 + 2 + 1);
  const bare = await get('/api/priolab/v1/results', signedIn, 'HEAD');
  const full = await get('/api/priolab/v1/results', signedIn);
  expect(bare).toMatchObject({ status: 200, text: '' });
  expect(bare.headers['content-length']).toBe(full.headers['content-length']);
  expect((await get('/api/priolab/v1/results')).status).toBe(401);
  expect((await get('/')).text).toBe('<p>page');
  const posted = { method: 'POST', url: `${url}/`, body: new Uint8Array(10) };
  expect((await client.send(posted)).status).toBe(413);

  const events = await fetch(`${url}/api/priolab/v1/events`, { headers: signedIn });
  const reader = events.body!.pipeThrough(new TextDecoderStream()).getReader();
  expect((await reader.read()).value).toBe(': listening\n\n');
  await deployment.sum({ start: START + 8 * 3_600_000, totals: [1, 1], clients: 2 });
  expect((await reader.read()).value).toMatch(/^event: result\ndata: \{"id":"sum-apple-.*\}\n\n$/);

  expect((await fetch(`${operators}/readyz`)).status).toBe(200);
  const metrics = await (await fetch(`${operators}/metrics`)).text();
  expect(metrics).toContain('portal_windows{fate="published"} 3');
  expect(metrics).toContain('portal_listeners 1');
  expect(metrics).toContain('portal_answers{route="enpa-data",status="200"}');

  const ended = reader.read();
  await stop();
  expect((await ended).done).toBe(true);
  expect(log.join('')).not.toContain(key.slice(22));

  const { config } = deployment;
  const results = await run('results', '--config', config);
  expect(results.out.trim().split('\n')).toHaveLength(3);
  const audit = await run('audit', '--config', config, '--limit', '1000');
  expect(audit.out).toContain('key-add added');
  expect(audit.out).toMatch(
    /read given {2}[0-9a-f]{16} US-WA 127\.0\.0\.1 .*enpa-data.* 1 results/,
  );
  expect(audit.out).toContain('refuse missing');
  const id = key.split('_')[1]!;
  expect((await run('keys', 'revoke', '--config', config, '--id', id)).code).toBe(0);
  expect((await run('keys', 'list', '--config', config)).out).toMatch(/US-WA {2}us-wa {2}revoked/);
});

test('a bucket that is gone is told to operators; what was published is still given', async () => {
  const deployment = await createDeployment(temporaryFolder());
  const key = await addKey(deployment, 'us-wa');
  await deployment.sum({});
  const { url, operators, log } = await start(deployment);
  const records = async (): Promise<unknown[]> => {
    const answer = await fetch(`${url}/api/public/v2/enpa-data`, { headers: { 'x-api-key': key } });
    return ((await answer.json()) as { readonly rawData: unknown[] }).rawData;
  };
  await vi.waitFor(async () => expect(await records()).toHaveLength(1), 20_000);
  rmSync(deployment.path('helper-sums'), { recursive: true });
  writeFileSync(deployment.path('helper-sums'), 'no folder');
  await vi.waitFor(() => expect(log.join('')).toContain('scan-failed'), 20_000);
  await vi.waitFor(async () => {
    expect((await fetch(`${operators}/readyz`)).status).toBe(503);
  });
  expect((await fetch(`${operators}/healthz`)).status).toBe(200);
  expect(await records()).toHaveLength(1);
});

const ADD = ['keys', 'add', '--config', 'CONFIG', '--authority', 'A', '--localities', 'us-wa'];

const mistakes: [argv: string[], text: RegExp][] = [
  [['serv'], /did you mean "serve"/],
  [['serve'], /--config/],
  [['keys', 'add', '--config', 'CONFIG'], /--authority/],
  [['keys', 'add', '--config', 'CONFIG', '--authority', 'A', '--localities', 'WA'], /localities/],
  [['keys', 'rotate', '--config', 'CONFIG'], /add, list, revoke/],
  [['keys', 'revoke', '--config', 'CONFIG', '--id', '\u001b[2J'], /--id/],
  [['audit', '--config', 'CONFIG', '--limit', '0'], /--limit/],
  [
    [...ADD, '--expires', '2021-02-30'],
    /--expires/,
  ],
  [
    [...ADD, '--expires', '2020-01-01'],
    /expiry/,
  ],
]; // prettier-ignore
test.each(mistakes)('%j is told, exit code 2', async (argv, text) => {
  const { config } = await createDeployment(temporaryFolder());
  const outcome = await run(...argv.map((one) => (one === 'CONFIG' ? config : one)));
  expect(outcome.code).toBe(2);
  expect(outcome.err).toMatch(text);
  expect(outcome.err).not.toContain('\u001b');
});

test('the program starts, and tells its options with examples', async () => {
  const program = fileURLToPath(new URL('../../bin/priolab-portal.js', import.meta.url));
  const execute = promisify(execFile);
  const { stdout } = await execute(process.execPath, [program, '--help']);
  for (const command of ['serve', 'keys', 'audit', 'results']) {
    expect(stdout).toContain(`  ${command} `);
    expect((await run(command, '--help')).out).toMatch(/Examples:\n {2}priolab-portal /);
  }
});
