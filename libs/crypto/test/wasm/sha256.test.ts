/** SHA-256 and ENPA's key derivation by the kernel, against node:crypto and @noble. */

import { sha256 as nobleSha256 } from '@noble/hashes/sha2.js';
import fc from 'fast-check';
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createKeyDerivation } from '../../src/wasm/key-derivation.ts';
import { createSha256, SHA256_KERNEL_BLOCKS_MAX } from '../../src/wasm/sha256.ts';
import { arenas, expected, hex, kernels, lay, noise } from './arenas.ts';
import type { Arena } from './arenas.ts';

const sha256 = createSha256(kernels);
const deriveKeys = createKeyDerivation(kernels);
const RUNS = { seed: 20213, numRuns: 60 } as const;

const nodeSha256 = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest();

/** Digests of messages packed into one array of the arena; guards are checked. */
function check(arena: Arena, messages: readonly Uint8Array[]): void {
  const sizes = Uint32Array.from(messages, (message) => message.length);
  let next = 3;
  const offsets = sizes.map((size) => (next += size) - size);
  const packed = arena.bytes(next + 5);
  messages.forEach((message, i) => packed.set(message, offsets[i]!));
  const digests = arena.items(messages.length, 32);
  sha256(messages.length, packed, offsets, sizes, digests);
  expect(hex(digests.bytes)).toBe(expected(digests, messages.map(nodeSha256)));
}

describe.each(arenas)('SHA-256 in $name', (arena) => {
  // FIPS 180-4 examples (NIST, "SHA256.pdf"), and the digest of nothing.
  it.each([
    ['', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
    ['abc', 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
    [
      'abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq',
      '248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1',
    ],
  ])('gives the published digest of "%s"', (text, digest) => {
    const message = Buffer.from(text);
    const digests = arena.items(4, 32, 0);
    const sizes = new Uint32Array(4).fill(message.length);
    sha256(
      4,
      lay(arena.items(1, 64), [message]).bytes,
      sizes.map(() => 7),
      sizes,
      digests,
    );
    const got = digests.bytes.subarray(7, 7 + 128);
    expect(hex(got)).toBe(digest.repeat(4));
  });

  it('is right for all sizes from 0 to 300, and across the limit of the kernel', () => {
    const limit = SHA256_KERNEL_BLOCKS_MAX * 64;
    const sizes = [
      ...Array.from({ length: 301 }, (_, size) => size),
      limit - 64,
      limit - 10,
      limit - 9,
      limit - 8,
      limit,
      limit + 1,
      5000,
    ];
    // Four of each, so that lanes are full; and one of each, so that they are not.
    check(
      arena,
      sizes.flatMap((size) => [0, 1, 2, 3].map((i) => noise(size * 4 + i, size))),
    );
    check(
      arena,
      sizes.map((size) => noise(size, size)),
    );
  });

  it('pads at the edges of blocks, sizes mixed in one group of lanes', () => {
    const edges = [55, 56, 63, 64, 118, 119, 120, 127, 128, 183, 184, 192];
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom(...edges), fc.nat(1000)), { maxLength: 12 }),
        (picked) =>
          check(
            arena,
            picked.map(([size, seed]) => noise(seed, size)),
          ),
      ),
      RUNS,
    );
  });

  it('is right for messages far apart, in any order', () => {
    const [size, count] = [100, 9];
    const packed = arena.bytes(20_000 + size);
    const offsets = Uint32Array.from({ length: count }, (_, i) => (i * 7919) % 20_000);
    const messages = [...offsets].map((_, i) => noise(i, size));
    messages.forEach((each, i) => packed.set(each, offsets[i]!));
    const digests = arena.items(count, 32);
    sha256(count, packed, offsets, new Uint32Array(count).fill(size), digests);
    expect(hex(digests.bytes)).toBe(expected(digests, messages.map(nodeSha256)));
  });

  it('agrees with @noble on a megabyte', () => {
    const message = noise(1, 1 << 20);
    const digests = arena.items(1, 32);
    sha256(1, message, Uint32Array.of(0), Uint32Array.of(message.length), digests);
    expect(hex(digests.bytes)).toBe(expected(digests, [nobleSha256(message)]));
  });
});

it('refuses a message beyond its array, and forgets that block', () => {
  const [outside] = arenas as [Arena];
  const digests = outside.items(2, 32);
  const beyond = expect.objectContaining({ code: 'invalid-layout' });
  for (const size of [6, 70, 5000]) {
    const sizes = Uint32Array.of(4, size);
    expect(() => sha256(2, new Uint8Array(8), Uint32Array.of(0, 3), sizes, digests)).toThrow(
      beyond,
    );
  }
  check(outside, [noise(1, 4), noise(2, 70)]);
});

describe.each(arenas)('key derivation in $name', (arena) => {
  it('is SHA-256(Z || 00000001 || point)', () => {
    for (const count of [0, 1, 2, 3, 4, 5, 31, 32, 33, 70]) {
      const sharedX = Array.from({ length: count }, (_, i) => noise(i, 32));
      const points = Array.from({ length: count }, (_, i) => noise(i + 1000, 65));
      const keys = arena.items(count, 32);
      deriveKeys({
        count,
        sharedX: lay(arena.items(count, 32), sharedX),
        points: lay(arena.items(count, 65, 48), points),
        keys,
      });
      const wanted = sharedX.map((x, i) =>
        nobleSha256(Buffer.concat([x, Uint8Array.of(0, 0, 0, 1), points[i]!])),
      );
      expect(hex(keys.bytes), `${count} items`).toBe(expected(keys, wanted));
    }
  });
});
