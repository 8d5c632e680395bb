/**
 * The digits by which one scalar multiplies many points: non-adjacent form of width 5, in which a
 * digit that is not 0 is odd, and four zeros or more follow it. All points are doubled and added to
 * at the same digits. Source: Hankerson, Menezes, Vanstone, "Guide to Elliptic Curve Cryptography"
 * (2004), algorithm 3.35.
 */

import { SCALAR_SIZE } from '../backend.ts';

const WIDTH = 5;
/** Odd multiples of a point that the digits ask for: 1, 3, ... 15. */
export const SHARED_MULTIPLES = 2 ** (WIDTH - 2);

/** The digits of a scalar in [1, n-1] as signed bytes, the top one first, which is not 0. */
export function signedWindows(scalar: Uint8Array): Uint8Array {
  const size = 8 * SCALAR_SIZE;
  // A window may begin at the last bit, and a carry go beyond it.
  const bits = new Uint8Array(size + WIDTH + 1);
  for (let i = 0; i < size; i++) bits[i] = (scalar[SCALAR_SIZE - 1 - (i >> 3)]! >> (i & 7)) & 1;
  const digits = new Int8Array(size + 1);
  let length = 0;
  for (let i = 0; i <= size; i++) {
    if (bits[i] === 0) continue;
    let digit = 0;
    for (let j = 0; j < WIDTH; j++) {
      digit |= bits[i + j]! << j;
      bits[i + j] = 0;
    }
    if (digit >= 2 ** (WIDTH - 1)) {
      digit -= 2 ** WIDTH;
      let carry = i + WIDTH;
      while (bits[carry] === 1) bits[carry++] = 0;
      bits[carry] = 1;
    }
    digits[i] = digit;
    length = i + 1;
  }
  return new Uint8Array(digits.slice(0, length).reverse().buffer);
}
