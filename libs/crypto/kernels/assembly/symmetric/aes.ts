// AES-128 (FIPS 197) under four keys at a time: key expansion with one key to a lane, and counter
// blocks. Expanded keys are what `encrypt2` wants: the tower's basis, ShiftRows put off, and the
// S-box constant added, which MixColumns leaves as it is.

import {
  AFFINE, AFFINE_IN_TOWER, DELAYS, FROM_TOWER_HIGH, FROM_TOWER_LOW, ROUND_FACTORS,
  TO_TOWER_HIGH, TO_TOWER_LOW, encrypt2, substitute,
} from './aes-rounds';
import { copyBytes } from './bytes';
import { BLOCKS, ROUND_KEYS, ROUND_KEYS_SIZE } from './scratch';

/** Expands the keys at four addresses into ROUND_KEYS, ROUND_KEYS_SIZE bytes for each. */
export function expandKeys(key0: usize, key1: usize, key2: usize, key3: usize): void {
  const a = toTower(v128.load(key0)), b = toTower(v128.load(key1));
  const c = toTower(v128.load(key2)), d = toTower(v128.load(key3));
  const ab = v128.shuffle<u32>(a, b, 0, 4, 1, 5), abHigh = v128.shuffle<u32>(a, b, 2, 6, 3, 7);
  const cd = v128.shuffle<u32>(c, d, 0, 4, 1, 5), cdHigh = v128.shuffle<u32>(c, d, 2, 6, 3, 7);
  // Lane l of word i is word i of key l.
  let w0 = v128.shuffle<u64>(ab, cd, 0, 2), w1 = v128.shuffle<u64>(ab, cd, 1, 3);
  let w2 = v128.shuffle<u64>(abHigh, cdHigh, 0, 2), w3 = v128.shuffle<u64>(abHigh, cdHigh, 1, 3);
  const affine = i8x16.splat(AFFINE_IN_TOWER);
  storeKeys(0, w0, w1, w2, w3, i64x2.splat(0));
  for (let round: usize = 1; round <= 10; round++) {
    // FIPS 197 section 5.2: SubWord(RotWord(w3)) ^ Rcon.
    const rotated = v128.swizzle(w3, i8x16(1, 2, 3, 0, 5, 6, 7, 4, 9, 10, 11, 8, 13, 14, 15, 12));
    const factor = v128.load32_splat(ROUND_FACTORS + 4 * (round - 1));
    w0 = v128.xor(v128.xor(w0, substitute(rotated)), v128.xor(factor, affine));
    w1 = v128.xor(w1, w0);
    w2 = v128.xor(w2, w1);
    w3 = v128.xor(w3, w2);
    storeKeys(round, w0, w1, w2, w3, affine);
  }
  for (let key: usize = 0; key < 4; key++) {
    const last = ROUND_KEYS + key * ROUND_KEYS_SIZE + 160;
    v128.store(last, v128.xor(fromTower(v128.load(last)), i8x16.splat(AFFINE)));
  }
}

/** The round key of each of the four keys, with `constant` added, in the order of its round. */
// @ts-ignore: decorator
@inline
function storeKeys(round: usize, w0: v128, w1: v128, w2: v128, w3: v128, constant: v128): void {
  const ab = v128.shuffle<u32>(w0, w1, 0, 4, 1, 5), abHigh = v128.shuffle<u32>(w0, w1, 2, 6, 3, 7);
  const cd = v128.shuffle<u32>(w2, w3, 0, 4, 1, 5), cdHigh = v128.shuffle<u32>(w2, w3, 2, 6, 3, 7);
  // The last round ends in plain AES order and basis; its constant is added after the change.
  const isLast = round == 10;
  const delay = v128.load(DELAYS + (isLast ? 0 : (round & 3) << 4));
  const added = isLast ? i64x2.splat(0) : constant;
  const to = ROUND_KEYS + (round << 4);
  storeKey(to, v128.shuffle<u64>(ab, cd, 0, 2), delay, added);
  storeKey(to + ROUND_KEYS_SIZE, v128.shuffle<u64>(ab, cd, 1, 3), delay, added);
  storeKey(to + 2 * ROUND_KEYS_SIZE, v128.shuffle<u64>(abHigh, cdHigh, 0, 2), delay, added);
  storeKey(to + 3 * ROUND_KEYS_SIZE, v128.shuffle<u64>(abHigh, cdHigh, 1, 3), delay, added);
}

// @ts-ignore: decorator
@inline
function storeKey(to: usize, key: v128, delay: v128, constant: v128): void {
  v128.store(to, v128.xor(v128.swizzle(key, delay), constant));
}

// @ts-ignore: decorator
@inline
function toTower(x: v128): v128 {
  return mapNibbles(x, v128.load(TO_TOWER_LOW), v128.load(TO_TOWER_HIGH));
}

// @ts-ignore: decorator
@inline
function fromTower(x: v128): v128 {
  return mapNibbles(x, v128.load(FROM_TOWER_LOW), v128.load(FROM_TOWER_HIGH));
}

// @ts-ignore: decorator
@inline
function mapNibbles(x: v128, low: v128, high: v128): v128 {
  const nibble = i8x16.splat(15);
  return v128.xor(
    v128.swizzle(low, v128.and(x, nibble)),
    v128.swizzle(high, v128.and(i32x4.shr_u(x, 4), nibble)),
  );
}

/** Bytes in the opposite order: a big-endian block as a little-endian vector, and back. */
// @ts-ignore: decorator
@inline
export function reversed(x: v128): v128 {
  return v128.swizzle(x, i8x16(15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0));
}

/**
 * AES-128-CTR with a counter of 64 bits that wraps without carry (ENPA section 3.4): `size` bytes
 * of keystream for each 32-byte seed, key || initial counter block.
 */
export function keystream(
  count: u32,
  seeds: usize, seedStride: u32,
  size: u32,
  out: usize, outStride: u32,
): void {
  for (let first: u32 = 0; first < count; first += 4) {
    const last = count - 1;
    expandKeys(
      seeds + first * seedStride,
      seeds + min<u32>(first + 1, last) * seedStride,
      seeds + min<u32>(first + 2, last) * seedStride,
      seeds + min<u32>(first + 3, last) * seedStride,
    );
    for (let lane: u32 = 0; lane < 4 && first + lane < count; lane++) {
      const initial = v128.load(seeds + (first + lane) * seedStride, 16);
      stream(ROUND_KEYS + lane * ROUND_KEYS_SIZE, initial, out + (first + lane) * outStride, size);
    }
  }
}

function stream(keys: usize, initial: v128, out: usize, size: u32): void {
  const one = i64x2(1, 0);
  let counter = reversed(initial);
  while (size > 0) {
    v128.store(BLOCKS, reversed(counter));
    counter = i64x2.add(counter, one);
    v128.store(BLOCKS, reversed(counter), 16);
    counter = i64x2.add(counter, one);
    encrypt2(keys, keys, BLOCKS);
    if (size < 32) {
      copyBytes(out, BLOCKS, size);
      return;
    }
    v128.store(out, v128.load(BLOCKS));
    v128.store(out, v128.load(BLOCKS, 16), 16);
    out += 32;
    size -= 32;
  }
}
