/**
 * Polynomials over FieldPrio2 in a Uint32Array range, lowest coefficient first. Interpolation at
 * the n-th roots of unity is `Ntt.inverse`; the value without coefficients, `lagrange.ts`.
 */

import { mulAdd } from './arithmetic.ts';

/** The value at `x` of the polynomial with `length` coefficients (Horner). */
export function evaluate(
  coefficients: Uint32Array,
  offset: number,
  length: number,
  x: number,
): number {
  let value = 0;
  for (let i = offset + length - 1; i >= offset; i--) {
    value = mulAdd(value, x, coefficients[i]!);
  }
  return value;
}
