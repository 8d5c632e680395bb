/**
 * ECDSA signing with a given nonce on node:crypto, which has no such call: kG by an ECDH key
 * generation, s by BigInt arithmetic mod n with one inversion for many signatures.
 * Source: FIPS 186-5 section 6.4.1; batch inversion: Montgomery 1987.
 *
 * For simulation only: who knows or repeats a nonce gives away the private key, and BigInt is not
 * constant-time.
 */

import type { ECDH } from 'node:crypto';
import { CryptoError } from './errors.ts';
import { slot } from './layout.ts';
import { checkScalar } from './scalars.ts';
import { DIGEST_SIZE, SCALAR_SIZE, SIGNATURE_SIZE } from './backend.ts';
import type { SignBlock } from './backend.ts';

/** Order of P-256 (SEC 2 v2 section 2.4.2). */
const N = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
/** Signatures that share one inversion; bounds the BigInts alive at a time. */
const BATCH_COUNT = 256;

/** `CryptoBackend.sign` on a checked block; `keys` is any P-256 ECDH object, left with a nonce. */
export function signBlock(keys: ECDH, block: SignBlock): void {
  const slots = new Uint32Array(Math.min(BATCH_COUNT, block.count));
  let pending = 0;
  for (let i = 0; i < block.count; i++) {
    if (block.status[i] !== 0) continue;
    slots[pending++] = i;
    if (pending === slots.length) {
      signBatch(keys, block, slots, pending);
      pending = 0;
    }
  }
  signBatch(keys, block, slots, pending);
}

function signBatch(keys: ECDH, block: SignBlock, slots: Uint32Array, count: number): void {
  if (count === 0) return;
  const nonces: bigint[] = [];
  // products[i] = k_0 ... k_(i-1)
  const products: bigint[] = [];
  let product = 1n;
  for (let i = 0; i < count; i++) {
    const nonce = slot(block.nonces, slots[i]!, SCALAR_SIZE);
    checkScalar('nonce', nonce);
    checkScalar('private scalar', slot(block.scalars, slots[i]!, SCALAR_SIZE));
    const k = fromBigEndian(nonce);
    nonces.push(k);
    products.push(product);
    product = (product * k) % N;
  }
  let inverse = invert(product);
  for (let i = count - 1; i >= 0; i--) {
    const at = slots[i]!;
    const kInverse = (inverse * products[i]!) % N;
    inverse = (inverse * nonces[i]!) % N;
    keys.setPrivateKey(slot(block.nonces, at, SCALAR_SIZE));
    const r = fromBigEndian(keys.getPublicKey().subarray(1, 33)) % N;
    const d = fromBigEndian(slot(block.scalars, at, SCALAR_SIZE));
    const z = fromBigEndian(slot(block.digests, at, DIGEST_SIZE));
    const s = (kInverse * ((z + r * d) % N)) % N;
    if (r === 0n || s === 0n) {
      throw new CryptoError('invalid-signature', 'a nonce that gives r, s > 0', 'r or s = 0');
    }
    const signature = slot(block.signatures, at, SIGNATURE_SIZE);
    writeBigEndian(r, signature, 0);
    writeBigEndian(s, signature, SCALAR_SIZE);
  }
}

/** 1 / value mod n by the extended Euclidean algorithm; `value` is not 0 mod n. */
function invert(value: bigint): bigint {
  let [a, b] = [value, N];
  let [u, v] = [1n, 0n];
  while (a !== 1n) {
    const quotient = b / a;
    [a, b] = [b - quotient * a, a];
    [u, v] = [v - quotient * u, u];
  }
  return ((u % N) + N) % N;
}

/** A 256-bit integer from 32 big-endian bytes. */
function fromBigEndian(bytes: Uint8Array): bigint {
  const view = new DataView(bytes.buffer, bytes.byteOffset, SCALAR_SIZE);
  const high = (view.getBigUint64(0) << 64n) | view.getBigUint64(8);
  return (high << 128n) | (view.getBigUint64(16) << 64n) | view.getBigUint64(24);
}

function writeBigEndian(value: bigint, out: Uint8Array, offset: number): void {
  const view = new DataView(out.buffer, out.byteOffset + offset, SCALAR_SIZE);
  view.setBigUint64(0, value >> 192n);
  view.setBigUint64(8, BigInt.asUintN(64, value >> 128n));
  view.setBigUint64(16, BigInt.asUintN(64, value >> 64n));
  view.setBigUint64(24, BigInt.asUintN(64, value));
}
