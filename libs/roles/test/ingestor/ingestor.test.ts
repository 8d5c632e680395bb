/**
 * The ingestor against bytes from outside: what it refuses and why, what it never does (throw, let
 * identity or exact time through), how it cuts batches.
 */

import { toHex } from '@priolab/crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import {
  CERTIFICATE_AT,
  CREATED_AT,
  DEVICE_KEY_AT,
  LEADER_AT,
  LEADER_SIZE_AT,
  REPORT_ID_AT,
  TASK_ID_AT,
  writeTimeMs,
  writeUint32,
} from '../../src/messages/upload.ts';
import { DAY_MS } from '../../src/index.ts';
import {
  DAY,
  HOUR_MS,
  createDeployment,
  flipped,
  reasonsOf,
  sealedList,
  someBits,
  toBlock,
} from '../fixture.ts';
import type { Deployment } from '../fixture.ts';

const deployment = createDeployment({ windowMs: 8 * HOUR_MS });
const { layout } = deployment;
const [genuine, second] = deployment.uploads(someBits(2, 3)) as [Uint8Array, Uint8Array];

/** The reasons for a block of uploads in a fresh partition. */
function reasons(uploads: readonly Uint8Array[], day = DAY, at: Deployment = deployment) {
  at.ingestor.openPartition(0);
  return reasonsOf(at.receive(uploads, day).status);
}

function patched(write: (bytes: Uint8Array) => void): Uint8Array {
  const copy = genuine.slice();
  write(copy);
  return copy;
}

describe('form', () => {
  test('an honest upload is taken', () => {
    expect(genuine.length).toBe(layout.size);
    expect(reasons([genuine, second])).toEqual(['none', 'none']);
  });

  test('truncated at every length', () => {
    const pieces = Array.from({ length: genuine.length }, (_, size) => genuine.slice(0, size));
    for (let from = 0; from < pieces.length; from += 16) {
      const some = pieces.slice(from, from + 16);
      // In a block the bytes after the cut are those of the next upload: none of them may count.
      expect(reasons(some)).toEqual(some.map(() => 'truncated'));
    }
  });

  test('cut short with the missing bytes right behind it', () => {
    const block = { ...toBlock([genuine]), sizes: Uint32Array.of(genuine.length - 1) };
    deployment.ingestor.openPartition(0);
    const { status } = deployment.ingestor.receive(deployment.task, DAY, block);
    expect(reasonsOf(status)).toEqual(['truncated']);
  });

  test.each([
    ['oversized', new Uint8Array([...genuine, 0])],
    ['oversized', new Uint8Array(2 ** 20)],
    ['unknown-version', patched((bytes) => (bytes[0] = 0))],
    ['unknown-version', patched((bytes) => (bytes[0] = 2))],
    ['unknown-version', new Uint8Array(layout.size)],
    ['wrong-task', flipped(genuine, TASK_ID_AT)],
    ['wrong-task', flipped(genuine, TASK_ID_AT + 15, 0x80)],
    ['wrong-share-size', patched((bytes) => writeUint32(bytes, LEADER_SIZE_AT, 0))],
    ['wrong-share-size', patched((bytes) => writeUint32(bytes, LEADER_SIZE_AT, 0xffffffff))],
    [
      'wrong-share-size',
      patched((bytes) => writeUint32(bytes, LEADER_SIZE_AT, layout.leaderSealedSize - 4)),
    ],
    [
      'wrong-share-size',
      patched((bytes) => writeUint32(bytes, layout.helperSizeAt, layout.helperSealedSize + 1)),
    ],
  ] as const)('%s', (reason, upload) => {
    expect(reasons([upload, second])).toEqual([reason, 'none']);
  });

  test('uploads to another task', () => {
    const other = createDeployment({ windowMs: DAY_MS }).uploads(someBits(1, 3));
    expect(reasons(other)).toEqual(['wrong-task']);
  });

  test('more uploads than the capacity is the caller’s mistake', () => {
    const block = toBlock(Array.from({ length: 17 }, () => new Uint8Array()));
    const receive = () => deployment.ingestor.receive(deployment.task, DAY, block);
    expect(receive).toThrow('block of 17 uploads, capacity 16');
  });
});

describe('time', () => {
  test('the first and the last millisecond of the day are taken, their neighbours are not', () => {
    const times = [0, DAY_MS - 1, DAY_MS, 1, 2];
    const uploads = deployment.uploads(someBits(5, 3), { timesMs: times });
    expect(reasons(uploads)).toEqual(['none', 'none', 'stale', 'none', 'none']);
    expect(reasons(uploads, DAY + 1).slice(0, 2)).toEqual(['stale', 'stale']);
    const yesterday = deployment.uploads(someBits(1, 3), { day: DAY - 1, timesMs: [DAY_MS - 1] });
    expect(reasons(yesterday)).toEqual(['stale']);
  });

  test.each([0, 1, 2 ** 32, 2 ** 53 - 1])('signed or not, %d ms is stale', (timeMs) => {
    expect(reasons([patched((bytes) => writeTimeMs(bytes, CREATED_AT, timeMs))])).toEqual([
      'stale',
    ]);
  });

  test('the greatest time that 64 bits hold', () => {
    const upload = patched((bytes) => bytes.fill(0xff, CREATED_AT, CREATED_AT + 8));
    expect(reasons([upload])).toEqual(['stale']);
  });
});

describe('replays', () => {
  test('in the same block, and later in the partition', () => {
    expect(reasons([genuine, second, genuine])).toEqual(['none', 'none', 'replayed']);
    expect(reasonsOf(deployment.receive([second, genuine]).status)).toEqual([
      'replayed',
      'replayed',
    ]);
    deployment.ingestor.openPartition(1);
    expect(reasonsOf(deployment.receive([genuine]).status)).toEqual(['none']);
  });

  test('another report under the same device key: the first one counts', () => {
    const [again] = deployment.uploads([[1, 1, 1]], { reportsName: 'second try', timesMs: [9] });
    expect(again!.subarray(DEVICE_KEY_AT, LEADER_SIZE_AT)).toEqual(
      genuine.subarray(DEVICE_KEY_AT, LEADER_SIZE_AT),
    );
    expect(reasons([again!])).toEqual(['none']);
    expect(reasons([genuine, again!])).toEqual(['none', 'replayed']);
    expect(reasons([again!, genuine])).toEqual(['none', 'replayed']);
  });

  test('the same report id under another device key: the first one counts, in any block', () => {
    const [victim, thief] = deployment.uploads(someBits(2, 3), {
      split({ reportIds }) {
        reportIds.copyWithin(16, 0, 16);
      },
    }) as [Uint8Array, Uint8Array];
    expect(reasons([thief])).toEqual(['none']);
    expect(reasons([victim, thief])).toEqual(['none', 'duplicate-report-id']);
    expect(reasonsOf(deployment.receive([thief]).status)).toEqual(['replayed']);
    expect(reasons([victim])).toEqual(['none']);
    expect(reasonsOf(deployment.receive([thief]).status)).toEqual(['duplicate-report-id']);
  });

  test('an upload that was refused does not stand in the way of the genuine one', () => {
    for (const at of [0, TASK_ID_AT, REPORT_ID_AT, CERTIFICATE_AT, LEADER_AT, layout.signatureAt]) {
      const [first, then] = reasons([flipped(genuine, at), genuine]);
      expect([first === 'none', then]).toEqual([false, 'none']);
    }
  });
});

describe('any bytes', () => {
  test('random bytes: refused one by one, never an exception', () => {
    const upload = fc.uint8Array({ maxLength: layout.size + 20 });
    fc.assert(
      fc.property(fc.array(upload, { maxLength: 15 }), (uploads) => {
        const all = reasons([...uploads, genuine]);
        expect(all.pop()).toBe('none');
        expect(all).not.toContain('none');
      }),
      { seed: 1, numRuns: 300 },
    );
  });

  test('random mutations of a genuine upload: refused, and the genuine one is taken', () => {
    const change = fc.tuple(
      fc.integer({ min: 0, max: layout.size - 1 }),
      fc.integer({ min: 1, max: 255 }),
    );
    const changes = fc.uniqueArray(change, {
      minLength: 1,
      maxLength: 4,
      selector: ([at]) => at,
    });
    fc.assert(
      fc.property(fc.array(changes, { minLength: 1, maxLength: 15 }), (list) => {
        const mutated = list.map((all) =>
          all.reduce((bytes, [at, mask]) => flipped(bytes, at, mask), genuine),
        );
        const got = reasons([...mutated, genuine]);
        expect(got.pop()).toBe('none');
        expect(got).not.toContain('none');
      }),
      { seed: 2, numRuns: 60 },
    );
  });
});

/** All bytes behind the arrays of one processor's batch, unused parts of arenas included. */
function bytesBehind(batch: object): Buffer[] {
  return Object.values(batch).flatMap((value): Buffer[] => {
    if (ArrayBuffer.isView(value)) return [Buffer.from(value.buffer)];
    return typeof value === 'object' && value !== null && 'bytes' in value
      ? bytesBehind(value)
      : [];
  });
}

describe('batches', () => {
  test('both processors: the same ids, points r and order; to each its own shares', () => {
    const uploads = deployment.uploads(someBits(6, 3));
    deployment.ingestor.openPartition(3);
    const { batches } = deployment.receive([uploads[4]!, flipped(uploads[5]!, 0), ...uploads]);
    expect(batches).toHaveLength(1);
    const { leader, helper, uploadSlots } = batches[0]!;
    // Upload 4 came first; its second copy, in slot 6, is a replay.
    expect([...uploadSlots]).toEqual([0, 2, 3, 4, 5, 7]);
    const order = [4, 0, 1, 2, 3, 5];
    const { sealed: leaderSealed, sealedSize: leaderSize, ...leaderRest } = leader;
    const { sealed: helperSealed, sealedSize: helperSize, ...helperRest } = helper;
    expect(leaderRest).toEqual(helperRest);
    expect([leaderSize, helperSize]).toEqual([layout.leaderSealedSize, layout.helperSealedSize]);
    expect(leaderSealed.bytes.buffer).not.toBe(helperSealed.bytes.buffer);
    const piece = (i: number, from: number, to: number) => uploads[i]!.slice(from, to);
    expect(sealedList(leader)).toEqual(order.map((i) => piece(i, LEADER_AT, layout.helperSizeAt)));
    expect(sealedList(helper)).toEqual(
      order.map((i) => piece(i, layout.helperAt, layout.signatureAt)),
    );
    expect([...leader.reportIds]).toEqual(
      order.flatMap((i) => [...piece(i, REPORT_ID_AT, CREATED_AT)]),
    );
  });

  test('hold no device key, certificate, signature or exact time', () => {
    const fresh = createDeployment({ windowMs: 8 * HOUR_MS });
    const timesMs = [1, 9 * HOUR_MS + 12_345, 23 * HOUR_MS + 54_321];
    const uploads = fresh.uploads(someBits(3, 3), { timesMs });
    const { batches } = fresh.receive(uploads);
    expect(batches).toHaveLength(3);
    for (const { leader, helper } of batches) {
      for (const batch of [leader, helper]) {
        expect(Object.keys(batch).sort()).toEqual([
          'batchId',
          'count',
          'queryRandomness',
          'reportIds',
          'sealed',
          'sealedSize',
          'task',
          'windowStartMs',
        ]);
        const arrays = bytesBehind(batch);
        expect(arrays).toHaveLength(4);
        const holds = (needle: Uint8Array) =>
          arrays.some((bytes) => bytes.includes(Buffer.from(needle)));
        for (const upload of uploads) {
          const part = (from: number, to: number) => upload.slice(from, to);
          // The search does find what is there.
          expect(holds(part(REPORT_ID_AT, CREATED_AT))).toBe(true);
          expect(holds(part(DEVICE_KEY_AT + 1, DEVICE_KEY_AT + 33))).toBe(false);
          expect(holds(part(CERTIFICATE_AT, CERTIFICATE_AT + 32))).toBe(false);
          expect(holds(part(layout.signatureAt, layout.signatureAt + 32))).toBe(false);
          expect(holds(part(CREATED_AT, CREATED_AT + 8))).toBe(false);
          expect(holds(part(CREATED_AT, CREATED_AT + 8).reverse())).toBe(false);
        }
      }
    }
  });

  test('windows of eight hours: half-open, in order, each with its own batch id', () => {
    const hours = [0, 8, 16, 24].map((hour) => hour * HOUR_MS);
    const timesMs = [hours[3]! - 1, hours[2]!, hours[2]! - 1, hours[1]!, hours[1]! - 1, 0];
    const uploads = deployment.uploads(someBits(6, 3), { timesMs });
    deployment.ingestor.openPartition(5);
    const { batches } = deployment.receive(uploads);
    const starts = batches.map(({ leader }) => leader.windowStartMs - DAY * DAY_MS);
    expect(starts).toEqual(hours.slice(0, 3));
    expect(batches.map(({ uploadSlots }) => [...uploadSlots])).toEqual([
      [4, 5],
      [2, 3],
      [0, 1],
    ]);
    expect(batches.map(({ leader }) => leader.count)).toEqual([2, 2, 2]);
    const idsOf = (pairs: typeof batches) => pairs.map(({ helper }) => toHex(helper.batchId));
    const ids = idsOf(batches);
    deployment.ingestor.openPartition(6);
    ids.push(...idsOf(deployment.receive(uploads).batches));
    expect(new Set(ids).size).toBe(6);
  });

  test('nothing accepted, nothing received: no batch', () => {
    deployment.ingestor.openPartition(0);
    expect(deployment.receive([flipped(genuine, 0)]).batches).toEqual([]);
    expect(deployment.receive([]).batches).toEqual([]);
  });
});
