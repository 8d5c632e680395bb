/**
 * Sizes of Prio v2's vectors, by the number of bins. Source: ENPA sections 3.1, 3.5.
 */

import { fieldPrio2 } from '@priolab/field';
import type { ByteItems } from '@priolab/field';

import { PrioError } from '../prio-error.ts';

export const FIELD_MODULUS = fieldPrio2.modulus;
/** The proof needs 2n roots of unity, n > dimension a power of two; the field has 2^20. */
export const MAX_DIMENSION = 2 ** 19 - 1;

export interface Prio2Shape {
  /** Bins: elements of a measurement. */
  readonly dimension: number;
  /** n: the smallest power of two that is at least dimension + 1. */
  readonly rootCount: number;
  readonly rootCountLog2: number;
  /** L = dimension + 3 + n elements: data, f0, g0, h0, packed h. */
  readonly proofLen: number;
  /** Bytes of the leader's plaintext share: L encoded elements. */
  readonly leaderShareSize: number;
  /** Bytes of the helper's plaintext share: a seed. */
  readonly helperShareSize: number;
  readonly modulus: number;
}

/** @throws PrioError `dimension` unless it is a whole number in 1..2^19-1 */
export function prio2Shape(dimension: number): Prio2Shape {
  if (!Number.isInteger(dimension) || dimension < 1 || dimension > MAX_DIMENSION) {
    throw new PrioError('dimension', `1..${MAX_DIMENSION}`, `${dimension}`);
  }
  let rootCountLog2 = 1;
  while (2 ** rootCountLog2 < dimension + 1) rootCountLog2++;
  const rootCount = 2 ** rootCountLog2;
  const proofLen = dimension + 3 + rootCount;
  return Object.freeze({
    dimension,
    rootCount,
    rootCountLog2,
    proofLen,
    leaderShareSize: proofLen * fieldPrio2.encodedSize,
    helperShareSize: 32,
    modulus: FIELD_MODULUS,
  });
}

/** Typed arrays ignore what is written past their end; a block that doesn't fit must not pass. */
export function requireLength(what: string, array: ArrayLike<number>, length: number): void {
  if (array.length < length) {
    throw new PrioError('size', `${length} ${what}`, `${array.length}`);
  }
}

/** `count` items of `size` bytes must lie inside the array. */
export function requireItems(what: string, items: ByteItems, count: number, size: number): void {
  if (count > 0) {
    requireLength(what, items.bytes, items.offset + (count - 1) * items.stride + size);
  }
}
