/**
 * Which batches a window is made of: late, early, of one side only, of other parameters, while the
 * peer speaks, is silent or is back again. Both sum the same ones, or none.
 * Source: ENPA sections 6.5, 6.7, 9.2 nos. 2, 3, 7, 17 to 21, 27, 46.
 */

import { describe, expect, test } from 'vitest';

import { ROLES } from '../deployment.ts';
import { AFTERNOON, WINDOW_MS, createRehearsal, expectSums } from './desks.ts';
import { EPSILON, MORNING, makeReports, uuidOf } from './reports.ts';

const DAY_LATER = '2021-12-02T18:00:00Z';
const names = ['a', 'b', 'c'].map(uuidOf).sort() as [string, string, string];
const [A, B, C] = names.map((batchUuid) => ({
  batchUuid,
  reports: makeReports(`windows ${batchUuid}`, 4),
})) as [Content, Content, Content];
type Content = { batchUuid: string; reports: ReturnType<typeof makeReports> };

describe('a batch that one side does not have', () => {
  test.each(ROLES)(
    'is in no sum where the %s lost it, and the others are not late',
    async (role) => {
      const rehearsal = await createRehearsal();
      await rehearsal.ingest(A);
      await rehearsal.ingest(
        B,
        ROLES.filter((one) => one !== role),
      );
      await rehearsal.settle();
      await expectSums(rehearsal, { counted: A.reports, batches: [A.batchUuid] });
      const other = role === 'leader' ? 'helper' : 'leader';
      expect(rehearsal.told(other, 'batch-left-out')).toMatchObject([
        { batch: B.batchUuid, code: 'peer-missing' },
      ]);
    },
  );

  test('each side has lost another one: what both have is summed, after a day', async () => {
    const rehearsal = await createRehearsal();
    await rehearsal.ingest(A);
    await rehearsal.ingest(B, ['leader']);
    await rehearsal.ingest(C, ['helper']);
    await rehearsal.settle();
    expect(await rehearsal.sumPart('leader')).toBeUndefined();
    rehearsal.deployment.setClock(DAY_LATER);
    await rehearsal.settle();
    await expectSums(rehearsal, { counted: A.reports, batches: [A.batchUuid] });
  });

  test('nothing in common: both hold the window back, also when it is tried again', async () => {
    const rehearsal = await createRehearsal();
    await rehearsal.ingest(A);
    await rehearsal.settle(['leader']);
    // What the leader says reaches the helper in another form than it was written.
    const key = `kittens-seen/2021/12/01/08/10/${A.batchUuid}.validity_0.avro`;
    const validations = rehearsal.bucket('helper-validations');
    await validations.put(key, (await validations.get(key))!.with(-1, 0), { overwrite: true });
    await rehearsal.settle(['helper']);
    await rehearsal.settle();
    expect(rehearsal.told('helper', 'validation-refused')).toMatchObject([
      { batch: A.batchUuid, code: 'digest-mismatch' },
    ]);
    for (const role of ROLES) {
      expect(await rehearsal.sumPart(role)).toBeUndefined();
      expect(await rehearsal.rejected(role)).toEqual(['no-batches']);
      const { queue } = await rehearsal.open(role);
      await queue.retryRejected((await queue.rejected())[0]!.id);
    }
    await rehearsal.settle();
    for (const role of ROLES) expect(await rehearsal.rejected(role)).toEqual(['no-batches']);
  });
});

test('batches of other parameters are left out by both, and told', async () => {
  const rehearsal = await createRehearsal();
  await rehearsal.ingest(A);
  await rehearsal.ingest({ ...B, header: { epsilon: EPSILON + 1 } });
  await rehearsal.ingest(C);
  await rehearsal.settle();
  const batches = [A.batchUuid, C.batchUuid];
  await expectSums(rehearsal, { counted: [...A.reports, ...C.reports], batches });
  for (const role of ROLES) {
    expect(rehearsal.told(role, 'batch-left-out')).toMatchObject([
      { batch: B.batchUuid, code: 'parameters-differ' },
    ]);
  }
});

test('a stray batch of other parameters does not push out the good ones', async () => {
  const rehearsal = await createRehearsal();
  await rehearsal.ingest({
    batchUuid: A.batchUuid,
    reports: A.reports.slice(0, 2),
    header: { epsilon: EPSILON + 1 },
  });
  await rehearsal.ingest(B);
  await rehearsal.settle();
  await expectSums(rehearsal, { counted: B.reports, batches: [B.batchUuid] });
  expect(rehearsal.told('leader', 'batch-left-out')).toMatchObject([{ batch: A.batchUuid }]);
});

describe('time', () => {
  test('a batch that comes after its window was fixed is refused, and the sum stays', async () => {
    const rehearsal = await createRehearsal();
    await rehearsal.ingest(A);
    await rehearsal.settle();
    await rehearsal.ingest(B);
    await rehearsal.settle();
    for (const role of ROLES) expect(await rehearsal.rejected(role)).toEqual(['batch-late']);
    await expectSums(rehearsal, { counted: A.reports, batches: [A.batchUuid] });
  });

  test('one that came in time is in, though we were away until after the grace', async () => {
    const rehearsal = await createRehearsal();
    rehearsal.deployment.setClock('2021-12-01T15:00:00Z');
    await rehearsal.ingest(A);
    await rehearsal.settle();
    await rehearsal.ingest(B);
    rehearsal.deployment.setClock(AFTERNOON);
    await rehearsal.settle();
    const counted = [...A.reports, ...B.reports];
    await expectSums(rehearsal, { counted, batches: [A.batchUuid, B.batchUuid] });
  });

  test('windows begin and end with their first and last minute', async () => {
    const rehearsal = await createRehearsal();
    const hour = 3_600_000;
    await rehearsal.ingest({ ...A, timeMs: WINDOW_MS });
    await rehearsal.ingest({ ...B, timeMs: WINDOW_MS + 8 * hour - 60_000 });
    await rehearsal.ingest({ ...C, timeMs: WINDOW_MS + 8 * hour });
    // One minute before the end of the grace nothing is summed.
    rehearsal.deployment.setClock('2021-12-01T16:59:00Z');
    await rehearsal.settle();
    expect(await rehearsal.sumPart('leader')).toBeUndefined();
    rehearsal.deployment.setClock('2021-12-01T17:00:00Z');
    await rehearsal.settle();
    const counted = [...A.reports, ...B.reports];
    await expectSums(rehearsal, { counted, batches: [A.batchUuid, B.batchUuid] });
    rehearsal.deployment.setClock('2021-12-02T01:00:00Z');
    await rehearsal.settle();
    const startMs = WINDOW_MS + 8 * hour;
    await expectSums(rehearsal, { counted: C.reports, batches: [C.batchUuid], startMs });
  });

  test('too old or too far ahead is not looked at, a day ahead is', async () => {
    const rehearsal = await createRehearsal();
    const day = 86_400_000;
    await rehearsal.ingest({ ...A, timeMs: MORNING - 8 * day });
    await rehearsal.ingest({ ...B, timeMs: MORNING + day });
    await rehearsal.ingest({ ...C, timeMs: MORNING + 2 * day });
    await rehearsal.settle();
    for (const role of ROLES) {
      const { queue } = await rehearsal.open(role);
      expect(await queue.counts()).toEqual({ ready: 0, leased: 0, done: 1, rejected: 0 });
    }
  });
});

describe('the peer', () => {
  test('is silent for longer than we are patient: nothing is lost when it is back', async () => {
    const rehearsal = await createRehearsal();
    await rehearsal.ingest(A);
    await rehearsal.settle(['leader']);
    rehearsal.deployment.setClock(DAY_LATER);
    await rehearsal.settle(['leader']);
    expect(await rehearsal.sumPart('leader')).toBeUndefined();
    const { metrics } = await rehearsal.open('leader');
    expect(await metrics.text()).toMatch(
      /priolab_peer_missing\{aggregation_id="kittens-seen"\} [1-9]/,
    );
    await rehearsal.settle();
    await expectSums(rehearsal, { counted: A.reports, batches: [A.batchUuid] });
  });

  test('has spoken of some batches only: they are summed after some patience', async () => {
    const rehearsal = await createRehearsal();
    for (const batch of [A, B]) await rehearsal.ingest(batch);
    await rehearsal.settle(['helper']);
    const validations = rehearsal.bucket('leader-validations');
    for (const key of await validations.list('')) {
      if (key.includes(B.batchUuid)) await validations.delete(key);
    }
    rehearsal.deployment.setClock(DAY_LATER);
    await rehearsal.settle(['leader']);
    await rehearsal.settle();
    await expectSums(rehearsal, { counted: A.reports, batches: [A.batchUuid] });
  });

  test('of 2021 is not waited for, and no set is written', async () => {
    const rehearsal = await createRehearsal({ settings: { peer: 'prio-server' } });
    await rehearsal.ingest(A);
    await rehearsal.ingest(B, ['leader']);
    await rehearsal.settle();
    await expectSums(rehearsal, { counted: A.reports, batches: [A.batchUuid] });
    for (const role of ROLES) {
      const keys = await rehearsal.bucket(`${role}-validations`).list('');
      const peer = role === 'leader' ? 1 : 0;
      expect(keys.length).toBeGreaterThan(0);
      for (const key of keys)
        expect(key).toMatch(new RegExp(`\\.validity_${peer}(\\.avro|\\.sig)?$`));
    }
  });

  test('and we put our words in one object each: they are read', async () => {
    const rehearsal = await createRehearsal({ settings: { singleObjectValidations: true } });
    await rehearsal.ingest(A);
    await rehearsal.settle();
    await expectSums(rehearsal, { counted: A.reports, batches: [A.batchUuid] });
    const keys = await rehearsal.bucket('leader-validations').list('kittens-seen/');
    expect(keys).toEqual([`kittens-seen/2021/12/01/08/10/${A.batchUuid}.validity_1.sig`]);
  });
});
