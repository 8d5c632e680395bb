/**
 * Number-theoretic transforms over FieldPrio2, sizes 2^0..2^20, in place, without allocation:
 * out[k] = sum over i of in[i] * w^(i*k) with w the principal root of that size; the inverse uses
 * w^-1 and divides by the size. Source: ENPA section 3.2 (DFT convention).
 *
 * Radix 2 (Cooley-Tukey): the input is put in bit-reversed order, then rounds of butterflies, each
 * of which joins transforms of half the size.
 */

import { DIFFERENCE_BIAS, INVERSE_LOW, MODULUS, inv, mul, pow, rootOfUnity } from './arithmetic.ts';
import { createRootTable } from './root-table.ts';
import type { RootTable } from './root-table.ts';

// Own copies, see `arithmetic.ts`.
const P = MODULUS;
const P_INVERSE = INVERSE_LOW;
const BIAS = DIFFERENCE_BIAS;

export interface Ntt {
  /** Elements in a transform. */
  readonly size: number;
  /** Values of the polynomial at all powers of the root, in order, from its coefficients. */
  forward(values: Uint32Array, offset: number): void;
  /** Coefficients of the polynomial from its values at all powers of the root. */
  inverse(values: Uint32Array, offset: number): void;
}

/**
 * Tables are built once, 32 * size bytes; transforms allocate nothing.
 * @throws FieldError `order` unless sizeLog2 is a whole number in 0..20
 */
export function createNtt(sizeLog2: number): Ntt {
  const size = 2 ** sizeLog2;
  const table = createRootTable(sizeLog2, 'forward');
  const inverseTable = createRootTable(sizeLog2, 'inverse');
  const division = new Uint32Array(size).fill(inv(size));
  const reversed = bitReversal(sizeLog2);

  return Object.freeze({
    size,
    forward(values, offset) {
      permute(values, offset, reversed);
      transform(values, offset, size, table);
    },
    inverse(values, offset) {
      permute(values, offset, reversed);
      transform(values, offset, size, inverseTable);
      multiplyInto(values, offset, division);
    },
  } satisfies Ntt);
}

/**
 * From a polynomial's values at the n-th roots of unity to its values at the odd 2n-th ones, in
 * place and in order: v[k] at w_n^k becomes v[k] at w_2n^(2k+1). n = 2^sizeLog2, up to 2^19.
 * @throws FieldError `order` where the field has no 2n-th roots
 */
export function createOddExtension(
  sizeLog2: number,
): (values: Uint32Array, offset: number) => void {
  const size = 2 ** sizeLog2;
  const root = rootOfUnity(sizeLog2 + 1);
  const table = createRootTable(sizeLog2, 'forward');
  const inverseTable = createRootTable(sizeLog2, 'inverse');
  const sizeInverse = inv(size);
  const reversed = bitReversal(sizeLog2);
  // Coefficient k times w_2n^k: then the transform's k-th value is that at w_2n * w_n^k.
  const twist = Uint32Array.from({ length: size }, (_, k) => mul(pow(root, k), sizeInverse));

  return (values, offset) => {
    permute(values, offset, reversed);
    transform(values, offset, size, inverseTable);
    multiplyInto(values, offset, twist);
    permute(values, offset, reversed);
    transform(values, offset, size, table);
  };
}

function bitReversal(sizeLog2: number): Uint32Array {
  const reversed = new Uint32Array(2 ** sizeLog2);
  for (let i = 1; i < reversed.length; i++) {
    reversed[i] = (reversed[i >>> 1]! >>> 1) | ((i & 1) << (sizeLog2 - 1));
  }
  return reversed;
}

function permute(values: Uint32Array, offset: number, reversed: Uint32Array): void {
  for (let i = 0; i < reversed.length; i++) {
    const j = reversed[i]!;
    if (i < j) {
      const held = values[offset + i]!;
      values[offset + i] = values[offset + j]!;
      values[offset + j] = held;
    }
  }
}

/**
 * values[i] *= factors[i]. Not written out above: a large function has no room left to inline
 * `mul`, and a call that returns more than 31 bits allocates.
 */
function multiplyInto(values: Uint32Array, offset: number, factors: Uint32Array): void {
  for (let i = 0; i < factors.length; i++)
    values[offset + i] = mul(values[offset + i]!, factors[i]!);
}

function transform(values: Uint32Array, offset: number, size: number, table: RootTable): void {
  const { powers, quotients } = table;
  const end = offset + size;
  for (let half = 1; half < size; half *= 2) {
    for (let k = 0; k < half; k++) {
      joinPairs(values, offset + k, end, half, powers[half + k]!, quotients[half + k]!);
    }
  }
}

/**
 * (a, b) becomes (a + b * w, a - b * w) for the pairs (i, i + half), i = from, from + 2 * half, ...
 * Each result has a quotient of its own, which spares it the branches of a modular add.
 */
function joinPairs(
  values: Uint32Array,
  from: number,
  end: number,
  half: number,
  power: number,
  quotient: number,
): void {
  for (let i = from; i < end; i += 2 * half) {
    const a = values[i]!;
    const b = values[i + half]!;
    const low = Math.imul(b, power);
    const whole = a * P_INVERSE;
    const part = b * quotient;
    const q = (whole + part) | 0;
    const sum = ((a | 0) + low - q + (q << 20)) >>> 0;
    values[i] = sum >= P ? sum - P : sum;
    const s = (whole - part + BIAS) | 0;
    const difference = ((a | 0) - low - s + (s << 20)) >>> 0;
    values[i + half] = difference >= P ? difference - P : difference;
  }
}
