/**
 * The Lagrange basis on the n-th roots of unity, at one point: with it, the value of a polynomial
 * that is given by its values at those roots is an inner product.
 *
 * L_i(y) = 1/n * sum over k of (y * w^-i)^k: the inverse transform of y's powers. A geometric
 * series splits as (1 + z)(1 + z^2)(1 + z^4)..., so with z = y * w_2m^-i, for a basis twice as
 * large,
 *   L_i(y) and L_(i+m)(y) on 2m roots = (1 + z)/2 and (1 - z)/2 times L_i(y^2) on m roots.
 * That takes 2n products in all, no inversion, and no exception where y is itself a root.
 */

import { DIFFERENCE_BIAS, INVERSE_LOW, MODULUS, inv, mul } from './arithmetic.ts';
import { createRootTable } from './root-table.ts';
import type { RootTable } from './root-table.ts';

// Own copies, see `arithmetic.ts`.
const P = MODULUS;
const P_INVERSE = INVERSE_LOW;
const BIAS = DIFFERENCE_BIAS;

/** Writes scale * L_i(y) to out[i], i = 0..n-1. */
export type LagrangeBasis = (y: number, scale: number, out: Uint32Array) => void;

/**
 * For n = 2^sizeLog2. Holds scratch: not re-entrant.
 * @throws FieldError `order` unless sizeLog2 is a whole number in 0..20
 */
export function createLagrangeBasis(sizeLog2: number): LagrangeBasis {
  const table = createRootTable(sizeLog2, 'inverse');
  const sizeInverse = inv(2 ** sizeLog2);
  /** y^(2^i). */
  const squares = new Uint32Array(sizeLog2);

  return (y, scale, out) => {
    for (let i = 0, square = y; i < sizeLog2; i++, square = mul(square, square)) {
      squares[i] = square;
    }
    out[0] = mul(scale, sizeInverse);
    for (let i = sizeLog2 - 1, half = 1; i >= 0; i--, half *= 2) {
      doubleBasis(out, half, squares[i]!, table);
    }
  };
}

/** From the basis on `half` roots at y^2 to that on 2 * half roots at y, not divided by 2. */
function doubleBasis(basis: Uint32Array, half: number, y: number, table: RootTable): void {
  const { powers, quotients } = table;
  for (let i = 0; i < half; i++) {
    const a = basis[i]!;
    const power = powers[half + i]!;
    const t = (y * quotients[half + i]!) >>> 0;
    // Below p + 2^15, which the next product bears as it is.
    const z = (Math.imul(y, power) - t + (t << 20)) >>> 0;
    const low = Math.imul(a, z);
    const whole = a * P_INVERSE;
    const part = a * z * P_INVERSE;
    const q = (whole + part) | 0;
    const sum = ((a | 0) + low - q + (q << 20)) >>> 0;
    basis[i] = sum >= P ? sum - P : sum;
    const s = (whole - part + BIAS) | 0;
    const difference = ((a | 0) - low - s + (s << 20)) >>> 0;
    basis[half + i] = difference >= P ? difference - P : difference;
  }
}
