/**
 * Polynomials over FieldPrio2 in a Uint32Array range, lowest coefficient first.
 */

import { MODULUS, mul } from './arithmetic.ts';
import type { Ntt } from './ntt.ts';

/** The value at `x` of the polynomial with `length` coefficients (Horner). */
export function evaluate(
  coefficients: Uint32Array,
  offset: number,
  length: number,
  x: number,
): number {
  let value = 0;
  for (let i = offset + length - 1; i >= offset; i--) {
    value = mul(value, x) + coefficients[i]!;
    if (value >= MODULUS) value -= MODULUS;
  }
  return value;
}

/**
 * Turns values at the ntt.size-th roots of unity, in order, into coefficients, in place.
 * An alias of the inverse transform under the name that proofs use.
 */
export function interpolate(ntt: Ntt, values: Uint32Array, offset: number): void {
  ntt.inverse(values, offset);
}
