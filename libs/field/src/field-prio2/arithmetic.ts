/**
 * FieldPrio2, GF(p) with p = 2^32 - 2^20 + 1, on JavaScript numbers in 0..p-1, without BigInt.
 * Source: ENPA section 2; libprio-rs `FieldPrio2`. The plain version is `reference.ts`; every
 * function here is tested against it. Operands must be canonical: nothing here checks them.
 *
 * No operation branches on random data: a mispredicted jump costs more than all the rest. Loops use
 * a module's own constants (P, P_INVERSE): V8 folds those, but reads imported and exported ones
 * from memory every time, a third of a transform's time.
 */

import { FieldError } from '../field-error.ts';

const P = 4293918721;
export const MODULUS = P;
/** Bytes of an encoded element. */
export const ENCODED_SIZE = 4;
/** Generates the subgroup of order 2^20, the largest power of two that divides p - 1. */
export const GENERATOR = 3925978153;
export const GENERATOR_ORDER_LOG2 = 20;

/**
 * A little less than 1/p: the quotient estimate of all products here.
 *
 * For an integer x in 0..2^32 * p that is computed in doubles, x * INVERSE_LOW meets at most six
 * roundings of relative size 2^-53 (two of them in this constant), which 2^-50 outweighs. So the
 * estimate is never above x / p, and below it by less than 2^32 * 2^-49 = 2^-17. Its floor q is the
 * true quotient or one less, the latter only where the remainder is below p * 2^-17 < 2^15. Hence
 * x - q * p lies in 0..p + 2^15, below 2^32: its low 32 bits are all of it, and they need no wide
 * product, because q * p = q - q * 2^20 mod 2^32. One rare subtraction makes it canonical.
 */
const P_INVERSE = (1 / P) * (1 - 2 ** -50);
export const INVERSE_LOW = P_INVERSE;

/**
 * For x in -p * 2^32..p * 2^32, as in a - b * w: added to its estimated quotient, moves that above
 * 0 (low 32 bits unchanged) and, since estimates of negative numbers err upwards, below the true
 * quotient again. The rest then stays below p + 2^17, still below 2^32.
 */
export const DIFFERENCE_BIAS = 2 ** 32 - 2 ** -16;

export function add(a: number, b: number): number {
  return fromSigned(a + b - P);
}

export function sub(a: number, b: number): number {
  return fromSigned(a - b);
}

export function neg(a: number): number {
  return fromSigned(-a);
}

/** The element congruent to `x` in -p..p-1: adds p below 0. */
function fromSigned(x: number): number {
  return x - Math.floor(x * P_INVERSE) * P;
}

export function mul(a: number, b: number): number {
  const q = (a * b * P_INVERSE) >>> 0;
  const rest = (Math.imul(a, b) - q + (q << 20)) >>> 0;
  return rest >= P ? rest - P : rest;
}

/** a * b + c, for c up to 2p: one quotient for both. */
export function mulAdd(a: number, b: number, c: number): number {
  const q = ((a * b + c) * P_INVERSE) >>> 0;
  const rest = (Math.imul(a, b) + c - q + (q << 20)) >>> 0;
  return rest >= P ? rest - P : rest;
}

/** base^exponent for an integer exponent in 0..2^53-1; 0^0 = 1. */
export function pow(base: number, exponent: number): number {
  let result = 1;
  let square = base;
  for (let rest = exponent; rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) result = mul(result, square);
    square = mul(square, square);
  }
  return result;
}

/** The inverse; inv(0) = 0, as in the 2020 code (no honest run needs it). */
export function inv(a: number): number {
  return pow(a, P - 2);
}

/**
 * The principal root of unity of order 2^orderLog2.
 * @throws FieldError `order` unless orderLog2 is a whole number in 0..20
 */
export function rootOfUnity(orderLog2: number): number {
  if (!Number.isInteger(orderLog2) || orderLog2 < 0 || orderLog2 > GENERATOR_ORDER_LOG2) {
    throw new FieldError('order', `2^0..2^${GENERATOR_ORDER_LOG2}`, `2^${orderLog2}`);
  }
  return pow(GENERATOR, 2 ** (GENERATOR_ORDER_LOG2 - orderLog2));
}
