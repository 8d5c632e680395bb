/**
 * Scalars and points for the tests of the P-256 kernels, and their answers by the reference.
 */

import { p256 } from '@noble/curves/nist.js';
import { createSeedTree } from '../../src/index.ts';
import { createKernelInstance } from '../../src/wasm/instance.ts';
import { createP256 } from '../../src/wasm/p256.ts';
import type { Strided } from '../../src/index.ts';

const { Fn, BASE } = p256.Point;

export const kernels = createKernelInstance();
export const curve = createP256(kernels);

export const P = p256.Point.CURVE().p;
export const N = p256.Point.CURVE().n;

type Point = typeof BASE;

/** Uniform scalars that depend on `name` alone. */
export function uniformScalars(name: string, count: number): bigint[] {
  const branch = createSeedTree('p256 kernels').child(name);
  return Array.from({ length: count }, (_, i) => {
    const value = BigInt(`0x${Buffer.from(branch.bytes(i, 48)).toString('hex')}`);
    return (value % (N - 1n)) + 1n;
  });
}

/** `value` as 32 big-endian bytes. */
export function bytesOf(value: bigint): Uint8Array {
  return new Uint8Array(Buffer.from(value.toString(16).padStart(64, '0'), 'hex'));
}

export function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

/** Items at an odd offset with gaps between them, which `intact` finds untouched. */
export function laid(items: readonly Uint8Array[], size: number): Strided {
  const stride = size + 3;
  const bytes = new Uint8Array(7 + items.length * stride + 5).fill(0xa5);
  items.forEach((item, i) => bytes.set(item, 7 + i * stride));
  return { bytes, offset: 7, stride };
}

/** Room for results. */
export function room(count: number, size: number): Strided {
  return laid(
    Array.from({ length: count }, () => new Uint8Array(size).fill(0xa5)),
    size,
  );
}

/** `room` as it must be when `results` have been written into it, undefined ones left out. */
export function filled(results: readonly (Uint8Array | undefined)[], size: number): Strided {
  return laid(
    results.map((result) => result ?? new Uint8Array(size).fill(0xa5)),
    size,
  );
}

export function pointOf(k: bigint): Point {
  return BASE.multiplyUnsafe(Fn.create(k));
}

export function encoded(point: Point): Uint8Array {
  return point.toBytes(false);
}

/** x of a point, undefined for infinity. */
export function xOf(point: Point): Uint8Array | undefined {
  return point.is0() ? undefined : point.toBytes(false).subarray(1, 33);
}
