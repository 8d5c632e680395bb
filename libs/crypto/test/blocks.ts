/**
 * Blocks for tests: packing items into arrays, and each operation for a single item.
 */

import { backendNames, createBackend, SEAL_OVERHEAD, SIGNATURE_SIZE } from '../src/index.ts';
import type { CryptoBackend, PrivateKey, Strided } from '../src/index.ts';

export const backends: readonly CryptoBackend[] = backendNames.map(createBackend);

/** Status of a slot that an operation refused; no other test value equals it. */
export const FAILURE = 77;

export function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

export function base64(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, 'base64'));
}

export function one(bytes: Uint8Array): Strided {
  return { bytes, offset: 0, stride: bytes.length };
}

/** `value` as a 32-byte big-endian integer. */
export function scalarOf(value: bigint): Uint8Array {
  return new Uint8Array(Buffer.from(value.toString(16).padStart(64, '0'), 'hex'));
}

export function sealOne(
  backend: CryptoBackend,
  recipient: Uint8Array,
  scalar: Uint8Array,
  plaintext: Uint8Array,
): Uint8Array {
  const sealed = new Uint8Array(plaintext.length + SEAL_OVERHEAD);
  backend.seal({
    count: 1,
    recipient,
    scalars: one(scalar),
    plaintexts: one(plaintext),
    plaintextSize: plaintext.length,
    sealed: one(sealed),
    status: new Uint8Array(1),
  });
  return sealed;
}

/** The plaintext, or undefined where the slot's status became `FAILURE`. */
export function openOne(
  backend: CryptoBackend,
  privateKey: PrivateKey,
  sealed: Uint8Array,
): Uint8Array | undefined {
  const plaintext = new Uint8Array(Math.max(0, sealed.length - SEAL_OVERHEAD));
  const status = new Uint8Array(1);
  backend.open({
    count: 1,
    privateKey,
    sealed: one(sealed),
    sealedSize: sealed.length,
    plaintexts: one(plaintext),
    status,
    failure: FAILURE,
  });
  if (status[0] === FAILURE) return undefined;
  if (status[0] !== 0) throw new Error(`status ${status[0]}`);
  return plaintext;
}

export function signOne(
  backend: CryptoBackend,
  scalar: Uint8Array,
  digest: Uint8Array,
  nonce: Uint8Array,
): Uint8Array {
  const signature = new Uint8Array(SIGNATURE_SIZE);
  backend.sign({
    count: 1,
    scalars: one(scalar),
    digests: one(digest),
    nonces: one(nonce),
    signatures: one(signature),
    status: new Uint8Array(1),
  });
  return signature;
}

export function verifyOne(
  backend: CryptoBackend,
  point: Uint8Array,
  signed: Uint8Array,
  signature: Uint8Array,
): boolean {
  const keys = backend.verifyingKeys();
  const status = new Uint8Array(1);
  backend.verify({
    count: 1,
    keys,
    keyIndex: Int32Array.of(keys.add(point)),
    messages: signed,
    offsets: Uint32Array.of(0),
    sizes: Uint32Array.of(signed.length),
    signatures: one(signature),
    status,
    failure: FAILURE,
  });
  return status[0] === 0;
}

export function keystreamOne(backend: CryptoBackend, seed: Uint8Array, size: number): Uint8Array {
  const out = new Uint8Array(size);
  backend.keystream(1, one(seed), size, one(out));
  return out;
}

export function sha256One(backend: CryptoBackend, bytes: Uint8Array): Uint8Array {
  const digest = new Uint8Array(32);
  backend.sha256(1, bytes, Uint32Array.of(0), Uint32Array.of(bytes.length), one(digest));
  return digest;
}

export function publicKeyOne(backend: CryptoBackend, scalar: Uint8Array): Uint8Array {
  const point = new Uint8Array(65);
  backend.publicKeys(1, one(scalar), one(point));
  return point;
}
