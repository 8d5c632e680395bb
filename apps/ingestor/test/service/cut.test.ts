/**
 * Batching: what is in which batch, and that it may stop anywhere. A failure is a report that is in
 * no batch, or in two, or a batch that comes twice with different content.
 */

import { describe, expect, test } from 'vitest';

import { DAY_MS } from '@priolab/roles';
import { TransportError, createVirtualClock } from '@priolab/runtime';
import { openDatabase } from '@priolab/runtime/database';

import { createStopping } from '../faulty-database.ts';
import type { Stop } from '../faulty-database.ts';
import { createMemorySink, openTestIngestor } from '../ingestor.ts';
import { NOON, WINDOW_MS, columnSums, createPhones, someBits } from '../phones.ts';

const phones = createPhones({ vendor: 'apple' });
const other = createPhones({ vendor: 'apple', metric: 'puppies-seen' });
const tasks = [phones.task, other.task];
const bits = someBits(7);
const limits = { batchReportsMax: 3 };

/** Uploads of three batches of one task and one of another. */
const uploads = [...phones.uploads(bits), ...other.uploads(bits.slice(0, 2))];

function isWhole(batches: ReturnType<typeof createMemorySink>['batches']): void {
  const [mine, others] = [phones, other].map(({ task, totals }) =>
    totals(batches.filter(({ leader }) => leader.task.metric.id === task.metric.id)),
  );
  expect(mine).toEqual({ totals: columnSums(bits), count: 7 });
  expect(others).toEqual({ totals: columnSums(bits.slice(0, 2)), count: 2 });
  expect(batches.map(({ leader }) => leader.count).sort((a, b) => a - b)).toEqual([1, 2, 3, 3]);
}

/** Fills a state, lets a first process cut until it stops, and a second one go on. */
async function stopAndGoOn(stop: Stop): Promise<{ steps: number; hasStopped: boolean }> {
  const database = await openDatabase('sqlite::memory:');
  const memory = createMemorySink();
  const stopping = createStopping({ step: Infinity, isDone: true });
  const filler = await openTestIngestor({ vendor: 'apple', tasks, database, limits });
  await Promise.all(uploads.map((upload) => filler.post(upload)));
  await filler.close();
  let counted = stopping;
  const first = await openTestIngestor({
    vendor: 'apple',
    tasks,
    // What opening takes is not counted.
    database: {
      kind: 'sqlite',
      query: (...a) => counted.database(database).query(...a),
      execute: (...a) => counted.database(database).execute(...a),
      transaction: (...a) => counted.database(database).transaction(...a),
      close: () => Promise.resolve(),
    },
    limits,
    sink: { write: (pair) => counted.sink(memory.sink).write(pair) },
  });
  counted = createStopping(stop);
  const failure = await first.service.cut().then(
    () => undefined,
    (error: unknown) => error,
  );
  if (failure !== undefined) expect(failure).toBeInstanceOf(TransportError);
  const second = await openTestIngestor({
    vendor: 'apple', tasks, database, limits, sink: memory.sink,
  }); // prettier-ignore
  await second.service.cut();
  expect(await second.service.pendingCount()).toBe(0);
  isWhole(memory.batches);
  // Whoever retries is known, and makes no further report.
  const again = await Promise.all(uploads.map((upload) => second.post(upload)));
  expect(again.map(({ status }) => status)).toEqual(uploads.map(() => 200));
  await second.service.cut();
  isWhole(memory.batches);
  await second.close();
  await database.close();
  return { steps: counted.steps(), hasStopped: failure !== undefined };
}

test('stopped at any step, done or not, the next process loses and doubles nothing', async () => {
  const { steps } = await stopAndGoOn({ step: Infinity, isDone: true });
  expect(steps).toBeGreaterThan(20);
  let stopped = 0;
  for (let step = 1; step <= steps; step++) {
    for (const isDone of [false, true]) {
      if ((await stopAndGoOn({ step, isDone })).hasStopped) stopped += 1;
    }
  }
  expect(stopped).toBeGreaterThan(2 * steps - 4);
});

describe('what is in a batch', () => {
  test('each window has its own, in the order of report ids, without exact times', async () => {
    const ingestor = await openTestIngestor({ vendor: 'apple', tasks });
    const evening = { createdMs: NOON + WINDOW_MS - 4 * 3_600_000, first: 7 };
    ingestor.clock.advanceTo(evening.createdMs);
    const late = phones.uploads(bits.slice(0, 2), evening);
    const before = phones.uploads(bits, { createdMs: evening.createdMs - 1 });
    for (const upload of [...late, ...before]) {
      expect((await ingestor.post(upload)).status).toBe(201);
    }
    await ingestor.service.cut();
    const heads = ingestor.batches.map(({ leader, helper }) => {
      expect(helper.reportIds).toEqual(leader.reportIds);
      expect(helper.queryRandomness).toEqual(leader.queryRandomness);
      return [leader.windowStartMs, leader.count];
    });
    const start = NOON - (NOON % WINDOW_MS);
    expect(heads).toEqual([[start, 7], [start + WINDOW_MS, 2]]); // prettier-ignore
    const ids = Buffer.from(ingestor.batches[0]!.leader.reportIds).toString('hex').match(/.{32}/g)!;
    expect(ids).toEqual(ids.toSorted());
    await ingestor.close();
  });

  test('the secret decides r and the name; the same reports get the same ones', async () => {
    const runs = [7, 7, 8].map(async (byte) => {
      const secret = new Uint8Array(32).fill(byte);
      const ingestor = await openTestIngestor({ vendor: 'apple', tasks, options: { secret } });
      await Promise.all(uploads.slice(0, 7).map((upload) => ingestor.post(upload)));
      await ingestor.service.cut();
      await ingestor.close();
      const { batchId, queryRandomness } = ingestor.batches[0]!.leader;
      return { batchId: [...batchId], r: [...queryRandomness] };
    });
    const [one, same, others] = await Promise.all(runs);
    expect(same).toEqual(one);
    expect(others!.batchId).not.toEqual(one!.batchId);
    expect(others!.r.filter((r) => one!.r.includes(r))).toEqual([]);
  });

  test('of google: a name of version 3', async () => {
    const google = createPhones({ vendor: 'google' });
    const ingestor = await openTestIngestor({ vendor: 'google', tasks: [google.task] });
    for (const upload of google.uploads(bits)) await ingestor.post(upload);
    await ingestor.service.cut();
    const { batchId } = ingestor.batches[0]!.leader;
    expect(batchId[6]! >> 4).toBe(3);
    expect(batchId[8]! >> 6).toBe(2);
    await ingestor.close();
  });
});

describe('small batches', () => {
  const held = { batchReportsMin: 4, holdMs: 3_600_000 };

  test('are held until no more can come, or are asked for', async () => {
    const clock = createVirtualClock(NOON);
    const ingestor = await openTestIngestor({ vendor: 'apple', tasks, clock, limits: held });
    await Promise.all(uploads.map((upload) => ingestor.post(upload)));
    await ingestor.service.cut();
    expect(ingestor.batches.map(({ leader }) => leader.count)).toEqual([7]);
    clock.advanceTo(NOON - (NOON % WINDOW_MS) + WINDOW_MS + held.holdMs - 1);
    await ingestor.service.cut();
    expect(ingestor.batches).toHaveLength(1);
    clock.advanceTo(clock.nowMs() + 1);
    await ingestor.service.cut();
    expect(ingestor.batches.map(({ leader }) => leader.count)).toEqual([7, 2]);
    await ingestor.close();
  });

  test('go with all', async () => {
    const ingestor = await openTestIngestor({ vendor: 'apple', tasks, limits: held });
    await Promise.all(uploads.slice(5, 7).map((upload) => ingestor.post(upload)));
    await ingestor.service.cut({ all: true });
    expect(ingestor.batches.map(({ leader }) => leader.count)).toEqual([2]);
    await ingestor.close();
  });
});

describe('what is kept', () => {
  test('shares go with their batch, the rest with its day', async () => {
    const clock = createVirtualClock(NOON);
    const database = await openDatabase('sqlite::memory:');
    const ingestor = await openTestIngestor({ vendor: 'apple', tasks, clock, database });
    await Promise.all(uploads.map((upload) => ingestor.post(upload)));
    const rows = (where: string) => database.query(`SELECT * FROM report WHERE ${where}`);
    expect(await rows('sealed IS NOT NULL')).toHaveLength(9);
    await ingestor.service.cut();
    expect(await rows('sealed IS NOT NULL')).toEqual([]);
    expect(await rows('sealed IS NULL')).toHaveLength(9);
    // What a row still says names nobody: no key and no byte of an upload but its report's id.
    const stored = JSON.stringify(await rows('1 = 1'), (_k, value: unknown) =>
      value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value,
    );
    const key = Buffer.from(uploads[0]!.subarray(41, 106)).toString('hex');
    expect(stored).not.toContain(key.slice(2, 34));
    clock.advanceTo(NOON + 2 * DAY_MS);
    await ingestor.service.cut();
    expect(await rows('1 = 1')).toEqual([]);
    expect(await database.query('SELECT * FROM batch')).toEqual([]);
    expect((await ingestor.post(uploads[0]!)).reason).toBe('stale');
    await ingestor.close();
    await database.close();
  });

  test('a bucket of one task that fails holds up no other', async () => {
    const memory = createMemorySink();
    const broken = { is: true };
    const ingestor = await openTestIngestor({
      vendor: 'apple',
      tasks,
      sink: {
        write(pair) {
          if (!broken.is || pair.leader.task !== phones.task) return memory.sink.write(pair);
          const options = { retryable: true, definite: true };
          return Promise.reject(new TransportError('unavailable', 'no bucket', options));
        },
      },
    });
    await Promise.all(uploads.map((upload) => ingestor.post(upload)));
    await expect(ingestor.service.cut()).rejects.toThrow('no bucket');
    expect(memory.batches.map(({ leader }) => leader.task)).toEqual([other.task]);
    broken.is = false;
    await ingestor.service.cut();
    expect(memory.batches.map(({ leader }) => leader.count)).toEqual([2, 7]);
    await ingestor.close();
  });
});
