// SHA-256 (FIPS 180-4) of four messages at once, and on it the one block of the X9.63 KDF of ENPA
// section 4. Messages may differ in size as long as they fill equally many blocks.

import { compress4, INITIAL_STATE } from './sha256-rounds';
import { copyBytes, zeroBytes } from './bytes';
import { SHA_STATE, SHA_TAILS, SHA_TAIL_SIZE, SHA_WORDS } from './scratch';

const BLOCK_SIZE: u32 = 64;

/**
 * Digests of four messages of `blockCount` blocks with their padding. `lanes` is four times
 * (message, size, digest), as addresses and bytes.
 */
export function sha256Lanes(lanes: usize, blockCount: u32): void {
  // Padding takes 9 bytes or more: it fills the last block, or that and the end of the one before.
  const tailCount = min<u32>(blockCount, 2);
  const wholeCount = blockCount - tailCount;
  for (let lane: usize = 0; lane < 4; lane++) {
    const entry = lanes + lane * 12;
    const tail = SHA_TAILS + lane * SHA_TAIL_SIZE;
    pad(load<u32>(entry), load<u32>(entry, 4), wholeCount * BLOCK_SIZE, tail, tailCount);
  }
  start();
  const m0 = load<u32>(lanes), m1 = load<u32>(lanes, 12);
  const m2 = load<u32>(lanes, 24), m3 = load<u32>(lanes, 36);
  for (let at: u32 = 0; at < wholeCount * BLOCK_SIZE; at += BLOCK_SIZE) {
    absorb(m0 + at, m1 + at, m2 + at, m3 + at);
  }
  absorbTails(tailCount);
  finish(load<u32>(lanes, 8), load<u32>(lanes, 20), load<u32>(lanes, 32), load<u32>(lanes, 44));
}

/**
 * ENPA section 4 step 3: keys[i] = SHA-256(sharedX[i] || 00000001 || points[i]), 32, 4 and 65
 * bytes. A group short of four repeats its last item.
 */
export function deriveKeys(
  count: u32,
  sharedX: usize, sharedXStride: u32,
  points: usize, pointStride: u32,
  keys: usize, keyStride: u32,
): void {
  for (let lane: usize = 0; lane < 4; lane++) {
    const tail = SHA_TAILS + lane * SHA_TAIL_SIZE;
    v128.store(tail, i64x2.splat(0), 96);
    v128.store(tail, i64x2.splat(0), 112);
    store<u32>(tail, 0x01000000, 32);
    store<u8>(tail, 0x80, 101);
    store<u16>(tail, bswap<u16>(101 * 8), 126);
  }
  for (let first: u32 = 0; first < count; first += 4) {
    for (let lane: u32 = 0; lane < 4; lane++) {
      const item = min<u32>(first + lane, count - 1);
      const tail = SHA_TAILS + lane * SHA_TAIL_SIZE;
      const x = sharedX + item * sharedXStride;
      const point = points + item * pointStride;
      v128.store(tail, v128.load(x));
      v128.store(tail, v128.load(x, 16), 16);
      for (let at: usize = 0; at < 64; at += 16) v128.store(tail + at, v128.load(point + at), 36);
      store<u8>(tail, load<u8>(point, 64), 100);
    }
    start();
    absorbTails(2);
    const last = count - 1;
    finish(
      keys + min<u32>(first, last) * keyStride,
      keys + min<u32>(first + 1, last) * keyStride,
      keys + min<u32>(first + 2, last) * keyStride,
      keys + min<u32>(first + 3, last) * keyStride,
    );
  }
}

/** The message from `start` on, 0x80, zeros and its length in bits (FIPS 180-4 section 5.1.1). */
function pad(message: usize, size: u32, start: u32, tail: usize, tailCount: u32): void {
  const rest = size - start;
  const end = tailCount * BLOCK_SIZE;
  zeroBytes(tail, end);
  copyBytes(tail, message + start, rest);
  store<u8>(tail + rest, 0x80);
  store<u64>(tail + end - 8, bswap<u64>(<u64>size << 3));
}

function start(): void {
  for (let i: usize = 0; i < 8; i++) {
    v128.store(SHA_STATE + 16 * i, v128.load32_splat(INITIAL_STATE + 4 * i));
  }
}

function absorbTails(blockCount: u32): void {
  for (let at: usize = 0; at < blockCount * BLOCK_SIZE; at += BLOCK_SIZE) {
    const tail = SHA_TAILS + at;
    absorb(
      tail, tail + SHA_TAIL_SIZE, tail + 2 * SHA_TAIL_SIZE, tail + 3 * SHA_TAIL_SIZE,
    );
  }
}

/** One block of each message: big-endian words to lanes, then the compression. */
function absorb(m0: usize, m1: usize, m2: usize, m3: usize): void {
  for (let at: usize = 0; at < 64; at += 16) {
    transpose(
      v128.load(m0 + at), v128.load(m1 + at), v128.load(m2 + at), v128.load(m3 + at),
      SHA_WORDS + 4 * at,
    );
  }
  compress4(SHA_STATE, SHA_WORDS);
}

/** The state of each lane, as big-endian words, to its digest. */
function finish(d0: usize, d1: usize, d2: usize, d3: usize): void {
  for (let half: usize = 0; half < 2; half++) {
    const words = SHA_STATE + 64 * half;
    transpose(
      v128.load(words), v128.load(words, 16), v128.load(words, 32), v128.load(words, 48),
      words,
    );
  }
  v128.store(d0, v128.load(SHA_STATE)); v128.store(d0, v128.load(SHA_STATE, 64), 16);
  v128.store(d1, v128.load(SHA_STATE, 16)); v128.store(d1, v128.load(SHA_STATE, 80), 16);
  v128.store(d2, v128.load(SHA_STATE, 32)); v128.store(d2, v128.load(SHA_STATE, 96), 16);
  v128.store(d3, v128.load(SHA_STATE, 48)); v128.store(d3, v128.load(SHA_STATE, 112), 16);
}

/** Four rows of four words each to four vectors of word i of each row, bytes of words reversed. */
// @ts-ignore: decorator
@inline
function transpose(a: v128, b: v128, c: v128, d: v128, to: usize): void {
  const reverse = i8x16(3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12);
  const ab = v128.swizzle(v128.shuffle<u32>(a, b, 0, 4, 1, 5), reverse);
  const cd = v128.swizzle(v128.shuffle<u32>(c, d, 0, 4, 1, 5), reverse);
  const abHigh = v128.swizzle(v128.shuffle<u32>(a, b, 2, 6, 3, 7), reverse);
  const cdHigh = v128.swizzle(v128.shuffle<u32>(c, d, 2, 6, 3, 7), reverse);
  v128.store(to, v128.shuffle<u64>(ab, cd, 0, 2));
  v128.store(to, v128.shuffle<u64>(ab, cd, 1, 3), 16);
  v128.store(to, v128.shuffle<u64>(abHigh, cdHigh, 0, 2), 32);
  v128.store(to, v128.shuffle<u64>(abHigh, cdHigh, 1, 3), 48);
}
