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
import { isScalar } from './scalars.ts';
import { POINT_SIZE, SCALAR_SIZE } from './backend.ts';
import type { SignBlock, Strided } from './backend.ts';

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
  const nonceItems = viewOf(block.nonces);
  const scalars = viewOf(block.scalars);
  const digests = viewOf(block.digests);
  const signatures = viewOf(block.signatures);
  const nonces: bigint[] = [];
  // products[i] = k_0 ... k_(i-1)
  const products: bigint[] = [];
  let product = 1n;
  for (let i = 0; i < count; i++) {
    requireScalar('nonce', block.nonces, slots[i]!);
    requireScalar('private scalar', block.scalars, slots[i]!);
    const k = fromBigEndian(nonceItems, placeOf(block.nonces, slots[i]!));
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
    const point = keys.getPublicKey();
    const r = fromBigEndian(new DataView(point.buffer, point.byteOffset), 1) % N;
    const d = fromBigEndian(scalars, placeOf(block.scalars, at));
    const z = fromBigEndian(digests, placeOf(block.digests, at));
    const sOfNonce = (kInverse * ((z + r * d) % N)) % N;
    // The y of -kG is even where that of kG is not.
    const s = (point[POINT_SIZE - 1]! & 1) === 0 ? sOfNonce : (N - sOfNonce) % N;
    if (r === 0n || s === 0n) {
      throw new CryptoError('invalid-signature', 'a nonce that gives r, s > 0', 'r or s = 0');
    }
    const signatureAt = placeOf(block.signatures, at);
    writeBigEndian(r, signatures, signatureAt);
    writeBigEndian(s, signatures, signatureAt + SCALAR_SIZE);
  }
}

function viewOf({ bytes }: Strided): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}

function placeOf({ offset, stride }: Strided, index: number): number {
  return offset + index * stride;
}

function requireScalar(what: string, items: Strided, index: number): void {
  if (isScalar(items.bytes, placeOf(items, index))) return;
  throw new CryptoError('invalid-scalar', `${what} in [1, n-1]`, '0 or at least n');
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

/** A 256-bit integer from the 32 big-endian bytes at `at`. */
function fromBigEndian(view: DataView, at: number): bigint {
  const high = (view.getBigUint64(at) << 64n) | view.getBigUint64(at + 8);
  return (high << 128n) | (view.getBigUint64(at + 16) << 64n) | view.getBigUint64(at + 24);
}

function writeBigEndian(value: bigint, view: DataView, at: number): void {
  view.setBigUint64(at, value >> 192n);
  view.setBigUint64(at + 8, BigInt.asUintN(64, value >> 128n));
  view.setBigUint64(at + 16, BigInt.asUintN(64, value >> 64n));
  view.setBigUint64(at + 24, BigInt.asUintN(64, value));
}
