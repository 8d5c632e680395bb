/**
 * What the P-256 kernels leave undone, by the reference, one slot at a time: sums that meet the
 * point at infinity or the very point they add.
 */

import { p256 } from '@noble/curves/nist.js';

const { Fn, BASE } = p256.Point;

/** scalar * point, 65 bytes, for a scalar in [1, n-1]. */
export function multiplyExactly(point: Uint8Array, scalar: Uint8Array): Uint8Array {
  return p256.Point.fromBytes(point).multiply(Fn.fromBytes(scalar)).toBytes(false);
}

/** The x coordinate of scalar * point, for a scalar in [1, n-1]. */
export function agreeExactly(scalar: Uint8Array, point: Uint8Array): Uint8Array {
  return multiplyExactly(point, scalar).subarray(1, 33);
}

/** The x coordinate of u1 G + u2 Q, or undefined for the point at infinity. */
export function combineExactly(
  u1: Uint8Array,
  u2: Uint8Array,
  point: Uint8Array,
): Uint8Array | undefined {
  const a = BASE.multiplyUnsafe(Fn.fromBytes(u1));
  const b = p256.Point.fromBytes(point).multiplyUnsafe(Fn.fromBytes(u2));
  const sum = a.add(b);
  return sum.is0() ? undefined : sum.toBytes(false).subarray(1, 33);
}
