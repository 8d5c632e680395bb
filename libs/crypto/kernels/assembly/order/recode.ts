/**
 * Scalars (32 big-endian bytes, at most n - 1) as short sums of small odd digits, for combs and for
 * multiplication with tables of odd multiples.
 *
 * A digit d is an i16, odd or 0. With sign = d >> 15, that is 0 or -1, the table of P, 3P, 5P, ...
 * has |d| P at index (d ^ sign) >> 1. Digit j of item i is at i * itemStride + j * digitStride, so
 * that items can lie one after the other or digits of lanes side by side. Lowest digit first.
 */

import { BITS } from './scratch';

/** n in 64-bit words. */
const N3: u64 = 0xffffffff00000000;
const N2: u64 = 0xffffffffffffffff;
const N1: u64 = 0xbce6faada7179e84;
const N0: u64 = 0xf3b9cac2fc632551;

/**
 * ceil(256 / width) digits, none of them 0, |d_j| < 2^width: k = sum of d_j * 2^(width * j) mod n.
 *
 * An odd k < 2^256 is such a sum as it stands. With D = width * count and b_j the windows of
 * B = (k - 1) / 2 + 2^(D - 1), the digits d_j = 2 b_j - (2^width - 1) are odd, and their sum is
 * 2 B - (2^D - 1) = k. Since k / 2 < 2^255 <= 2^(D - 1), B is k shifted by 1, with bit D - 1 set.
 *
 * An even k is recoded as the odd n - k, with all signs changed: the sum is k - n. That of 0 is -n.
 */
export function recodeWindows(
  count: usize,
  scalars: usize,
  scalarStride: usize,
  width: u32,
  digits: usize,
  itemStride: usize,
  digitStride: usize,
): void {
  const last: u32 = (256 + width - 1) / width - 1;
  const largest: i32 = (1 << width) - 1;
  for (let i: usize = 0; i < count; i++) {
    const sign = spreadOdd(scalars + i * scalarStride);
    let at = digits + i * itemStride;
    for (let j: u32 = 0; j <= last; j++, at += digitStride) {
      let window: i32 = bitsAt(width * j + 1, width);
      if (j == last) window |= 1 << (width - 1);
      const digit = 2 * window - largest;
      store<i16>(at, <i16>((digit ^ sign) - sign));
    }
  }
}

/**
 * 257 digits, |d_j| < 2^(width - 1) and of any `width` neighbours at most one not 0: the width-w
 * NAF, whose sum of d_j * 2^j is k itself (Solinas, "Efficient arithmetic on Koblitz curves",
 * 2000).
 *
 * What is left of k from bit j on is its bits there plus a carry. Where that is even, which is
 * where bit and carry are the same, the digit is 0 and the carry stays. Else the digit is the
 * window minus 2^width if its highest bit is set, which is the next carry. The carry never ripples
 * within a window: it is added where the lowest bit is 0. It is set only by a bit of k, so that the
 * last place where it can come down is bit 256.
 */
export function recodeNaf(
  count: usize,
  scalars: usize,
  scalarStride: usize,
  width: u32,
  digits: usize,
  itemStride: usize,
  digitStride: usize,
): void {
  for (let i: usize = 0; i < count; i++) {
    spread(scalars + i * scalarStride);
    let at = digits + i * itemStride;
    let carry = 0;
    let zeros: u32 = 0;
    for (let j: u32 = 0; j <= 256; j++, at += digitStride) {
      let digit = 0;
      if (zeros > 0) zeros--;
      else if (bitsAt(j, 1) != carry) {
        const window = bitsAt(j, width) + carry;
        carry = window >> (width - 1);
        digit = window - (carry << width);
        zeros = width - 1;
      }
      store<i16>(at, <i16>digit);
    }
  }
}

/** `width` <= 25 bits of what was spread, from bit `first` on: a word holds 7 bits more. */
// @ts-ignore: decorator
@inline
function bitsAt(first: u32, width: u32): i32 {
  return (load<u32>(BITS + (first >> 3)) >> (first & 7)) & ((1 << width) - 1);
}

/** The scalar's bits where `bitsAt` reads them. */
function spread(scalar: usize): void {
  store<u64>(BITS, bswap(load<u64>(scalar, 24)));
  store<u64>(BITS, bswap(load<u64>(scalar, 16)), 8);
  store<u64>(BITS, bswap(load<u64>(scalar, 8)), 16);
  store<u64>(BITS, bswap(load<u64>(scalar)), 24);
  store<u64>(BITS, 0, 32);
}

/** Spreads k if that is odd and returns 0; else spreads n - k and returns -1. */
function spreadOdd(scalar: usize): i32 {
  spread(scalar);
  const k0 = load<u64>(BITS);
  if (k0 & 1) return 0;
  const k1 = load<u64>(BITS, 8);
  const k2 = load<u64>(BITS, 16);
  const k3 = load<u64>(BITS, 24);
  const borrow1 = <u64>(k0 > N0);
  // Without k1 + borrow, which could wrap.
  const borrow2 = <u64>(k1 > N1 || (k1 == N1 && borrow1 != 0));
  const borrow3 = <u64>(k2 == N2 && borrow2 != 0);
  store<u64>(BITS, N0 - k0);
  store<u64>(BITS, N1 - k1 - borrow1, 8);
  store<u64>(BITS, N2 - k2 - borrow2, 16);
  store<u64>(BITS, N3 - k3 - borrow3, 24);
  return -1;
}
