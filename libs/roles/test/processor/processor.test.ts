/**
 * Two processors with tampered reports, tampered batches and tampered messages: each bad report is
 * refused alone and by both, each broken rule ends the exchange, only accepted reports are summed.
 */

import { FIELD_MODULUS, unshard } from '@priolab/prio';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { ProtocolAbort, combine, createProcessor } from '../../src/index.ts';
import type { BatchPair, ReportBlock, ShareBatch, VerifierShareBlock } from '../../src/index.ts';
import { HOUR_MS, columnSums, createDeployment, exchange, someBits } from '../fixture.ts';
import type { Deployment, UploadOptions } from '../fixture.ts';

const BINS = 3;
const COUNT = 6;
const deployment = createDeployment({ bins: BINS, capacity: COUNT, epsilon: 32 });
const { leader, helper } = deployment;
const { proofLen } = deployment.prio2.shape;
const bits = someBits(COUNT, BINS);

/** A fresh batch pair, safe to write into. */
function batchPair(how: UploadOptions = {}, from: Deployment = deployment): BatchPair {
  from.ingestor.openPartition(0);
  const [pair] = from.receive(from.uploads(bits, how)).batches;
  const { leader: first, helper: second, uploadSlots } = pair!;
  // One by one: the ingestor's halves share the lists that are the same in both.
  return { leader: structuredClone(first), helper: structuredClone(second), uploadSlots };
}

function drain() {
  return combine(leader.takeAggregateShares(), helper.takeAggregateShares());
}

/** Verdicts of both processors, checked against the total of the accepted reports. */
function verdictsOf(pair: BatchPair) {
  const { verdicts } = exchange(deployment, pair);
  const accepted = verdicts.leader.map((reason) => reason === 'none');
  expect(verdicts.helper.map((reason) => reason === 'none')).toEqual(accepted);
  const { results, held } = drain();
  expect(held).toEqual([]);
  const kept = bits.filter((_, i) => accepted[i]);
  expect([...results[0]!.totals]).toEqual(columnSums(kept, BINS));
  expect(results[0]).toMatchObject({
    count: kept.length,
    rejectedCount: COUNT - kept.length,
    batchCount: 1,
  });
  return verdicts;
}

const sealedAt = ({ sealed }: ShareBatch, slot: number) => sealed.offset + slot * sealed.stride;
const addOne = ({ proofs }: ReportBlock, at: number) => {
  proofs[at] = (proofs[at]! + 1) % FIELD_MODULUS;
};

describe('one bad report among good ones', () => {
  test('every element of the proof vector counts', () => {
    for (let element = 0; element < proofLen; element++) {
      const proved = (report: ReportBlock) => addOne(report, 2 * proofLen + element);
      const { leader: verdicts } = verdictsOf(batchPair({ proved }));
      expect(verdicts).toEqual(['none', 'none', 'proof-invalid', 'none', 'none', 'none']);
    }
  });

  test.each([
    [0, FIELD_MODULUS],
    [proofLen - 1, 2 ** 32 - 1],
  ])('element %d of the leader’s share is not below p', (element, word) => {
    const split = ({ leaderShares }: ReportBlock) => {
      const at = 1 * leaderShares.stride + 4 * element;
      new DataView(leaderShares.bytes.buffer).setUint32(at, word, true);
    };
    const verdicts = verdictsOf(batchPair({ split }));
    expect(verdicts.leader[1]).toBe('noncanonical-share');
    expect(verdicts.helper[1]).toBe('peer-refused');
  });

  test.each(['leader', 'helper'] as const)('a share that the %s can’t open', (role) => {
    const pair = batchPair();
    const { bytes } = pair[role].sealed;
    bytes[sealedAt(pair[role], 3) + 70]! ^= 1;
    const verdicts = verdictsOf(pair);
    expect(verdicts[role][3]).toBe('decrypt-failed');
    expect(verdicts[role === 'leader' ? 'helper' : 'leader'][3]).toBe('peer-refused');
  });

  test.each(['leader', 'helper'] as const)('what the %s refuses it says nothing of', (role) => {
    const pair = batchPair();
    const { bytes } = pair[role].sealed;
    for (const slot of [1, 3]) bytes[sealedAt(pair[role], slot) + 70]! ^= 1;
    const processor = deployment[role];
    const message = (): number[] => [...processor.verifyInit(pair[role]).values];
    processor.verifyInit(batchPair()[role]);
    const after = message();
    for (const slot of [1, 3]) expect(after.slice(3 * slot, 3 * slot + 3)).toEqual([0, 0, 0]);
    // The same after whatever batch came before it.
    processor.verifyInit(pair[role]);
    expect(message()).toEqual(after);
  });

  test.each([1, FIELD_MODULUS - 1, FIELD_MODULUS, 2 ** 32 - 1])('r = %d: neither answers', (r) => {
    const pair = batchPair();
    for (const batch of [pair.leader, pair.helper]) batch.queryRandomness[4] = r;
    const verdicts = verdictsOf(pair);
    expect(verdicts.leader[4]).toBe('unsafe-query-randomness');
    expect(verdicts.helper[4]).toBe('unsafe-query-randomness');
  });

  test('different points r: the proof can’t hold', () => {
    const pair = batchPair();
    pair.leader.queryRandomness[0]! ^= 4;
    expect(verdictsOf(pair).leader[0]).toBe('proof-invalid');
  });

  test('a report id that occurred before in the batch', () => {
    const pair = batchPair();
    for (const batch of [pair.leader, pair.helper]) batch.reportIds.copyWithin(80, 16, 32);
    const { leader: first, helper: second } = verdictsOf(pair);
    expect(first).toEqual(['none', 'none', 'none', 'none', 'none', 'duplicate-report-id']);
    expect(second).toEqual(first);
  });

  test('what the peer says of a report counts for that report only', () => {
    const pair = batchPair();
    const own = leader.verifyInit(pair.leader);
    const peer = structuredClone(helper.verifyInit(pair.helper));
    peer.values[3 * 2]! ^= 1;
    peer.status[5] = 1;
    const verdict = [...leader.verifyNext(peer)];
    expect(verdict.map((code) => code !== 0)).toEqual([false, false, true, false, false, true]);
    expect([...own.status]).toEqual([0, 0, 0, 0, 0, 0]);
  });
});

test('any mixture of faults: both agree, the sum is exactly that of the honest reports', () => {
  const faults = ['none', 'proof', 'noncanonical', 'seal-leader', 'seal-helper', 'r'] as const;
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom(...faults), { minLength: COUNT, maxLength: COUNT }),
      fc.nat(),
      (plan, salt) => {
        const each = (fault: (typeof faults)[number], deed: (slot: number) => void) =>
          plan.forEach((planned, slot) => planned === fault && deed(slot));
        const pair = batchPair({
          proved: (report) =>
            each('proof', (slot) => addOne(report, slot * proofLen + (salt % proofLen))),
          split: ({ leaderShares }) =>
            each('noncanonical', (slot) => {
              const at = slot * leaderShares.stride + 4 * (salt % proofLen);
              leaderShares.bytes.fill(0xff, at, at + 4);
            }),
        });
        for (const role of ['leader', 'helper'] as const) {
          const batch = pair[role];
          each(`seal-${role}`, (slot) => {
            batch.sealed.bytes[sealedAt(batch, slot) + (salt % batch.sealedSize)]! ^= 0x40;
          });
          each('r', (slot) => (batch.queryRandomness[slot] = 1));
        }
        const accepted = verdictsOf(pair).leader.map((reason) => reason === 'none');
        expect(accepted).toEqual(plan.map((fault) => fault === 'none'));
      },
    ),
    { seed: 7, numRuns: 40 },
  );
});

describe('a peer that breaks the rules', () => {
  const messages = () => {
    const pair = batchPair();
    leader.verifyInit(pair.leader);
    return structuredClone(helper.verifyInit(pair.helper));
  };
  const cases: [string, (peer: VerifierShareBlock) => VerifierShareBlock][] = [
    ['peer-batch', (peer) => ({ ...peer, batchId: peer.batchId.map((byte) => byte ^ 1) })],
    ['peer-batch', (peer) => ({ ...peer, batchId: peer.batchId.subarray(1) })],
    ['peer-batch', (peer) => ({ ...peer, count: COUNT - 1 })],
    ['peer-reports', (peer) => ({ ...peer, reportIds: peer.reportIds.map((byte) => byte ^ 1) })],
    ['peer-reports', (peer) => ({ ...peer, reportIds: peer.reportIds.subarray(16) })],
    ['peer-values', (peer) => ({ ...peer, values: peer.values.fill(FIELD_MODULUS, 17, 18) })],
    ['peer-values', (peer) => ({ ...peer, values: peer.values.fill(2 ** 32 - 1, 0, 1) })],
    ['peer-values', (peer) => ({ ...peer, values: peer.values.subarray(0, 3 * COUNT - 1) })],
  ];

  test.each(cases)('%s, case %#', (code, tamper) => {
    const peer = messages();
    const tampered = tamper(structuredClone(peer));
    const abort = expect.objectContaining({ name: 'ProtocolAbort', code });
    expect(() => leader.verifyNext(tampered)).toThrow(abort);
    // Nothing was decided, so nothing can be summed.
    expect(() => leader.aggregate()).toThrow('before verifyNext');
    expect(leader.takeAggregateShares()).toEqual([]);
    // The batch can still be decided with the peer's true message.
    expect([...leader.verifyNext(peer)]).toEqual([0, 0, 0, 0, 0, 0]);
  });

  test('reports in another order', () => {
    const peer = messages();
    const reordered = peer.reportIds.slice();
    reordered.copyWithin(0, 16, 32);
    reordered.set(peer.reportIds.subarray(0, 16), 16);
    expect(() => leader.verifyNext({ ...peer, reportIds: reordered })).toThrow(ProtocolAbort);
  });

  test('the abort names no share', () => {
    const peer = messages();
    peer.values[4] = FIELD_MODULUS + 12_345;
    expect(() => leader.verifyNext(peer)).toThrow('verifier share element 4 is not below p');
  });
});

describe('a batch that breaks the rules', () => {
  const cases: [string, (batch: ShareBatch) => ShareBatch][] = [
    ['shorter sealed shares', (batch) => ({ ...batch, sealedSize: batch.sealedSize - 4 })],
    ['too few points r', (batch) => ({ ...batch, queryRandomness: new Uint32Array(COUNT - 1) })],
    ['too few ids', (batch) => ({ ...batch, reportIds: batch.reportIds.subarray(16) })],
    ['another task’s width', (batch) => ({ ...batch, task: createDeployment({ bins: 4 }).task })],
  ];

  test.each(cases)('%s', (_name, tamper) => {
    const { leader: batch } = batchPair();
    const abort = expect.objectContaining({ code: 'batch-form' });
    expect(() => leader.verifyInit(tamper(batch))).toThrow(abort);
  });

  test('the helper’s batch at the leader', () => {
    expect(() => leader.verifyInit(batchPair().helper)).toThrow('bytes of a sealed share');
  });

  test('more reports than the capacity is the caller’s mistake', () => {
    const { prio2, backend } = deployment;
    const privateKey = backend.privateKey(new Uint8Array(32).fill(1));
    const role = 'leader';
    const small = createProcessor({ role, backend, prio2, privateKey, capacity: COUNT - 1 });
    expect(() => small.verifyInit(batchPair().leader)).toThrow(RangeError);
  });
});

describe('a batch that comes again', () => {
  const repeated = expect.objectContaining({ name: 'ProtocolAbort', code: 'batch-repeated' });

  test('is refused by both while its window is open; the sum is that of the first', () => {
    const pair = batchPair();
    exchange(deployment, pair);
    expect(() => leader.verifyInit(pair.leader)).toThrow(repeated);
    expect(() => helper.verifyInit(pair.helper)).toThrow(repeated);
    expect(() => leader.aggregate()).toThrow('before verifyNext');
    const { results, held } = drain();
    expect(held).toEqual([]);
    expect(results[0]).toMatchObject({ count: COUNT, batchCount: 1 });
    expect([...results[0]!.totals]).toEqual(columnSums(bits, BINS));
  });

  test('also under another window: an id names one batch', () => {
    const pair = batchPair();
    exchange(deployment, pair);
    const moved = { ...pair.leader, windowStartMs: pair.leader.windowStartMs + 24 * HOUR_MS };
    expect(() => leader.verifyInit(moved)).toThrow(repeated);
    drain();
  });

  test('is welcome where the first was begun but never summed', () => {
    const pair = batchPair();
    leader.verifyInit(pair.leader);
    helper.verifyInit(pair.helper);
    exchange(deployment, pair);
    expect(drain().results[0]).toMatchObject({ count: COUNT, batchCount: 1 });
  });

  test('after its sum was taken: the combiner holds the second share of the window', () => {
    const pair = batchPair();
    exchange(deployment, pair);
    const first = [leader.takeAggregateShares(), helper.takeAggregateShares()] as const;
    exchange(deployment, pair);
    const second = [leader.takeAggregateShares(), helper.takeAggregateShares()] as const;
    const { results, held } = combine([...first[0], ...second[0]], [...first[1], ...second[1]]);
    expect(results.map(({ count }) => count)).toEqual([COUNT]);
    expect(held.map(({ reason }) => reason)).toEqual(['no-leader-share', 'no-helper-share']);
  });
});

describe('order', () => {
  test('a step too early, or twice', () => {
    const fresh = createDeployment({ bins: BINS, capacity: COUNT });
    const pair = batchPair({}, fresh);
    const peer = fresh.helper.verifyInit(pair.helper);
    expect(() => fresh.leader.verifyNext(peer)).toThrow('before verifyInit');
    expect(() => fresh.leader.aggregate()).toThrow('before verifyNext');
    fresh.leader.verifyInit(pair.leader);
    expect(() => fresh.leader.aggregate()).toThrow('before verifyNext');
    fresh.leader.verifyNext(peer);
    fresh.leader.aggregate();
    expect(() => fresh.leader.aggregate()).toThrow('before verifyNext');
    expect(() => fresh.leader.verifyNext(peer)).toThrow('before verifyInit');
    expect(fresh.leader.takeAggregateShares()[0]!.count).toBe(COUNT);
  });

  test('a decided batch is not summed once another was begun, even in vain', () => {
    const pair = batchPair();
    leader.verifyInit(pair.leader);
    leader.verifyNext(helper.verifyInit(pair.helper));
    expect(() => leader.verifyInit({ ...pair.leader, sealedSize: 1 })).toThrow(ProtocolAbort);
    expect(() => leader.aggregate()).toThrow('before verifyNext');
    expect(leader.takeAggregateShares()).toEqual([]);
  });
});

describe('sums', () => {
  test('add up over batches of a window, keep windows apart, start again when taken', () => {
    const windowMs = 8 * HOUR_MS;
    const day = createDeployment({ bins: BINS, capacity: COUNT, epsilon: 32, windowMs });
    const timesMs = [0, 1, 2, 9, 10, 11].map((hour) => hour * HOUR_MS);
    const uploads = day.uploads(bits, { timesMs });
    for (const part of [uploads.slice(0, 2), uploads.slice(2)]) {
      for (const pair of day.receive(part).batches) exchange(day, pair);
    }
    const shares = [day.leader.takeAggregateShares(), day.helper.takeAggregateShares()] as const;
    expect(shares[0].map(({ count, batchIds }) => [count, batchIds.length])).toEqual([
      [3, 2],
      [3, 1],
    ]);
    expect(shares[0].map(({ batchIds }) => batchIds)).toEqual(
      shares[1].map(({ batchIds }) => batchIds),
    );
    const { results } = combine(...shares);
    expect(results.map(({ totals }) => [...totals])).toEqual([
      columnSums(bits.slice(0, 3), BINS),
      columnSums(bits.slice(3), BINS),
    ]);
    expect(results[1]!.windowStartMs - results[0]!.windowStartMs).toBe(windowMs);
    expect(day.leader.takeAggregateShares()).toEqual([]);
    day.ingestor.openPartition(1);
    for (const pair of day.receive(uploads.slice(0, 1)).batches) exchange(day, pair);
    expect(day.leader.takeAggregateShares().map(({ count }) => count)).toEqual([1]);
    // What was taken before is not added to any more.
    expect(shares[0][0]!.count).toBe(3);
  });
});

describe('the sum over chosen reports', () => {
  test('is that of their shares, whatever was decided, and leaves the exchange as it was', () => {
    const pair = batchPair();
    leader.verifyInit(pair.leader);
    helper.verifyInit(pair.helper);
    for (const chosen of [
      [0, 0, 0, 0, 0, 0],
      [0, 9, 0, 9, 9, 0],
      [9, 9, 9, 9, 9, 9],
    ]) {
      const status = Uint8Array.from(chosen);
      const totals = unshard(leader.sumWhere(status), helper.sumWhere(status));
      expect([...totals]).toEqual(
        columnSums(
          bits.filter((_, i) => chosen[i] === 0),
          BINS,
        ),
      );
    }
    expect(verdictsOf(pair).leader).toEqual(Array.from({ length: COUNT }, () => 'none'));
  });

  test('refuses a report that was not evaluated, and another number of them', () => {
    const pair = batchPair();
    pair.leader.sealed.bytes[sealedAt(pair.leader, 3) + 70]! ^= 1;
    leader.verifyInit(pair.leader);
    expect(() => leader.sumWhere(new Uint8Array(COUNT))).toThrow(/report 3/);
    expect(() => leader.sumWhere(new Uint8Array(COUNT - 1))).toThrow(RangeError);
    expect(leader.sumWhere(Uint8Array.of(0, 0, 0, 1, 0, 0))).toHaveLength(BINS);
  });

  test('asks for a batch first', () => {
    const pair = batchPair();
    leader.verifyInit(pair.leader);
    helper.verifyInit(pair.helper);
    verdictsOf(pair);
    expect(() => leader.sumWhere(new Uint8Array(COUNT))).toThrow(/before verifyInit/);
  });
});
