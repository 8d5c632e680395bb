/** Seeds to elements: equal to the reference word by word, whatever is rejected. */

import { createHash } from 'node:crypto';

import { createBackend } from '@priolab/crypto';
import type { BackendName, CryptoBackend } from '@priolab/crypto';
import { readVector, vectorsDir } from '@priolab/vectors';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { PrioError, createPrio2, prio2Shape, referencePrio2 } from '../../src/index.ts';
import { p } from '../one-report.ts';

const backends: readonly BackendName[] = ['noble', 'node', 'wasm'];
const node = createBackend('node');

/** The first elements of a seed, by the block code at the given number of bins. */
function expandOne(backend: CryptoBackend, dimension: number, seed: Uint8Array): Uint32Array {
  const out = new Uint32Array(prio2Shape(dimension).proofLen);
  const seeds = { bytes: seed, offset: 0, stride: 32 };
  createPrio2(dimension).expandBlock(backend, 1, seeds, out, new Uint8Array(1));
  return out;
}

test('equals the reference', () => {
  const dimensions = fc.oneof(fc.integer({ min: 1, max: 70 }), fc.constantFrom(100, 1344, 4096));
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), dimensions, (seed, dimension) => {
      const { proofLen } = prio2Shape(dimension);
      const bytes = new Uint8Array(8 * proofLen);
      const seeds = { bytes: seed, offset: 0, stride: 32 };
      node.keystream(1, seeds, bytes.length, { bytes, offset: 0, stride: bytes.length });
      const expected = Uint32Array.from(referencePrio2.elementsOf(bytes, proofLen), Number);
      expect(expandOne(node, dimension, seed)).toEqual(expected);
    }),
    { seed: 20211201, numRuns: 60 },
  );
});

test('a block of more seeds than fit the scratch equals its seeds one by one', () => {
  const dimension = 1344;
  const { proofLen } = prio2Shape(dimension);
  const count = 45;
  const bytes = Uint8Array.from({ length: 5 + 40 * count }, (_, i) => (i * i) % 251);
  const out = new Uint32Array(count * proofLen);
  const status = new Uint8Array(count);
  status[20] = 3;
  createPrio2(dimension).expandBlock(node, count, { bytes, offset: 5, stride: 40 }, out, status);
  for (let i = 0; i < count; i++) {
    const seed = bytes.subarray(5 + 40 * i, 37 + 40 * i);
    const expected = i === 20 ? new Uint32Array(proofLen) : expandOne(node, dimension, seed);
    expect(out.subarray(i * proofLen, (i + 1) * proofLen)).toEqual(expected);
  }
});

test.each([1, 9, 40, 500])('goes on where the first %i words are all rejected', (rejected) => {
  // Words of p and more, then a count from the seed's first byte times 1000.
  const rejecting: CryptoBackend = {
    ...node,
    keystream(count, seeds, size, out) {
      for (let i = 0; i < count; i++) {
        const start = 1000 * seeds.bytes[seeds.offset + i * seeds.stride]!;
        const view = new DataView(out.bytes.buffer, out.offset + i * out.stride, size);
        for (let k = 0; k < size / 4; k++) {
          view.setUint32(4 * k, k < rejected ? p + k : start + k - rejected, true);
        }
      }
    },
  };
  const { proofLen } = prio2Shape(5);
  const out = new Uint32Array(3 * proofLen);
  const bytes = new Uint8Array(7 + 3 * 33);
  for (let i = 0; i < 3; i++) bytes[7 + 33 * i] = i + 1;
  const seeds = { bytes, offset: 7, stride: 33 };
  createPrio2(5).expandBlock(rejecting, 3, seeds, out, new Uint8Array(3));
  const counted = (start: number): number[] =>
    Array.from({ length: proofLen }, (_, k) => start + k);
  expect([...out]).toEqual([1000, 2000, 3000].flatMap(counted));
});

test('output that is too short is an error, not a short write', () => {
  const seeds = { bytes: new Uint8Array(64), offset: 0, stride: 32 };
  const expand = () =>
    createPrio2(5).expandBlock(node, 2, seeds, new Uint32Array(31), new Uint8Array(2));
  expect(expand).toThrow(PrioError);
  expect(expand).toThrow('size: expected 32 share elements, got 31');
});

describe.skipIf(vectorsDir === undefined).each(backends)('prng.json, backend %s', (name) => {
  const backend = createBackend(name);
  const fromHex = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'hex'));

  test('the 32 published elements', () => {
    const { fixed } = readVector<{ fixed: { seed_hex: string; elements: number[] } }>(
      'enpa/prng.json',
    );
    expect(fixed.elements).toHaveLength(32);
    const elements = expandOne(backend, 16, fromHex(fixed.seed_hex));
    expect([...elements.subarray(0, 32)]).toEqual(fixed.elements);
  });

  test('a share of dimension 7, element by element', () => {
    const { expand_to_share_dim7: share } = readVector<{
      expand_to_share_dim7: {
        seed_hex: string;
        data: number[];
        f0: number;
        g0: number;
        h0: number;
        points_h_packed: number[];
      };
    }>('enpa/prng.json');
    const expected = [...share.data, share.f0, share.g0, share.h0, ...share.points_h_packed];
    expect([...expandOne(backend, 7, fromHex(share.seed_hex))]).toEqual(expected);
  });

  test('the hashes of 100,000 elements, among them a counter that wraps at 64 bits', () => {
    const { hash } = readVector<{
      hash: { seed_b64: string; count: number; sha256_of_le_elements_b64: string }[];
    }>('enpa/prng.json');
    expect(hash).toHaveLength(4);
    for (const row of hash) {
      const seed = new Uint8Array(Buffer.from(row.seed_b64, 'base64'));
      const elements = expandOne(backend, 2 ** 16 - 1, seed).subarray(0, row.count);
      const bytes = Buffer.alloc(4 * row.count);
      elements.forEach((element, i) => bytes.writeUInt32LE(element, 4 * i));
      const digest = createHash('sha256').update(bytes).digest('base64');
      expect(digest).toBe(row.sha256_of_le_elements_b64);
    }
  });
});
