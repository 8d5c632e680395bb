/** What is forgotten of single reports once a window is closed and old, and what never is. */

import { expect, test } from 'vitest';

import type { Desk } from '../../src/service/desk.ts';
import { takeIn } from '../../src/service/intake.ts';
import { forgetOld } from '../../src/service/retention.ts';
import { INSTANCE } from '../deployment.ts';
import { WINDOW_MS, createRehearsal, expectSums } from './desks.ts';
import { AGGREGATION, makeReports, uuidOf } from './reports.ts';

const A = { batchUuid: uuidOf('a'), reports: makeReports('retention a', 3) };
const B = { batchUuid: uuidOf('b'), reports: makeReports('retention b', 3) };
const NAME = { instance: INSTANCE, aggregation: AGGREGATION, batchUuid: A.batchUuid };
const JOB = { ...NAME, timeMs: Date.UTC(2021, 11, 1, 8, 10) };

async function blockCount(desk: Desk, name = NAME): Promise<number> {
  let count = 0;
  for await (const _block of desk.state.chunks(name)) count += 1;
  return count;
}

/** The desk so much later than its window may be kept. */
function after(desk: Desk, laterMs: number): Desk {
  const { keepMs } = desk.config.schedule;
  return { ...desk, clock: { nowMs: () => WINDOW_MS + keepMs + laterMs } };
}

/** Which of A's reports a batch of another name would find claimed. */
async function claimed(desk: Desk): Promise<number> {
  const ids = [...A.reports].map(({ uuid }) => Buffer.from(uuid.replaceAll('-', ''), 'hex'));
  const name = { ...NAME, batchUuid: uuidOf('z'), startMs: WINDOW_MS };
  const known = (await desk.state.claim(name, ids)).length;
  await desk.state.forgetClaims(name);
  return known;
}

test('blocks and claims of a closed window go, what came of it stays', async () => {
  const rehearsal = await createRehearsal();
  await rehearsal.ingest(A);
  await rehearsal.settle();
  const desk = await rehearsal.open('leader');
  await forgetOld(after(desk, 0));
  expect(await blockCount(desk)).toBe(1);
  expect(await claimed(desk)).toBe(3);
  await forgetOld(after(desk, 1));
  expect(await blockCount(desk)).toBe(0);
  expect(await claimed(desk)).toBe(0);
  expect(await desk.state.batch(NAME)).toMatchObject({ reportCount: 3, state: 'decided' });
  // A task that is delivered once more writes nothing of what is gone.
  const store = rehearsal.bucket('helper-validations');
  const keys = await store.list('');
  for (const key of keys) await store.delete(key);
  await takeIn(desk, desk.instances.get(INSTANCE)!, JOB, async () => {});
  expect(await store.list('')).toEqual([]);
  await rehearsal.settle(['leader']);
  await expectSums(rehearsal, { counted: A.reports, batches: [A.batchUuid] });
});

test('of a window that is open nothing goes, however old it is', async () => {
  const rehearsal = await createRehearsal();
  await rehearsal.ingest(B);
  await rehearsal.settle(['leader']);
  const desk = await rehearsal.open('leader');
  await forgetOld(after(desk, 1e12));
  expect(await blockCount(desk, { ...NAME, batchUuid: B.batchUuid })).toBe(1);
  await rehearsal.settle();
  await expectSums(rehearsal, { counted: B.reports, batches: [B.batchUuid] });
});
