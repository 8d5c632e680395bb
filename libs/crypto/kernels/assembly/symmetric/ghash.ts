// GHASH (NIST SP 800-38D section 6.4) of two messages under two keys at a time: one product waits
// for the one before it, two fill the machine. Each key has a table of its 256 products with a
// byte, made anew, since a key is used once.
//
// Elements are reversed: as a little-endian 128-bit number, the coefficient of x^0 is the top bit,
// and multiplying by x is a shift to the right. A byte's top bit is its lowest power too.

import { copyBytes, reversed } from './bytes';
import { HASH_SUMS, HASH_TABLES, HASH_TABLE_SIZE, PADDED } from './scratch';

/** x^128 = 1 + x + x^2 + x^7, reversed, in the upper half of an element. */
const REDUCTION: i64 = 0xe1 << 56;

/** Fills both tables for the keys (as bytes) at `keys`: entry b is the product of byte b. */
export function buildHashTables(keys: usize): void {
  buildHashTable(v128.load(keys), HASH_TABLES);
  buildHashTable(v128.load(keys, 16), HASH_TABLES + HASH_TABLE_SIZE);
}

function buildHashTable(key: v128, table: usize): void {
  v128.store(table, i64x2.splat(0));
  let product = reversed(key);
  for (let bit: usize = 128; bit > 0; bit >>= 1) {
    v128.store(table + (bit << 4), product);
    product = timesX(product);
  }
  for (let bit: usize = 2; bit < 256; bit <<= 1) {
    const at = table + (bit << 4);
    const top = v128.load(at);
    v128.store(at, v128.xor(top, v128.load(table, 16)), 16);
    for (let i: usize = 32; i < bit << 4; i += 32) {
      v128.store(at + i, v128.xor(top, v128.load(table + i)));
      v128.store(at + i, v128.xor(top, v128.load(table + i, 16)), 16);
    }
  }
}

// @ts-ignore: decorator
@inline
function timesX(element: v128): v128 {
  const low = v128.extract_lane<u64>(element, 0), high = v128.extract_lane<u64>(element, 1);
  return i64x2(
    <i64>((low >> 1) | (high << 63)),
    <i64>(high >> 1) ^ (REDUCTION & -<i64>(low & 1)),
  );
}

/** Sets both sums to 0. */
export function startHash(): void {
  v128.store(HASH_SUMS, i64x2.splat(0));
  v128.store(HASH_SUMS, i64x2.splat(0), 16);
}

/** Takes `size` bytes of each message, the last block padded with zeros, into its sum. */
export function absorbBytes(a: usize, b: usize, size: u32): void {
  for (; size >= 16; size -= 16) {
    absorbBlocks(reversed(v128.load(a)), reversed(v128.load(b)));
    a += 16;
    b += 16;
  }
  if (size == 0) return;
  v128.store(PADDED, i64x2.splat(0));
  v128.store(PADDED, i64x2.splat(0), 16);
  copyBytes(PADDED, a, size);
  copyBytes(PADDED + 16, b, size);
  absorbBlocks(reversed(v128.load(PADDED)), reversed(v128.load(PADDED, 16)));
}

/** sum = (sum + element) * key, for both: Horner's rule on bytes, highest powers first. */
export function absorbBlocks(elementA: v128, elementB: v128): void {
  v128.store(HASH_SUMS, v128.xor(v128.load(HASH_SUMS), elementA));
  v128.store(HASH_SUMS, v128.xor(v128.load(HASH_SUMS, 16), elementB), 16);
  let sumA = i64x2.splat(0), sumB = i64x2.splat(0);
  // What leaves a sum at its highest powers; reduced at the end.
  let overA = i64x2.splat(0), overB = i64x2.splat(0);
  // A loop on purpose: unrolled, the compiler loads all products first and runs out of registers.
  for (let i: usize = 0; i < 16; i++) {
    const byteA = <usize>load<u8>(HASH_SUMS + i) << 4;
    const byteB = <usize>load<u8>(HASH_SUMS + i, 16) << 4;
    overA = shiftOver(overA, sumA);
    overB = shiftOver(overB, sumB);
    sumA = v128.xor(shift(sumA), v128.load(byteA, HASH_TABLES));
    sumB = v128.xor(shift(sumB), v128.load(byteB, HASH_TABLES + HASH_TABLE_SIZE));
  }
  v128.store(HASH_SUMS, v128.xor(sumA, reduced(overA)));
  v128.store(HASH_SUMS, v128.xor(sumB, reduced(overB)), 16);
}

/** Times x^8, without what leaves the element. */
// @ts-ignore: decorator
@inline
function shift(element: v128): v128 {
  return shiftOver(element, i64x2.splat(0));
}

/** `over` times x^8, plus what leaves `sum` when it is shifted. */
// @ts-ignore: decorator
@inline
function shiftOver(over: v128, sum: v128): v128 {
  return v128.shuffle<u8>(over, sum, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16);
}

/** `over` times x^128 = 1 + x + x^2 + x^7; its degree is below 120: nothing leaves again. */
// @ts-ignore: decorator
@inline
function reduced(over: v128): v128 {
  // What a 64-bit lane's shift drops enters the lane below.
  const upper = v128.shuffle<u64>(over, i64x2.splat(0), 1, 2);
  const entering = v128.xor(
    v128.xor(i64x2.shl(upper, 63), i64x2.shl(upper, 62)),
    i64x2.shl(upper, 57),
  );
  const shifted = v128.xor(
    v128.xor(i64x2.shr_u(over, 1), i64x2.shr_u(over, 2)),
    i64x2.shr_u(over, 7),
  );
  return v128.xor(v128.xor(over, shifted), entering);
}
