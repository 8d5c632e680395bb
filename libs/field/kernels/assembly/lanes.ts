/**
 * FieldPrio2, p = 2^32 - 2^20 + 1, on the four 32-bit lanes of a v128.
 *
 * "Word" below is any 32-bit value, "element" one below p. A word stands for the element that it
 * is congruent to; p is so close to 2^32 that a word needs at most one subtraction of p. Each
 * function says which of its operands must be elements: sums and differences are left as words for
 * as long as a product takes them, and made canonical once, at the end.
 *
 * Comparisons are written as >=, which is two x86 instructions unsigned; > is four.
 */

export const P: u32 = 4293918721;
/** 2^32 mod p: what a carry out of a word is worth. Also 1 in Montgomery form. */
export const CARRY: u32 = 0xfffff;

/**
 * a - b: an element if both are; a word if a is one and b an element.
 * Where a < b the difference wraps, and adding p wraps it back: a - b + p is above 0 because b < p,
 * and below p because a < b.
 */
// @ts-ignore: decorator
@inline
export function sub(a: v128, b: v128): v128 {
  const borrowed = v128.andnot(i32x4.splat(P), i32x4.ge_u(a, b));
  return i32x4.add(i32x4.sub(a, b), borrowed);
}

/**
 * a + b for a word a and an element b: a word. A carry is worth 2^32 - p, and adding that cannot
 * carry again: a + b - 2^32 + (2^32 - p) = a + b - p < a.
 */
// @ts-ignore: decorator
@inline
export function add(a: v128, b: v128): v128 {
  const sum = i32x4.add(a, b);
  return i32x4.add(sum, v128.andnot(i32x4.splat(CARRY), i32x4.ge_u(sum, a)));
}

/** The element that a word stands for: a - p wraps to above a exactly where a < p. */
// @ts-ignore: decorator
@inline
export function canonical(a: v128): v128 {
  return i32x4.min_u(a, i32x4.sub(a, i32x4.splat(P)));
}

/**
 * Montgomery's product a * b / 2^32: an element if one operand is, else a word.
 *
 * With t = a * b = hi * 2^32 + lo and m = lo / p mod 2^32, t - m * p is divisible by 2^32 and the
 * quotient, hi - floor(m * p / 2^32), is the result up to one p. Since p^-1 = 1 + 2^20 mod 2^32,
 * m = lo + lo * 2^20; and since m * p = (m - (m >> 12)) * 2^32 + (m - (m << 20 mod 2^32)), whose
 * low word is lo, its high word is m - (m >> 12), less 1 where that difference borrowed, which is
 * where lo > m. No product but a * b is needed.
 *
 * `above` is that high word + 1, at most p. hi <= 2^32 - 2, so that hi + 1 does not wrap. If an
 * operand is below p then hi < p, and the difference of two values in 0..p-1, corrected by p where
 * negative, is an element; otherwise hi is a word and so is the difference.
 */
// @ts-ignore: decorator
@inline
export function mul(a: v128, b: v128): v128 {
  const low = i64x2.extmul_low_i32x4_u(a, b);
  const high = i64x2.extmul_high_i32x4_u(a, b);
  const lo = v128.shuffle<i32>(low, high, 0, 2, 4, 6);
  const hi = v128.shuffle<i32>(low, high, 1, 3, 5, 7);
  const m = i32x4.add(lo, i32x4.shl(lo, 20));
  const above = i32x4.sub(i32x4.sub(m, i32x4.shr_u(m, 12)), i32x4.ge_u(m, lo));
  return sub(i32x4.add(hi, i32x4.splat(1)), above);
}

/** Stores the transposed matrix of rows a..d at `at` and every `stride` bytes after it. */
// @ts-ignore: decorator
@inline
export function storeTransposed(
  a: v128, b: v128, c: v128, d: v128, at: usize, stride: usize,
): void {
  const ab01 = v128.shuffle<i32>(a, b, 0, 4, 1, 5);
  const cd01 = v128.shuffle<i32>(c, d, 0, 4, 1, 5);
  const ab23 = v128.shuffle<i32>(a, b, 2, 6, 3, 7);
  const cd23 = v128.shuffle<i32>(c, d, 2, 6, 3, 7);
  v128.store(at, v128.shuffle<i64>(ab01, cd01, 0, 2));
  v128.store(at + stride, v128.shuffle<i64>(ab01, cd01, 1, 3));
  v128.store(at + 2 * stride, v128.shuffle<i64>(ab23, cd23, 0, 2));
  v128.store(at + 3 * stride, v128.shuffle<i64>(ab23, cd23, 1, 3));
}
