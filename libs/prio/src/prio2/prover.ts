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

import { createNtt, fieldPrio2 } from '@priolab/field';
import type { Ntt } from '@priolab/field';

import type { Prio2Shape } from './shape.ts';

const { add, mul, sub } = fieldPrio2;

/** Completes proof vectors in place; stride proofLen, data and f0, g0 are set. */
export type ProveBlock = (count: number, proofs: Uint32Array) => void;

export function createProver(shape: Prio2Shape): ProveBlock {
  const { dimension, rootCount, proofLen } = shape;
  const ntt = createNtt(shape.rootCountLog2);
  const twist = powers(fieldPrio2.rootOfUnity(shape.rootCountLog2 + 1), rootCount);
  const oddValues = (indicator: (i: number) => boolean): Uint32Array => {
    const values = Uint32Array.from({ length: rootCount }, (_, i) => (indicator(i) ? 1 : 0));
    valuesAtOddRoots(ntt, twist, values);
    return values;
  };
  const constantE = oddValues((i) => i >= 1 && i <= dimension);
  const constantL0 = oddValues((i) => i === 0);
  const f = new Uint32Array(rootCount);

  return (count, proofs) => {
    for (let report = 0; report < count; report++) {
      const at = report * proofLen;
      const f0 = proofs[at + dimension]!;
      const g0 = proofs[at + dimension + 1]!;
      f[0] = f0;
      for (let i = 0; i < dimension; i++) f[i + 1] = proofs[at + i]!;
      f.fill(0, dimension + 1);
      valuesAtOddRoots(ntt, twist, f);

      const difference = sub(g0, f0);
      proofs[at + dimension + 2] = mul(f0, g0);
      const packedAt = at + dimension + 3;
      for (let j = 0; j < rootCount; j++) {
        const value = f[j]!;
        const g = add(sub(value, constantE[j]!), mul(difference, constantL0[j]!));
        proofs[packedAt + j] = mul(value, g);
      }
    }
  };
}

/** From values at the n-th roots to values at the odd 2n-th roots, in place. */
function valuesAtOddRoots(ntt: Ntt, twist: Uint32Array, values: Uint32Array): void {
  ntt.inverse(values, 0);
  for (let k = 0; k < values.length; k++) values[k] = mul(values[k]!, twist[k]!);
  ntt.forward(values, 0);
}

function powers(base: number, count: number): Uint32Array {
  const list = new Uint32Array(count);
  for (let i = 0, power = 1; i < count; i++, power = mul(power, base)) list[i] = power;
  return list;
}
