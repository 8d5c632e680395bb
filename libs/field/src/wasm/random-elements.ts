/**
 * How many random words a vector needs, words of p or more being skipped, and what to do in the
 * rare case that they were too few.
 */

import { MODULUS } from '../field-prio2/arithmetic.ts';

/** Items of bytes: item i begins at `offset + i * stride`. */
export interface ByteItems {
  readonly bytes: Uint8Array;
  readonly offset: number;
  readonly stride: number;
}

/**
 * Writes `size` random bytes for each of the slots `first`..`first + count - 1` to the items of
 * `into`. Asked for more bytes of a slot, it gives the same ones first.
 */
export type FillRandom = (first: number, count: number, size: number, into: ByteItems) => void;

/**
 * Enough for four times the expected number of skipped words, one in 4,096, and four more; in
 * whole AES blocks of four.
 */
export function wordsToDraw(elements: number): number {
  return Math.ceil((elements + Math.ceil(elements / 1024) + 4) / 4) * 4;
}

/** The elements of one slot from `size` bytes, or twice that, and so on. */
export function drawLonger(
  fill: FillRandom,
  slot: number,
  size: number,
  length: number,
): Uint32Array {
  const bytes = new Uint8Array(size);
  fill(slot, 1, size, { bytes, offset: 0, stride: size });
  const elements = new Uint32Array(bytes.buffer).filter((word) => word < MODULUS);
  if (elements.length < length) return drawLonger(fill, slot, 2 * size, length);
  return elements.subarray(0, length);
}
