/**
 * The readable reference backend: pure TypeScript, one report at a time, plain formulas.
 * `node-backend.ts` is the fast one and is tested against this file.
 *
 * Sources: ENPA section 4 (ECIES P-256, X9.63-SHA256, AES-128-GCM with a 16-byte nonce), ENPA
 * section 3.4 (64-bit counter), FIPS 186-5 section 6.4 (ECDSA).
 */

import { ecb, gcm } from '@noble/ciphers/aes.js';
import { p256 } from '@noble/curves/nist.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { checkKeystream, checkOpen, checkPublicKeys, checkSeal } from './block-checks.ts';
import { checkSha256, checkSign, checkVerify } from './block-checks.ts';
import { toHex } from './bytes.ts';
import { CryptoError } from './errors.ts';
import { message, slot } from './layout.ts';
import { checkScalar, isScalar, isUncompressed } from './scalars.ts';
import { DIGEST_SIZE, POINT_SIZE, SCALAR_SIZE } from './backend.ts';
import { SEAL_OVERHEAD, SEED_SIZE, SIGNATURE_SIZE } from './backend.ts';
import type { CryptoBackend, OpenBlock, PrivateKey, SealBlock, SignBlock } from './backend.ts';
import type { Strided, VerifyBlock, VerifyingKeys } from './backend.ts';

const AES_KEY_SIZE = 16;
const AES_BLOCK_SIZE = 16;
const KDF_COUNTER = Uint8Array.of(0, 0, 0, 1);

/** The reference backend on @noble: readable, slow (about 10 ms to open one report). */
export function createNobleBackend(): CryptoBackend {
  return {
    name: 'noble',
    privateKey: (scalar) => new NoblePrivateKey(scalar),
    verifyingKeys: () => new NobleVerifyingKeys(),
    publicKeys,
    seal,
    open,
    sign,
    verify,
    keystream,
    sha256: sha256Block,
  };
}

class NoblePrivateKey implements PrivateKey {
  readonly publicKey: Uint8Array;
  // A private name, so that neither inspection nor JSON shows it.
  readonly #scalar: Uint8Array;

  constructor(scalar: Uint8Array) {
    checkScalar('private scalar', scalar);
    this.#scalar = Uint8Array.from(scalar);
    this.publicKey = p256.getPublicKey(this.#scalar, false);
  }

  static scalarOf(key: PrivateKey): Uint8Array {
    if (!(key instanceof NoblePrivateKey)) {
      throw new CryptoError('foreign-key', "a private key of backend 'noble'", 'another');
    }
    return key.#scalar;
  }
}

class NobleVerifyingKeys implements VerifyingKeys {
  readonly #points: Uint8Array[] = [];

  get size(): number {
    return this.#points.length;
  }

  add(point: Uint8Array): number {
    if (!isOnCurve(point)) return -1;
    return this.#points.push(Uint8Array.from(point)) - 1;
  }

  clear(): void {
    this.#points.length = 0;
  }

  static listOf(keys: VerifyingKeys): readonly Uint8Array[] {
    if (!(keys instanceof NobleVerifyingKeys)) {
      throw new CryptoError('foreign-key', "verifying keys of backend 'noble'", 'others');
    }
    return keys.#points;
  }
}

function publicKeys(count: number, scalars: Strided, points: Strided): void {
  checkPublicKeys(count, scalars, points);
  for (let i = 0; i < count; i++) {
    const scalar = slot(scalars, i, SCALAR_SIZE);
    checkScalar('private scalar', scalar);
    slot(points, i, POINT_SIZE).set(p256.getPublicKey(scalar, false));
  }
}

function seal(block: SealBlock): void {
  checkSeal(block);
  if (!isOnCurve(block.recipient)) {
    throw new CryptoError('invalid-point', 'a recipient key on P-256', 'other bytes');
  }
  const sealedSize = block.plaintextSize + SEAL_OVERHEAD;
  for (let i = 0; i < block.count; i++) {
    if (block.status[i] !== 0) continue;
    const scalar = slot(block.scalars, i, SCALAR_SIZE);
    checkScalar('ephemeral scalar', scalar);
    const ephemeral = p256.getPublicKey(scalar, false);
    const key = envelopeKey(multipleOf(block.recipient, scalar), ephemeral);
    const sealed = slot(block.sealed, i, sealedSize);
    sealed.set(ephemeral);
    sealed.set(envelope(key).encrypt(slot(block.plaintexts, i, block.plaintextSize)), POINT_SIZE);
  }
}

function open(block: OpenBlock): void {
  checkOpen(block);
  const scalar = NoblePrivateKey.scalarOf(block.privateKey);
  for (let i = 0; i < block.count; i++) {
    if (block.status[i] !== 0) continue;
    const plaintext = openOne(scalar, slot(block.sealed, i, block.sealedSize));
    if (plaintext === undefined) block.status[i] = block.failure;
    else slot(block.plaintexts, i, plaintext.length).set(plaintext);
  }
}

function openOne(scalar: Uint8Array, sealed: Uint8Array): Uint8Array | undefined {
  if (sealed.length < SEAL_OVERHEAD) return undefined;
  const ephemeral = sealed.subarray(0, POINT_SIZE);
  if (!isOnCurve(ephemeral)) return undefined;
  // A compressed point is one sign byte, then X.
  const sharedX = p256.getSharedSecret(scalar, ephemeral, true).subarray(1);
  const key = envelopeKey(sharedX, ephemeral);
  try {
    return envelope(key).decrypt(sealed.subarray(POINT_SIZE));
  } catch {
    // The sizes are right by now, so that only the tag can be wrong.
    return undefined;
  }
}

/** ENPA section 4 steps 2 and 3: K = SHA-256(Z || 00000001 || ephemeral public key). */
function envelopeKey(sharedX: Uint8Array, ephemeral: Uint8Array): Uint8Array {
  return sha256.create().update(sharedX).update(KDF_COUNTER).update(ephemeral).digest();
}

type Point = ReturnType<typeof p256.Point.fromBytes>;

/** Recipients, each with how often it was sealed to. */
const recipients = new Map<string, { readonly point: Point; uses: number }>();
const RECIPIENTS_MAX = 16;
/** Multiplications after which a table of the recipient's multiples has paid for itself. */
const TABLE_USES = 4;

/** x of scalar * recipient: noble keeps multiples of a point that was told to `precompute`. */
function multipleOf(recipient: Uint8Array, scalar: Uint8Array): Uint8Array {
  const name = toHex(recipient);
  let known = recipients.get(name);
  if (known === undefined) {
    if (recipients.size === RECIPIENTS_MAX) recipients.clear();
    known = { point: p256.Point.fromBytes(recipient), uses: 0 };
    recipients.set(name, known);
  }
  if (++known.uses === TABLE_USES) known.point.precompute(8);
  return known.point.multiply(p256.Point.Fn.fromBytes(scalar)).toBytes(true).subarray(1);
}

/** ENPA section 4 step 4: the second half of K is the nonce, 16 bytes and not the usual 12. */
function envelope(key: Uint8Array): ReturnType<typeof gcm> {
  return gcm(key.subarray(0, AES_KEY_SIZE), key.subarray(AES_KEY_SIZE));
}

function sign(block: SignBlock): void {
  checkSign(block);
  for (let i = 0; i < block.count; i++) {
    if (block.status[i] !== 0) continue;
    const signature = signOne(
      slot(block.scalars, i, SCALAR_SIZE),
      slot(block.digests, i, DIGEST_SIZE),
      slot(block.nonces, i, SCALAR_SIZE),
    );
    slot(block.signatures, i, SIGNATURE_SIZE).set(signature);
  }
}

/**
 * FIPS 186-5 section 6.4.1 with the nonce as an argument. For simulation only: who knows or
 * repeats a nonce gives away the private key.
 */
function signOne(scalar: Uint8Array, digest: Uint8Array, nonce: Uint8Array): Uint8Array {
  checkScalar('private scalar', scalar);
  checkScalar('nonce', nonce);
  const { Fn, BASE } = p256.Point;
  const k = Fn.fromBytes(nonce);
  const d = Fn.fromBytes(scalar);
  const z = Fn.create(fromBigEndian(digest));
  const { x, y } = BASE.multiply(k).toAffine();
  const r = Fn.create(x);
  const sOfNonce = Fn.mul(Fn.inv(k), Fn.add(z, Fn.mul(r, d)));
  // The y of -kG is even where that of kG is not.
  const s = y % 2n === 0n ? sOfNonce : Fn.neg(sOfNonce);
  if (r === 0n || s === 0n) {
    throw new CryptoError('invalid-signature', 'a nonce that gives r, s > 0', 'r or s = 0');
  }
  const signature = new Uint8Array(SIGNATURE_SIZE);
  signature.set(Fn.toBytes(r));
  signature.set(Fn.toBytes(s), SCALAR_SIZE);
  return signature;
}

function verify(block: VerifyBlock): void {
  checkVerify(block);
  const points = NobleVerifyingKeys.listOf(block.keys);
  for (let i = 0; i < block.count; i++) {
    if (block.status[i] !== 0) continue;
    const point = points[block.keyIndex[i]!];
    const signed = message(block.messages, block.offsets, block.sizes, i);
    const signature = slot(block.signatures, i, SIGNATURE_SIZE);
    const valid = point !== undefined && verifyOne(point, sha256(signed), signature);
    if (!valid) block.status[i] = block.failure;
  }
}

function verifyOne(point: Uint8Array, digest: Uint8Array, signature: Uint8Array): boolean {
  if (!isScalar(signature, 0) || !isScalar(signature, SCALAR_SIZE)) return false;
  return p256.verify(signature, digest, point, { prehash: false, lowS: false });
}

/** ENPA section 3.4: explicit counter blocks, since noble's CTR carries into the high half. */
function keystream(count: number, seeds: Strided, size: number, out: Strided): void {
  checkKeystream(count, seeds, size, out);
  const counters = new Uint8Array(Math.ceil(size / AES_BLOCK_SIZE) * AES_BLOCK_SIZE);
  if (size === 0) return;
  const view = new DataView(counters.buffer);
  for (let i = 0; i < count; i++) {
    const seed = slot(seeds, i, SEED_SIZE);
    const initial = seed.subarray(AES_KEY_SIZE);
    let low = fromBigEndian(initial.subarray(8));
    for (let at = 0; at < counters.length; at += AES_BLOCK_SIZE) {
      counters.set(initial.subarray(0, 8), at);
      view.setBigUint64(at + 8, low);
      low = BigInt.asUintN(64, low + 1n);
    }
    const aes = ecb(seed.subarray(0, AES_KEY_SIZE), { disablePadding: true });
    slot(out, i, size).set(aes.encrypt(counters).subarray(0, size));
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
    slot(digests, i, DIGEST_SIZE).set(sha256(message(messages, offsets, sizes, i)));
  }
}

function isOnCurve(point: Uint8Array): boolean {
  if (!isUncompressed(point)) return false;
  try {
    p256.Point.fromBytes(point).assertValidity();
    return true;
  } catch {
    return false;
  }
}

function fromBigEndian(bytes: Uint8Array): bigint {
  let value = 0n;
  for (const byte of bytes) value = (value << 8n) | BigInt(byte);
  return value;
}
