/** The portal's pairing rule: each reason to hold a pair, and what a pair that fits gives. */

import { FIELD_MODULUS } from '@priolab/prio';
import { describe, expect, test } from 'vitest';

import { pairSumParts } from '../../../src/messages/enpa/index.ts';
import type { NamedSumPart, SumPart } from '../../../src/messages/enpa/index.ts';

const uuid = (digit: number): string => `00000000-0000-4000-8000-00000000000${digit}`;
const name = { instance: 'us-ca-apple', aggregation: 'seen', start: 0, end: 28_800_000 };

const PART: SumPart = {
  batchUuids: [uuid(1), uuid(2)],
  name: 'seen',
  bins: 2,
  epsilon: 4,
  prime: FIELD_MODULUS,
  numberOfServers: 2,
  hammingWeight: null,
  sum: [10, FIELD_MODULUS - 3],
  aggregationStartTime: name.start,
  aggregationEndTime: name.end,
  packetFileDigest: new Uint8Array(32),
  totalIndividualClients: 9,
};

function leader(change: Partial<SumPart> = {}, invalid = [uuid(3)]): NamedSumPart {
  return { name, part: { ...PART, ...change }, invalid };
}

/** The same batches in another order: order need not match. */
function helper(change: Partial<SumPart> = {}, invalid = [uuid(3)]): NamedSumPart {
  const sum = [FIELD_MODULUS - 8, 12];
  return { name, part: { ...PART, batchUuids: [uuid(2), uuid(1)], sum, ...change }, invalid };
}

describe('pairSumParts', () => {
  test('adds up what fits', () => {
    const { totals, held } = pairSumParts([leader()], [helper()]);
    expect(held).toEqual([]);
    expect(totals).toEqual([
      {
        ...name,
        epsilon: 4,
        totals: Float64Array.of(2, 9),
        clientCount: 9,
        batchUuids: PART.batchUuids,
        invalid: [uuid(3)],
      },
    ]);
  });

  test.each<[string, string, NamedSumPart[], NamedSumPart[]]>([
    ['no helper', 'no-helper-share', [leader()], []],
    ['no leader', 'no-leader-share', [], [helper()]],
    ['other epsilon', 'parameters-differ', [leader()], [helper({ epsilon: 5 })]],
    ['other bins', 'parameters-differ', [leader()], [helper({ bins: 3 })]],
    ['other weight', 'parameters-differ', [leader()], [helper({ hammingWeight: 1 })]],
    ['no prime of ours', 'parameters-differ', [leader({ prime: 7 })], [helper({ prime: 7 })]],
    [
      'three servers',
      'parameters-differ',
      [leader({ numberOfServers: 3 })],
      [helper({ numberOfServers: 3 })],
    ],
    ['a bin too few', 'parameters-differ', [leader()], [helper({ sum: [1] })]],
    ['other batches', 'batches-differ', [leader()], [helper({ batchUuids: [uuid(1)] })]],
    [
      'a batch twice',
      'batch-repeated',
      [leader({ batchUuids: [uuid(1), uuid(2), uuid(2)] })],
      [helper({ batchUuids: [uuid(1), uuid(1), uuid(2)] })],
    ],
    [
      'a batch twice at one side',
      'batch-repeated',
      [leader()],
      [helper({ batchUuids: [uuid(1), uuid(1), uuid(2)] })],
    ],
    ['other counts', 'counts-differ', [leader()], [helper({ totalIndividualClients: 8 })]],
    ['others refused', 'included-differ', [leader()], [helper({}, [uuid(4)])]],
    ['more than the count', 'total-out-of-range', [leader()], [helper({ sum: [0, 12] })]],
    ['no element', 'total-out-of-range', [leader()], [helper({ sum: [-8, 12] })]],
    [
      'a count of p',
      'total-out-of-range',
      [leader({ totalIndividualClients: FIELD_MODULUS })],
      [helper({ totalIndividualClients: FIELD_MODULUS })],
    ],
  ])('%s: held', (_, reason, leaders, helpers) => {
    const { totals, held } = pairSumParts(leaders, helpers);
    expect(totals).toEqual([]);
    expect(held).toMatchObject([{ ...name, reason }]);
  });

  test('pairs by instance, aggregation and window, and loses none', () => {
    const elsewhere = { ...name, instance: 'us-ca-google' };
    const later = { ...name, start: name.end, end: 2 * name.end };
    const { totals, held } = pairSumParts(
      [leader(), { ...leader(), name: elsewhere }, { ...leader(), name: later }],
      [{ ...helper(), name: later }, helper(), helper()],
    );
    expect(totals.map(({ start }) => start)).toEqual([0, name.end]);
    expect(held).toMatchObject([
      { ...name, reason: 'no-leader-share' },
      { ...elsewhere, reason: 'no-helper-share' },
    ]);
  });
});
