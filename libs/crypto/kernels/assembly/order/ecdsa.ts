/**
 * What ECDSA computes modulo n, on blocks of slots (FIPS 186-5 sections 6.4.1 and 6.4.2). Numbers
 * are 32 big-endian bytes; digests are taken modulo n. A slot whose status is not 0 is left out.
 *
 * Powers of R: inverses come as R^2 / x for x as it was read, and a product takes away one R.
 */

import { include, openBatch, release, turnBatch } from './batch';
import { addLoosely, areEqual, ELEMENT_SIZE, isZero, makeCanonical, mul, negate } from './scalar';
import { ONE, read, readScalar, write } from './scalar';
import { FIRST, FOURTH, SECOND, THIRD } from './scratch';

/**
 * r = x mod n, s = (e + r d) / k as r || s, where x is that of kG; n - s where its y is odd.
 *
 * @param points kG of each slot, 65 bytes: 0x04 || x || y
 * @param work an element's room (36 bytes) for each slot
 * @returns the first slot that can't be signed, else `count`. If that is for a nonce k or a scalar
 * d out of [1, n-1], no signature is written; if it is for r = 0 or s = 0, those of good slots are.
 */
export function signScalars(
  count: usize,
  nonces: usize,
  nonceStride: usize,
  scalars: usize,
  scalarStride: usize,
  digests: usize,
  digestStride: usize,
  points: usize,
  pointStride: usize,
  signatures: usize,
  signatureStride: usize,
  status: usize,
  work: usize,
): usize {
  const k = FIRST;
  const inverse = SECOND;
  openBatch();
  for (let i: usize = 0; i < count; i++) {
    if (load<u8>(status + i) != 0) continue;
    if (!readScalar(k, scalars + i * scalarStride)) return i;
    if (!readScalar(k, nonces + i * nonceStride)) return i;
    include(k, work + i * ELEMENT_SIZE);
  }
  turnBatch();
  let refused = count;
  for (let i = count; i-- > 0; ) {
    if (load<u8>(status + i) != 0) continue;
    read(k, nonces + i * nonceStride);
    release(inverse, k, work + i * ELEMENT_SIZE);
    const signature = signatures + i * signatureStride;
    const signed = signOne(
      inverse,
      scalars + i * scalarStride,
      digests + i * digestStride,
      points + i * pointStride,
      signature,
    );
    if (!signed) refused = i;
  }
  return refused;
}

/**
 * One signature, from inverse = R^2 / k. With e / R and r d / R, which products with 1 and of two
 * plain numbers are, s = R^2 / k * (e + r d) / R / R.
 */
function signOne(
  inverse: usize,
  scalar: usize,
  digest: usize,
  point: usize,
  signature: usize,
): bool {
  const r = FIRST;
  const sum = THIRD;
  const other = FOURTH;
  read(r, point + 1);
  makeCanonical(r);
  read(other, scalar);
  mul(sum, r, other);
  read(other, digest);
  mul(other, other, ONE);
  addLoosely(sum, sum, other);
  const s = sum;
  mul(s, sum, inverse);
  makeCanonical(s);
  if (load<u8>(point, 64) & 1) negate(s);
  if (isZero(r) || isZero(s)) return false;
  write(signature, r);
  write(signature + 32, s);
  return true;
}

/**
 * u1 = e / s, u2 = r / s for signatures r || s. Where r or s is out of [1, n-1] the status becomes
 * `failure`. Slots left out get u1 = u2 = 1: who goes on in lanes has something to compute with.
 *
 * @param work an element's room (36 bytes) for each slot
 */
export function verifyScalars(
  count: usize,
  digests: usize,
  digestStride: usize,
  signatures: usize,
  signatureStride: usize,
  u1: usize,
  u1Stride: usize,
  u2: usize,
  u2Stride: usize,
  status: usize,
  failure: u32,
  work: usize,
): void {
  const r = FIRST;
  const s = SECOND;
  const inverse = THIRD;
  openBatch();
  for (let i: usize = 0; i < count; i++) {
    if (load<u8>(status + i) != 0) continue;
    const signature = signatures + i * signatureStride;
    if (readScalar(r, signature) && readScalar(s, signature + 32)) {
      include(s, work + i * ELEMENT_SIZE);
    } else {
      store<u8>(status + i, failure);
    }
  }
  turnBatch();
  for (let i = count; i-- > 0; ) {
    const u1At = u1 + i * u1Stride;
    const u2At = u2 + i * u2Stride;
    if (load<u8>(status + i) != 0) {
      write(u1At, ONE);
      write(u2At, ONE);
      continue;
    }
    const signature = signatures + i * signatureStride;
    read(r, signature);
    read(s, signature + 32);
    release(inverse, s, work + i * ELEMENT_SIZE);
    // R / s, so that products with plain numbers are plain.
    mul(inverse, inverse, ONE);
    writeProduct(u2At, r, inverse);
    const e = FIRST;
    read(e, digests + i * digestStride);
    writeProduct(u1At, e, inverse);
  }
}

function writeProduct(bytes: usize, a: usize, b: usize): void {
  const product = FOURTH;
  mul(product, a, b);
  makeCanonical(product);
  write(bytes, product);
}

/**
 * Whether x mod n = r, for the r that signatures start with, in [1, n-1] and already found so; else
 * the status becomes `failure`.
 */
export function matchR(
  count: usize,
  xs: usize,
  xStride: usize,
  signatures: usize,
  signatureStride: usize,
  status: usize,
  failure: u32,
): void {
  for (let i: usize = 0; i < count; i++) {
    if (load<u8>(status + i) != 0) continue;
    read(FIRST, xs + i * xStride);
    makeCanonical(FIRST);
    read(SECOND, signatures + i * signatureStride);
    if (!areEqual(FIRST, SECOND)) store<u8>(status + i, failure);
  }
}
