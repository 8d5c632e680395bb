/**
 * The batch job on stores in memory: done again it changes nothing, killed between any two writes
 * it loses and doubles nothing, and uploads go when they are old and in batches.
 */

import { toHex } from '@priolab/crypto';
import { DAY_MS } from '@priolab/roles';
import { TransportError } from '@priolab/runtime';
import { describe, expect, test } from 'vitest';

import { inboxPrefix, runBatcher, storeNames } from '../../src/index.ts';
import type { NodeEvent } from '../../src/index.ts';
import { PLANS } from '../../src/ingestion/plans.ts';
import {
  DAY,
  DAY_START_MS,
  HOUR_MS,
  MINUTE_MS,
  createSite,
  freshIngestor,
  signerOf,
  task,
  uploadsOf,
} from '../fixture.ts';

const INBOX = storeNames.inbox('google');
const OUT = [
  storeNames.ingestion('leader'),
  storeNames.ingestion('helper'),
  storeNames.announced('google'),
];
const uploads = uploadsOf(7);

function createBatchSite() {
  const events: NodeEvent[] = [];
  const site = createSite((host, reach) =>
    runBatcher(host, {
      vendor: 'google',
      inbox: reach(INBOX),
      outboxes: { leader: reach(OUT[0]!), helper: reach(OUT[1]!) },
      announced: reach(OUT[2]!),
      tasks: [task],
      ingestorOf: freshIngestor,
      signer: signerOf('vendor/google'),
      everyMs: () => 10 * MINUTE_MS,
      batchSize: 3,
      ageMsMax: DAY_MS,
      keepForMs: () => 2 * DAY_MS,
      listener: (event) => void events.push(event),
    }),
  );
  const { timeline, stores, machine, contentOf } = site;
  const arrive = (from: number, to: number): void => {
    for (let i = from; i < to; i++) {
      stores.inside(INBOX).putNow(`${inboxPrefix(DAY, toHex(task.id))}${i}`, uploads[i]!);
    }
  };
  // Five before the first round, two more before the second.
  arrive(0, 5);
  timeline.at(DAY_START_MS + 5 * MINUTE_MS, () => arrive(5, 7));
  machine.start();
  const written = () => OUT.map(contentOf);
  return { ...site, events, written };
}

async function cleanRun() {
  const site = createBatchSite();
  const seen = site.killAtWrite(Infinity, false);
  await site.timeline.driveUntil(DAY_START_MS + HOUR_MS);
  return { written: site.written(), writes: seen.writes };
}

describe('the batch job', () => {
  test('each upload is in one batch at both processors, and each batch on the list', async () => {
    const site = createBatchSite();
    await site.timeline.driveUntil(DAY_START_MS + HOUR_MS);
    const batched = site.events.filter((event) => event.kind === 'batched');
    expect(batched.map(({ uploads: { length } }) => length)).toEqual([3, 2, 2]);
    expect(batched.flatMap(({ status }) => [...status])).toEqual(uploads.map(() => 0));
    const [leader, helper, announced] = site.written().map((one) => Object.keys(one));
    expect(announced).toHaveLength(3);
    expect(leader).toEqual(helper);
    expect(leader).toEqual(
      announced!.flatMap((base) => ['', '.packets', '.sig'].map((end) => `${base}.batch${end}`)),
    );
  });

  test('started again it says the same and writes nothing', async () => {
    const { written } = await cleanRun();
    const site = createBatchSite();
    await site.timeline.driveUntil(DAY_START_MS + HOUR_MS);
    const before = site.events.length;
    const seen = site.killAtWrite(Infinity, false);
    site.machine.crash();
    site.machine.start();
    await site.timeline.driveUntil(DAY_START_MS + 2 * HOUR_MS);
    expect(site.events.slice(before)).toEqual(site.events.slice(0, before));
    expect(seen.writes).toBe(0);
    expect(site.written()).toEqual(written);
  });

  test('killed before or after any write, it ends with the same objects', async () => {
    const { written, writes } = await cleanRun();
    // For each of three plans itself, two lists' entries, two signed halves and a note.
    expect(writes).toBe(3 * (1 + 2 + 6 + 1));
    for (let target = 0; target < writes; target++) {
      for (const isAfter of [false, true]) {
        const site = createBatchSite();
        site.killAtWrite(target, isAfter);
        await site.timeline.driveUntil(DAY_START_MS + HOUR_MS);
        expect(site.machine.starts).toBe(2);
        expect({ target, isAfter, written: site.written() }).toEqual({
          target,
          isAfter,
          written,
        });
      }
    }
  });

  test('a plan that comes back as garbage is read again in the next round', async () => {
    const { written } = await cleanRun();
    const site = createBatchSite();
    await site.timeline.driveUntil(DAY_START_MS + HOUR_MS);
    let garbled = 0;
    site.stores.addPolicy(async (operation, next) => {
      const isPlan = operation.kind === 'get' && operation.key.startsWith(PLANS);
      return isPlan && garbled++ === 0 ? Uint8Array.of(1) : next(operation);
    });
    site.machine.crash();
    site.machine.start();
    await site.timeline.driveUntil(DAY_START_MS + 2 * HOUR_MS);
    expect(garbled).toBeGreaterThan(1);
    expect(site.written()).toEqual(written);
  });

  test('a day whose batches can’t be written is told of, and the next round does it', async () => {
    const site = createBatchSite();
    let refusals = 0;
    site.stores.addPolicy(async (operation, next) => {
      const { kind, store, key } = operation;
      if (kind !== 'put' || store !== OUT[1] || site.timeline.nowMs() >= DAY_START_MS + 60_000) {
        return next(operation);
      }
      refusals += 1;
      throw new TransportError('full', `${key}: full`, { retryable: true, definite: true });
    });
    await site.timeline.driveUntil(DAY_START_MS + HOUR_MS);
    expect(refusals).toBeGreaterThan(0);
    const failed = site.events.filter(({ kind }) => kind === 'batching-failed');
    expect(failed).toMatchObject([
      { vendor: 'google', day: DAY, message: expect.stringMatching(/: full$/) as string },
    ]);
    const [leader, helper, announced] = site.written().map((one) => Object.keys(one));
    expect(leader).toEqual(helper);
    expect(leader).toHaveLength(3 * announced!.length);
    const batched = site.events.flatMap((event) => (event.kind === 'batched' ? event.uploads : []));
    expect(new Set(batched.map(toHex)).size).toBe(uploads.length);
  });

  test('uploads are deleted when their day is long over, and not before', async () => {
    const site = createBatchSite();
    const inbox = () => Object.keys(site.contentOf(INBOX));
    await site.timeline.driveUntil(DAY_START_MS + 3 * DAY_MS - HOUR_MS);
    expect(inbox().filter((key) => key.startsWith('uploads/'))).toHaveLength(uploads.length);
    await site.timeline.driveUntil(DAY_START_MS + 3 * DAY_MS + HOUR_MS);
    expect(inbox().filter((key) => /^(?:uploads|plans)\//.test(key))).toEqual([]);
    expect(site.events.at(-1)).toEqual({ kind: 'expired', store: INBOX, count: uploads.length });
  });
});
