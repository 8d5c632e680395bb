/**
 * Powers of a root of unity in the order in which transforms read them, each with its quotient
 * estimate: a product with a constant w needs only floor(a * (w * INVERSE_LOW)).
 */

import { INVERSE_LOW, inv, mul, rootOfUnity } from './arithmetic.ts';

/** At index half + k, 0 <= k < half: the k-th power of a root of order 2 * half. */
export interface RootTable {
  readonly powers: Uint32Array;
  /** powers[i] * INVERSE_LOW. */
  readonly quotients: Float64Array;
}

/** For transforms of up to 2^sizeLog2 elements; of principal roots, or of their inverses. */
export function createRootTable(sizeLog2: number, direction: 'forward' | 'inverse'): RootTable {
  const root = rootOfUnity(sizeLog2);
  const size = 2 ** sizeLog2;
  const powers = new Uint32Array(size);
  let base = direction === 'forward' ? root : inv(root);
  for (let half = size / 2; half >= 1; half /= 2) {
    for (let k = 0, power = 1; k < half; k++, power = mul(power, base)) powers[half + k] = power;
    base = mul(base, base);
  }
  return { powers, quotients: Float64Array.from(powers, (power) => power * INVERSE_LOW) };
}
