// Scalars as signed odd windows, and the points that windows select from tables.
//
// An odd k of w-bit windows is the sum of d_i 2^(w i) with every d_i odd and below 2^w in size: no
// window is 0, so that all lanes do the same. Where bits w i + 1 ... w i + w of k are v, d_i is
// 2v + 1 - 2^w; what that takes off, 2^(w (i+1)), is the lowest bit of the next window, which
// makes it odd. The last window takes nothing off. An even k becomes n - k, and its digits' signs
// are turned: -(n - k) = k mod n.

import { AFFINE_SIZE, ELEMENT_SIZE, ENTRY_SIZE, NUMBER } from './scratch';
import { bitsAt, readNumber } from './number';

/** The order n of the base point, in words, the least significant first. */
const N0: u64 = 0xf3b9cac2fc632551;
const N1: u64 = 0xbce6faada7179e84;
const N2: u64 = 0xffffffffffffffff;
const N3: u64 = 0xffffffff00000000;

/** Set in digits, and where points are chosen by their numbers, for the negative. */
export const NEGATIVE: u32 = 0x80000000;
/** The rows that hold x: two and a half. */
const X_ROWS_SIZE: usize = 48;

/**
 * The digits of `count` scalars, 32 big-endian bytes each and in [0, n-1], 0 as n. A digit d is the
 * word |d| >> 1, which is its index in a table of odd multiples, with the top bit set if d < 0. The
 * words of one window lie together, those of the least significant one first.
 */
export function recode(digits: usize, scalars: usize, count: usize, width: usize): void {
  recodeShort(digits, scalars, count, width, 256);
}

/** The same for scalars below 2^bits, which must be odd where that is less than 256. */
export function recodeShort(
  digits: usize, scalars: usize, count: usize, width: usize, bits: usize,
): void {
  const windows = windowCount(width, bits);
  const size: u32 = 1 << <u32>width;
  for (let s: usize = 0; s < count; s++) {
    readNumber(scalars + 32 * s);
    const turned = makeOdd();
    let at = digits + 4 * s;
    for (let i: usize = 0; i < windows; i++) {
      const window = <u32>bitsAt(NUMBER, 4, <u32>(width * i + 1)) & (size - 1);
      const least = i == windows - 1 ? 0 : size;
      const digit = <i32>(2 * window + 1 - least);
      const negative = digit < 0 != turned;
      store<u32>(at, (<u32>abs(digit) >> 1) | (negative ? NEGATIVE : 0));
      at += 4 * count;
    }
  }
}

/** How many windows of `width` bits a scalar has. */
export function windowCount(width: usize, bits: usize = 256): usize {
  return (width + bits - 1) / width;
}

/** NUMBER = n - NUMBER if that was even; returns whether it was. */
function makeOdd(): bool {
  if (load<u64>(NUMBER) & 1) return false;
  let borrow = subtractFrom(0, N0, 0);
  borrow = subtractFrom(8, N1, borrow);
  borrow = subtractFrom(16, N2, borrow);
  subtractFrom(24, N3, borrow);
  return true;
}

function subtractFrom(offset: usize, word: u64, borrow: u64): u64 {
  const subtrahend = load<u64>(NUMBER + offset);
  const partial = word - subtrahend;
  store<u64>(NUMBER + offset, partial - borrow);
  return <u64>(word < subtrahend) | <u64>(partial < borrow);
}

/**
 * into = for each lane, the entry that its digit selects from a table of one-lane entries. Rows of
 * four words are transposed: 16 bytes of an entry are a word in each of four vectors.
 */
// @ts-ignore: decorator
@inline
export function selectEntries(into: usize, table: usize, digits: usize): void {
  selectRows(into, table, digits, ENTRY_SIZE);
  turn(into + ELEMENT_SIZE, digits);
}

/** into = the x coordinates of these entries; what follows them is overwritten too. */
// @ts-ignore: decorator
@inline
export function selectX(into: usize, table: usize, digits: usize): void {
  selectRows(into, table, digits, X_ROWS_SIZE);
}

/** The first `size` bytes of each lane's entry, a multiple of 16. */
// @ts-ignore: decorator
@inline
function selectRows(into: usize, table: usize, digits: usize, size: usize): void {
  const p0 = table + <usize>(load<u32>(digits) & ~NEGATIVE) * ENTRY_SIZE;
  const p1 = table + <usize>(load<u32>(digits, 4) & ~NEGATIVE) * ENTRY_SIZE;
  const p2 = table + <usize>(load<u32>(digits, 8) & ~NEGATIVE) * ENTRY_SIZE;
  const p3 = table + <usize>(load<u32>(digits, 12) & ~NEGATIVE) * ENTRY_SIZE;
  for (let at: usize = 0; at < size; at += 16) {
    const r0 = v128.load(p0 + at);
    const r1 = v128.load(p1 + at);
    const r2 = v128.load(p2 + at);
    const r3 = v128.load(p3 + at);
    const low01 = v128.shuffle<i32>(r0, r1, 0, 4, 1, 5);
    const low23 = v128.shuffle<i32>(r2, r3, 0, 4, 1, 5);
    const high01 = v128.shuffle<i32>(r0, r1, 2, 6, 3, 7);
    const high23 = v128.shuffle<i32>(r2, r3, 2, 6, 3, 7);
    const out = into + 4 * at;
    v128.store(out, v128.shuffle<i64>(low01, low23, 0, 2));
    v128.store(out, v128.shuffle<i64>(low01, low23, 1, 3), 16);
    v128.store(out, v128.shuffle<i64>(high01, high23, 0, 2), 32);
    v128.store(out, v128.shuffle<i64>(high01, high23, 1, 3), 48);
  }
}

/** into = for each lane, the point that its digit selects among four-lane points: its own lane. */
// @ts-ignore: decorator
@inline
export function selectPoints(into: usize, table: usize, digits: usize): void {
  const p0 = table + <usize>(load<u32>(digits) & ~NEGATIVE) * AFFINE_SIZE;
  const p1 = table + <usize>(load<u32>(digits, 4) & ~NEGATIVE) * AFFINE_SIZE + 4;
  const p2 = table + <usize>(load<u32>(digits, 8) & ~NEGATIVE) * AFFINE_SIZE + 8;
  const p3 = table + <usize>(load<u32>(digits, 12) & ~NEGATIVE) * AFFINE_SIZE + 12;
  for (let at: usize = 0; at < AFFINE_SIZE; at += 16) {
    let v = v128.load32_zero(p0 + at);
    v = v128.load_lane<i32>(p1 + at, v, 1);
    v = v128.load_lane<i32>(p2 + at, v, 2);
    v128.store(into + at, v128.load_lane<i32>(p3 + at, v, 3));
  }
  turn(into + ELEMENT_SIZE, digits);
}

/** Negates the lanes of an element whose digit is negative: all bits of the mask are its sign. */
// @ts-ignore: decorator
@inline
function turn(element: usize, digits: usize): void {
  const mask = i32x4.shr_s(v128.load(digits), 31);
  for (let at: usize = 0; at < ELEMENT_SIZE; at += 16) {
    const v = v128.load(element + at);
    v128.store(element + at, i16x8.sub(v128.xor(v, mask), mask));
  }
}

/** Four lanes of a point as four entries, the next of which is `stride` bytes on. */
export function storeEntries(entries: usize, stride: usize, point: usize): void {
  for (let at: usize = 0; at < ENTRY_SIZE; at += 16) {
    const v0 = v128.load(point + 4 * at);
    const v1 = v128.load(point + 4 * at, 16);
    const v2 = v128.load(point + 4 * at, 32);
    const v3 = v128.load(point + 4 * at, 48);
    const low01 = v128.shuffle<i32>(v0, v1, 0, 4, 1, 5);
    const low23 = v128.shuffle<i32>(v2, v3, 0, 4, 1, 5);
    const high01 = v128.shuffle<i32>(v0, v1, 2, 6, 3, 7);
    const high23 = v128.shuffle<i32>(v2, v3, 2, 6, 3, 7);
    const out = entries + at;
    v128.store(out, v128.shuffle<i64>(low01, low23, 0, 2));
    v128.store(out + stride, v128.shuffle<i64>(low01, low23, 1, 3));
    v128.store(out + 2 * stride, v128.shuffle<i64>(high01, high23, 0, 2));
    v128.store(out + 3 * stride, v128.shuffle<i64>(high01, high23, 1, 3));
  }
}
