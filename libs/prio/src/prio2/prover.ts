/**
 * The proof that every bin is 0 or 1: h = f * g on the odd 2n-th roots of unity.
 * Source: ENPA section 3.2; the reference is `reference.ts`.
 *
 * Two transforms of size n instead of two of n and two of 2n. On the n-th roots, g takes g0 at the
 * first, x_i - 1 at the next `dimension`, 0 at the rest, so as polynomials
 *   g = f - E + (g0 - f0) * L0,
 * where E interpolates the indicator of 1..dimension and L0 that of 0. Their values at the odd
 * 2n-th roots are constants of the shape. This holds for any field elements x_i, not bits alone: a
 * cheating device gets exactly the proof that the long way would give it.
 */

import { createOddExtension, fieldPrio2 } from '@priolab/field';

import { requireLength } from './shape.ts';
import type { Prio2Shape } from './shape.ts';

const { mul, mulAdd, neg, sub } = fieldPrio2;

/**
 * Completes `count` proof vectors in place (stride proofLen): data, f0 and g0 are set by the caller
 * to any field elements; h0 and packed h are written.
 */
export type ProveBlock = (count: number, proofs: Uint32Array) => void;

export function createProver(shape: Prio2Shape): ProveBlock {
  const { dimension, rootCount, proofLen } = shape;
  const extend = createOddExtension(shape.rootCountLog2);
  const oddValues = (indicator: (i: number) => boolean): Uint32Array => {
    const values = Uint32Array.from({ length: rootCount }, (_, i) => (indicator(i) ? 1 : 0));
    extend(values, 0);
    return values;
  };
  const minusE = oddValues((i) => i >= 1 && i <= dimension).map(neg);
  const l0 = oddValues((i) => i === 0);
  const f = new Uint32Array(rootCount);

  return (count, proofs) => {
    requireLength('proof elements', proofs, count * proofLen);
    for (let report = 0; report < count; report++) {
      const at = report * proofLen;
      const f0 = proofs[at + dimension]!;
      const g0 = proofs[at + dimension + 1]!;
      proofs[at + dimension + 2] = mul(f0, g0);
      f[0] = f0;
      for (let i = 0; i < dimension; i++) f[i + 1] = proofs[at + i]!;
      f.fill(0, dimension + 1);
      extend(f, 0);
      multiplyByG(f, sub(g0, f0), minusE, l0, proofs, at + dimension + 3);
    }
  };
}

/** packed_j = f_j * (f_j - E_j + difference * L0_j). */
function multiplyByG(
  f: Uint32Array,
  difference: number,
  minusE: Uint32Array,
  l0: Uint32Array,
  out: Uint32Array,
  outOffset: number,
): void {
  for (let j = 0; j < f.length; j++) {
    const value = f[j]!;
    out[outOffset + j] = mul(value, mulAdd(difference, l0[j]!, value + minusE[j]!));
  }
}
