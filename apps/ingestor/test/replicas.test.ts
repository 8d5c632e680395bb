/**
 * Two replicas on one PostgreSQL: one dies at the worst moments, and each report is stored once and
 * in one batch.
 */

import { setTimeout as pause } from 'node:timers/promises';

import { afterEach, describe, expect, test } from 'vitest';

import { openDatabase } from '@priolab/runtime/database';
import type { Database } from '@priolab/runtime/database';

import type { BatchSink } from '../src/index.ts';
import { createMemorySink, openTestIngestor } from './ingestor.ts';
import type { TestIngestor } from './ingestor.ts';
import { columnSums, createPhones, someBits } from './phones.ts';

const server = process.env['PRIOLAB_POSTGRES'];
const skipReason = server === undefined ? ' (skipped: PRIOLAB_POSTGRES is not set)' : '';

const phones = createPhones({ vendor: 'apple' });
const bits = someBits(12);
const uploads = phones.uploads(bits);

let opened: (() => Promise<void>)[] = [];

/** A database of its own, that every call connects to anew. */
function createServer(): () => Promise<Database> {
  const url = new URL(server!);
  url.searchParams.set('schema', `ingestor_${crypto.randomUUID().replaceAll('-', '')}`);
  return async () => {
    const database = await openDatabase(url.href);
    opened.push(() => database.close());
    return database;
  };
}

async function open(database: Database, sink: BatchSink, leaseMs = 60_000): Promise<TestIngestor> {
  const limits = { leaseMs, batchReportsMax: 5 };
  const ingestor = await openTestIngestor({
    vendor: 'apple', tasks: [phones.task], database, sink, limits,
  }); // prettier-ignore
  return ingestor;
}

afterEach(async () => {
  for (const close of opened) await close();
  opened = [];
});

describe.skipIf(server === undefined)(`two replicas${skipReason}`, () => {
  test('one is gone between commit and answer: the phone is known to the other', async () => {
    const connect = createServer();
    const memory = createMemorySink();
    const database = await connect();
    const lost = { count: 0 };
    const first = await open(
      {
        ...database,
        async query(sql, parameters) {
          const rows = await database.query(sql, parameters);
          if (!sql.includes('INSERT INTO report')) return rows as never;
          // Committed; the process is gone before it can say so.
          lost.count += rows.length;
          return new Promise<never>(() => {});
        },
      },
      memory.sink,
    );
    const second = await open(await connect(), memory.sink);
    for (const upload of uploads) void first.post(upload);
    while (lost.count < uploads.length) await pause(5);
    const retried = await Promise.all(uploads.map((upload) => second.post(upload)));
    expect(retried.map(({ status }) => status)).toEqual(uploads.map(() => 200));
    await second.service.cut();
    expect(await second.service.pendingCount()).toBe(0);
    expect(phones.totals(memory.batches)).toEqual({ totals: columnSums(bits), count: 12 });
    await second.close();
  });

  test('the same uploads to both at once are stored once, and cut by one at a time', async () => {
    const connect = createServer();
    const memory = createMemorySink();
    const replicas = [
      await open(await connect(), memory.sink),
      await open(await connect(), memory.sink),
    ];
    const pairs = await Promise.all(
      uploads.map((upload) => Promise.all(replicas.map((replica) => replica.post(upload)))),
    );
    for (const answers of pairs) {
      expect(answers.map(({ status }) => status).sort((a, b) => a - b)).toEqual([200, 201]);
    }
    await Promise.all(replicas.map(({ service }) => service.cut()));
    for (const { service } of replicas) await service.cut();
    expect(phones.totals(memory.batches)).toEqual({ totals: columnSums(bits), count: 12 });
    for (const replica of replicas) await replica.close();
  });

  test('one hangs while it writes: the other takes over when the lease is out', async () => {
    const connect = createServer();
    const memory = createMemorySink();
    let wake = (): void => {};
    let begun = (): void => {};
    const hasBegun = new Promise<void>((resolve) => void (begun = resolve));
    const isAwake = new Promise<void>((resolve) => void (wake = resolve));
    const hanging: BatchSink = {
      async write(pair) {
        begun();
        await isAwake;
        await memory.sink.write(pair);
      },
    };
    const first = await open(await connect(), hanging, 400);
    const second = await open(await connect(), memory.sink, 400);
    await Promise.all(uploads.map((upload) => first.post(upload)));
    const stuck = first.service.cut();
    await hasBegun;
    expect(await second.service.cut()).toBe(false);
    expect(memory.batches).toEqual([]);
    while (!(await second.service.cut())) await pause(50);
    expect(await second.service.pendingCount()).toBe(0);
    expect(phones.totals(memory.batches)).toEqual({ totals: columnSums(bits), count: 12 });
    const count = memory.batches.length;
    // It wakes up, and writes what is there already: the sink would complain of another content.
    wake();
    await stuck;
    expect(memory.batches).toHaveLength(count);
    await first.close();
    await second.close();
  });
});
