/**
 * Number-theoretic transform over FieldPrio2, sizes 2^0..2^20, in place:
 * out[k] = sum over i of in[i] * w^(i*k) with w the principal root of that size; the inverse uses
 * w^-1 and divides by the size. Source: ENPA section 3.2 (DFT convention); Cooley-Tukey, radix 2.
 */

import { GENERATOR_ORDER_LOG2, MODULUS, inv, mul, rootOfUnity } from './arithmetic.ts';

export interface Ntt {
  /** Elements in a transform. */
  readonly size: number;
  /** Values of the polynomial at all powers of the root, in order, from its coefficients. */
  forward(values: Uint32Array, offset: number): void;
  /** Coefficients of the polynomial from its values at all powers of the root. */
  inverse(values: Uint32Array, offset: number): void;
}

/** Tables are built once, 4 * size bytes each; transforms allocate nothing. */
export function createNtt(sizeLog2: number): Ntt {
  const size = 2 ** sizeLog2;
  const root = rootOfUnity(sizeLog2);
  if (sizeLog2 > GENERATOR_ORDER_LOG2) throw new RangeError(`size 2^${sizeLog2}`);
  const powers = powersOf(root, size >>> 1);
  const inversePowers = powersOf(inv(root), size >>> 1);
  const sizeInverse = inv(size);
  const reversed = bitReversal(sizeLog2);

  return {
    size,
    forward(values, offset) {
      transform(values, offset, powers, reversed);
    },
    inverse(values, offset) {
      transform(values, offset, inversePowers, reversed);
      for (let i = offset; i < offset + size; i++) values[i] = mul(values[i]!, sizeInverse);
    },
  };
}

function powersOf(base: number, count: number): Uint32Array {
  const powers = new Uint32Array(count);
  for (let i = 0, power = 1; i < count; i++, power = mul(power, base)) powers[i] = power;
  return powers;
}

function bitReversal(sizeLog2: number): Uint32Array {
  const reversed = new Uint32Array(2 ** sizeLog2);
  for (let i = 1; i < reversed.length; i++) {
    reversed[i] = (reversed[i >>> 1]! >>> 1) | ((i & 1) << (sizeLog2 - 1));
  }
  return reversed;
}

function transform(
  values: Uint32Array,
  offset: number,
  powers: Uint32Array,
  reversed: Uint32Array,
): void {
  const size = reversed.length;
  for (let i = 0; i < size; i++) {
    const j = reversed[i]!;
    if (i < j) {
      const held = values[offset + i]!;
      values[offset + i] = values[offset + j]!;
      values[offset + j] = held;
    }
  }
  for (let half = 1; half < size; half *= 2) {
    const step = size / (2 * half);
    for (let k = 0; k < half; k++) {
      const twiddle = powers[k * step]!;
      for (let low = offset + k; low < offset + size; low += 2 * half) {
        const a = values[low]!;
        const b = mul(values[low + half]!, twiddle);
        const sum = a + b;
        values[low] = sum >= MODULUS ? sum - MODULUS : sum;
        values[low + half] = a >= b ? a - b : a - b + MODULUS;
      }
    }
  }
}
