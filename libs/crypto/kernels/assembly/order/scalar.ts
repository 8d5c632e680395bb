/**
 * Arithmetic modulo n, the order of P-256 (SEC 2 v2 section 2.4.2).
 *
 * An element is nine 32-bit words in memory, the digits of a number in base 2^29, lowest first; it
 * stands for what it is congruent to. It is below 2n unless said otherwise; "canonical" is below n.
 * Nine digits hold 2^261, 32 times as much as n, and that room is what spares reductions: products
 * of a number up to 4n and one up to 8n come out below 2n by themselves.
 *
 * Products are Montgomery's, a * b / R with R = 2^261. Nothing is ever converted: whoever computes
 * keeps account of the powers of R. Not constant-time.
 */

export const ELEMENT_SIZE: usize = 36;
const DIGIT_BITS: u64 = 29;
const DIGIT_MASK: u64 = 0x1fffffff;

/** The digits of n. */
const N0: u64 = 0x1c632551;
const N1: u64 = 0x1dce5617;
const N2: u64 = 0x05e7a13c;
const N3: u64 = 0x0df55b4e;
const N4: u64 = 0x1ffffbce;
const N5: u64 = 0x1fffffff;
const N6: u64 = 0x0003ffff;
const N7: u64 = 0x1fe00000;
const N8: u64 = 0x00ffffff;
/** -1 / n mod 2^29. */
const N_INVERSE: u64 = 0x0e00bc4f;

/** n again, as an element. */
const ORDER = memory.data<u32>([
  0x1c632551, 0x1dce5617, 0x05e7a13c, 0x0df55b4e, 0x1ffffbce, 0x1fffffff, 0x0003ffff, 0x1fe00000,
  0x00ffffff,
]);
/** n - 2 in 32-bit words, lowest first. */
const EXPONENT = memory.data<u32>([
  0xfc63254f, 0xf3b9cac2, 0xa7179e84, 0xbce6faad, 0xffffffff, 0xffffffff, 0x00000000, 0xffffffff,
]);
/** 1, which divides by R when it multiplies. */
export const ONE = memory.data<u32>([1, 0, 0, 0, 0, 0, 0, 0, 0]);
/** R^2 mod n, which multiplies by R. */
export const R_SQUARED = memory.data<u32>([
  0x148d9ef5, 0x0f4e7f75, 0x14c6a651, 0x03f8b765, 0x165861f1, 0x1256d7d8, 0x1c185b23, 0x0d4cab0f,
  0x0084b655,
]);

/**
 * out = a * b / R; `out` may be `a` or `b`. Below 2n if a < i * n and b < j * n with i * j <= 32:
 * the result is (a * b + m * n) / R with m < R, and a * b / R < i * j * n * n / (32 * 2^256) < n.
 *
 * A row adds one digit of a times b, then the multiple m of n that makes the lowest digit 0, and
 * moves one digit down: what is left of the lowest column is its carry. Columns are not reduced
 * between rows. Digits of a may be up to 2^30 (a sum of two), those of b below 2^29: a column is
 * in at most nine rows and takes less than 2^59 + 2^58 in each, and one carry below 2^35 at its
 * end: less than 2^63.
 */
export function mul(out: usize, a: usize, b: usize): void {
  const b0: u64 = load<u32>(b);
  const b1: u64 = load<u32>(b, 4);
  const b2: u64 = load<u32>(b, 8);
  const b3: u64 = load<u32>(b, 12);
  const b4: u64 = load<u32>(b, 16);
  const b5: u64 = load<u32>(b, 20);
  const b6: u64 = load<u32>(b, 24);
  const b7: u64 = load<u32>(b, 28);
  const b8: u64 = load<u32>(b, 32);
  let t0: u64 = 0, t1: u64 = 0, t2: u64 = 0, t3: u64 = 0;
  let t4: u64 = 0, t5: u64 = 0, t6: u64 = 0, t7: u64 = 0;
  for (let at: usize = 0; at < ELEMENT_SIZE; at += 4) {
    const digit: u64 = load<u32>(a + at);
    const lowest = t0 + digit * b0;
    const m = (lowest * N_INVERSE) & DIGIT_MASK;
    t0 = t1 + digit * b1 + m * N1 + ((lowest + m * N0) >> DIGIT_BITS);
    t1 = t2 + digit * b2 + m * N2;
    t2 = t3 + digit * b3 + m * N3;
    t3 = t4 + digit * b4 + m * N4;
    t4 = t5 + digit * b5 + m * N5;
    t5 = t6 + digit * b6 + m * N6;
    t6 = t7 + digit * b7 + m * N7;
    t7 = digit * b8 + m * N8;
  }
  // The columns are eight, and what the highest carries is the ninth digit.
  t1 += t0 >> DIGIT_BITS;
  t2 += t1 >> DIGIT_BITS;
  t3 += t2 >> DIGIT_BITS;
  t4 += t3 >> DIGIT_BITS;
  t5 += t4 >> DIGIT_BITS;
  t6 += t5 >> DIGIT_BITS;
  t7 += t6 >> DIGIT_BITS;
  store<u32>(out, <u32>(t0 & DIGIT_MASK));
  store<u32>(out, <u32>(t1 & DIGIT_MASK), 4);
  store<u32>(out, <u32>(t2 & DIGIT_MASK), 8);
  store<u32>(out, <u32>(t3 & DIGIT_MASK), 12);
  store<u32>(out, <u32>(t4 & DIGIT_MASK), 16);
  store<u32>(out, <u32>(t5 & DIGIT_MASK), 20);
  store<u32>(out, <u32>(t6 & DIGIT_MASK), 24);
  store<u32>(out, <u32>(t7 & DIGIT_MASK), 28);
  store<u32>(out, <u32>(t7 >> DIGIT_BITS), 32);
}

/** out = a + b, below 4n and with digits up to 2^30: good only for the first factor of `mul`. */
export function addLoosely(out: usize, a: usize, b: usize): void {
  for (let at: usize = 0; at < ELEMENT_SIZE; at += 4) {
    store<u32>(out + at, load<u32>(a + at) + load<u32>(b + at));
  }
}

/**
 * out = R^2 / base, by Fermat: base / R to the power n - 2, which is R / base, as an R-fold. From
 * the highest bit of n - 2 down, which is 1. `out` must not be `base`.
 */
export function invert(out: usize, base: usize): void {
  memory.copy(out, base, ELEMENT_SIZE);
  for (let bit: i32 = 254; bit >= 0; bit--) {
    mul(out, out, out);
    const word = load<u32>(EXPONENT + <usize>((bit >> 5) << 2));
    if ((word >> (bit & 31)) & 1) mul(out, out, base);
  }
}

/** out = a + b, canonical as they are; `out` may be either. */
export function add(out: usize, a: usize, b: usize): void {
  let carry: u32 = 0;
  for (let at: usize = 0; at < ELEMENT_SIZE; at += 4) {
    const digit = load<u32>(a + at) + load<u32>(b + at) + carry;
    carry = digit >> <u32>DIGIT_BITS;
    store<u32>(out + at, digit & <u32>DIGIT_MASK);
  }
  makeCanonical(out);
}

/** Whether an element is below n. Digits are compared from the highest, which mostly decides. */
export function isCanonical(a: usize): bool {
  let at: usize = ELEMENT_SIZE - 4;
  while (at > 0 && load<u32>(a + at) == load<u32>(ORDER + at)) at -= 4;
  return load<u32>(a + at) < load<u32>(ORDER + at);
}

/** Makes an element canonical: below 2n, it holds n once at most. */
export function makeCanonical(a: usize): void {
  if (isCanonical(a)) return;
  let borrow: i32 = 0;
  for (let at: usize = 0; at < ELEMENT_SIZE; at += 4) {
    const digit = <i32>load<u32>(a + at) - <i32>load<u32>(ORDER + at) + borrow;
    borrow = digit >> 31;
    store<u32>(a + at, digit & <i32>DIGIT_MASK);
  }
}

/** Makes a canonical element its negative: n - a, and 0 of 0. */
export function negate(a: usize): void {
  if (isZero(a)) return;
  let borrow: i32 = 0;
  for (let at: usize = 0; at < ELEMENT_SIZE; at += 4) {
    const digit = <i32>load<u32>(ORDER + at) - <i32>load<u32>(a + at) + borrow;
    borrow = digit >> 31;
    store<u32>(a + at, digit & <i32>DIGIT_MASK);
  }
}

/** Whether two canonical elements are the same. */
export function areEqual(a: usize, b: usize): bool {
  for (let at: usize = 0; at < ELEMENT_SIZE; at += 4) {
    if (load<u32>(a + at) != load<u32>(b + at)) return false;
  }
  return true;
}

/** Whether a canonical element is 0. */
export function isZero(a: usize): bool {
  let any: u32 = 0;
  for (let at: usize = 0; at < ELEMENT_SIZE; at += 4) any |= load<u32>(a + at);
  return any == 0;
}

/** An element from 32 big-endian bytes, any: 2^256 < 2n. */
export function read(out: usize, bytes: usize): void {
  const w3 = bswap(load<u64>(bytes));
  const w2 = bswap(load<u64>(bytes, 8));
  const w1 = bswap(load<u64>(bytes, 16));
  const w0 = bswap(load<u64>(bytes, 24));
  store<u32>(out, <u32>(w0 & DIGIT_MASK));
  store<u32>(out, <u32>((w0 >> 29) & DIGIT_MASK), 4);
  store<u32>(out, <u32>(((w0 >> 58) | (w1 << 6)) & DIGIT_MASK), 8);
  store<u32>(out, <u32>((w1 >> 23) & DIGIT_MASK), 12);
  store<u32>(out, <u32>(((w1 >> 52) | (w2 << 12)) & DIGIT_MASK), 16);
  store<u32>(out, <u32>((w2 >> 17) & DIGIT_MASK), 20);
  store<u32>(out, <u32>(((w2 >> 46) | (w3 << 18)) & DIGIT_MASK), 24);
  store<u32>(out, <u32>((w3 >> 11) & DIGIT_MASK), 28);
  store<u32>(out, <u32>(w3 >> 40), 32);
}

/** Reads 32 bytes; whether they are a scalar in [1, n-1]. */
export function readScalar(out: usize, bytes: usize): bool {
  read(out, bytes);
  return isCanonical(out) && !isZero(out);
}

/** A canonical element as 32 big-endian bytes. */
export function write(bytes: usize, a: usize): void {
  const d2: u64 = load<u32>(a, 8);
  const d4: u64 = load<u32>(a, 16);
  const d6: u64 = load<u32>(a, 24);
  const w0 = <u64>load<u32>(a) | (<u64>load<u32>(a, 4) << 29) | (d2 << 58);
  const w1 = (d2 >> 6) | (<u64>load<u32>(a, 12) << 23) | (d4 << 52);
  const w2 = (d4 >> 12) | (<u64>load<u32>(a, 20) << 17) | (d6 << 46);
  const w3 = (d6 >> 18) | (<u64>load<u32>(a, 28) << 11) | (<u64>load<u32>(a, 32) << 40);
  store<u64>(bytes, bswap(w3));
  store<u64>(bytes, bswap(w2), 8);
  store<u64>(bytes, bswap(w1), 16);
  store<u64>(bytes, bswap(w0), 24);
}
