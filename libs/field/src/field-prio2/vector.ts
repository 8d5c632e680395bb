/**
 * FieldPrio2 on ranges of Uint32Arrays: the loops that provers and verifiers spend their time in.
 * A range is (array, offset, length in elements); operands are canonical; nothing is allocated.
 */

import { FieldError } from '../field-error.ts';
import { INVERSE_LOW, MODULUS, add, inv, mul, sub } from './arithmetic.ts';

// Own copies, see `arithmetic.ts`.
const P = MODULUS;
const P_INVERSE = INVERSE_LOW;

/** Sums of this many words below 2^32 are exact in a double. */
const MAX_TERMS = 2 ** 21;

/** into[i] += from[i], `length` elements from each offset. */
export function addInto(
  into: Uint32Array,
  intoOffset: number,
  from: Uint32Array,
  fromOffset: number,
  length: number,
): void {
  for (let i = 0; i < length; i++) {
    into[intoOffset + i] = add(into[intoOffset + i]!, from[fromOffset + i]!);
  }
}

/** into[i] = from[i] - into[i]. */
export function subtractFrom(
  into: Uint32Array,
  intoOffset: number,
  from: Uint32Array,
  fromOffset: number,
  length: number,
): void {
  for (let i = 0; i < length; i++) {
    into[intoOffset + i] = sub(from[fromOffset + i]!, into[intoOffset + i]!);
  }
}

/** Sum over i of a[i], at most 2^21 elements. */
export function sum(a: Uint32Array, offset: number, length: number): number {
  checkTerms(length);
  let total = 0;
  for (let i = 0; i < length; i++) total += a[offset + i]!;
  return total % P;
}

/** Sum over i of a[i] * b[i], at most 2^21 products. */
export function innerProduct(
  a: Uint32Array,
  aOffset: number,
  b: Uint32Array,
  bOffset: number,
  length: number,
): number {
  checkTerms(length);
  let total = 0;
  for (let i = 0; i < length; i++) {
    const x = a[aOffset + i]!;
    const y = b[bOffset + i]!;
    // As `mul`, without its last step: the rests add up exactly, and one remainder serves all.
    const q = (x * y * P_INVERSE) >>> 0;
    total += (Math.imul(x, y) - q + (q << 20)) >>> 0;
  }
  return total % P;
}

function checkTerms(length: number): void {
  if (length > MAX_TERMS) throw new FieldError('size', `up to ${MAX_TERMS} terms`, `${length}`);
}

/**
 * Inverts `length` elements in place with one inversion (Montgomery's trick).
 * @param scratch at least `length` elements
 * @returns false, and leaves `values` unchanged, if any of them is 0
 */
export function batchInvert(
  values: Uint32Array,
  offset: number,
  length: number,
  scratch: Uint32Array,
): boolean {
  let product = 1;
  for (let i = 0; i < length; i++) {
    scratch[i] = product;
    product = mul(product, values[offset + i]!);
  }
  if (product === 0) return false;
  let inverse = inv(product);
  for (let i = length - 1; i >= 0; i--) {
    const value = values[offset + i]!;
    values[offset + i] = mul(inverse, scratch[i]!);
    inverse = mul(inverse, value);
  }
  return true;
}
