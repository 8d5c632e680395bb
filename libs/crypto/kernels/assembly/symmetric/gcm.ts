// AES-128-GCM (NIST SP 800-38D section 7) with a 16-byte nonce and no further data, as ENPA section
// 4 has it: the first counter block is a hash of the nonce, since it is not 12 bytes. A key is 32
// bytes, AES key || nonce, and used once.
//
// Four keys are expanded at a time, two messages hashed at a time; where the last one has no
// partner, it is its own: the same bytes are then written twice.

import { expandKeys } from './aes-keys';
import { encrypt2 } from './aes-rounds';
import { reversed } from './bytes';
import { crypt } from './counter-mode';
import { absorbBlocks, absorbBytes, buildHashTables, startHash } from './ghash';
import { HASH_KEYS, HASH_SUMS, ROUND_KEYS, ROUND_KEYS_SIZE, TAG_MASKS } from './scratch';

/** What `openItems` puts in place of an index whose item it refused. */
const REFUSED: u32 = 0xffffffff;

/**
 * Seals the items named by `indexes` (u32 each): item i's `size` bytes at `plaintexts + i *
 * plaintextStride` become ciphertext || tag at `sealed + i * sealedStride`.
 */
export function sealItems(
  count: u32, indexes: usize,
  keys: usize, keyStride: u32,
  plaintexts: usize, plaintextStride: u32, size: u32,
  sealed: usize, sealedStride: u32,
): void {
  for (let i: u32 = 0; i < count; i += 2) {
    const a = indexAt(indexes, i), b = indexAt(indexes, min<u32>(i + 1, count - 1));
    preparePair(i, count, indexes, keys, keyStride);
    const keysA = ROUND_KEYS + (i & 2) * ROUND_KEYS_SIZE, keysB = keysA + ROUND_KEYS_SIZE;
    const toA = sealed + a * sealedStride, toB = sealed + b * sealedStride;
    const counterA = firstCounter(0), counterB = firstCounter(1);
    crypt<u32>(keysA, counterA, plaintexts + a * plaintextStride, toA, size);
    crypt<u32>(keysB, counterB, plaintexts + b * plaintextStride, toB, size);
    sumTags(toA, toB, size);
    v128.store(toA + size, tag(0));
    v128.store(toB + size, tag(1));
  }
}

/**
 * Opens the items named by `indexes`, each `size` bytes and a tag, into `plaintexts`; where a tag
 * does not fit, the item's plaintext stays as it was and its index is replaced by `REFUSED`.
 */
export function openItems(
  count: u32, indexes: usize,
  keys: usize, keyStride: u32,
  sealed: usize, sealedStride: u32, size: u32,
  plaintexts: usize, plaintextStride: u32,
): void {
  // Keys are expanded four at a time: by then, no index of the four may be replaced yet.
  for (let i: u32 = 0; i < count; i += 2) {
    const a = indexAt(indexes, i), b = indexAt(indexes, min<u32>(i + 1, count - 1));
    preparePair(i, count, indexes, keys, keyStride);
    const keysA = ROUND_KEYS + (i & 2) * ROUND_KEYS_SIZE, keysB = keysA + ROUND_KEYS_SIZE;
    const fromA = sealed + a * sealedStride, fromB = sealed + b * sealedStride;
    const counterA = firstCounter(0), counterB = firstCounter(1);
    sumTags(fromA, fromB, size);
    if (v128.any_true(v128.xor(tag(0), v128.load(fromA + size)))) {
      store<u32>(indexes + (i << 2), REFUSED);
    } else {
      crypt<u32>(keysA, counterA, fromA, plaintexts + a * plaintextStride, size);
    }
    if (i + 1 == count) return;
    if (v128.any_true(v128.xor(tag(1), v128.load(fromB + size)))) {
      store<u32>(indexes + (i << 2), REFUSED, 4);
    } else {
      crypt<u32>(keysB, counterB, fromB, plaintexts + b * plaintextStride, size);
    }
  }
}

// @ts-ignore: decorator
@inline
function indexAt(indexes: usize, i: u32): u32 {
  return load<u32>(indexes + (i << 2));
}

/**
 * For items i (even) and i + 1: expanded keys, tables for hashing, encrypted first counter blocks
 * in TAG_MASKS, and the blocks themselves, reversed, in HASH_SUMS.
 */
function preparePair(i: u32, count: u32, indexes: usize, keys: usize, keyStride: u32): void {
  const last = count - 1;
  if ((i & 2) == 0) {
    expandKeys(
      keys + indexAt(indexes, i) * keyStride,
      keys + indexAt(indexes, min<u32>(i + 1, last)) * keyStride,
      keys + indexAt(indexes, min<u32>(i + 2, last)) * keyStride,
      keys + indexAt(indexes, min<u32>(i + 3, last)) * keyStride,
    );
    for (let at: usize = 0; at < 64; at += 16) v128.store(HASH_KEYS + at, i64x2.splat(0));
    encrypt2(ROUND_KEYS, ROUND_KEYS + ROUND_KEYS_SIZE, HASH_KEYS);
    encrypt2(ROUND_KEYS + 2 * ROUND_KEYS_SIZE, ROUND_KEYS + 3 * ROUND_KEYS_SIZE, HASH_KEYS + 32);
  }
  buildHashTables(HASH_KEYS + ((i & 2) << 4));
  // Section 7.1 step 2: J0 is the hash of the nonce and of its length in bits.
  const nonceA = keys + indexAt(indexes, i) * keyStride + 16;
  const nonceB = keys + indexAt(indexes, min<u32>(i + 1, last)) * keyStride + 16;
  startHash();
  absorbBytes(nonceA, nonceB, 16);
  absorbBlocks(i64x2(128, 0), i64x2(128, 0));
  v128.store(TAG_MASKS, reversed(v128.load(HASH_SUMS)));
  v128.store(TAG_MASKS, reversed(v128.load(HASH_SUMS, 16)), 16);
  const roundKeys = ROUND_KEYS + (i & 2) * ROUND_KEYS_SIZE;
  encrypt2(roundKeys, roundKeys + ROUND_KEYS_SIZE, TAG_MASKS);
}

/** The counter block after the one in HASH_SUMS; the low 32 bits count (section 6.2). */
// @ts-ignore: decorator
@inline
function firstCounter(message: usize): v128 {
  return i32x4.add(v128.load(HASH_SUMS + (message << 4)), i32x4(1, 0, 0, 0));
}

/** Hashes both ciphertexts and their lengths in bits (section 7.1 step 5) into HASH_SUMS. */
function sumTags(a: usize, b: usize, size: u32): void {
  const bits = i64x2(<i64>size << 3, 0);
  startHash();
  absorbBytes(a, b, size);
  absorbBlocks(bits, bits);
}

// @ts-ignore: decorator
@inline
function tag(message: usize): v128 {
  const at = message << 4;
  return v128.xor(reversed(v128.load(HASH_SUMS + at)), v128.load(TAG_MASKS + at));
}
