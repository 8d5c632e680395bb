/** Two processors in one process, from an ingestion batch to sum parts that add up. */

import { expect, test } from 'vitest';

import { unshard } from '@priolab/prio';
import { sampleSum } from '@priolab/roles/enpa';

import { ingestSample } from '../deployment.ts';
import { AFTERNOON, createRehearsal } from './desks.ts';
import { AGGREGATION } from './reports.ts';

const BATCHES = ['3f1c2a8e-0f5c-4c5e-9d35-6f6f0e5b1a11', '7d2f6b3a-11aa-4d0e-8a77-0c3b5f1e2d22'];
const BINS = 10;
const PACKETS = 20;

test('an ingestion batch becomes two sum parts that add up to what the phones held', async () => {
  // With the arithmetic of the service, and not that of tests.
  const rehearsal = await createRehearsal({ settings: { arithmetic: 'service' } });
  const { deployment, settle, sumPart } = rehearsal;
  deployment.setClock('2021-12-01T08:30:00Z');
  const form = { aggregation: AGGREGATION, bins: String(BINS), packets: String(PACKETS) };
  for (const batch of BATCHES) {
    await ingestSample(deployment, { ...form, batch, date: '2021/12/01/08/10' });
  }
  await settle();
  expect(await sumPart('leader')).toBeUndefined();
  deployment.setClock(AFTERNOON);
  await settle();
  expect(rehearsal.logs.filter(({ level }) => level === 'error')).toEqual([]);
  const leader = (await sumPart('leader'))!.header;
  const helper = (await sumPart('helper'))!.header;
  expect(leader.batchUuids).toEqual(BATCHES);
  expect(helper.batchUuids).toEqual(BATCHES);
  expect(leader.totalIndividualClients).toBe(PACKETS * BATCHES.length);
  const totals = unshard(Uint32Array.from(leader.sum), Uint32Array.from(helper.sum));
  const expected = sampleSum(BATCHES[0]!, PACKETS, BINS).map(
    (count, bin) => count + sampleSum(BATCHES[1]!, PACKETS, BINS)[bin]!,
  );
  expect([...totals]).toEqual(expected);
});
