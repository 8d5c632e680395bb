/** Tasks that wait, fail, are put aside and come back. ENPA section 6.5, 9.2 no. 52. */

import { describe, expect, test } from 'vitest';

import { TransportError } from '@priolab/runtime';
import type { StreamingStore } from '@priolab/runtime/stores';

import type { Desk } from '../../src/service/desk.ts';
import { scan } from '../../src/service/scan.ts';
import { Refused } from '../../src/service/task-errors.ts';
import { doOne } from '../../src/service/worker.ts';
import { INSTANCE } from '../deployment.ts';
import { createRehearsal, expectSums } from './desks.ts';
import { makeReports, uuidOf } from './reports.ts';

const A = { batchUuid: uuidOf('a'), reports: makeReports('worker a', 3) };

/** A desk with a clock of its own and an ingestion bucket that may fail. */
function broken(desk: Desk, how: { get?: StreamingStore['get']; nowMs: () => number }): Desk {
  const instance = desk.instances.get(INSTANCE)!;
  const ingestion = { ...instance.ingestion, get: how.get ?? instance.ingestion.get };
  const instances = new Map([[INSTANCE, { ...instance, ingestion }]]);
  return { ...desk, instances, machineClock: { nowMs: how.nowMs } };
}

const failure = (retryable: boolean) => () =>
  Promise.reject(new TransportError('unavailable', 'bucket: away', { retryable, definite: true }));

describe('a task that fails', () => {
  test('is tried again after 1, 2, 4 and 8 s, and then put aside', async () => {
    const rehearsal = await createRehearsal();
    await rehearsal.ingest(A);
    let nowMs = 0;
    const get = failure(false);
    const desk = broken(await rehearsal.open('leader'), { get, nowMs: () => nowMs });
    await scan(desk);
    for (const delayMs of [0, 1000, 2000, 4000, 8000]) {
      nowMs += delayMs;
      if (delayMs > 0) {
        nowMs -= 1;
        expect(await doOne(desk)).toBe(false);
        nowMs += 1;
      }
      expect(await doOne(desk)).toBe(true);
    }
    expect(await desk.queue.rejected()).toMatchObject([
      { kind: 'intake', attempt: 5, reason: 'unavailable: bucket: away' },
    ]);
    const text = await desk.metrics.text();
    const finished = 'facilitator_intake_tasks_finished{aggregation_id="kittens-seen"';
    expect(text).toContain(`${finished},status="error"} 4`);
    expect(text).toContain(`${finished},status="rejected"} 1`);
    // Given back, it is as new.
    await desk.queue.retryRejected((await desk.queue.rejected())[0]!.id);
    await rehearsal.settle();
    await expectSums(rehearsal, { counted: A.reports, batches: [A.batchUuid] });
  });

  test('for good is put aside at once', async () => {
    const rehearsal = await createRehearsal();
    await rehearsal.ingest(A);
    const opened = await rehearsal.open('leader');
    const get = () => Promise.reject(new Refused('no-good', 'batch: expected another'));
    const desk = broken(opened, { get, nowMs: () => 0 });
    await scan(desk);
    await doOne(desk);
    expect(await desk.queue.rejected()).toMatchObject([{ attempt: 1 }]);
  });

  test('because a bucket is away is never put aside, however long that takes', async () => {
    const rehearsal = await createRehearsal();
    await rehearsal.ingest(A);
    let nowMs = 0;
    const desk = broken(await rehearsal.open('leader'), { get: failure(true), nowMs: () => nowMs });
    await scan(desk);
    for (let attempt = 0; attempt < 9; attempt++, nowMs += 30_000) {
      expect(await doOne(desk)).toBe(true);
    }
    expect(await desk.queue.rejected()).toEqual([]);
    expect((await desk.queue.counts()).ready).toBe(1);
  });

  test('by a bug of ours is put aside after as many attempts, and told as one', async () => {
    const rehearsal = await createRehearsal({ settings: { schedule: { attemptsMax: 2 } } });
    await rehearsal.ingest(A);
    let nowMs = 0;
    const get = () => Promise.reject(new TypeError('x is not a function'));
    const desk = broken(await rehearsal.open('leader'), { get, nowMs: () => nowMs });
    await scan(desk);
    for (; nowMs < 10_000; nowMs += 5000) await doOne(desk);
    expect(await desk.queue.rejected()).toMatchObject([
      { attempt: 2, reason: 'bug: x is not a function' },
    ]);
  });
});

test('a task that waits counts no attempt', async () => {
  const schedule = { attemptsMax: 2, graceSeconds: 3600 };
  const rehearsal = await createRehearsal({ settings: { schedule } });
  await rehearsal.ingest(A);
  for (let i = 0; i < 3; i++) await rehearsal.settle(['leader']);
  expect(await rehearsal.rejected('leader')).toEqual([]);
  expect(rehearsal.told('leader', 'task-waits').length).toBeGreaterThan(3);
});

test('a task of an instance that left the configuration is put aside', async () => {
  const rehearsal = await createRehearsal();
  const desk = await rehearsal.open('leader');
  const body = { instance: 'us-gone-apple', aggregation: 'x', batchUuid: A.batchUuid, timeMs: 0 };
  await desk.queue.add('us-gone-apple/x', 'intake', JSON.stringify(body));
  await doOne(desk);
  expect(await desk.queue.rejected()).toMatchObject([
    { id: 'us-gone-apple/x', reason: expect.stringMatching(/^unknown-instance: /) as string },
  ]);
});

describe('a task that takes long', () => {
  /** Each look at the clock is that much later; the lease is 600 s. */
  async function takeLong(stepMs: number, meanwhile: (desk: Desk) => Promise<void>) {
    const rehearsal = await createRehearsal();
    const reports = makeReports('long', 4);
    await rehearsal.ingest({ batchUuid: A.batchUuid, reports });
    let nowMs = 0;
    const opened = await rehearsal.open('leader');
    const { arithmetic } = opened;
    const slow = broken(opened, { nowMs: () => (nowMs += stepMs) });
    const desk: Desk = {
      ...slow,
      // Blocks of one report: the task is held on to after each.
      arithmetic: {
        ...arithmetic,
        lineOf: (bins) => ({ ...arithmetic.lineOf(bins), capacity: 1 }),
      },
      reach: (step) => void (step === 'intake.opened' && (pending = meanwhile(opened))),
    };
    let pending = Promise.resolve();
    await scan(desk);
    await doOne(desk);
    await pending;
    return { rehearsal, desk, nowMs };
  }

  test('is held on to while it goes on', async () => {
    const { desk, nowMs } = await takeLong(400_000, async () => {});
    expect(nowMs).toBeGreaterThan(2 * desk.config.schedule.leaseMs);
    expect(await desk.queue.counts()).toMatchObject({ done: 1, ready: 0 });
  });

  test('and has become another’s is left to that one', async () => {
    const { rehearsal, desk } = await takeLong(400_000, async ({ queue }) => {
      // Another worker finds the lease at its end.
      expect((await queue.take(10 ** 9, ['intake']))?.attempt).toBe(2);
    });
    expect(rehearsal.told('leader', 'task-waits')).toMatchObject([{ code: 'not-ready' }]);
    expect(await desk.queue.counts()).toMatchObject({ done: 0, ready: 0, leased: 1 });
  });
});
