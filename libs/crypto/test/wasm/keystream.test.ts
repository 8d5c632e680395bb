/** The keystream by the kernel, against the reference backend and published answers. */

import { readVector, vectorsDir } from '@priolab/vectors';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createNobleBackend, fromHex, sha256 } from '../../src/index.ts';
import { createKeystream, KEYSTREAM_KERNEL_SIZE_MAX } from '../../src/wasm/keystream.ts';
import { keystreamOne } from '../blocks.ts';
import { arenas, expected, hex, kernels, lay, noise } from './arenas.ts';
import type { Arena } from './arenas.ts';

const keystream = createKeystream(kernels);
const noble = createNobleBackend();
const RUNS = { seed: 20214, numRuns: 100 } as const;

function check(arena: Arena, seeds: readonly Uint8Array[], size: number): void {
  const out = arena.items(seeds.length, size);
  keystream(seeds.length, lay(arena.items(seeds.length, 32), seeds), size, out);
  const wanted = seeds.map((seed) => keystreamOne(noble, seed, size));
  expect(hex(out.bytes), `${size} bytes`).toBe(expected(out, wanted));
}

describe.each(arenas)('keystream in $name', (arena) => {
  it('encrypts the example of FIPS 197 appendix C.1', () => {
    const key = fromHex('000102030405060708090a0b0c0d0e0f');
    const block = fromHex('00112233445566778899aabbccddeeff');
    const out = arena.items(1, 16);
    keystream(1, lay(arena.items(1, 32), [Buffer.concat([key, block])]), 16, out);
    const cipher = fromHex('69c4e0d86a7b0430d8cdb78070b4c55a');
    expect(hex(out.bytes)).toBe(expected(out, [cipher]));
  });

  it('gives the output blocks of NIST SP 800-38A F.5.1', () => {
    const seed = fromHex('2b7e151628aed2a6abf7158809cf4f3cf0f1f2f3f4f5f6f7f8f9fafbfcfdfeff');
    const stream = fromHex(
      'ec8cdf7398607cb0f2d21675ea9ea1e4362b7c3c6773516318a077d7fc5073ae' +
        '6a2cc3787889374fbeb4c81b17ba6c44e89c399ff0f198c6d40a31db156cabfe',
    );
    const out = arena.items(1, 64);
    keystream(1, lay(arena.items(1, 32), [seed]), 64, out);
    expect(hex(out.bytes)).toBe(expected(out, [stream]));
  });

  it('is right for all sizes from 0 to 300, and across the limit of the kernel', () => {
    const seeds = [0, 1, 2, 3, 4].map((i) => noise(i, 32));
    for (let size = 0; size <= 300; size++) check(arena, seeds, size);
    const limit = KEYSTREAM_KERNEL_SIZE_MAX;
    for (const size of [924, limit - 1, limit, limit + 1, 5000]) check(arena, seeds, size);
  });

  it('is right for any count', () => {
    const seeds = Array.from({ length: 70 }, (_, i) => noise(i, 32));
    for (const count of [0, 1, 2, 3, 4, 5, 31, 32, 33, 70]) {
      check(arena, seeds.slice(0, count), 33);
    }
  });

  it('wraps the low half of the counter without carry', () => {
    const low = fc.oneof(
      fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
      fc.bigInt({ min: 2n ** 64n - 12n, max: 2n ** 64n - 1n }),
      fc.bigInt({ min: 2n ** 32n - 12n, max: 2n ** 32n - 1n }),
      fc.bigInt({ min: 2n ** 63n - 12n, max: 2n ** 63n - 1n }),
    );
    const seed = fc
      .tuple(fc.uint8Array({ minLength: 24, maxLength: 24 }), low)
      .map(([head, at]) => {
        const bytes = new Uint8Array(32);
        bytes.set(head);
        new DataView(bytes.buffer).setBigUint64(24, at);
        return bytes;
      });
    fc.assert(
      fc.property(fc.array(seed, { maxLength: 6 }), fc.nat(200), (seeds, size) =>
        check(arena, seeds, size),
      ),
      RUNS,
    );
  });
});

interface PrngVectors {
  hash: { seed_b64: string; count: number; sha256_of_le_elements_b64: string }[];
}

/** Modulus of FieldPrio2: keystream words from here on are skipped. */
const MODULUS = 4293918721;

describe.skipIf(vectorsDir === undefined)('prng.json', () => {
  const [outside] = arenas as [Arena];

  // The counter of a long stream is stepped by hand, so that the kernel and not OpenSSL is tested;
  // the all-ones seed wraps after its first block.
  function longStream(seed: Uint8Array, size: number): Uint8Array {
    const pieceSize = 1024;
    const count = Math.ceil(size / pieceSize);
    const low = new DataView(seed.buffer, seed.byteOffset).getBigUint64(24);
    const seeds = Array.from({ length: count }, (_, i) => {
      const piece = Uint8Array.from(seed);
      const at = BigInt.asUintN(64, low + BigInt((i * pieceSize) / 16));
      new DataView(piece.buffer).setBigUint64(24, at);
      return piece;
    });
    const out = { bytes: new Uint8Array(count * pieceSize), offset: 0, stride: pieceSize };
    keystream(count, lay(outside.items(count, 32), seeds), pieceSize, out);
    return out.bytes;
  }

  it('gives the hashes of 100 000 elements, across a wrap of the counter too', () => {
    const { hash } = readVector<PrngVectors>('enpa/prng.json');
    expect(hash).toHaveLength(4);
    for (const { seed_b64, count, sha256_of_le_elements_b64 } of hash) {
      const seed = new Uint8Array(Buffer.from(seed_b64, 'base64'));
      const stream = longStream(seed, Math.ceil(count * 1.01 + 64) * 4);
      const words = new Uint32Array(stream.buffer).filter((word) => word < MODULUS);
      const digest = sha256(new Uint8Array(words.buffer, 0, count * 4));
      expect(Buffer.from(digest).toString('base64'), seed_b64).toBe(sha256_of_le_elements_b64);
    }
  });
});
