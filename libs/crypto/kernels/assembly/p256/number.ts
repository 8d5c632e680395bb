// Numbers of 256 bits on one lane, as four 64-bit words, the least significant first, at NUMBER:
// big-endian bytes, comparison with p, and the digits of one lane of an element.

import { NUMBER } from './scratch';

/** p, in words. */
const P0: u64 = 0xffffffffffffffff;
const P1: u64 = 0x00000000ffffffff;
const P2: u64 = 0;
const P3: u64 = 0xffffffff00000001;

const DIGIT_COUNT: u32 = 20;

/** NUMBER = the 32 big-endian bytes at `bytes`. */
export function readNumber(bytes: usize): void {
  store<u64>(NUMBER, bswap<u64>(load<u64>(bytes, 24)));
  store<u64>(NUMBER, bswap<u64>(load<u64>(bytes, 16)), 8);
  store<u64>(NUMBER, bswap<u64>(load<u64>(bytes, 8)), 16);
  store<u64>(NUMBER, bswap<u64>(load<u64>(bytes)), 24);
}

/** The 32 bytes at `bytes` = NUMBER, big-endian. */
export function writeNumber(bytes: usize): void {
  store<u64>(bytes, bswap<u64>(load<u64>(NUMBER, 24)));
  store<u64>(bytes, bswap<u64>(load<u64>(NUMBER, 16)), 8);
  store<u64>(bytes, bswap<u64>(load<u64>(NUMBER, 8)), 16);
  store<u64>(bytes, bswap<u64>(load<u64>(NUMBER)), 24);
}

export function isZeroNumber(): bool {
  const low = load<u64>(NUMBER) | load<u64>(NUMBER, 8);
  return (low | load<u64>(NUMBER, 16) | load<u64>(NUMBER, 24)) == 0;
}

/** Whether NUMBER < p. */
export function isBelowP(): bool {
  const high = load<u64>(NUMBER, 24);
  if (high != P3) return high < P3;
  if (load<u64>(NUMBER, 16) != P2) return false;
  const low = load<u64>(NUMBER, 8);
  return low != P1 ? low < P1 : load<u64>(NUMBER) < P0;
}

/** The lane at `lane` (the address of an element + 4 * lane) = NUMBER, in balanced digits. */
export function writeDigits(lane: usize): void {
  let carry: i32 = 0;
  for (let i: u32 = 0; i < DIGIT_COUNT; i++) {
    let digit = <i32>bitsAt(NUMBER, 4, 13 * i) & 0x1fff;
    digit += carry;
    carry = i < DIGIT_COUNT - 1 && digit >= 0x1000 ? 1 : 0;
    store<i16>(digitAt(lane, i), <i16>(digit - (carry << 13)));
  }
}

/**
 * NUMBER = the number in [0, p) that the lane is congruent to, for digits of any sizes and a value
 * within a few p of 0. Bits of 2^256 and above are kept apart, as `excess`, until p has been added
 * or subtracted often enough for there to be none.
 */
export function readCanonical(lane: usize): void {
  store<u64>(NUMBER, 0);
  store<u64>(NUMBER, 0, 8);
  store<u64>(NUMBER, 0, 16);
  store<u64>(NUMBER, 0, 24);
  let carry: i32 = 0;
  for (let i: u32 = 0; i < DIGIT_COUNT - 1; i++) {
    const digit = <i32>load<i16>(digitAt(lane, i)) + carry;
    carry = digit >> 13;
    putBits(13 * i, <u64>(digit & 0x1fff));
  }
  // The top digit begins at bit 247: nine bits are below 2^256.
  const top = <i32>load<i16>(digitAt(lane, DIGIT_COUNT - 1)) + carry;
  putBits(247, <u64>(top & 0x1ff));
  let excess = top >> 9;
  while (excess < 0) excess += addP();
  while (excess > 0 || !isBelowP()) excess -= subtractP();
}

/** 64 bits from bit `bit` on of a number of `words` words; what is above it is 0. */
export function bitsAt(number: usize, words: u32, bit: u32): u64 {
  const word = bit >> 6;
  const by = bit & 63;
  if (word >= words) return 0;
  const at = number + (<usize>word << 3);
  const low = load<u64>(at) >> by;
  if (by == 0 || word + 1 >= words) return low;
  return low | (load<u64>(at, 8) << (64 - by));
}

// @ts-ignore: decorator
@inline
function digitAt(lane: usize, i: u32): usize {
  return lane + (<usize>(i >> 1) << 4) + (<usize>(i & 1) << 1);
}

/** Puts up to 13 bits where there are none yet. */
function putBits(bit: u32, bits: u64): void {
  const by = bit & 63;
  const at = NUMBER + (<usize>(bit >> 6) << 3);
  store<u64>(at, load<u64>(at) | (bits << by));
  if (by > 51 && bit < 192) store<u64>(at, load<u64>(at, 8) | (bits >> (64 - by)), 8);
}

/** NUMBER += p mod 2^256; returns the carry. */
function addP(): i32 {
  let carry: u64 = 0;
  carry = addWord(0, P0, carry);
  carry = addWord(8, P1, carry);
  carry = addWord(16, P2, carry);
  return <i32>addWord(24, P3, carry);
}

function addWord(offset: usize, word: u64, carry: u64): u64 {
  const partial = load<u64>(NUMBER + offset) + word;
  const whole = partial + carry;
  store<u64>(NUMBER + offset, whole);
  return <u64>(partial < word) | <u64>(whole < partial);
}

/** NUMBER -= p mod 2^256; returns the borrow. */
function subtractP(): i32 {
  let borrow: u64 = 0;
  borrow = subtractWord(0, P0, borrow);
  borrow = subtractWord(8, P1, borrow);
  borrow = subtractWord(16, P2, borrow);
  return <i32>subtractWord(24, P3, borrow);
}

function subtractWord(offset: usize, word: u64, borrow: u64): u64 {
  const before = load<u64>(NUMBER + offset);
  const partial = before - word;
  store<u64>(NUMBER + offset, partial - borrow);
  return <u64>(before < word) | <u64>(partial < borrow);
}
