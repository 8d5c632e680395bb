/** Blocks: each slot as if alone, refused slots untouched, bytes and sums; ill-fitting arrays. */

import { createBackend } from '@priolab/crypto';
import { describe, expect, test } from 'vitest';

import {
  MAX_DIMENSION,
  PrioError,
  createPrio2,
  merge,
  referencePrio2,
  unshard,
} from '../../src/index.ts';
import type { Prio2 } from '../../src/index.ts';
import { FAILED, leaderSharesOf, p, scattered, scatteredBits, verifyOne } from '../one-report.ts';

const backend = createBackend('node');
const BAD_PROOF = 8;

/** The vectors of `count` devices: data, f0, g0 set, then proven. */
function provenBlock(prio2: Prio2, count: number, data: readonly number[]): Uint32Array {
  const { dimension, proofLen } = prio2.shape;
  const proofs = new Uint32Array(count * proofLen);
  for (let i = 0; i < count; i++) {
    proofs.set(data.slice(i * dimension, (i + 1) * dimension), i * proofLen);
    proofs.set(scattered(`blind/${i}`, 2), i * proofLen + dimension);
  }
  prio2.proveBlock(count, proofs);
  return proofs;
}

function seedsOf(count: number): { bytes: Uint8Array; offset: number; stride: number } {
  return { bytes: Uint8Array.from(scattered('seed', 32 * count)), offset: 0, stride: 32 };
}

/** Both processors' verifier shares, leader's first. */
function answers(
  prio2: Prio2,
  pair: readonly [Uint32Array, Uint32Array],
  queryRandomness: Uint32Array,
  status: Uint8Array,
): [Uint32Array, Uint32Array] {
  const count = status.length;
  const answer = (role: 'leader' | 'helper', shares: Uint32Array): Uint32Array => {
    const verifierShares = new Uint32Array(count * 3);
    const block = { role, count, shares, queryRandomness, verifierShares, status };
    prio2.verifyInit({ ...block, failure: FAILED });
    return verifierShares;
  };
  return [answer('leader', pair[0]), answer('helper', pair[1])];
}

describe('a block of five reports', () => {
  test('goes from bits to sums; every kind of refusal stays in its slot', () => {
    const prio2 = createPrio2(9);
    const { dimension, proofLen, leaderShareSize } = prio2.shape;
    const count = 5;
    const bits = scatteredBits('data', count * dimension);
    const proofs = provenBlock(prio2, count, bits);
    const helper = new Uint32Array(count * proofLen);
    const status = Uint8Array.of(0, 0, 3, 0, 0);
    prio2.expandBlock(backend, count, seedsOf(count), helper, status);
    expect([...helper.subarray(2 * proofLen, 3 * proofLen)].every((x) => x === 0)).toBe(true);
    const leader = leaderSharesOf(prio2, count, proofs, helper);

    const stride = leaderShareSize + 3;
    const wire = { bytes: new Uint8Array(1 + count * stride), offset: 1, stride };
    prio2.splitBlock(count, proofs, helper, wire);
    // A word of p in the second report's third element.
    new DataView(wire.bytes.buffer).setUint32(1 + stride + 8, p, true);
    const decoded = new Uint32Array(leader.length);
    prio2.decodeShares(count, wire, decoded, status, FAILED);
    expect([...status]).toEqual([0, FAILED, 3, 0, 0]);
    expect(decoded.subarray(3 * proofLen)).toEqual(leader.subarray(3 * proofLen));

    const queryRandomness = Uint32Array.of(5, 6, 7, 1, 9);
    const messages = answers(prio2, [decoded, helper], queryRandomness, status);
    expect([...status]).toEqual([0, FAILED, 3, FAILED, 0]);
    for (const i of [0, 4]) {
      const slice = [...leader.subarray(i * proofLen, (i + 1) * proofLen)];
      const one = verifyOne('leader', dimension, slice, queryRandomness[i]!);
      expect([...messages[0].subarray(3 * i, 3 * i + 3)]).toEqual(one);
    }
    expect([...messages[0].subarray(3, 12)].every((x) => x === 0)).toBe(true);

    messages[1][12]! ^= 1;
    prio2.decideBlock(count, messages[0], messages[1], status, BAD_PROOF);
    expect([...status]).toEqual([0, FAILED, 3, FAILED, BAD_PROOF]);

    const [a, b] = [new Uint32Array(dimension), new Uint32Array(dimension)];
    prio2.aggregateBlock(count, leader, status, a);
    prio2.aggregateBlock(count, helper, status, b);
    expect([...unshard(a, b)]).toEqual(bits.slice(0, dimension));
  });

  test.each([1, 10, 100, 1344, 4096])('%i bins: totals of what is accepted', (dimension) => {
    const prio2 = createPrio2(dimension);
    const { proofLen } = prio2.shape;
    const count = 5;
    const bits = scatteredBits('wide', count * dimension);
    const proofs = provenBlock(prio2, count, bits);
    const helper = new Uint32Array(count * proofLen);
    const status = new Uint8Array(count);
    prio2.expandBlock(backend, count, seedsOf(count), helper, status);
    const leader = leaderSharesOf(prio2, count, proofs, helper);
    leader[proofLen]! ^= 1;
    const queryRandomness = Uint32Array.from(scattered('r', count));
    const [own, peer] = answers(prio2, [leader, helper], queryRandomness, status);
    prio2.decideBlock(count, own, peer, status, BAD_PROOF);
    expect([...status]).toEqual([0, BAD_PROOF, 0, 0, 0]);

    // Each processor's aggregate share in two parts, as two workers would have them.
    const totals = [leader, helper].map((shares) => {
      const parts = [0, 1].map((part) => {
        const sum = new Uint32Array(dimension);
        const mine = status.map((code, i) => (i % 2 === part ? code : FAILED));
        prio2.aggregateBlock(count, shares, mine, sum);
        return sum;
      });
      merge(parts[0]!, parts[1]!);
      return parts[0]!;
    });
    const expected = Array.from({ length: dimension }, (_, k) =>
      [0, 2, 3, 4].reduce((sum, i) => sum + bits[i * dimension + k]!, 0),
    );
    expect([...unshard(totals[0]!, totals[1]!)]).toEqual(expected);
  });
});

describe('blocks of any size equal the reference, slot by slot', () => {
  test.each([1, 2, 3, 5, 7, 8, 15, 16, 100, 127, 128])('%i bins, 0 to 9 reports', (dimension) => {
    const prio2 = createPrio2(dimension);
    const { proofLen } = prio2.shape;
    for (let count = 0; count <= 9; count++) {
      // Bits and what a cheating device may send, in turns.
      const data = Array.from({ length: count }, (_, i) => {
        const label = `${dimension}/${count}/${i}`;
        return (i % 3 === 2 ? scattered : scatteredBits)(label, dimension);
      });
      const proofs = provenBlock(prio2, count, data.flat());
      const helper = Uint32Array.from(scattered('helper', count * proofLen));
      const leader = leaderSharesOf(prio2, count, proofs, helper);
      const queryRandomness = Uint32Array.from(scattered('point', count));
      const status = new Uint8Array(count);
      const [own, peer] = answers(prio2, [leader, helper], queryRandomness, status);
      prio2.decideBlock(count, own, peer, status, BAD_PROOF);
      data.forEach((bins, i) => {
        const [f0, g0] = scattered(`blind/${i}`, 2) as [number, number];
        const proof = referencePrio2.prove(bins.map(BigInt), BigInt(f0), BigInt(g0));
        const share = referencePrio2.split(proof, vectorOf(helper, i, proofLen));
        expect(vectorOf(proofs, i, proofLen)).toEqual(proof);
        expect(vectorOf(leader, i, proofLen)).toEqual(share);
        const options = { dimension, r: BigInt(queryRandomness[i]!) };
        const first = referencePrio2.verifyInit(share, { role: 'leader', ...options });
        expect(vectorOf(own, i, 3)).toEqual(first);
        const other = vectorOf(helper, i, proofLen);
        const second = referencePrio2.verifyInit(other, { role: 'helper', ...options });
        expect(vectorOf(peer, i, 3)).toEqual(second);
        expect(status[i] === 0).toBe(referencePrio2.decide(first, second));
        expect(status[i] === 0).toBe(bins.every((x) => x < 2));
      });
    }
  });

  test('the most bins there can be', () => {
    const prio2 = createPrio2(MAX_DIMENSION);
    const { dimension, proofLen } = prio2.shape;
    const proofs = new Uint32Array(2 * proofLen);
    for (let k = 0; k < dimension; k += 3) proofs[k] = 1;
    proofs.copyWithin(proofLen, 0, dimension);
    proofs[proofLen + 70_000] = 2;
    for (const at of [dimension, proofLen + dimension]) proofs.set([p - 5, 17], at);
    prio2.proveBlock(2, proofs);
    const status = new Uint8Array(2);
    const helper = new Uint32Array(proofs.length);
    prio2.expandBlock(backend, 2, seedsOf(2), helper, status);
    const leader = leaderSharesOf(prio2, 2, proofs, helper);
    const [own, peer] = answers(prio2, [leader, helper], Uint32Array.of(998314904, 5), status);
    prio2.decideBlock(2, own, peer, status, BAD_PROOF);
    expect([...status]).toEqual([0, BAD_PROOF]);
    const sums = [leader, helper].map((shares) => {
      const sum = new Uint32Array(dimension);
      prio2.aggregateBlock(2, shares, status, sum);
      return sum;
    }) as [Uint32Array, Uint32Array];
    const totals = unshard(...sums);
    expect(totals.findIndex((total, k) => total !== (k % 3 === 0 ? 1 : 0))).toBe(-1);
  });
});

const vectorOf = (block: Uint32Array, slot: number, length: number): bigint[] =>
  Array.from(block.subarray(slot * length, (slot + 1) * length), BigInt);

describe('arrays that do not fit', () => {
  const prio2 = createPrio2(5);
  const short = new Uint32Array(2 * prio2.shape.proofLen - 1);
  const enough = new Uint32Array(2 * prio2.shape.proofLen);
  const status = new Uint8Array(2);
  /** Room for one whole share and `size` bytes of the second. */
  const wire = (size: number) => ({ bytes: new Uint8Array(64 + size), offset: 0, stride: 64 });

  test.each<[string, () => void]>([
    ['proofs', () => prio2.proveBlock(2, short)],
    ['proofs to split', () => prio2.splitBlock(2, short, enough, wire(64))],
    ['shares to split', () => prio2.splitBlock(2, enough, short, wire(64))],
    ['bytes of split shares', () => prio2.splitBlock(2, enough, enough, wire(63))],
    ['bytes to decode', () => prio2.decodeShares(2, wire(63), enough, status, FAILED)],
    ['vectors to decode into', () => prio2.decodeShares(2, wire(64), short, status, FAILED)],
    ['points r', () => answers(prio2, [enough, enough], new Uint32Array(1), status)],
    ['status bytes', () => prio2.decodeShares(2, wire(64), enough, new Uint8Array(1), FAILED)],
    ['shares to verify', () => answers(prio2, [short, enough], new Uint32Array(2), status)],
    ['own messages', () => prio2.decideBlock(2, new Uint32Array(5), enough, status, FAILED)],
    ['peer messages', () => prio2.decideBlock(2, enough, new Uint32Array(5), status, FAILED)],
    ['shares to add', () => prio2.aggregateBlock(2, short, status, new Uint32Array(5))],
    ['a sum', () => prio2.aggregateBlock(2, enough, status, new Uint32Array(4))],
    ['parts to merge', () => merge(new Uint32Array(5), new Uint32Array(4))],
    ['aggregate shares', () => void unshard(new Uint32Array(5), new Uint32Array(4))],
  ])('%s', (_, call) => {
    expect(call).toThrow(PrioError);
    expect(call).toThrow(expect.objectContaining({ code: 'size' }) as Error);
  });
});
