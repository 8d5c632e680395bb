/** Ingestors behind a load balancer: whose upload it is, and a replica that is killed. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import { createUploadClient } from '@priolab/nodes/upload-http';
import type { UploadAnswer } from '@priolab/nodes/upload-http';
import { createFetchClient } from '@priolab/runtime/http';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { readBucket } from './buckets.ts';
import { ROLES, createDeployment, reportUuid } from './deployment.ts';
import type { Deployment } from './deployment.ts';
import { startIngestor } from './ingestor-process.ts';
import type { IngestorProcess } from './ingestor-process.ts';
import { NOON, createPhones, someBits } from './phones.ts';
import { startProxy } from './proxy.ts';
import type { Proxy } from './proxy.ts';

const server = process.env['PRIOLAB_POSTGRES'];
const skipReason = server === undefined ? ' (skipped: PRIOLAB_POSTGRES is not set)' : '';

/** The balancer has loopback's address, and so has the other end of each phone's connection. */
const LISTEN = { port: 0, trustedProxies: ['127.0.0.0/8'] };
const phones = createPhones({ vendor: 'apple', capacity: 64 });
const uploads = phones.uploads(someBits(64));
const client = createFetchClient();

let folder: string;
let deployment: Deployment;
let running: IngestorProcess[];
let proxy: Proxy | undefined;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'priolab-replicas-'));
  deployment = createDeployment(folder, { vendor: 'apple', tasks: [phones.task] });
  deployment.setClock(NOON);
  [running, proxy] = [[], undefined];
});
afterEach(async () => {
  await proxy?.close();
  for (const one of running) await one.stop('SIGKILL');
  rmSync(folder, { recursive: true });
});

async function start(count: number, more: Readonly<Record<string, unknown>>): Promise<void> {
  const config = deployment.config('apple.json', { listen: LISTEN, ...more });
  for (let i = 0; i < count; i++) running.push(await startIngestor(config));
  proxy = await startProxy(running.map(({ url }) => url));
}

/** From an address, which an outer proxy would have told. */
function phoneAt(address: string): (upload: Uint8Array) => Promise<UploadAnswer> {
  const from = { 'x-forwarded-for': address };
  return createUploadClient({
    url: proxy!.url,
    client: {
      ...client,
      send: (request) => client.send({ ...request, headers: { ...request.headers, ...from } }),
    },
  }).send;
}

function withBadSignature(upload: Uint8Array): Uint8Array {
  const copy = upload.slice();
  copy[copy.length - 1]! ^= 1;
  return copy;
}

test('who sends what is not attested uses up its own allowance, not its neighbours’', async () => {
  await start(1, { limits: { failuresPerAddress: 3 } });
  const [bad, good] = [phoneAt('203.0.113.9'), phoneAt('198.51.100.1')];
  const spoiled = uploads.slice(0, 4).map(withBadSignature);
  const answers: UploadAnswer[] = [];
  for (const upload of spoiled) answers.push(await bad(upload));
  expect(answers.map((answer) => 'reason' in answer && answer.reason)).toEqual([
    'bad-signature', 'bad-signature', 'bad-signature', 'rate-limited',
  ]); // prettier-ignore
  expect(await bad(uploads[4]!)).toMatchObject({ reason: 'rate-limited' });
  expect(await good(uploads[4]!)).toEqual({ kind: 'stored' });
});

describe.skipIf(server === undefined)(`two replicas behind one address${skipReason}`, () => {
  test('one is killed: each report is stored once, and in one batch', async () => {
    const url = new URL(server!);
    url.searchParams.set('schema', `replicas_${crypto.randomUUID().replaceAll('-', '')}`);
    await start(2, { state: url.href, batches: { everySeconds: 0.1, leaseSeconds: 1 } });
    let answered = 0;
    const kinds = new Set<string>();
    let killed: Promise<unknown> | undefined;
    const upload = async (index: number): Promise<void> => {
      const send = phoneAt(`198.51.100.${index}`);
      for (;;) {
        const answer = await send(uploads[index]!).catch(() => undefined);
        if (answer !== undefined) kinds.add(answer.kind);
        if (answer?.kind === 'stored' || answer?.kind === 'stored-before') break;
        await pause(20);
      }
      if (++answered === 16) killed = running[0]!.stop('SIGKILL');
    };
    const turns = [0, 1, 2, 3].map(async (first) => {
      for (let index = first; index < uploads.length; index += 4) await upload(index);
    });
    await Promise.all(turns);
    await killed;
    expect(answered).toBe(uploads.length);
    expect(proxy!.brokenCount).toBeGreaterThan(0);
    await allBatched(running[1]!);
    for (const role of ROLES) {
      const { reports, incomplete } = await readBucket(deployment.bucket(role, 'us-wa'));
      expect(reports).toEqual(new Map(uploads.map((one) => [reportUuid(one), 1])));
      expect(incomplete).toBe(0);
    }
  });
});

async function allBatched({ operators }: IngestorProcess): Promise<void> {
  for (;;) {
    const health = (await (await fetch(`${operators}/healthz`)).json()) as { pending: number };
    if (health.pending === 0) return;
    await pause(20);
  }
}
