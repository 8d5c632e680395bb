// Inversion, one for a whole batch: Montgomery's trick. The prefix products of the denominators
// are at `products`, an element each; their whole product is inverted, and from it, backwards,
// each denominator's inverse.
//
// A denominator that is 0 makes the whole product 0, and every result of the batch worthless:
// `invertWhole` finds that and says so; its callers pass it on.

import { copy, multiply, square } from './field';
import { DENOMINATOR, ELEMENT_SIZE, INVERSE, POWERS, RUNNING } from './scratch';
import { zeroLanes } from './convert';

/** Takes one more denominator, at DENOMINATOR: number `index` of the batch. */
// @ts-ignore: decorator
@inline
export function takeDenominator(products: usize, index: usize): void {
  const at = products + <usize>index * ELEMENT_SIZE;
  if (index == 0) copy(at, DENOMINATOR);
  else multiply(at, at - ELEMENT_SIZE, DENOMINATOR);
}

/** RUNNING = 1 / the product of `count` denominators; returns false if that is 0 in some lane. */
export function invertWhole(products: usize, count: usize): bool {
  const whole = products + <usize>(count - 1) * ELEMENT_SIZE;
  if (zeroLanes(whole) != 0) return false;
  invert(RUNNING, whole);
  return true;
}

/**
 * INVERSE = the inverse of denominator `index`, which must be at DENOMINATOR again; indexes go from
 * the last to 0.
 */
// @ts-ignore: decorator
@inline
export function giveInverse(products: usize, index: usize): void {
  if (index == 0) {
    copy(INVERSE, RUNNING);
    return;
  }
  multiply(INVERSE, RUNNING, products + <usize>(index - 1) * ELEMENT_SIZE);
  multiply(RUNNING, RUNNING, DENOMINATOR);
}

/**
 * into = a^(p-2). The exponent in binary is 32 ones, 31 zeros, a one, 96 zeros, 94 ones, 0, 1;
 * x<n> below is a to the power of n ones.
 */
function invert(into: usize, a: usize): void {
  const x1 = POWERS;
  const x2 = POWERS + ELEMENT_SIZE;
  const x3 = POWERS + 2 * ELEMENT_SIZE;
  const x15 = POWERS + 3 * ELEMENT_SIZE;
  const x30 = POWERS + 4 * ELEMENT_SIZE;
  const x32 = POWERS + 5 * ELEMENT_SIZE;
  const t = POWERS + 6 * ELEMENT_SIZE;
  copy(x1, a);
  raise(x2, x1, 1, x1);
  raise(x3, x2, 1, x1);
  raise(t, x3, 3, x3);
  raise(t, t, 6, t);
  raise(x15, t, 3, x3);
  raise(x30, x15, 15, x15);
  raise(x32, x30, 2, x2);
  raise(t, x32, 32, x1);
  raise(t, t, 128, x32);
  raise(t, t, 32, x32);
  raise(t, t, 30, x30);
  raise(into, t, 2, x1);
}

/** into = a^(2^squarings) * b; b may be a or `into`. */
export function raise(into: usize, a: usize, squarings: usize, b: usize): void {
  const power = POWERS + 7 * ELEMENT_SIZE;
  square(power, a);
  for (let i: usize = 1; i < squarings; i++) square(power, power);
  multiply(into, power, b);
}
