/**
 * The scalars of one sum that stands for many signatures: for weights w, those of G, the sum of all
 * w u1, and of each key, the sum of w u2 over its signatures, modulo n.
 */

import { add, ELEMENT_SIZE, makeCanonical, mul, negate, R_SQUARED, read, write } from './scalar';
import { FIRST, SECOND } from './scratch';

/**
 * scalars = that of G, then those of keys, 32 bytes each, `scalarCount` in all. Each of `count`
 * slots has a weight below n, which is negative where the byte at `positive` is 0, its u1 and u2,
 * 32 bytes each, and a word at `owners`: the number, from 1 on, of its key's scalar.
 *
 * @param sums an element's room (36 bytes) for each scalar
 */
export function weighScalars(
  count: usize,
  weights: usize,
  positive: usize,
  u1: usize,
  u2: usize,
  owners: usize,
  scalars: usize,
  scalarCount: usize,
  sums: usize,
): void {
  const weight = FIRST;
  memory.fill(sums, 0, scalarCount * ELEMENT_SIZE);
  for (let i: usize = 0; i < count; i++) {
    read(weight, weights + 32 * i);
    if (load<u8>(positive + i) == 0) negate(weight);
    // As an R-fold, so that products with plain numbers are plain.
    mul(weight, weight, R_SQUARED);
    addProduct(sums, weight, u1 + 32 * i);
    addProduct(sums + <usize>load<u32>(owners + 4 * i) * ELEMENT_SIZE, weight, u2 + 32 * i);
  }
  for (let i: usize = 0; i < scalarCount; i++) write(scalars + 32 * i, sums + i * ELEMENT_SIZE);
}

function addProduct(sum: usize, weight: usize, bytes: usize): void {
  const product = SECOND;
  read(product, bytes);
  mul(product, product, weight);
  makeCanonical(product);
  add(sum, sum, product);
}
