/**
 * Completes proof vectors, four reports in lockstep. A vector is data (`dimension` elements), f0,
 * g0, h0, packed h (n = 2^sizeLog2 elements); data, f0 and g0 are given, any elements. With f the
 * polynomial that takes f0, data, 0... at the n-th roots of unity,
 *
 *   h0 = f0 * g0,  packed_j = f_j * (f_j + offset_j + (g0 - f0) * slope_j)  at the odd 2n-th roots.
 *
 * Why that is the proof, and what offsets and slopes are, says prio's `prover.ts`.
 */

import { add, canonical, mul, storeTransposed, sub } from './lanes';
import { forward, inverse } from './transform';

/**
 * @param vectors room for a multiple of 4 of them; those from `count` on are garbage in and out
 * @param tables for the inverse transform n/2 words, the forward one n, then n pairs: see `finish`
 * @param work n + 4 vectors of lanes
 */
export function prove(
  vectors: usize,
  count: u32,
  dimension: u32,
  sizeLog2: u32,
  tables: usize,
  work: usize,
): void {
  const size: usize = 1 << sizeLog2;
  const stride = (<usize>dimension + 3 + size) << 2;
  const forwardTable = tables + 2 * size;
  const pairs = forwardTable + 4 * size;
  const dataSize = <usize>dimension << 2;
  for (let i: u32 = 0; i < count; i += 4, vectors += 4 * stride) {
    const blinds = vectors + dataSize;
    const f0 = gather(blinds, stride);
    const g0 = gather(blinds + 4, stride);
    v128.store(work, f0);
    load(vectors, stride, dataSize, work + 16, work + 16 * size);
    inverse(work, sizeLog2, tables);
    forward(work, sizeLog2, forwardTable);
    // Two factors 2^64 mod p make up for two Montgomery products.
    const h0 = mul(mul(f0, g0), v128.load32_splat(pairs + 8 * size));
    scatter(h0, blinds + 8, stride);
    finish(work, size, sub(g0, f0), pairs, blinds + 12, stride);
  }
}

/** Data of four vectors into lanes, then zeros up to `end` (up to four lane vectors beyond it). */
function load(vectors: usize, stride: usize, dataSize: usize, into: usize, end: usize): void {
  const zerosAt = into + 4 * dataSize;
  for (let at: usize = 0; at < dataSize; at += 16, into += 64) {
    const from = vectors + at;
    storeTransposed(
      v128.load(from),
      v128.load(from + stride),
      v128.load(from + 2 * stride),
      v128.load(from + 3 * stride),
      into,
      16,
    );
  }
  for (let at = zerosAt; at < end; at += 16) v128.store(at, i32x4.splat(0));
}

/**
 * packed h from n * f. `pairs` has (R/n offset_j, R^2/n slope_j), then the constants R^2 and
 * R^2/n^2, all mod p with R = 2^32. A Montgomery product divides by R, so that with F = n * f
 *   F * (F * R^2/n^2 / R + R/n offset_j + d * R^2/n slope_j / R) / R
 * is f * (f + offset_j + d slope_j).
 * F is a word; each summand after the first is an element, so the sum is a word, and the product of
 * two words is one: it is made canonical.
 */
function finish(
  work: usize,
  size: usize,
  d: v128,
  pairs: usize,
  out: usize,
  stride: usize,
): void {
  const square = v128.load32_splat(pairs + 8 * size, 4);
  const whole = size & ~3;
  let at: usize = 0;
  for (; at < whole; at += 4) {
    const from = work + 16 * at;
    const pair = pairs + 8 * at;
    storeTransposed(
      packedAt(v128.load(from), d, square, pair),
      packedAt(v128.load(from, 16), d, square, pair + 8),
      packedAt(v128.load(from, 32), d, square, pair + 16),
      packedAt(v128.load(from, 48), d, square, pair + 24),
      out + 4 * at,
      stride,
    );
  }
  for (; at < size; at++) {
    scatter(packedAt(v128.load(work + 16 * at), d, square, pairs + 8 * at), out + 4 * at, stride);
  }
}

// @ts-ignore: decorator
@inline
function packedAt(f: v128, d: v128, square: v128, pair: usize): v128 {
  const plain = add(mul(f, square), v128.load32_splat(pair));
  return canonical(mul(f, add(plain, mul(d, v128.load32_splat(pair, 4)))));
}

/** One element of each of four vectors. */
// @ts-ignore: decorator
@inline
function gather(at: usize, stride: usize): v128 {
  let lanes = v128.load32_zero(at);
  lanes = v128.load32_lane(at + stride, lanes, 1);
  lanes = v128.load32_lane(at + 2 * stride, lanes, 2);
  return v128.load32_lane(at + 3 * stride, lanes, 3);
}

// @ts-ignore: decorator
@inline
function scatter(lanes: v128, at: usize, stride: usize): void {
  v128.store32_lane(at, lanes, 0);
  v128.store32_lane(at + stride, lanes, 1);
  v128.store32_lane(at + 2 * stride, lanes, 2);
  v128.store32_lane(at + 3 * stride, lanes, 3);
}
