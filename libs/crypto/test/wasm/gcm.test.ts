/** AES-128-GCM by the kernels, against node:crypto, @noble and published envelopes. */

import { gcm as nobleGcm } from '@noble/ciphers/aes.js';
import { readVector, vectorsDir } from '@priolab/vectors';
import fc from 'fast-check';
import { createCipheriv, createECDH } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { decodeKeyPair } from '../../src/index.ts';
import { createGcm, GCM_KERNEL_SIZE_MAX } from '../../src/wasm/gcm.ts';
import { createKeyDerivation } from '../../src/wasm/key-derivation.ts';
import { base64, FAILURE, one, utf8 } from '../blocks.ts';
import { arenas, expected, hex, kernels, lay, noise } from './arenas.ts';
import type { Arena } from './arenas.ts';

const gcm = createGcm(kernels);
const RUNS = { seed: 20215, numRuns: 100 } as const;
const limit = GCM_KERNEL_SIZE_MAX;

function nodeSeal(key: Uint8Array, plaintext: Uint8Array): Uint8Array {
  const aes = createCipheriv('aes-128-gcm', key.subarray(0, 16), key.subarray(16));
  return Buffer.concat([aes.update(plaintext), aes.final(), aes.getAuthTag()]);
}

interface Case {
  readonly keys: readonly Uint8Array[];
  readonly plaintexts: readonly Uint8Array[];
  readonly status: Uint8Array;
}

function cases(count: number, size: number): Case {
  const seeds = Array.from({ length: count }, (_, i) => size * 100 + i);
  return {
    keys: seeds.map((seed) => noise(seed, 32)),
    plaintexts: seeds.map((seed) => noise(seed + 7, size)),
    status: new Uint8Array(count),
  };
}

/** Seals with the kernels, compares with node:crypto, and returns what was sealed. */
function checkSeal(arena: Arena, { keys, plaintexts, status }: Case): Uint8Array[] {
  const count = keys.length;
  const plaintextSize = plaintexts[0]?.length ?? 0;
  const sealed = arena.items(count, plaintextSize + 16);
  gcm.seal({
    count,
    keys: lay(arena.items(count, 32), keys),
    plaintexts: lay(arena.items(count, plaintextSize), plaintexts),
    plaintextSize,
    sealed,
    status,
  });
  const wanted = keys.map((key, i) => nodeSeal(key, plaintexts[i]!));
  const written = wanted.map((item, i) => (status[i] === 0 ? item : undefined));
  expect(hex(sealed.bytes), `${count} of ${plaintextSize} bytes`).toBe(expected(sealed, written));
  return wanted;
}

/** Opens `sealed`; `good` says which tags fit. */
function checkOpen(
  arena: Arena,
  { keys, plaintexts, status }: Case,
  sealed: readonly Uint8Array[],
  good: (i: number) => boolean,
): void {
  const count = keys.length;
  const plaintextSize = plaintexts[0]?.length ?? 0;
  const opened = arena.items(count, plaintextSize);
  const after = Uint8Array.from(status);
  gcm.open({
    count,
    keys: lay(arena.items(count, 32), keys),
    sealed: lay(arena.items(count, plaintextSize + 16), sealed),
    plaintextSize,
    plaintexts: opened,
    status: after,
    failure: FAILURE,
  });
  const written = plaintexts.map((item, i) => (status[i] === 0 && good(i) ? item : undefined));
  expect(hex(opened.bytes)).toBe(expected(opened, written));
  expect([...after]).toEqual(
    [...status].map((before, i) => (before === 0 && !good(i) ? FAILURE : before)),
  );
}

describe.each(arenas)('GCM in $name', (arena) => {
  it('seals and opens all sizes from 0 to 300, and across the limit of the kernel', () => {
    const sizes = [
      ...Array.from({ length: 301 }, (_, size) => size),
      924,
      limit - 1,
      limit,
      limit + 1,
      5000,
    ];
    for (const size of sizes) {
      const block = cases(3, size);
      checkOpen(arena, block, checkSeal(arena, block), () => true);
    }
  });

  it('seals and opens any count', () => {
    for (const count of [0, 1, 2, 3, 4, 5, 6, 7, 8, 31, 32, 33, 70]) {
      const block = cases(count, 33);
      checkOpen(arena, block, checkSeal(arena, block), () => true);
    }
  });

  it('refuses an item with any byte changed, and leaves its plaintext as it was', () => {
    for (const size of [0, 1, 32, 33, limit + 1]) {
      const block = cases(3, size);
      const sealed = checkSeal(arena, block);
      const step = size > limit ? 101 : 1;
      for (let at = 0; at < size + 16; at += step) {
        const tampered = sealed.map((item) => Uint8Array.from(item));
        tampered[at % 3]![at]! ^= 1 << (at % 8);
        checkOpen(arena, block, tampered, (i) => i !== at % 3);
      }
    }
  });

  it('refuses an item under any other key or nonce', () => {
    const block = cases(4, 64);
    const sealed = checkSeal(arena, block);
    for (let at = 0; at < 32; at++) {
      const keys = block.keys.map((key) => Uint8Array.from(key));
      keys[at % 4]![at]! ^= 0x20;
      checkOpen(arena, { ...block, keys }, sealed, (i) => i !== at % 4);
    }
  });

  it('skips refused slots, whichever they are, and opens the good ones beside bad ones', () => {
    const slot = fc.record({ status: fc.constantFrom(0, 0, 0, 5), tampered: fc.boolean() });
    fc.assert(
      fc.property(
        fc.array(slot, { maxLength: 40 }),
        fc.constantFrom(0, 17, 64, limit + 1),
        (slots, size) => {
          const status = Uint8Array.from(slots, (each) => each.status);
          const block = { ...cases(slots.length, size), status };
          const sealed = checkSeal(arena, block).map((item) => Uint8Array.from(item));
          slots.forEach((each, i) => {
            if (each.tampered) sealed[i]![size]! ^= 1;
          });
          checkOpen(arena, block, sealed, (i) => !slots[i]!.tampered);
        },
      ),
      RUNS,
    );
  });

  it('counts on with 32 bits where the first counter block ends in ones', () => {
    for (const low of [0xffffffffn, 0xfffffffen, 0xfffffffdn, 0xfffffff0n]) {
      const key = noise(Number(low & 0xffn), 16);
      const nonce = nonceFor(key, (0x0123456789abcdefn << 64n) | (0xffffffffn << 32n) | low);
      const plaintexts = [noise(3, 924)];
      const block = { keys: [Buffer.concat([key, nonce])], plaintexts, status: new Uint8Array(1) };
      const [sealed] = checkSeal(arena, block);
      expect(hex(sealed!)).toBe(hex(nobleGcm(key, nonce).encrypt(plaintexts[0]!)));
    }
  });
});

/** The product in GCM's field, as NIST SP 800-38D section 6.3 has it; the top bit is x^0. */
function times(x: bigint, y: bigint): bigint {
  let product = 0n;
  for (let bit = 127n; bit >= 0n; bit--) {
    if ((x >> bit) & 1n) product ^= y;
    y = y & 1n ? (y >> 1n) ^ (0xe1n << 120n) : y >> 1n;
  }
  return product;
}

/** The 16-byte nonce whose first counter block is `wanted`: J0 = (nonce * H + 128) * H, solved. */
function nonceFor(key: Uint8Array, wanted: bigint): Uint8Array {
  const aes = createCipheriv('aes-128-ecb', key, null);
  const hashKey = BigInt(`0x${hex(aes.update(new Uint8Array(16)))}`);
  // H^(2^128 - 2) = 1 / H.
  let [inverse, square] = [1n << 127n, hashKey];
  for (let i = 1; i < 128; i++) {
    square = times(square, square);
    inverse = times(inverse, square);
  }
  const nonce = times(times(wanted, inverse) ^ 128n, inverse);
  return Buffer.from(nonce.toString(16).padStart(32, '0'), 'hex');
}

interface EciesVectors {
  libprio_rs_interop: {
    cases: { private_key: string; plaintext_b64: string; ciphertext_b64: string }[];
  };
  apple_cryptokit_interop: { private_key: string; plaintext_utf8: string; ciphertext_b64: string };
}

describe.skipIf(vectorsDir === undefined)('ecies.json', () => {
  const deriveKeys = createKeyDerivation(kernels);

  function open(privateKey: string, envelope: Uint8Array): Uint8Array {
    const agreement = createECDH('prime256v1');
    agreement.setPrivateKey(decodeKeyPair(privateKey).scalar);
    const point = envelope.subarray(0, 65);
    const keys = one(new Uint8Array(32));
    const sharedX = one(agreement.computeSecret(point));
    deriveKeys({ count: 1, sharedX, points: one(point), keys });
    const plaintext = new Uint8Array(envelope.length - 81);
    const status = new Uint8Array(1);
    gcm.open({
      count: 1,
      keys,
      sealed: one(envelope.subarray(65)),
      plaintextSize: plaintext.length,
      plaintexts: one(plaintext),
      status,
      failure: FAILURE,
    });
    expect(status[0]).toBe(0);
    return plaintext;
  }

  it('opens what libprio-rs, Apple and CryptoKit sealed', () => {
    const vectors = readVector<EciesVectors>('enpa/ecies.json');
    const { cases: published } = vectors.libprio_rs_interop;
    expect(published).toHaveLength(2);
    for (const { private_key, plaintext_b64, ciphertext_b64 } of published) {
      expect(open(private_key, base64(ciphertext_b64))).toEqual(base64(plaintext_b64));
    }
    const { private_key, plaintext_utf8, ciphertext_b64 } = vectors.apple_cryptokit_interop;
    expect(open(private_key, base64(ciphertext_b64))).toEqual(utf8(plaintext_utf8));
  });
});
