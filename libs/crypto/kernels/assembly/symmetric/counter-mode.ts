// AES-128 in counter mode: eight blocks at a time, bitsliced, as long as that is worth it, then two
// at a time.

import { expandKeys, sliceKeys } from './aes-keys';
import { encrypt2 } from './aes-rounds';
import { encrypt8 } from './aes-sliced';
import { reversed, xorBytes } from './bytes';
import { BLOCKS, KEY_PLANES, ROUND_KEYS, ROUND_KEYS_SIZE } from './scratch';

/** Bytes for which two pairs of blocks cost as much as eight blocks. */
const PAIRED_SIZE_MAX: u32 = 64;

/**
 * `size` bytes at `from` XOR the keystream, to `to`; no `from` (0) stands for zeros. `counter` is
 * the first block, reversed; its low `Lane` counts and wraps.
 */
export function crypt<Lane>(
  roundKeys: usize, counter: v128, from: usize, to: usize, size: u32,
): void {
  const one = i64x2(1, 0);
  if (size > PAIRED_SIZE_MAX) sliceKeys(roundKeys);
  while (size > 0) {
    const isLong = size > PAIRED_SIZE_MAX;
    const streamSize: u32 = isLong ? 128 : 32;
    for (let at: usize = 0; at < streamSize; at += 16) {
      v128.store(BLOCKS + at, reversed(counter));
      counter = v128.add<Lane>(counter, one);
    }
    if (isLong) encrypt8(KEY_PLANES, BLOCKS);
    else encrypt2(roundKeys, roundKeys, BLOCKS);
    const part = min<u32>(size, streamSize);
    xorBytes(to, from, BLOCKS, part);
    if (from != 0) from += part;
    to += part;
    size -= part;
  }
}

/**
 * ENPA section 3.4: `size` bytes of keystream for each 32-byte seed, AES key || initial counter
 * block, with a counter of 64 bits that wraps without carry.
 */
export function keystream(
  count: u32,
  seeds: usize, seedStride: u32,
  size: u32,
  out: usize, outStride: u32,
): void {
  const last = count - 1;
  for (let first: u32 = 0; first < count; first += 4) {
    expandKeys(
      seeds + first * seedStride,
      seeds + min<u32>(first + 1, last) * seedStride,
      seeds + min<u32>(first + 2, last) * seedStride,
      seeds + min<u32>(first + 3, last) * seedStride,
    );
    for (let item = first; item < min<u32>(first + 4, count); item++) {
      const initial = reversed(v128.load(seeds + item * seedStride, 16));
      const roundKeys = ROUND_KEYS + (item - first) * ROUND_KEYS_SIZE;
      crypt<u64>(roundKeys, initial, 0, out + item * outStride, size);
    }
  }
}
