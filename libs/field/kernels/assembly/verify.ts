/**
 * A processor's values (f, g, h) at r from its shares of proof vectors, by inner products with the
 * Lagrange basis; the algebra is told in prio's `verifier.ts`, the basis in `lagrange.ts`.
 *
 * What depends on r alone and is one long chain, the powers r^(2^k), is done for four reports in
 * lockstep. The rest is done a report at a time, four neighbouring elements in a v128: it is as
 * fast, needs no transposition, and skips no lane where a block does not fill up.
 */

import { CARRY, P, add, mul, sub } from './lanes';
import { addOne, mulOne, reduce, subOne } from './scalar';

/** Where `chains` puts what it derives from four values r, after 20 vectors of powers each. */
const ODD_POWERS: usize = 16 * 20;
const ODD_SCALES: usize = 2 * ODD_POWERS;
const FIRST_SCALES: usize = ODD_SCALES + 16;
const CHAINS_SIZE: usize = FIRST_SCALES + 16;

/**
 * @param shares `count` vectors
 * @param points r of each report, then room up to a multiple of 4
 * @param out receives f, g, h of each report, and after `count` of them one word each: 1 where r is
 *   no element or r^(2n) = 1; there f, g, h mean nothing
 * @param leader 1: subtracts the sum of the basis over the data from g
 * @param tables n words w_2m^-i * R at m + i (m = 1, 2, 4..., i < m), then `CHAIN_CONSTANTS`
 * @param work CHAINS_SIZE bytes, then two bases of n + 4 words
 */
export function verify(
  shares: usize,
  count: u32,
  dimension: u32,
  sizeLog2: u32,
  leader: bool,
  points: usize,
  out: usize,
  tables: usize,
  work: usize,
): void {
  const size: usize = 1 << sizeLog2;
  const stride = (<usize>dimension + 3 + size) << 2;
  const even = work + CHAINS_SIZE;
  const odd = even + 4 * size + 16;
  const evenScale = load<u32>(tables + 4 * size, 4);
  const unsafes = out + 12 * <usize>count;
  for (let i: usize = 0; i < count; i++) {
    const lane = (i & 3) << 2;
    if (lane === 0) {
      v128.store(unsafes + 4 * i, chains(v128.load(points + 4 * i), sizeLog2, tables, work));
    }
    basis(even, sizeLog2, work + lane, evenScale, tables);
    basis(odd, sizeLog2, work + ODD_POWERS + lane, load<u32>(work + ODD_SCALES + lane), tables);
    const first = mulOne(load<u32>(even), load<u32>(work + FIRST_SCALES + lane));
    evaluate(shares, dimension, size, leader, even, odd, first, out + 12 * i);
    shares += stride;
  }
}

/**
 * For four r: r^(2^k) and (r / v)^(2^k), k < sizeLog2, v = w_2n, in Montgomery form; the scale of
 * the odd basis, (1 - r^n) / 2n, and the factor of h0, (1 + r^n) / 2.
 * `CHAIN_CONSTANTS` after the table's n words: R^2, R/n, R/2n, R/2, then R v^-(2^k).
 * @returns 1 in each lane where r must not be used
 */
function chains(r: v128, sizeLog2: u32, tables: usize, work: usize): v128 {
  const constants = tables + (4 << sizeLog2);
  const one = i32x4.splat(CARRY);
  let power = mul(r, v128.load32_splat(constants));
  for (let k: usize = 0; k < sizeLog2; k++) {
    v128.store(work + 16 * k, power);
    const inverse = v128.load32_splat(constants + 4 * k, 16);
    v128.store(work + ODD_POWERS + 16 * k, mul(power, inverse));
    power = mul(power, power);
  }
  v128.store(work + ODD_SCALES, mul(sub(one, power), v128.load32_splat(constants, 8)));
  v128.store(work + FIRST_SCALES, mul(add(one, power), v128.load32_splat(constants, 12)));
  const isRoot = i32x4.eq(mul(power, power), one);
  return v128.and(i32x4.splat(1), v128.or(isRoot, i32x4.ge_u(r, i32x4.splat(P))));
}

/**
 * The Lagrange basis on the n-th roots at y, times `scale` * n, as words: from 1 root to n by
 *   L_i(y) and L_(i+m)(y) on 2m roots = (1 + z)/2 and (1 - z)/2 times L_i(y^2) on m roots,
 * z = y * w_2m^-i. y^(2^k) is the word at powers + 16 * k. The first two rounds are too narrow for
 * lanes and give elements.
 */
function basis(out: usize, sizeLog2: u32, powers: usize, scale: u32, tables: usize): void {
  store<u32>(out, scale);
  let half: usize = 4;
  let power = powers + (<usize>sizeLog2 << 4);
  for (; half <= 8 && power > powers; half <<= 1) {
    power -= 16;
    const y = load<u32>(power);
    for (let at: usize = 0; at < half; at += 4) {
      const a = load<u32>(out + at);
      const product = mulOne(a, mulOne(y, load<u32>(tables + half + at)));
      store<u32>(out + at, addOne(a, product));
      store<u32>(out + half + at, subOne(a, product));
    }
  }
  for (; power > powers; half <<= 1) {
    power -= 16;
    const y = v128.load32_splat(power);
    const table = tables + half;
    const upper = out + half;
    for (let at: usize = 0; at < half; at += 16) {
      const a = v128.load(out + at);
      const product = mul(a, mul(y, v128.load(table + at)));
      v128.store(out + at, add(a, product));
      v128.store(upper + at, sub(a, product));
    }
  }
}

/**
 * f = f0 L_0 + sum x_i L_i, g = f + (g0 - f0) L_0 - [leader] sum L_i, h = h0 first + sum packed.
 * The bases are in Montgomery form, the shares are not: their products are plain.
 */
// @ts-ignore: decorator
@inline
function evaluate(
  share: usize,
  dimension: u32,
  size: usize,
  leader: bool,
  even: usize,
  odd: usize,
  first: u32,
  out: usize,
): void {
  const blinds = share + (<usize>dimension << 2);
  const f0 = load<u32>(blinds);
  const l0 = load<u32>(even);
  // Inner products go on to the next multiple of 4, with the basis 0 there.
  v128.store(even + 4 + (<usize>dimension << 2), i32x4.splat(0));
  v128.store(odd + (size << 2), i32x4.splat(0));
  const f = addOne(mulOne(l0, f0), innerProduct(share, even + 4, dimension));
  let g = addOne(f, mulOne(l0, subOne(load<u32>(blinds, 4), f0)));
  if (leader) g = subOne(g, mulOne(sum(even + 4, dimension), 1));
  const h = mulOne(first, load<u32>(blinds, 8));
  store<u32>(out, f);
  store<u32>(out, g, 4);
  store<u32>(out, addOne(h, innerProduct(blinds + 12, odd, <u32>size)), 8);
}

/**
 * Sum of a_i * b_i / 2^32 over words, as an element. Low and high halves of the products are added
 * apart; a lane gets two of each every round, at most 2^18 of them in 2^17 rounds (2^19 products),
 * so that the sums stay below 2^51 and two lanes below 2^52. The low halves' sum is reduced and
 * divided by 2^32, the high halves' sum is so already.
 */
// @ts-ignore: decorator
@inline
function innerProduct(a: usize, b: usize, length: u32): u32 {
  const mask = i64x2.splat(0xffffffff);
  let lows = i64x2.splat(0);
  let highs = i64x2.splat(0);
  const end = a + (<usize>length << 2);
  for (; a < end; a += 16, b += 16) {
    const x = v128.load(a);
    const y = v128.load(b);
    const s = i64x2.extmul_low_i32x4_u(x, y);
    const t = i64x2.extmul_high_i32x4_u(x, y);
    lows = i64x2.add(lows, i64x2.add(v128.and(s, mask), v128.and(t, mask)));
    highs = i64x2.add(highs, i64x2.add(i64x2.shr_u(s, 32), i64x2.shr_u(t, 32)));
  }
  return addOne(mulOne(reduce(total(lows)), 1), reduce(total(highs)));
}

/** Sum of a_i over words, as an element; bounds as above. */
// @ts-ignore: decorator
@inline
function sum(a: usize, length: u32): u32 {
  let sums = i64x2.splat(0);
  const end = a + (<usize>length << 2);
  for (; a < end; a += 16) {
    const x = v128.load(a);
    sums = i64x2.add(sums, i64x2.extend_low_i32x4_u(x));
    sums = i64x2.add(sums, i64x2.extend_high_i32x4_u(x));
  }
  return reduce(total(sums));
}

// @ts-ignore: decorator
@inline
function total(sums: v128): u64 {
  return i64x2.extract_lane(sums, 0) + i64x2.extract_lane(sums, 1);
}
