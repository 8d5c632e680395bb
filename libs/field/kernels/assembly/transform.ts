/**
 * The two transforms of a proof, for four reports in lockstep: element i of all four is the v128 at
 * work + 16 * i. Together they take a polynomial's values at the n-th roots of unity to n times its
 * values at the odd 2n-th ones, both in order, without reordering anything in between:
 *
 *   inverse: values in order -> coefficients, bit-reversed, times n
 *   forward: coefficients, bit-reversed -> values at v * w^k in order, v = w_2n
 *
 * Both multiply before they add, (a, b) -> (a + b * t, a - b * t): a product takes any word b and
 * gives an element, and a word plus or minus an element is a word (lanes.ts), so that no pass needs
 * a reduction. Two rounds are done in one pass over memory (radix 4).
 */

import { add, canonical, mul, sub } from './lanes';

/**
 * Splits x^n - 1 down to linear factors (Cooley-Tukey as in lattice cryptography's NTTs): a block
 * holds a polynomial mod x^len - t^2 and becomes two, mod x^(len/2) - t and x^(len/2) + t. Block b
 * of every round has t = w^-bitrev(b), `twiddles[b]`; that of block 0 is 1 and costs no product.
 * Source: Seiler, "Faster AVX2 optimized NTT multiplication for Ring-LWE lattice cryptography".
 */
export function inverse(work: usize, sizeLog2: u32, twiddles: usize): void {
  let len: usize = 16 << sizeLog2;
  let blocks: usize = 1;
  if (sizeLog2 & 1) {
    len >>= 1;
    for (let at = work; at < work + len; at += 16) {
      const a = v128.load(at);
      const b = v128.load(at + len);
      v128.store(at, add(a, b));
      v128.store(at + len, sub(a, b));
    }
    blocks = 2;
  }
  for (; len > 16; len >>= 2, blocks <<= 2) {
    splitFirstBlock(work, len >> 2, v128.load32_splat(twiddles, 4));
    for (let b: usize = 1; b < blocks; b++) {
      const t = v128.load32_splat(twiddles + 4 * b);
      const even = v128.load32_splat(twiddles + 8 * b);
      const odd = v128.load32_splat(twiddles + 8 * b, 4);
      const from = work + b * len;
      const quarter = len >> 2;
      for (let at = from; at < from + quarter; at += 16) {
        const x0 = v128.load(at);
        const x1 = v128.load(at + quarter);
        const x2 = mul(v128.load(at + 2 * quarter), t);
        const x3 = mul(v128.load(at + 3 * quarter), t);
        const y0 = add(x0, x2);
        const y1 = mul(add(x1, x3), even);
        v128.store(at, add(y0, y1));
        v128.store(at + quarter, sub(y0, y1));
        const y2 = sub(x0, x2);
        const y3 = mul(sub(x1, x3), odd);
        v128.store(at + 2 * quarter, add(y2, y3));
        v128.store(at + 3 * quarter, sub(y2, y3));
      }
    }
  }
}

/** The same for block 0 of a pass: of its twiddles 1, 1 and i = sqrt(-1), only i costs products. */
function splitFirstBlock(work: usize, quarter: usize, i: v128): void {
  for (let at = work; at < work + quarter; at += 16) {
    const x0 = v128.load(at);
    const x1 = v128.load(at + quarter);
    const x2 = canonical(v128.load(at + 2 * quarter));
    const x3 = canonical(v128.load(at + 3 * quarter));
    const y0 = add(x0, x2);
    const y1 = canonical(add(x1, x3));
    v128.store(at, add(y0, y1));
    v128.store(at + quarter, sub(y0, y1));
    const y2 = sub(x0, x2);
    const y3 = mul(sub(x1, x3), i);
    v128.store(at + 2 * quarter, add(y2, y3));
    v128.store(at + 3 * quarter, sub(y2, y3));
  }
}

/**
 * Joins values of even and odd coefficients, f(x) = E(x^2) + x * O(x^2), from single coefficients
 * upwards. The x of a round that joins blocks of `len` are (v * w^j)^(n / 2len), j < len:
 * `twiddles[len + j]`. So the step from the n-th roots to the odd 2n-th ones costs nothing.
 */
export function forward(work: usize, sizeLog2: u32, twiddles: usize): void {
  const end = work + (16 << sizeLog2);
  let len: usize = 16;
  if (sizeLog2 & 1) {
    const x = v128.load32_splat(twiddles, 4);
    for (let at = work; at < end; at += 32) {
      const a = v128.load(at);
      const b = mul(v128.load(at, 16), x);
      v128.store(at, add(a, b));
      v128.store(at, sub(a, b), 16);
    }
    len = 32;
  }
  for (; len < end - work; len <<= 2) {
    const table = twiddles + (len >> 2);
    for (let from = work; from < end; from += 4 * len) {
      let x = table;
      for (let at = from; at < from + len; at += 16) {
        const t = v128.load32_splat(x);
        const x0 = v128.load(at);
        const x1 = mul(v128.load(at + len), t);
        const x2 = v128.load(at + 2 * len);
        const x3 = mul(v128.load(at + 3 * len), t);
        const y0 = add(x0, x1);
        const y2 = mul(add(x2, x3), v128.load32_splat(x + (len >> 2)));
        v128.store(at, add(y0, y2));
        v128.store(at + 2 * len, sub(y0, y2));
        const y1 = sub(x0, x1);
        const y3 = mul(sub(x2, x3), v128.load32_splat(x + (len >> 1)));
        v128.store(at + len, add(y1, y3));
        v128.store(at + 3 * len, sub(y1, y3));
        x += 4;
      }
    }
  }
}
