/**
 * The fast backend on node:crypto (OpenSSL). It gives the same bytes as `noble-backend.ts`; what
 * makes it fast is what it doesn't create: one ECDH object for all ephemeral keys, one per private
 * key, imported KeyObjects for verification, one-shot hashes.
 *
 * Source: ENPA section 4 (ECIES). ECDSA signing with a given nonce, which node:crypto lacks, is in
 * `node-sign.ts`; AES of single items is in `node-aes.ts`.
 */

import { createECDH, createPublicKey, ECDH, hash, verify as verifySignature } from 'node:crypto';
import type { VerifyKeyObjectInput } from 'node:crypto';
import { checkKeystream, checkOpen, checkPublicKeys, checkSeal } from './block-checks.ts';
import { checkSha256, checkSign, checkVerify } from './block-checks.ts';
import { CryptoError } from './errors.ts';
import { message, slot } from './layout.ts';
import { openSealed, writeKeystream, writeSealed } from './node-aes.ts';
import { signBlock } from './node-sign.ts';
import { checkScalar, isScalar, isUncompressed } from './scalars.ts';
import { POINT_SIZE, SCALAR_SIZE } from './backend.ts';
import { SEAL_OVERHEAD, SEED_SIZE, SIGNATURE_SIZE } from './backend.ts';
import type { CryptoBackend, OpenBlock, PrivateKey, SealBlock, VerifyBlock } from './backend.ts';
import type { Strided, VerifyingKeys } from './backend.ts';

const CURVE = 'prime256v1';
/** Z || 00000001 || ephemeral public key: the input of the one KDF block. */
const KDF_INPUT_SIZE = 32 + 4 + POINT_SIZE;

/** The fast backend on node:crypto. */
export function createNodeBackend(): CryptoBackend {
  // `createECDH` costs as much as a key generation; all ephemeral keys go through this one.
  const ephemeralKeys = createECDH(CURVE);
  const kdfInput = new Uint8Array(KDF_INPUT_SIZE);
  kdfInput[35] = 1;
  return {
    name: 'node',
    privateKey: (scalar) => new NodePrivateKey(scalar),
    verifyingKeys: () => new NodeVerifyingKeys(),
    publicKeys: (count, scalars, points) => publicKeys(ephemeralKeys, count, scalars, points),
    seal: (block) => seal(ephemeralKeys, kdfInput, block),
    open: (block) => open(kdfInput, block),
    sign(block) {
      checkSign(block);
      signBlock(ephemeralKeys, block);
    },
    verify,
    keystream,
    sha256: sha256Block,
  };
}

class NodePrivateKey implements PrivateKey {
  readonly publicKey: Uint8Array;
  // A private name, so that neither inspection nor JSON shows it.
  readonly #agreement: ECDH;

  constructor(scalar: Uint8Array) {
    checkScalar('private scalar', scalar);
    this.#agreement = createECDH(CURVE);
    this.#agreement.setPrivateKey(scalar);
    this.publicKey = new Uint8Array(this.#agreement.getPublicKey());
  }

  static agreementOf(key: PrivateKey): ECDH {
    if (!(key instanceof NodePrivateKey)) {
      throw new CryptoError('foreign-key', "a private key of backend 'node'", 'another');
    }
    return key.#agreement;
  }
}

class NodeVerifyingKeys implements VerifyingKeys {
  readonly #keys: VerifyKeyObjectInput[] = [];

  get size(): number {
    return this.#keys.length;
  }

  add(point: Uint8Array): number {
    if (!isUncompressed(point)) return -1;
    const x = base64url(point.subarray(1, 33));
    const y = base64url(point.subarray(33));
    try {
      // JWK: the DER import costs 100 us more, in OpenSSL's search for a decoder.
      const jwk = { kty: 'EC', crv: 'P-256', x, y };
      const key = createPublicKey({ key: jwk, format: 'jwk' });
      return this.#keys.push({ key, dsaEncoding: 'ieee-p1363' }) - 1;
    } catch (error) {
      if (codeOf(error) === 'ERR_CRYPTO_INVALID_JWK') return -1;
      throw error;
    }
  }

  clear(): void {
    this.#keys.length = 0;
  }

  static listOf(keys: VerifyingKeys): readonly VerifyKeyObjectInput[] {
    if (!(keys instanceof NodeVerifyingKeys)) {
      throw new CryptoError('foreign-key', "verifying keys of backend 'node'", 'others');
    }
    return keys.#keys;
  }
}

function publicKeys(keys: ECDH, count: number, scalars: Strided, points: Strided): void {
  checkPublicKeys(count, scalars, points);
  for (let i = 0; i < count; i++) {
    const scalar = slot(scalars, i, SCALAR_SIZE);
    checkScalar('private scalar', scalar);
    keys.setPrivateKey(scalar);
    points.bytes.set(keys.getPublicKey(), points.offset + i * points.stride);
  }
}

function seal(keys: ECDH, kdfInput: Uint8Array, block: SealBlock): void {
  checkSeal(block);
  checkRecipient(block.recipient);
  const { plaintextSize } = block;
  for (let i = 0; i < block.count; i++) {
    if (block.status[i] !== 0) continue;
    const scalar = slot(block.scalars, i, SCALAR_SIZE);
    checkScalar('ephemeral scalar', scalar);
    keys.setPrivateKey(scalar);
    const ephemeral = keys.getPublicKey();
    const key = envelopeKey(kdfInput, keys.computeSecret(block.recipient), ephemeral);
    const start = block.sealed.offset + i * block.sealed.stride;
    block.sealed.bytes.set(ephemeral, start);
    const plaintext = slot(block.plaintexts, i, plaintextSize);
    writeSealed(key, plaintext, block.sealed.bytes, start + POINT_SIZE);
  }
}

function open(kdfInput: Uint8Array, block: OpenBlock): void {
  checkOpen(block);
  const agreement = NodePrivateKey.agreementOf(block.privateKey);
  for (let i = 0; i < block.count; i++) {
    if (block.status[i] !== 0) continue;
    const plaintext = openOne(agreement, kdfInput, slot(block.sealed, i, block.sealedSize));
    if (plaintext === undefined) block.status[i] = block.failure;
    else
      block.plaintexts.bytes.set(plaintext, block.plaintexts.offset + i * block.plaintexts.stride);
  }
}

function openOne(
  agreement: ECDH,
  kdfInput: Uint8Array,
  sealed: Uint8Array,
): Uint8Array | undefined {
  if (sealed.length < SEAL_OVERHEAD) return undefined;
  const ephemeral = sealed.subarray(0, POINT_SIZE);
  if (!isUncompressed(ephemeral)) return undefined;
  let shared: Uint8Array;
  try {
    shared = agreement.computeSecret(ephemeral);
  } catch (error) {
    if (codeOf(error) === 'ERR_CRYPTO_ECDH_INVALID_PUBLIC_KEY') return undefined;
    throw error;
  }
  const key = envelopeKey(kdfInput, shared, ephemeral);
  return openSealed(key, sealed.subarray(POINT_SIZE));
}

/** ENPA section 4 step 3: K = SHA-256(Z || 00000001 || ephemeral public key). */
function envelopeKey(input: Uint8Array, sharedX: Uint8Array, ephemeral: Uint8Array): Uint8Array {
  input.set(sharedX, 0);
  input.set(ephemeral, 36);
  return hash('sha256', input, 'buffer');
}

function verify(block: VerifyBlock): void {
  checkVerify(block);
  const keys = NodeVerifyingKeys.listOf(block.keys);
  for (let i = 0; i < block.count; i++) {
    if (block.status[i] !== 0) continue;
    const key = keys[block.keyIndex[i]!];
    const signed = message(block.messages, block.offsets, block.sizes, i);
    const signature = slot(block.signatures, i, SIGNATURE_SIZE);
    const valid =
      key !== undefined &&
      isScalar(signature, 0) &&
      isScalar(signature, SCALAR_SIZE) &&
      verifySignature('sha256', signed, key, signature);
    if (!valid) block.status[i] = block.failure;
  }
}

function keystream(count: number, seeds: Strided, size: number, out: Strided): void {
  checkKeystream(count, seeds, size, out);
  if (size === 0) return;
  const zeros = new Uint8Array(size);
  for (let i = 0; i < count; i++) {
    writeKeystream(slot(seeds, i, SEED_SIZE), zeros, out.bytes, out.offset + i * out.stride);
  }
}

function sha256Block(
  count: number,
  messages: Uint8Array,
  offsets: Uint32Array,
  sizes: Uint32Array,
  digests: Strided,
): void {
  checkSha256(count, offsets, sizes, digests);
  for (let i = 0; i < count; i++) {
    const digest = hash('sha256', message(messages, offsets, sizes, i), 'buffer');
    digests.bytes.set(digest, digests.offset + i * digests.stride);
  }
}

/** Throws `invalid-point`; on-curve is enough, since P-256 has cofactor 1. */
function checkRecipient(recipient: Uint8Array): void {
  try {
    if (isUncompressed(recipient)) {
      ECDH.convertKey(recipient, CURVE);
      return;
    }
  } catch (error) {
    throw new CryptoError('invalid-point', 'a recipient key on P-256', 'other bytes', error);
  }
  throw new CryptoError('invalid-point', 'a recipient key on P-256', 'other bytes');
}

function base64url(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64url');
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
