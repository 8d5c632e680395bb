/** Operations counted, against numbers worked out by hand; counting leaves the bytes alone. */

import { describe, expect, it } from 'vitest';
import { backendNames, createBackend, sha256 } from '../src/index.ts';
import { createCountingBackend, emptyCryptoWork } from '../src/index.ts';
import type { BackendName, CryptoBackend, CryptoWork } from '../src/index.ts';
import { FAILURE, keystreamOne, one, openOne, publicKeyOne } from './blocks.ts';
import { sealOne, sha256One, signOne, utf8, verifyOne } from './blocks.ts';

const SCALAR = sha256(utf8('scalar'));
const NONCE = sha256(utf8('nonce'));

function counting(name: BackendName) {
  const work = emptyCryptoWork();
  return { work, backend: createCountingBackend(createBackend(name), work) };
}

/** What one call adds to a fresh count; kinds that stay 0 are left out. */
function workOf(name: BackendName, call: (backend: CryptoBackend) => void): Partial<CryptoWork> {
  const { work, backend } = counting(name);
  call(backend);
  return Object.fromEntries(Object.entries(work).filter(([, count]) => count !== 0));
}

describe.each(backendNames)('%s', (name) => {
  const recipient = createBackend(name).privateKey(SCALAR);

  it.each([
    // KDF: 101 + 9 bytes are 2 blocks. GCM: 2 + ceil(size / 16).
    [0, 2, 2],
    [1, 2, 3],
    [32, 2, 4],
    [924, 2, 60],
  ])('an envelope of %i bytes: %i hash blocks, %i AES blocks', (size, sha256Blocks, aesBlocks) => {
    const plaintext = new Uint8Array(size);
    const sealed = sealOne(createBackend(name), recipient.publicKey, NONCE, plaintext);
    expect(workOf(name, (b) => sealOne(b, recipient.publicKey, NONCE, plaintext))).toEqual({
      baseMultiplications: 1,
      fixedMultiplications: 1,
      sha256Blocks,
      aesBlocks,
    });
    expect(workOf(name, (b) => openOne(b, b.privateKey(SCALAR), sealed))).toEqual({
      variableMultiplications: 1,
      sha256Blocks,
      aesBlocks,
    });
  });

  it.each([
    [55, 1],
    [56, 2],
    [119, 2],
    [120, 3],
  ])('a message of %i bytes: %i hash blocks', (size, sha256Blocks) => {
    const signed = new Uint8Array(size);
    const signature = signOne(createBackend(name), SCALAR, sha256(signed), NONCE);
    expect(workOf(name, (b) => sha256One(b, signed))).toEqual({ sha256Blocks });
    expect(workOf(name, (b) => verifyOne(b, recipient.publicKey, signed, signature))).toEqual({
      baseMultiplications: 1,
      variableMultiplications: 1,
      sha256Blocks,
    });
  });

  it('a signature, a public key, a keystream of 17 bytes', () => {
    const once = { baseMultiplications: 1 };
    expect(workOf(name, (b) => signOne(b, SCALAR, sha256(utf8('x')), NONCE))).toEqual(once);
    expect(workOf(name, (b) => publicKeyOne(b, SCALAR))).toEqual(once);
    expect(workOf(name, (b) => keystreamOne(b, new Uint8Array(32), 17))).toEqual({ aesBlocks: 2 });
  });

  it('counts no slot that was refused earlier, and every slot that it refuses itself', () => {
    const { work, backend } = counting(name);
    const messages = { offsets: new Uint32Array(4), sizes: Uint32Array.of(0, 64, 0, 64) };
    const status = Uint8Array.of(0, FAILURE, 0, 1);
    const keys = backend.verifyingKeys();
    const keyIndex = new Int32Array(4).fill(keys.add(recipient.publicKey));
    backend.verify({
      count: 4,
      keys,
      keyIndex,
      messages: new Uint8Array(64),
      ...messages,
      signatures: { bytes: new Uint8Array(64), offset: 0, stride: 0 },
      status,
      failure: FAILURE,
    });
    expect([...status]).toEqual([FAILURE, FAILURE, FAILURE, 1]);
    expect(work).toEqual({
      ...emptyCryptoWork(),
      baseMultiplications: 2,
      variableMultiplications: 2,
      sha256Blocks: 2,
    });
  });

  it('seals, opens and signs no slot that was refused earlier, and counts none', () => {
    const { work, backend } = counting(name);
    const count = 3;
    const status = Uint8Array.of(FAILURE, 0, FAILURE);
    const all = (bytes: Uint8Array) => ({ bytes, offset: 0, stride: 0 });
    const scalars = all(NONCE);
    const sealed = { bytes: new Uint8Array(count * 97), offset: 0, stride: 97 };
    const plaintexts = { bytes: new Uint8Array(count * 16), offset: 0, stride: 16 };
    const envelopes = { count, plaintexts, sealed, status };
    const { publicKey } = recipient;
    backend.seal({ ...envelopes, recipient: publicKey, scalars, plaintextSize: 16 });
    const privateKey = backend.privateKey(SCALAR);
    backend.open({ ...envelopes, privateKey, sealedSize: 97, failure: FAILURE });
    const signatures = { bytes: new Uint8Array(count * 64), offset: 0, stride: 64 };
    const signer = { scalars: all(SCALAR), nonces: scalars, digests: all(sha256(NONCE)) };
    backend.sign({ count, ...signer, signatures, status });
    expect(work).toEqual({
      baseMultiplications: 1 + 1,
      fixedMultiplications: 1,
      variableMultiplications: 1,
      sha256Blocks: 2 + 2,
      aesBlocks: 3 + 3,
    });
  });

  it('gives the bytes of the backend behind it', () => {
    const { backend } = counting(name);
    const plaintext = utf8('plaintext');
    const sealed = sealOne(backend, recipient.publicKey, NONCE, plaintext);
    expect(sealed).toEqual(sealOne(createBackend(name), recipient.publicKey, NONCE, plaintext));
    expect(openOne(backend, recipient, sealed)).toEqual(plaintext);
    expect(backend.name).toBe(name);
    const seeds = one(new Uint8Array(32));
    const out = [new Uint8Array(48), new Uint8Array(48)] as const;
    backend.keystream(1, seeds, 48, one(out[0]));
    createBackend(name).keystream(1, seeds, 48, one(out[1]));
    expect(out[0]).toEqual(out[1]);
  });
});
