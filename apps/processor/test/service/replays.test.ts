/**
 * One report more than once: in a batch, in two batches, in two windows. It is counted once at
 * most, by both processors alike; the behaviour of 2021 is there when it is asked for.
 * Source: ENPA sections 6.5 step 5, 9.2 no. 45, 10 point 5.
 */

import { describe, expect, test } from 'vitest';

import type { ProcessorRole } from '@priolab/roles';

import { ROLES } from '../deployment.ts';
import { WINDOW_MS, createRehearsal, expectSums } from './desks.ts';
import type { Rehearsal } from './desks.ts';
import { makeReports, spoilProof, uuidOf } from './reports.ts';

const PERIOD_MS = 8 * 3_600_000;
const [first, second] = [uuidOf('batch 1'), uuidOf('batch 2')].sort() as [string, string];
const reports = makeReports('replays', 8);
const [X] = reports as [(typeof reports)[0]];
const others = reports.slice(1, 4);
const further = reports.slice(4);

describe('twice in one batch', () => {
  test('the first copy is meant, and the second no one’s fault', async () => {
    const rehearsal = await createRehearsal();
    // The second copy has other shares under the same id.
    const copy = { ...further[0]!, uuid: X.uuid };
    await rehearsal.ingest({ batchUuid: first, reports: [X, ...others, copy, X] });
    await rehearsal.settle();
    await expectSums(rehearsal, { counted: [X, ...others], batches: [first] });
    for (const role of ROLES) {
      expect(rehearsal.told(role, 'packets-refused')).toMatchObject([
        { reason: 'duplicate-report-id', count: 2 },
      ]);
    }
  });

  test('a first copy that is refused is not replaced by the second', async () => {
    const rehearsal = await createRehearsal();
    const [bad] = makeReports('replays', 1, spoilProof(0)) as [typeof X];
    const copy = { ...X, uuid: bad.uuid };
    await rehearsal.ingest({ batchUuid: first, reports: [bad, ...others, copy] });
    await rehearsal.settle();
    await expectSums(rehearsal, { counted: others, batches: [first], invalid: [bad.uuid] });
  });

  test('also where blocks lie between the copies', async () => {
    const rehearsal = await createRehearsal();
    const many = makeReports('blocks', 515);
    await rehearsal.ingest({ batchUuid: first, reports: [...many, many[3]!, many[513]!] });
    await rehearsal.settle();
    await expectSums(rehearsal, { counted: many, batches: [first] });
  });
});

describe('in two batches of one window', () => {
  const ingestBoth = async (rehearsal: Rehearsal) => {
    await rehearsal.ingest({ batchUuid: first, reports: [X, ...others] });
    await rehearsal.ingest({ batchUuid: second, reports: [...further, X] });
    await rehearsal.settle();
  };

  test('it counts once', async () => {
    const rehearsal = await createRehearsal();
    await ingestBoth(rehearsal);
    await expectSums(rehearsal, { counted: reports, batches: [first, second] });
  });

  test('twice where each batch is looked at alone', async () => {
    const rehearsal = await createRehearsal({ settings: { legacy: ['per-batch-dedup'] } });
    await ingestBoth(rehearsal);
    await expectSums(rehearsal, { counted: [...reports, X], batches: [first, second] });
  });

  test('once where the peer hears of it by silence', async () => {
    const rehearsal = await createRehearsal({ settings: { peer: 'prio-server' } });
    await ingestBoth(rehearsal);
    const leader = await rehearsal.sumPart('leader');
    const helper = await rehearsal.sumPart('helper');
    expect(leader!.header.totalIndividualClients).toBe(helper!.header.totalIndividualClients);
    // A facilitator lists what we are silent about, and the lists must be the same.
    await expectSums(rehearsal, { counted: reports, batches: [first, second], invalid: [X.uuid] });
    for (const role of ROLES) {
      expect(rehearsal.told(role, 'packets-refused')).toMatchObject([
        { reason: 'replayed', count: 1 },
      ]);
    }
    expect(await rehearsal.bucket('leader-validations').list('priolab-window-sets/')).toEqual([]);
  });

  test('a copy whose own batch is not summed does not take its place', async () => {
    const rehearsal = await createRehearsal({ settings: { peer: 'prio-server' } });
    const signer = { keyId: 'nobody', sign: () => new Uint8Array(70) };
    await rehearsal.ingest({ batchUuid: first, reports: [X, ...others], signer });
    await rehearsal.ingest({ batchUuid: second, reports: [...further, X] });
    await rehearsal.settle();
    await expectSums(rehearsal, { counted: [...further, X], batches: [second] });
  });
});

test('a noted batch keeps its claims though its validation could not be written', async () => {
  const rehearsal = await createRehearsal({ settings: { peer: 'prio-server' } });
  const { ingest, settle, bucket, rejected, open } = rehearsal;
  await ingest({ batchUuid: first, reports: [X, ...others] });
  const base = `kittens-seen/2021/12/01/08/10/${first}`;
  const obstacle = `${base}.validity_0.avro`;
  await bucket('helper-validations').put(obstacle, Uint8Array.of(1));
  await settle(['leader']);
  expect(await rejected('leader')).toEqual(['exists-otherwise']);
  await ingest({ batchUuid: second, reports: [...further, X] });
  await settle(['leader']);
  await bucket('helper-validations').delete(obstacle);
  const { queue } = await open('leader');
  await queue.retryRejected((await queue.rejected())[0]!.id);
  await settle();
  await expectSums(rehearsal, { counted: reports, batches: [first, second], invalid: [X.uuid] });
});

describe('in two windows', () => {
  const times = { first: WINDOW_MS + 600_000, second: WINDOW_MS + PERIOD_MS + 600_000 };
  const ingestFirst = (rehearsal: Rehearsal) =>
    rehearsal.ingest({ batchUuid: first, reports: [X, ...others], timeMs: times.first });
  const ingestSecond = (rehearsal: Rehearsal) =>
    rehearsal.ingest({ batchUuid: second, reports: [X, ...further], timeMs: times.second });
  const bothOver = '2021-12-02T02:00:00Z';

  test('it counts in the window that is summed first', async () => {
    const rehearsal = await createRehearsal();
    await ingestFirst(rehearsal);
    await rehearsal.settle();
    await ingestSecond(rehearsal);
    rehearsal.deployment.setClock(bothOver);
    await rehearsal.settle();
    await expectSums(rehearsal, { counted: [X, ...others], batches: [first] });
    const startMs = WINDOW_MS + PERIOD_MS;
    await expectSums(rehearsal, { counted: further, batches: [second], startMs });
  });

  test('also where that is the later one', async () => {
    const rehearsal = await createRehearsal();
    await ingestSecond(rehearsal);
    rehearsal.deployment.setClock(bothOver);
    await rehearsal.settle();
    await ingestFirst(rehearsal);
    await rehearsal.settle();
    await expectSums(rehearsal, { counted: others, batches: [first] });
    const startMs = WINDOW_MS + PERIOD_MS;
    await expectSums(rehearsal, { counted: [X, ...further], batches: [second], startMs });
  });

  test('in none where each processor has counted it in another one: sums must pair', async () => {
    const rehearsal = await createRehearsal();
    const { deployment, ingest, settle } = rehearsal;
    deployment.setClock('2021-12-01T09:00:00Z');
    const batches = [
      { batchUuid: first, reports: [X, ...others], timeMs: times.first },
      { batchUuid: second, reports: [X, ...further], timeMs: times.second },
    ];
    // Both have spoken of both batches; then each fixes its windows in its own order.
    for (const batch of batches) await ingest(batch);
    await settle();
    deployment.setClock(bothOver);
    await fixInOrder(rehearsal, 'leader', [WINDOW_MS, WINDOW_MS + PERIOD_MS]);
    await fixInOrder(rehearsal, 'helper', [WINDOW_MS + PERIOD_MS, WINDOW_MS]);
    await settle();
    await expectSums(rehearsal, { counted: others, batches: [first] });
    const startMs = WINDOW_MS + PERIOD_MS;
    await expectSums(rehearsal, { counted: further, batches: [second], startMs });
  });

  test('in both where each batch is looked at alone', async () => {
    const rehearsal = await createRehearsal({ settings: { legacy: ['per-batch-dedup'] } });
    await ingestFirst(rehearsal);
    await ingestSecond(rehearsal);
    rehearsal.deployment.setClock(bothOver);
    await rehearsal.settle();
    await expectSums(rehearsal, { counted: [X, ...others], batches: [first] });
    const startMs = WINDOW_MS + PERIOD_MS;
    await expectSums(rehearsal, { counted: [X, ...further], batches: [second], startMs });
  });
});

async function fixInOrder(
  rehearsal: Rehearsal,
  role: ProcessorRole,
  starts: readonly number[],
): Promise<void> {
  const { aggregate } = await import('../../src/service/aggregate.ts');
  const desk = await rehearsal.open(role);
  const [instance] = [...desk.instances.values()];
  for (const startMs of starts) {
    const job = { aggregation: 'kittens-seen', startMs };
    await aggregate(desk, instance!, job, async () => {}).catch((error: { code?: string }) => {
      // The peer has not said what it can sum: the window is fixed all the same.
      if (error.code !== 'not-ready') throw error;
    });
  }
}
