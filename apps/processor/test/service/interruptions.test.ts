/**
 * What takes long, fails half way or is done by an operator's hand: no batch that came in time is
 * lost, none is summed that the other side can't sum, and the state gives no report away.
 */

import { expect, test } from 'vitest';

import { unshard } from '@priolab/prio';
import type { ProcessorRole } from '@priolab/roles';
import { TransportError } from '@priolab/runtime';
import { openDatabase } from '@priolab/runtime/database';

import { aggregateWindow } from '../../src/commands.ts';
import type { InstanceDesk } from '../../src/service/desk.ts';
import { scan } from '../../src/service/scan.ts';
import { doOne } from '../../src/service/worker.ts';
import { INSTANCE, ROLES } from '../deployment.ts';
import { AFTERNOON, createRehearsal, expectSums } from './desks.ts';
import type { Rehearsal } from './desks.ts';
import { batchObjects, makeReports, putAll, spoilProof, uuidOf } from './reports.ts';

const [first, second] = ['a', 'b'].map(uuidOf).sort() as [string, string];
const A = { batchUuid: first, reports: makeReports('interrupted a', 4) };
const B = { batchUuid: second, reports: makeReports('interrupted b', 4) };
const IN_THE_WINDOW = '2021-12-01T15:00:00Z';

const refused = (): Promise<never> =>
  Promise.reject(new TransportError('refused', 'no', { retryable: false, definite: true }));

/** Gives the role's desk other stores, until the returned function is called. */
async function replaceStores(
  rehearsal: Rehearsal,
  role: ProcessorRole,
  change: (instance: InstanceDesk) => Partial<InstanceDesk>,
): Promise<() => void> {
  const { instances } = await rehearsal.open(role);
  const instance = instances.get(INSTANCE)!;
  const map = instances as Map<string, InstanceDesk>;
  map.set(INSTANCE, { ...instance, ...change(instance) });
  return () => void map.set(INSTANCE, instance);
}

test('a window with batches is summed however long the service was away', async () => {
  const rehearsal = await createRehearsal();
  rehearsal.deployment.setClock(IN_THE_WINDOW);
  await rehearsal.ingest(A);
  await rehearsal.settle();
  rehearsal.deployment.setClock('2022-03-01T15:00:00Z');
  await rehearsal.settle();
  await expectSums(rehearsal, { counted: A.reports, batches: [first] });
});

test('with a peer of 2021, a batch whose validation was not written is in no sum', async () => {
  const rehearsal = await createRehearsal({ settings: { peer: 'prio-server' } });
  rehearsal.deployment.setClock(IN_THE_WINDOW);
  for (const batch of [A, B]) await rehearsal.ingest(batch);
  await replaceStores(rehearsal, 'leader', ({ peerValidations: store }) => ({
    peerValidations: {
      ...store,
      put: (key, ...rest) => (key.includes(second) ? refused() : store.put(key, ...rest)),
      write: (key, ...rest) => (key.includes(second) ? refused() : store.write(key, ...rest)),
    },
  }));
  await rehearsal.settle();
  expect(await rehearsal.rejected('leader')).toEqual(['refused']);
  rehearsal.deployment.setClock(AFTERNOON);
  await rehearsal.settle();
  await expectSums(rehearsal, { counted: A.reports, batches: [first] });
});

test('a window is not summed by hand before it is over', async () => {
  const rehearsal = await createRehearsal();
  rehearsal.deployment.setClock('2021-12-01T08:30:00Z');
  await rehearsal.ingest(A);
  await rehearsal.settle();
  await rehearsal.close('leader');
  const options = {
    config: rehearsal.deployment.config('leader'),
    instance: INSTANCE,
    aggregation: 'kittens-seen',
    start: '2021/12/01/08/00',
  };
  const { signal } = new AbortController();
  const input = { options, positionals: [], environment: {}, writeLog: () => {}, signal };
  await expect(aggregateWindow(input)).rejects.toThrow(/grace is not over/);
  await rehearsal.ingest(B);
  await rehearsal.settle();
  rehearsal.deployment.setClock(AFTERNOON);
  await rehearsal.settle();
  await expectSums(rehearsal, {
    counted: [...A.reports, ...B.reports],
    batches: [first, second],
  });
});

test('a bucket that can not be listed for a while costs no batch', async () => {
  const rehearsal = await createRehearsal();
  rehearsal.deployment.setClock(IN_THE_WINDOW);
  await rehearsal.ingest(A);
  await rehearsal.settle();
  await rehearsal.ingest(B);
  rehearsal.deployment.setClock(AFTERNOON);
  for (const role of ROLES) {
    const mend = await replaceStores(rehearsal, role, ({ config, ingestion }) => ({
      config: { ...config, aggregations: ['kittens-seen'] },
      ingestion: { ...ingestion, list: refused },
    }));
    const desk = await rehearsal.open(role);
    await expect(scan(desk)).rejects.toThrow(TransportError);
    while (await doOne(desk)) continue;
    mend();
  }
  await rehearsal.settle();
  await expectSums(rehearsal, {
    counted: [...A.reports, ...B.reports],
    batches: [first, second],
  });
});

test('both states together do not tell what a phone said', async () => {
  const rehearsal = await createRehearsal();
  const [report] = makeReports('alone', 1) as [(typeof A.reports)[0]];
  await rehearsal.ingest({ batchUuid: first, reports: [report] });
  await rehearsal.settle();
  await expectSums(rehearsal, { counted: [report], batches: [first] });
  const sums: Uint32Array[] = [];
  for (const role of ROLES) {
    await rehearsal.close(role);
    const database = await openDatabase(`sqlite:${rehearsal.deployment.path(`${role}-state.db`)}`);
    const [row] = await database.query<{ sum: Uint8Array }>('SELECT sum FROM chunk');
    await database.close();
    // Anywhere in it, were it in clear: the sums of both sides would add up to the bits.
    const { bits } = report;
    for (let at = 0; at + 4 * bits.length <= row!.sum.length; at++) {
      sums.push(new Uint32Array(Uint8Array.from(row!.sum.slice(at, at + 4 * bits.length)).buffer));
    }
  }
  const half = sums.length / 2;
  expect(half).toBeGreaterThan(10);
  for (let i = 0; i < half; i++) {
    const elements = [sums[i]!, sums[half + i]!].map((sum) => sum.map((one) => one % 4293918721));
    expect([...unshard(elements[0]!, elements[1]!)]).not.toEqual([...report.bits]);
  }
});

test('a batch that is other than at intake is not added up where it is opened again', async () => {
  const rehearsal = await createRehearsal();
  rehearsal.deployment.setClock(IN_THE_WINDOW);
  const C = { batchUuid: first, reports: makeReports('c', 4, spoilProof(1)) };
  await rehearsal.ingest(C);
  await rehearsal.settle();
  const other = makeReports('d', 4);
  const reports = C.reports.map(({ uuid }, i) => ({ ...other[i]!, uuid }));
  const store = rehearsal.bucket('leader-ingestion');
  await putAll(store, batchObjects('leader', { batchUuid: first, reports }));
  rehearsal.deployment.setClock(AFTERNOON);
  await rehearsal.settle();
  expect(await rehearsal.rejected('leader')).toEqual(['digest-mismatch']);
  expect(await rehearsal.sumPart('leader')).toBeUndefined();
});

test('an object that is larger than it may be is not read, and costs its batch alone', async () => {
  const rehearsal = await createRehearsal();
  for (const batch of [A, B]) await rehearsal.ingest(batch);
  const key = `kittens-seen/2021/12/01/08/10/${first}.batch`;
  for (const role of ROLES) {
    const store = rehearsal.bucket(`${role}-ingestion`);
    await store.put(key, new Uint8Array(2 ** 16 + 1), { overwrite: true });
  }
  await rehearsal.settle();
  for (const role of ROLES) expect(await rehearsal.rejected(role)).toEqual(['limit']);
  await expectSums(rehearsal, { counted: B.reports, batches: [second] });
});
