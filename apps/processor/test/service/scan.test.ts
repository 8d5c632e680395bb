/** What a look through the buckets finds, and what must not disturb it. ENPA 6.7, 9.2 no. 42. */

import { expect, test } from 'vitest';

import type { StreamingStore } from '@priolab/runtime/stores';
import { TransportError } from '@priolab/runtime';

import type { Desk } from '../../src/service/desk.ts';
import { scan } from '../../src/service/scan.ts';
import { INSTANCE } from '../deployment.ts';
import { WINDOW_MS, createRehearsal, expectSums } from './desks.ts';
import { makeReports, uuidOf } from './reports.ts';

const A = { batchUuid: uuidOf('a'), reports: makeReports('scan a', 3) };
const B = { batchUuid: uuidOf('b'), reports: makeReports('scan b', 3) };

test('objects that are no batch are passed over', async () => {
  const rehearsal = await createRehearsal();
  await rehearsal.ingest(A);
  const store = rehearsal.bucket('leader-ingestion');
  const minute = 'kittens-seen/2021/12/01/08/10';
  for (const key of [
    `${minute}/${B.batchUuid}.batch.tmp`,
    `${minute}/${B.batchUuid}.batch`,
    `${minute}/no-uuid.batch.sig`,
    `kittens-seen/2021/13/01/08/10/${B.batchUuid}.batch.sig`,
    `task-markers/intake-kittens-seen-2021-12-01-08-10-${B.batchUuid}`,
    'README.txt',
    '..hidden/readme',
    'a name with blanks/readme',
  ]) {
    await store.put(key, Uint8Array.of(1));
  }
  await rehearsal.settle();
  await expectSums(rehearsal, { counted: A.reports, batches: [A.batchUuid] });
  const desk = await rehearsal.open('leader');
  expect(await desk.queue.counts()).toEqual({ ready: 0, leased: 0, done: 2, rejected: 0 });
  const text = await desk.metrics.text();
  // The header alone, and with it the leftover, are one batch that is not complete.
  for (const name of ['incomplete_ingestions_found', 'aggregate_incomplete_ingestions_found']) {
    expect(text).toContain(`workflow_manager_${name}{aggregation_id="kittens-seen"} 1`);
  }
  expect(text).not.toContain('aggregation_id="task-markers"');
  expect(text).not.toContain('aggregation_id="README.txt"');
});

test('several aggregations of one bucket have each their own sum', async () => {
  const rehearsal = await createRehearsal();
  await rehearsal.ingest(A);
  await rehearsal.ingest({ ...B, aggregation: 'com.apple.EN.CodeVerified' });
  // The same report under another name is another one.
  await rehearsal.ingest({ batchUuid: uuidOf('c'), reports: A.reports, aggregation: 'dogs-seen' });
  await rehearsal.settle();
  await expectSums(rehearsal, { counted: A.reports, batches: [A.batchUuid] });
  const startMs = WINDOW_MS;
  await expectSums(rehearsal, {
    counted: B.reports, batches: [B.batchUuid], startMs, aggregation: 'com.apple.EN.CodeVerified',
  }); // prettier-ignore
  await expectSums(rehearsal, {
    counted: A.reports, batches: [uuidOf('c')], startMs, aggregation: 'dogs-seen',
  }); // prettier-ignore
});

/** A desk whose ingestion bucket does what a test says when it is listed. */
function withList(
  desk: Desk,
  list: (prefix: string, store: StreamingStore) => Promise<readonly string[]>,
): Desk {
  const instance = desk.instances.get(INSTANCE)!;
  const store = instance.ingestion;
  const ingestion = { ...store, list: (prefix: string) => list(prefix, store) };
  return { ...desk, instances: new Map([[INSTANCE, { ...instance, ingestion }]]) };
}

test('one aggregation that can’t be listed does not hide the others', async () => {
  const rehearsal = await createRehearsal();
  for (const aggregation of ['a-fails', 'b-works']) await rehearsal.ingest({ ...A, aggregation });
  const desk = withList(await rehearsal.open('leader'), (prefix, store) => {
    if (prefix !== 'a-fails/') return store.list(prefix);
    const options = { retryable: true, definite: true };
    return Promise.reject(new TransportError('timeout', 'list: no answer', options));
  });
  await expect(scan(desk)).rejects.toThrow('list: no answer');
  expect(await desk.queue.unfinished('intake')).toEqual([
    `${INSTANCE}/task-markers/intake-b-works-2021-12-01-08-10-${A.batchUuid}`,
  ]);
  expect(rehearsal.told('leader', 'look-failed')).toMatchObject([
    { instance: INSTANCE, aggregation: 'a-fails', code: 'timeout' },
  ]);
});

test('names in the configuration: the whole bucket is never listed', async () => {
  const rehearsal = await createRehearsal();
  for (const aggregation of ['cats', 'dogs']) await rehearsal.ingest({ ...A, aggregation });
  const asked: string[] = [];
  const opened = withList(await rehearsal.open('leader'), (prefix, store) => {
    asked.push(prefix);
    return store.list(prefix);
  });
  const instance = opened.instances.get(INSTANCE)!;
  const config = { ...instance.config, aggregations: ['dogs'] };
  await scan({ ...opened, instances: new Map([[INSTANCE, { ...instance, config }]]) });
  expect(asked).toEqual(['dogs/']);
  expect(await opened.queue.unfinished('intake')).toHaveLength(1);
});

test('a window that was missed is summed later, unless only the newest is asked for', async () => {
  for (const legacy of [[], ['newest-window-only']]) {
    const rehearsal = await createRehearsal({ settings: { legacy } });
    rehearsal.deployment.setClock('2021-12-01T09:00:00Z');
    await rehearsal.ingest(A);
    await rehearsal.settle();
    rehearsal.deployment.setClock('2021-12-02T09:30:00Z');
    await rehearsal.settle();
    const isThere = (await rehearsal.sumPart('leader')) !== undefined;
    expect(isThere).toBe(legacy.length === 0);
  }
});
