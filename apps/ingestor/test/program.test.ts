/** The program: its commands, and a service that is stopped and started again. */

import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { createUploadClient } from '@priolab/nodes/upload-http';
import { createFetchClient } from '@priolab/runtime/http';

import { runCommandLine } from '../src/command-line.ts';
import { readBucket } from './buckets.ts';
import { createDeployment, reportUuid } from './deployment.ts';
import type { Deployment } from './deployment.ts';
import { startIngestor } from './ingestor-process.ts';
import type { IngestorProcess } from './ingestor-process.ts';
import { NOON, createPhones, someBits } from './phones.ts';

const PROGRAM = fileURLToPath(new URL('../bin/priolab-ingestor.js', import.meta.url));
const phones = createPhones({ vendor: 'google' });
const uploads = phones.uploads(someBits(6));
const documents = phones.documents(someBits(3), { first: 100, name: 'documents' });

let folder: string;
let deployment: Deployment;
let running: IngestorProcess | undefined;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'priolab-ingestor-'));
  deployment = createDeployment(folder, { vendor: 'google', tasks: [phones.task] });
  deployment.setClock(NOON);
});
afterEach(async () => {
  await running?.stop('SIGKILL');
  running = undefined;
  rmSync(folder, { recursive: true });
});

async function run(...argv: readonly string[]) {
  let [out, err] = ['', ''];
  const code = await runCommandLine({
    argv,
    environment: {},
    write: (text) => void (out += text),
    writeError: (text) => void (err += text),
  });
  return { code, out, err };
}

async function start(config: string): Promise<IngestorProcess> {
  running = await startIngestor(config);
  return running;
}

async function health({ operators }: IngestorProcess) {
  const response = await fetch(`${operators}/healthz`);
  return (await response.json()) as { pending: number; rounds: number; stored: number };
}

/** Until everything that was stored before the call is batched. */
async function allBatched(ingestor: IngestorProcess): Promise<void> {
  const { rounds } = await health(ingestor);
  for (;;) {
    const now = await health(ingestor);
    if (now.rounds > rounds + 1 && now.pending === 0) return;
    await pause(20);
  }
}

describe('a service', () => {
  test('takes both forms over sockets, batches, is stopped and goes on', async () => {
    const config = deployment.config('google.json');
    const first = await start(config);
    const client = createFetchClient();
    const plain = createUploadClient({ client, url: first.url });
    const answers = await Promise.all(uploads.map((upload) => plain.send(upload)));
    expect(answers).toEqual(uploads.map(() => ({ kind: 'stored' })));
    for (const { target, body } of documents) {
      const headers = { 'content-type': 'application/json' };
      const url = first.url + target;
      const { status } = await client.send({ method: 'POST', url, headers, body });
      expect(status).toBe(200);
    }
    await allBatched(first);
    const text = await (await fetch(`${first.operators}/metrics`)).text();
    expect(text).toContain('priolab_ingestor_uploads{form="plain",answer="stored"} 6');
    expect(text).toContain('priolab_ingestor_uploads{form="android",answer="stored"} 3');
    expect(await first.stop()).toBe(0);
    expect(first.lines.at(-1)).toMatchObject({ event: 'stopped', stored: 9, batched: 9 });
    const second = await start(config);
    const again = createUploadClient({ client, url: second.url });
    expect(await again.send(uploads[0]!)).toEqual({ kind: 'stored-before' });
    await second.stop();
    const expected = [...uploads.map(reportUuid), ...documents.map(({ upload }) => upload.uuid)];
    for (const role of ['leader', 'helper'] as const) {
      const { reports, incomplete } = await readBucket(deployment.bucket(role, 'us-wa'));
      expect(reports).toEqual(new Map(expected.map((id) => [id, 1])));
      expect(incomplete).toBe(0);
    }
    await client.close();
  });

  test('killed after it stored: the next one batches', async () => {
    const config = deployment.config('slow.json', { batches: { everySeconds: 3600 } });
    const first = await start(config);
    const client = createFetchClient();
    const plain = createUploadClient({ client, url: first.url });
    const answers = await Promise.all(uploads.map((upload) => plain.send(upload)));
    expect(answers.every(({ kind }) => kind === 'stored')).toBe(true);
    expect(await first.stop('SIGKILL')).toBeNull();
    await client.close();
    expect(await run('status', '--config', config)).toMatchObject({
      code: 0,
      out: '6 reports are stored and not in a written batch\n',
    });
    expect(await run('cut', '--config', config)).toMatchObject({ out: '6 reports were batched\n' });
    const { reports } = await readBucket(deployment.bucket('helper', 'us-wa'));
    expect([...reports.keys()].toSorted()).toEqual(uploads.map(reportUuid).toSorted());
  });
});

describe('commands', () => {
  test('tasks and lint-config', async () => {
    const config = deployment.config('google.json');
    const tasks = await run('tasks', '--config', config);
    expect(tasks.out).toBe('us-wa-google  kittens-seen  4 bins, epsilon 64, 8 h\n');
    expect(await run('lint-config', '--config', config)).toMatchObject({
      code: 0,
      out: `${config}: fine\n`,
    });
    const odd = deployment.config('odd.json', { limits: { agSeconds: 1 } });
    const { code, err } = await run('lint-config', '--config', odd);
    expect(code).toBe(2);
    expect(err).toContain('limits.agSeconds: got an unknown key');
  });

  test('help, and what is no command', async () => {
    expect((await run('--help')).out).toContain('Usage: priolab-ingestor <command>');
    const { code, err } = await run('srve', '--config', 'x');
    expect(code).toBe(2);
    expect(err).toContain('did you mean "serve"?');
  });

  test('the program itself says no more than what is wrong', async () => {
    const [code, err] = await new Promise<[unknown, string]>((resolve) => {
      const args = [PROGRAM, 'serve', '--config', join(folder, 'none.json')];
      execFile(process.execPath, args, (error, _out, text) => resolve([error?.code, text]));
    });
    expect(code).toBe(2);
    expect(err).toMatch(/^priolab-ingestor: .*none\.json: got ENOENT/);
    expect(err).not.toMatch(/^\s+at /m);
  });

  test('a port that is in use is named, for uploads and for operators', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as AddressInfo;
    try {
      for (const name of ['listen', 'operators']) {
        const config = deployment.config(`${name}.json`, { [name]: { port } });
        const { code, err } = await run('serve', '--config', config);
        expect(code, name).toBe(2);
        expect(err).toContain(`listen 127.0.0.1:${port}: got EADDRINUSE, allowed: an address`);
        expect(err).not.toMatch(/^\s+at /m);
      }
    } finally {
      taken.close();
    }
  });
});
