/**
 * One packet that is wrong among others that are not: it is refused alone, by both processors, and
 * the reason is told. Source: ENPA sections 5.3, 9.2 nos. 4, 47, 53.
 */

import { describe, expect, test } from 'vitest';

import { FIELD_MODULUS, createPrio2 } from '@priolab/prio';
import type { ProcessorRole } from '@priolab/roles';

import { createRehearsal, expectSums } from './desks.ts';
import { BINS, makeReports, seal, spoilProof, uuidOf } from './reports.ts';
import type { Report } from './reports.ts';

const COUNT = 5;
const BAD = 2;
const batchUuid = uuidOf('batch');
const { leaderShareSize, rootCount } = createPrio2(BINS).shape;

function flipped(bytes: Uint8Array): Uint8Array {
  return bytes.with(70, bytes[70]! ^ 1);
}

const tooLarge = new Uint8Array(leaderShareSize);
new DataView(tooLarge.buffer).setUint32(8, FIELD_MODULUS, true);

/** What a share is, whose, the reason that is told, and how it comes about. */
const poison: readonly [string, ProcessorRole, string, (report: Report) => Partial<Report>][] = [
  ['does not open', 'leader', 'decrypt-failed', (r) => ({ leader: flipped(r.leader) })],
  ['does not open', 'helper', 'decrypt-failed', (r) => ({ helper: flipped(r.helper) })],
  ['too short', 'leader', 'wrong-share-size', (r) => ({ leader: r.leader.slice(1) })],
  ['no ciphertext', 'helper', 'wrong-share-size', () => ({ helper: new Uint8Array(80) })],
  [
    '33 bytes',
    'helper',
    'wrong-share-size',
    () => ({ helper: seal(new Uint8Array(33), 'helper') }),
  ],
  ['a word of p', 'leader', 'noncanonical-share', () => ({ leader: seal(tooLarge, 'leader') })],
];

/** A batch for each, whose report `BAD` is so; batches in the order in which they are summed. */
const poisoned = poison
  .map(([what, role, reason, change]) => {
    const reports = makeReports(`poison ${role} ${what}`, COUNT);
    const bad = reports[BAD]!;
    const content = reports.map((report) => (report === bad ? { ...bad, ...change(bad) } : report));
    return { role, reason, batchUuid: uuidOf(`${role} ${what}`), reports: content, bad };
  })
  .sort((a, b) => (a.batchUuid < b.batchUuid ? -1 : 1));

describe('a share that can not be evaluated', () => {
  test('is refused alone', async () => {
    const rehearsal = await createRehearsal();
    for (const batch of poisoned) await rehearsal.ingest(batch);
    await rehearsal.settle();
    await expectSums(rehearsal, {
      counted: poisoned.flatMap(({ reports }) => reports.filter((_, i) => i !== BAD)),
      batches: poisoned.map((batch) => batch.batchUuid),
      invalid: poisoned.map(({ bad }) => bad.uuid),
    });
    for (const role of ['leader', 'helper'] as const) {
      const lines = rehearsal.told(role, 'packets-refused');
      const told = lines.map(({ batch, reason, count }) => ({ batch, reason, count }));
      const own = poisoned.filter((batch) => batch.role === role);
      const expected = own.map((one) => ({ batch: one.batchUuid, reason: one.reason, count: 1 }));
      const byBatch = (a: { batch: unknown }, b: { batch: unknown }) =>
        String(a.batch) < String(b.batch) ? -1 : 1;
      expect(told.toSorted(byBatch)).toEqual(expected.toSorted(byBatch));
    }
  });

  test('drops its batch, and only that, where it is asked for', async () => {
    const rehearsal = await createRehearsal({ settings: { legacy: ['poison-drops-batch'] } });
    const good = makeReports('good', COUNT);
    for (const batch of [...poisoned, { batchUuid, reports: good }]) await rehearsal.ingest(batch);
    rehearsal.deployment.setClock('2021-12-03T00:00:00Z');
    await rehearsal.settle();
    await expectSums(rehearsal, { counted: good, batches: [batchUuid] });
    for (const role of ['leader', 'helper'] as const) {
      const count = poisoned.filter((batch) => batch.role === role).length;
      const reasons = Array.from({ length: count }, () => 'packet-decryption');
      expect(await rehearsal.rejected(role)).toEqual(reasons);
    }
  });
});

describe('points r', () => {
  /** A generator of the subgroup of order 2n, and others of it. */
  const root = powMod(3_925_978_153n, 2n ** 20n / BigInt(rootCount));
  const points = [
    ['1', 1],
    ['a 2n-th root of unity', Number(root)],
    ['an n-th root of unity', Number((root * root) % BigInt(FIELD_MODULUS))],
    ['p - 1', FIELD_MODULUS - 1],
    ['p', FIELD_MODULUS],
    ['the largest of 32 bits', 2 ** 32 - 1],
    ['negative', -5],
    ['above 32 bits', 2 ** 32 + 7],
  ] as const;

  test('unsafe ones are refused alone, by both, and 0 is fine', async () => {
    const rehearsal = await createRehearsal();
    const reports = makeReports('points', points.length + 2).map((report, i) => ({
      ...report,
      r: points[i]?.[1] ?? (i === points.length ? 0 : report.r),
    }));
    await rehearsal.ingest({ batchUuid, reports });
    await rehearsal.settle();
    const invalid = reports.slice(0, points.length).map(({ uuid }) => uuid);
    await expectSums(rehearsal, { counted: reports.slice(-2), batches: [batchUuid], invalid });
    for (const role of ['leader', 'helper'] as const) {
      expect(rehearsal.told(role, 'packets-refused')).toMatchObject([
        { reason: 'unsafe-query-randomness', count: points.length },
      ]);
    }
  });

  test('roots of unity are evaluated where that is asked for', async () => {
    const rehearsal = await createRehearsal({ settings: { legacy: ['evaluate-unsafe-points'] } });
    const reports = makeReports('points', points.length).map((report, i) => ({
      ...report,
      r: points[i]![1],
    }));
    await rehearsal.ingest({ batchUuid, reports });
    await rehearsal.settle();
    const invalid = reports.slice(4).map(({ uuid }) => uuid);
    await expectSums(rehearsal, { counted: reports.slice(0, 4), batches: [batchUuid], invalid });
  });
});

function powMod(base: bigint, exponent: bigint): bigint {
  const p = BigInt(FIELD_MODULUS);
  let result = 1n;
  for (let bits = exponent, square = base; bits > 0n; bits >>= 1n) {
    if (bits & 1n) result = (result * square) % p;
    square = (square * square) % p;
  }
  return result;
}

describe('a proof that does not hold', () => {
  const reports = makeReports('proofs', COUNT, spoilProof(BAD));
  const good = reports.filter((_, i) => i !== BAD);
  const invalid = [reports[BAD]!.uuid];

  test('is no client', async () => {
    const rehearsal = await createRehearsal();
    await rehearsal.ingest({ batchUuid, reports });
    await rehearsal.settle();
    await expectSums(rehearsal, { counted: good, batches: [batchUuid], invalid });
  });

  test.each([{ legacy: ['count-invalid-proofs'] }, { peer: 'prio-server' }])(
    'is a client for %o, and not in the sum',
    async (settings) => {
      const rehearsal = await createRehearsal({ settings });
      await rehearsal.ingest({ batchUuid, reports });
      await rehearsal.settle();
      await expectSums(rehearsal, { counted: good, clients: COUNT, batches: [batchUuid], invalid });
    },
  );
});
