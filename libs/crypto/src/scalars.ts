/**
 * Scalars of P-256 as 32 big-endian bytes: the range check that both backends share, and uniform
 * scalars from the seed tree. Byte comparisons only; no arithmetic.
 * Source: SEC 2 v2 section 2.4.2 (order n); FIPS 186-5 appendix A.4.2 (rejection sampling).
 */

import { copyBytes, fromHex } from './bytes.ts';
import { CryptoError } from './errors.ts';
import { checkOutput } from './layout.ts';
import { POINT_SIZE, SCALAR_SIZE } from './backend.ts';
import type { Strided } from './backend.ts';
import type { SeedBranch } from './seed-tree.ts';

/** Order n of P-256, big-endian. */
const ORDER = fromHex('ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551');
/** Chance of one retry is 2^-32, so that reaching this many means a broken branch. */
const RETRIES_MAX = 64;
/** Scalars gathered at a time where the output is not packed. */
const GATHER_COUNT = 1024;

/** Whether the 32 bytes at `offset` are a scalar in [1, n-1]. */
export function isScalar(bytes: Uint8Array, offset = 0): boolean {
  if (bytes[offset]! !== 0 && bytes[offset]! !== 0xff) return true;
  let any = 0;
  for (let i = 0; i < SCALAR_SIZE; i++) any |= bytes[offset + i]!;
  if (any === 0) return false;
  for (let i = 0; i < SCALAR_SIZE; i++) {
    if (bytes[offset + i]! !== ORDER[i]!) return bytes[offset + i]! < ORDER[i]!;
  }
  return false;
}

/** Whether bytes are shaped like an uncompressed point; says nothing about the curve. */
export function isUncompressed(point: Uint8Array): boolean {
  // 0x06 and 0x07 are the hybrid forms of X9.62, which OpenSSL would take and ENPA must not.
  return point.length === POINT_SIZE && point[0] === 0x04;
}

/** Throws `invalid-scalar` unless `scalar` is 32 bytes in [1, n-1]; `what` names it. */
export function checkScalar(what: string, scalar: Uint8Array): void {
  if (scalar.length !== SCALAR_SIZE) {
    throw new CryptoError('invalid-scalar', `${SCALAR_SIZE} bytes (${what})`, `${scalar.length}`);
  }
  if (!isScalar(scalar)) {
    throw new CryptoError('invalid-scalar', `${what} in [1, n-1]`, '0 or at least n');
  }
}

/** Throws `invalid-scalar` where an item whose status is 0 is not in [1, n-1]. */
export function requireScalars(
  what: string,
  count: number,
  { bytes, offset, stride }: Strided,
  status: Uint8Array,
): void {
  for (let i = 0; i < count; i++) {
    if (status[i] !== 0 || isScalar(bytes, offset + i * stride)) continue;
    throw new CryptoError('invalid-scalar', `${what} in [1, n-1]`, '0 or at least n');
  }
}

/**
 * Uniform scalars in [1, n-1] for the first `count` of `indexes` (strictly ascending), written to
 * `out` in list order. A 32-byte item of `branch` that is out of range is replaced by the item of
 * the same index of its child 'retry-1', then 'retry-2', ...
 */
export function fillScalars(
  branch: SeedBranch,
  indexes: Uint32Array,
  count: number,
  out: Strided,
): void {
  checkOutput('scalars', out, count, SCALAR_SIZE);
  if (out.stride === SCALAR_SIZE) {
    branch.gather(indexes, count, SCALAR_SIZE, out.bytes, out.offset);
  } else {
    const packed = new Uint8Array(Math.min(count, GATHER_COUNT) * SCALAR_SIZE);
    for (let first = 0; first < count; first += GATHER_COUNT) {
      const some = Math.min(GATHER_COUNT, count - first);
      branch.gather(indexes.subarray(first, first + some), some, SCALAR_SIZE, packed);
      for (let i = 0; i < some; i++) {
        const target = out.offset + (first + i) * out.stride;
        copyBytes(SCALAR_SIZE, packed, i * SCALAR_SIZE, out.bytes, target);
      }
    }
  }
  for (let i = 0; i < count; i++) {
    const target = out.offset + i * out.stride;
    if (!isScalar(out.bytes, target)) out.bytes.set(retry(branch, indexes[i]!), target);
  }
}

function retry(branch: SeedBranch, index: number): Uint8Array {
  for (let attempt = 1; attempt <= RETRIES_MAX; attempt++) {
    const scalar = branch.child(`retry-${attempt}`).bytes(index, SCALAR_SIZE);
    if (isScalar(scalar)) return scalar;
  }
  throw new CryptoError('invalid-seed', 'a uniform branch', `${RETRIES_MAX} scalars out of range`);
}
