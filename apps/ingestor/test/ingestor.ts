/** An ingestor in this process with its own state, clock, log and a place for its batches. */

import { createAndroidVerifier } from '@priolab/attestation';
import { createBackend } from '@priolab/crypto';
import { UPLOAD_PATH, UPLOAD_TYPE } from '@priolab/nodes/upload-http';
import type { BatchPair, ShareBatch, Task, Vendor } from '@priolab/roles';
import { createVirtualClock } from '@priolab/runtime';
import type { VirtualClock } from '@priolab/runtime';
import { openDatabase } from '@priolab/runtime/database';
import type { Database } from '@priolab/runtime/database';
import type { HttpResponse } from '@priolab/runtime/http';
import { createLog } from '@priolab/service';

import { createIngestorService } from '../src/index.ts';
import type { BatchSink, IngestorOptions, IngestorService } from '../src/index.ts';
import { APK_DIGEST, PACKAGE, androidAuthority } from './android-phones.ts';
import type { Document } from './android-phones.ts';
import { NOON, authorityKeyOf } from './phones.ts';

const backend = createBackend('wasm');

export interface TestIngestor {
  readonly service: IngestorService;
  readonly clock: VirtualClock;
  readonly database: Database;
  /** What was written, by batch; a second time counts once, and must be the same. */
  readonly batches: readonly BatchPair<ShareBatch>[];
  readonly lines: readonly Record<string, unknown>[];
  post(upload: Uint8Array, remote?: string): Promise<Answer>;
  create(document: Pick<Document, 'target' | 'body'>, remote?: string): Promise<Answer>;
  ask(method: string, target: string, body?: Uint8Array): Promise<Answer>;
  close(): Promise<void>;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Of either form of errors. */
  readonly reason: string | undefined;
}

export interface TestOptions {
  readonly vendor: Vendor;
  readonly tasks: readonly Task[];
  readonly database?: Database;
  readonly clock?: VirtualClock;
  readonly sink?: BatchSink;
  readonly limits?: IngestorOptions['limits'];
  /** False: no plain form. */
  readonly hasAuthority?: boolean;
  readonly options?: Partial<IngestorOptions>;
}

export async function openTestIngestor(given: TestOptions): Promise<TestIngestor> {
  const { vendor, tasks, clock = createVirtualClock(NOON) } = given;
  const database = given.database ?? (await openDatabase('sqlite::memory:'));
  const lines: Record<string, unknown>[] = [];
  const memory = createMemorySink();
  const service = await createIngestorService({
    vendor,
    tasks,
    clock,
    database,
    backend,
    sink: given.sink ?? memory.sink,
    secret: new Uint8Array(32).fill(7),
    ...(given.hasAuthority === false ? {} : { authorityKey: authorityKeyOf(vendor) }),
    ...(vendor === 'google' ? { android: androidVerifier() } : {}),
    limits: { groupWaitMs: 1, credentialsMax: 256, countedKeysMax: 1024, ...given.limits },
    log: createLog(clock, (line) => lines.push(JSON.parse(line) as Record<string, unknown>)),
    ...given.options,
  });
  const ask = async (
    method: string,
    target: string,
    body: Uint8Array = new Uint8Array(0),
    remote = '',
  ): Promise<Answer> => {
    const { signal } = new AbortController();
    const headers = target === UPLOAD_PATH ? { 'content-type': UPLOAD_TYPE } : {};
    const head = { method, target, headers, remote };
    // As every server does before it reads a body.
    if (body.length > service.http.bodySizeMax(head)) {
      return { status: 413, headers: {}, body: '', reason: 'oversized' };
    }
    return answerOf(await service.http.respond({ ...head, body, signal }));
  };
  return {
    service,
    clock,
    database,
    batches: memory.batches,
    lines,
    ask,
    post: (upload, remote) => ask('POST', UPLOAD_PATH, upload, remote),
    create: ({ target, body }, remote) => ask('POST', target, body, remote),
    async close() {
      await service.close();
      if (given.database === undefined) await database.close();
    },
  };
}

export function androidVerifier() {
  return createAndroidVerifier({
    roots: [androidAuthority.root],
    packageName: PACKAGE,
    apkDigests: [APK_DIGEST],
    leafDates: 'check',
  });
}

function answerOf({ status, headers = {}, body = '' }: HttpResponse): Answer {
  const text = typeof body === 'string' ? body : Buffer.from(body as Uint8Array).toString('utf8');
  const json = (text === '' ? {} : JSON.parse(text)) as {
    reason?: string;
    error?: { details: readonly { reason?: string }[] };
  };
  return { status, headers, body: text, reason: json.reason ?? json.error?.details[0]?.reason };
}

/** Keeps batches by their id, and complains of one that comes again with other content. */
export function createMemorySink() {
  const batches: BatchPair<ShareBatch>[] = [];
  const known = new Map<string, string>();
  const textOf = (pair: BatchPair<ShareBatch>): string => JSON.stringify(pair, replacer);
  const sink: BatchSink = {
    write(pair) {
      const id = Buffer.from(pair.leader.batchId).toString('hex');
      const text = textOf(pair);
      const before = known.get(id);
      if (before === undefined) batches.push(pair);
      else if (before !== text) throw new Error(`batch ${id} came again with other content`);
      known.set(id, text);
      return Promise.resolve();
    },
  };
  return { sink, batches };
}

const replacer = (_key: string, value: unknown): unknown =>
  ArrayBuffer.isView(value) ? [...(value as Uint8Array)] : value;
