// Round keys of AES-128 (FIPS 197 section 5.2). Four keys are expanded at a time, one to a lane of
// each word, into what `encrypt2` wants: the tower's basis, ShiftRows put off, and the S-box
// constant added, which MixColumns leaves as it is.

import {
  AFFINE, AFFINE_IN_TOWER, DELAYS, FROM_TOWER_HIGH, FROM_TOWER_LOW, ROUND_FACTORS,
  TO_TOWER_HIGH, TO_TOWER_LOW, substitute,
} from './aes-rounds';
import { KEY_PLANES, ROUND_KEYS, ROUND_KEYS_SIZE } from './scratch';

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

/** The planes of an expanded key for `encrypt8`, in AES' own basis and order, into KEY_PLANES. */
export function sliceKeys(keys: usize): void {
  for (let round: usize = 0; round <= 10; round++) {
    let key = v128.load(keys + (round << 4));
    // Another 4 - round ShiftRows put off make 4, which change nothing.
    if (round < 10) key = fromTower(v128.swizzle(key, v128.load(DELAYS + ((-round & 3) << 4))));
    const to = KEY_PLANES + (round << 7);
    for (let plane: usize = 0; plane < 8; plane++) {
      const bit = i8x16.splat(<i8>(<i32>1 << <i32>plane));
      v128.store(to + (plane << 4), i8x16.eq(v128.and(key, bit), bit));
    }
  }
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
