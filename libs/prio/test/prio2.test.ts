/**
 * Prio v2's block code: equal to the reference, complete for bits, sound against everything else,
 * silent at unsafe points.
 */

import { createHash } from 'node:crypto';

import { createBackend } from '@priolab/crypto';
import type { CryptoBackend } from '@priolab/crypto';
import { fieldPrio2, referenceField } from '@priolab/field';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { rows } from '../bench/prio2.bench.ts';
import {
  createPrio2,
  isSafeQueryRandomness,
  merge,
  prio2Shape,
  referencePrio2,
  unshard,
} from '../src/index.ts';
import { FAILED, decideOne, proveOne, verifyOne } from './one-report.ts';

const p = fieldPrio2.modulus;
const runs = { seed: 20211201, numRuns: 60 };
const element = fc.oneof(
  fc.constantFrom(0, 1, 2, p - 1, p - 2, 2 ** 31),
  fc.integer({ min: 0, max: p - 1 }),
);
const bit = fc.integer({ min: 0, max: 1 });
const dimensions = fc.oneof(fc.integer({ min: 1, max: 34 }), fc.constantFrom(63, 64, 100));

/** Pseudo-random elements, for shares. */
function noise(label: string, count: number): number[] {
  return Array.from({ length: count }, (_, i) => {
    const digest = createHash('sha256').update(`${label}/${i}`).digest();
    return digest.readUInt32LE(0) % p;
  });
}

/** Splits, verifies at r, decides. */
function accepted(dimension: number, proof: readonly number[], r: number, label = 'a'): boolean {
  const helper = noise(label, proof.length);
  const leader = proof.map((x, i) => fieldPrio2.sub(x, helper[i]!));
  const first = verifyOne('leader', dimension, leader, r);
  return decideOne(first, verifyOne('helper', dimension, helper, r));
}

describe('shape', () => {
  test.each([
    [1, 2, 6],
    [5, 8, 16],
    [10, 16, 29],
    [15, 16, 34],
    [16, 32, 51],
    [1344, 2048, 3395],
  ])('%i bins: n = %i, L = %i', (bins, rootCount, proofLen) => {
    expect(prio2Shape(bins)).toMatchObject({ rootCount, proofLen, leaderShareSize: 4 * proofLen });
  });

  test.each([0, -1, 1.5, 2 ** 19])('%d bins do not exist', (bins) => {
    expect(() => prio2Shape(bins)).toThrow(/expected 1\.\.524287, got/);
  });
});

describe('proof', () => {
  test('equals the reference for any field elements, bits or not', () => {
    const vector = dimensions.chain((n) =>
      fc.tuple(fc.array(element, { minLength: n, maxLength: n }), element, element),
    );
    fc.assert(
      fc.property(vector, ([data, f0, g0]) => {
        const reference = referencePrio2.prove(data.map(BigInt), BigInt(f0), BigInt(g0));
        expect(proveOne(data, f0, g0)).toEqual(reference.map(Number));
      }),
      runs,
    );
  });

  test('bits are accepted, whatever their number: Prio2 proves bits, not Hamming weight', () => {
    const vector = dimensions.chain((n) => fc.array(bit, { minLength: n, maxLength: n }));
    fc.assert(
      fc.property(vector, element, element, (data, f0, g0) => {
        expect(accepted(data.length, proveOne(data, f0, g0), 998314904)).toBe(true);
      }),
      runs,
    );
    expect(accepted(5, proveOne([1, 1, 1, 1, 1], 3, 4), 12313)).toBe(true);
  });

  test('a change of any single element is refused', () => {
    for (const dimension of [1, 3, 10]) {
      const proof = proveOne(
        noise('bits', dimension).map((x) => x % 2),
        5,
        6,
      );
      for (let i = 0; i < proof.length; i++) {
        for (const delta of [1, p - 1, 12345]) {
          const tampered = proof.with(i, fieldPrio2.add(proof[i]!, delta));
          expect(accepted(dimension, tampered, 998314904)).toBe(false);
        }
      }
    }
  });

  test('honestly computed proofs of anything but bits are refused', () => {
    for (const value of [2, p - 1, 7, 2 ** 31]) {
      expect(accepted(4, proveOne([0, value, 1, 0], 8, 9), 998314904)).toBe(false);
    }
  });
});

describe('query randomness', () => {
  test.each([1, 3, 5, 10])('every 2n-th root of unity is refused at %i bins', (dimension) => {
    const { rootCount, rootCountLog2 } = prio2Shape(dimension);
    const root = fieldPrio2.rootOfUnity(rootCountLog2 + 1);
    const share = noise('share', prio2Shape(dimension).proofLen);
    for (let k = 0; k < 2 * rootCount; k++) {
      const r = fieldPrio2.pow(root, k);
      expect(isSafeQueryRandomness(r, rootCount)).toBe(false);
      expect(() => verifyOne('leader', dimension, share, r)).toThrow('was refused');
    }
    for (const r of [p, p + 1, 2 ** 32 - 1])
      expect(isSafeQueryRandomness(r, rootCount)).toBe(false);
    for (const r of [0, 2, p - 2]) expect(isSafeQueryRandomness(r, rootCount)).toBe(true);
    // Just outside: a 4n-th root of unity that is no 2n-th one.
    expect(isSafeQueryRandomness(fieldPrio2.rootOfUnity(rootCountLog2 + 2), rootCount)).toBe(true);
  });

  test('what would go wrong there: a data bit in clear, a forged vector accepted', () => {
    const { rootCount, proofLen } = prio2Shape(3);
    const evaluate = (proof: readonly bigint[], r: bigint) => {
      const helper = noise('pair', proofLen).map(BigInt);
      const leader = referencePrio2.split(proof, helper);
      const options = { dimension: 3, r };
      const a = referencePrio2.verifyInit(leader, { ...options, role: 'leader' });
      const b = referencePrio2.verifyInit(helper, { ...options, role: 'helper' });
      return { f: referenceField.add(a[0], b[0]), accepted: referencePrio2.decide(a, b) };
    };
    const honest = referencePrio2.prove([0n, 1n, 0n], 11n, 12n);
    const n = referenceField.root(rootCount);
    expect(evaluate(honest, referenceField.pow(n, 2n)).f).toBe(1n);
    expect(evaluate(honest, referenceField.pow(n, 3n)).f).toBe(0n);
    const cheat = referencePrio2.prove([7n, 1n, 0n], 11n, 12n);
    expect(evaluate(cheat, referenceField.root(2 * rootCount)).accepted).toBe(true);
    expect(evaluate(cheat, 998314904n).accepted).toBe(false);
  });
});

describe('blocks', () => {
  const backend = createBackend('node');

  test('a block equals its reports one by one; refused slots are left alone', () => {
    const dimension = 9;
    const prio2 = createPrio2(dimension);
    const { proofLen, leaderShareSize } = prio2.shape;
    const count = 5;
    const bits = noise('data', count * dimension).map((x) => x % 2);
    const proofs = new Uint32Array(count * proofLen);
    for (let i = 0; i < count; i++) {
      proofs.set(bits.slice(i * dimension, (i + 1) * dimension), i * proofLen);
      proofs.set(noise(`blind/${i}`, 2), i * proofLen + dimension);
    }
    prio2.proveBlock(count, proofs);
    const seeds = { bytes: Uint8Array.from(noise('seed', 160), (x) => x), offset: 0, stride: 32 };
    const helper = new Uint32Array(count * proofLen);
    const status = Uint8Array.of(0, 0, 3, 0, 0);
    prio2.expandBlock(backend, count, seeds, helper, status);
    expect([...helper.subarray(2 * proofLen, 3 * proofLen)].every((x) => x === 0)).toBe(true);
    const leader = helper.slice();
    prio2.splitBlock(count, proofs, leader);

    const wire = {
      bytes: new Uint8Array(count * leaderShareSize),
      offset: 0,
      stride: leaderShareSize,
    };
    prio2.encodeShares(count, leader, wire);
    new DataView(wire.bytes.buffer).setUint32(leaderShareSize + 8, p, true);
    const decoded = new Uint32Array(leader.length);
    prio2.decodeShares(count, wire, decoded, status, FAILED);
    expect([...status]).toEqual([0, FAILED, 3, 0, 0]);
    expect(decoded.subarray(3 * proofLen)).toEqual(leader.subarray(3 * proofLen));

    const queryRandomness = Uint32Array.of(5, 6, 7, 1, 9);
    const messages = (['leader', 'helper'] as const).map((role) => {
      const verifierShares = new Uint32Array(count * 3);
      const shares = role === 'leader' ? leader : helper;
      const block = { role, count, shares, queryRandomness, verifierShares, status };
      prio2.verifyInit({ ...block, failure: FAILED });
      return verifierShares;
    });
    expect([...status]).toEqual([0, FAILED, 3, FAILED, 0]);
    for (const i of [0, 4]) {
      const slice = [...leader.subarray(i * proofLen, (i + 1) * proofLen)];
      const one = verifyOne('leader', dimension, slice, queryRandomness[i]!);
      expect([...messages[0]!.subarray(3 * i, 3 * i + 3)]).toEqual(one);
    }
    messages[1]![12]! ^= 1;
    prio2.decideBlock(count, messages[0]!, messages[1]!, status, 8);
    expect([...status]).toEqual([0, FAILED, 3, FAILED, 8]);
    const [a, b] = [new Uint32Array(dimension), new Uint32Array(dimension)];
    prio2.aggregateBlock(count, leader, status, a);
    prio2.aggregateBlock(count, helper, status, b);
    expect([...unshard(a, b)]).toEqual(bits.slice(0, dimension));
    merge(a, a.slice());
    expect(() => merge(a, b.subarray(1))).toThrow('expected 9 bins, got 8');
  });

  test.each([1344, 4096])('%i bins, end to end', (dimension) => {
    const prio2 = createPrio2(dimension);
    const { proofLen } = prio2.shape;
    const proofs = new Uint32Array(2 * proofLen);
    const bits = noise('wide', 2 * dimension).map((x) => x % 2);
    for (const i of [0, 1]) {
      proofs.set(bits.slice(i * dimension, (i + 1) * dimension), i * proofLen);
      proofs.set([17, 18], i * proofLen + dimension);
    }
    prio2.proveBlock(2, proofs);
    const helper = new Uint32Array(2 * proofLen);
    const status = new Uint8Array(2);
    prio2.expandBlock(
      backend,
      2,
      { bytes: new Uint8Array(64), offset: 0, stride: 32 },
      helper,
      status,
    );
    const leader = helper.slice();
    prio2.splitBlock(2, proofs, leader);
    leader[proofLen + 3] = fieldPrio2.add(leader[proofLen + 3]!, 1);
    const [mine, theirs] = [leader, helper].map((shares, i) => {
      const verifierShares = new Uint32Array(6);
      const role = i === 0 ? ('leader' as const) : ('helper' as const);
      const queryRandomness = Uint32Array.of(998314904, 12313);
      const block = { role, count: 2, shares, queryRandomness, verifierShares, status };
      prio2.verifyInit({ ...block, failure: FAILED });
      return verifierShares;
    });
    prio2.decideBlock(2, mine!, theirs!, status, FAILED);
    expect([...status]).toEqual([0, FAILED]);
  });

  test('expansion goes on where the keystream has more rejections than expected', () => {
    // A backend whose keystream starts with words that are all p or more.
    const rejecting: CryptoBackend = {
      ...backend,
      keystream(count, _seeds, size, out) {
        for (let i = 0; i < count; i++) {
          const view = new DataView(out.bytes.buffer, out.offset + i * out.stride, size);
          for (let k = 0; k < size / 4; k++) view.setUint32(4 * k, k < 40 ? p + k : k, true);
        }
      },
    };
    const out = new Uint32Array(2 * 16);
    const seeds = { bytes: new Uint8Array(64), offset: 0, stride: 32 };
    createPrio2(5).expandBlock(rejecting, 2, seeds, out, new Uint8Array(2));
    const expected = Array.from({ length: 16 }, (_, k) => 40 + k);
    expect([...out]).toEqual([...expected, ...expected]);
  });

  test('expansion equals the reference word by word', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 32, maxLength: 32 }),
        dimensions,
        (seed, dimension) => {
          const { proofLen } = prio2Shape(dimension);
          const out = new Uint32Array(proofLen);
          const seeds = { bytes: seed, offset: 0, stride: 32 };
          createPrio2(dimension).expandBlock(backend, 1, seeds, out, new Uint8Array(1));
          const bytes = new Uint8Array(8 * proofLen);
          backend.keystream(1, seeds, bytes.length, { bytes, offset: 0, stride: bytes.length });
          expect([...out].map(BigInt)).toEqual(referencePrio2.elementsOf(bytes, proofLen));
        },
      ),
      runs,
    );
  });
});

test.each(rows)('benchmark row "$name" gives the same checksum twice', ({ prepare, sizes }) => {
  const run = prepare(sizes.smoke);
  const checksum = run();
  expect(Number.isInteger(checksum)).toBe(true);
  expect(run()).toBe(checksum);
});
