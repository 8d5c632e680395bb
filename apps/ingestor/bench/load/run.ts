/**
 * One load: an ingestor (or two on one PostgreSQL) as processes of their own, phones in this one.
 * A failure is an accepted upload that is not in exactly one batch of each processor; how fast
 * it is is told, and judged by people.
 */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import { createUploadClient } from '@priolab/nodes/upload-http';
import { wallClock } from '@priolab/runtime';
import { createDirectClient, createPooledClient } from '@priolab/runtime/http';
import type { HttpClient } from '@priolab/runtime/http';

import { readConfig } from '../../src/config.ts';
import { openIngestor } from '../../src/program/open.ts';
import { createDeployment } from '../../test/deployment.ts';
import type { Deployment } from '../../test/deployment.ts';
import { startIngestor } from '../../test/ingestor-process.ts';
import type { IngestorProcess } from '../../test/ingestor-process.ts';
import { createLoadPhones, prepareUploads } from './arena.ts';
import type { UploadArena } from './arena.ts';
import { startAttack } from './attack.ts';
import { checkBuckets } from './check.ts';
import type { Checked } from './check.ts';
import { sendClosed, sendOpen } from './send.ts';
import type { Send, Sent } from './send.ts';
import { watchProcess } from './watch.ts';
import type { Taken } from './watch.ts';

export interface LoadOptions {
  readonly seconds: number;
  /** Uploads a second; 0: seven tenths of what the server can do at most. */
  readonly ratePerS: number;
  readonly bins: number;
  readonly replicas: 1 | 2;
  /** Of the state; left out: a file. */
  readonly postgres: string | undefined;
  readonly attack: boolean;
  readonly kill: boolean;
  readonly connections: number;
  /** Sent as fast as can be, before: over sockets, and in process. */
  readonly warmUpCount: number;
  /** Most uploads to prepare. */
  readonly countMax: number;
  readonly say: (line: string) => void;
}

export interface LoadResult {
  /** As fast as can be, so many at once, on one replica. */
  readonly sockets: Sent;
  readonly inProcess: Sent;
  readonly ratePerS: number;
  readonly sent: Sent;
  /** By each replica, while phones sent. */
  readonly taken: readonly Taken[];
  readonly attack: Readonly<Record<string, number>> | undefined;
  readonly checked: Checked;
}

/** By the machine's clock: a file would be read for each upload. */
const AT_ITS_OWN_TIME = { clockFile: undefined };
/**
 * Together more slow connections than a server takes, of each address fewer than it may have. Only
 * Linux has all of 127/8: elsewhere attackers have the phones' address, and its share.
 */
const ATTACKERS =
  process.platform === 'linux'
    ? { slowConnections: 1200, addresses: Array.from({ length: 12 }, (_, i) => `127.0.0.${i + 2}`) }
    : { slowConnections: 100, addresses: [] };
/** In flight on the way to the limit. */
const AT_ONCE = 256;

export async function runLoad(options: LoadOptions): Promise<LoadResult> {
  const { say, warmUpCount } = options;
  const folder = mkdtempSync(join(tmpdir(), 'priolab-load-'));
  const phones = createLoadPhones(options.bins);
  const count = warmUpCount + uploadCount(options);
  say(`preparing ${count} uploads of as many phones`);
  const arena = prepareUploads(phones, count, wallClock.nowMs());
  const deploy = (name: string): Deployment =>
    createDeployment(join(folder, name), { vendor: 'apple', tasks: [phones.task] });
  try {
    const inProcess = await measureInProcess(deploy('in-process'), arena, options);
    return { inProcess, ...(await measureProcesses(deploy('processes'), arena, options)) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function uploadCount({ seconds, ratePerS, countMax }: LoadOptions): number {
  return ratePerS === 0 ? countMax : Math.min(countMax, Math.ceil(seconds * ratePerS));
}

/** The same uploads to the same service, called directly. */
async function measureInProcess(
  deployment: Deployment,
  arena: UploadArena,
  { warmUpCount: count }: LoadOptions,
): Promise<Sent> {
  const config = readConfig(deployment.config('apple.json', AT_ITS_OWN_TIME));
  const opened = await openIngestor(config, { environment: {}, writeLog: () => {} });
  const send = senderTo(createDirectClient(opened.service.http), 'http://in-process');
  const sent = await sendClosed({ arena, first: 0, count, atOnce: AT_ONCE, send });
  await opened.service.close();
  await opened.close();
  return sent;
}

function senderTo(client: HttpClient, url: string): Send {
  return createUploadClient({ client, url }).send;
}

async function measureProcesses(
  deployment: Deployment,
  arena: UploadArena,
  options: LoadOptions,
): Promise<Omit<LoadResult, 'inProcess'>> {
  const { postgres, warmUpCount, connections, say } = options;
  const config = deployment.config('apple.json', {
    ...AT_ITS_OWN_TIME,
    batches: { everySeconds: 1, leaseSeconds: 5 },
    ...(postgres === undefined ? {} : { state: postgres }),
  });
  const client = createPooledClient({ connections });
  const running: IngestorProcess[] = [];
  try {
    for (let i = 0; i < options.replicas; i++) running.push(await startIngestor(config));
    const replicas = running.map(({ url }) => senderTo(client, url));
    const sockets = await sendClosed({
      arena, first: 0, count: warmUpCount, atOnce: connections, send: replicas[0]!,
    }); // prettier-ignore
    const fastest = sockets.acceptedCount / sockets.seconds;
    const ratePerS = options.ratePerS || Math.floor(0.7 * fastest);
    const count = Math.min(arena.count - warmUpCount, Math.ceil(ratePerS * options.seconds));
    say(`sending ${count} uploads, ${ratePerS} a second`);
    const { sent, taken, attack } = await sendAll(running, replicas, {
      options, arena, first: warmUpCount, count, ratePerS,
    }); // prettier-ignore
    say('waiting for batches');
    await allBatched(running.at(-1)!);
    const accepted = Uint8Array.from([...sockets.accepted, ...sent.accepted]);
    const checked = await checkBuckets(deployment, 'us-wa', { arena, first: 0, accepted });
    return { sockets, ratePerS, sent, taken, attack, checked };
  } finally {
    await client.close();
    for (const one of running) await one.stop('SIGTERM');
  }
}

async function sendAll(
  running: readonly IngestorProcess[],
  replicas: readonly Send[],
  plan: {
    readonly options: LoadOptions;
    readonly arena: UploadArena;
    readonly first: number;
    readonly count: number;
    readonly ratePerS: number;
  },
) {
  const { options, arena, first, count, ratePerS } = plan;
  const watches = running.map(({ pid }) => watchProcess(pid));
  const attack = options.attack
    ? startAttack({
        url: running.at(-1)!.url,
        upload: arena.upload(first),
        perSecond: 100,
        ...ATTACKERS,
      })
    : undefined;
  const killing = options.kill
    ? pause((500 * count) / ratePerS).then(() => {
        options.say('killing a replica');
        return running[0]!.stop('SIGKILL');
      })
    : undefined;
  const sent = await sendOpen({ arena, first, count, ratePerS, replicas });
  await killing;
  const answers = await attack?.stop();
  return { sent, taken: watches.map((watch) => watch.stop()), attack: answers };
}

/** Until a whole round of batching found nothing left. */
async function allBatched({ operators }: IngestorProcess): Promise<void> {
  const look = async () =>
    (await (await fetch(`${operators}/healthz`)).json()) as { rounds: number; pending: number };
  const { rounds } = await look();
  for (;;) {
    const now = await look();
    if (now.rounds > rounds + 1 && now.pending === 0) return;
    await pause(100);
  }
}
