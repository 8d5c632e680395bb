/**
 * The proof that every bin is 0 or 1: h = f * g on the odd 2n-th roots of unity.
 * Source: ENPA section 3.2; the reference is `reference.ts`.
 *
 * Two transforms of size n instead of two of n and two of 2n. On the n-th roots, g takes g0 at the
 * first, x_i - 1 at the next `dimension`, 0 at the rest, so as polynomials
 *   g = f - E + (g0 - f0) * L0,
 * where E interpolates the indicator of 1..dimension and L0 that of 0. Their values at the odd
 * 2n-th roots are constants of the shape; the field's kernel does the rest. This holds for any
 * field elements x_i, not bits alone: a cheating device gets exactly the proof that the long way
 * would give it.
 */

import { createOddExtension, fieldPrio2 } from '@priolab/field';
import type { ProofConstants } from '@priolab/field';

import type { Prio2Shape } from './shape.ts';

/** -E and L0 at the odd 2n-th roots. */
export function proofConstants({
  dimension,
  rootCount,
  rootCountLog2,
}: Prio2Shape): ProofConstants {
  const extend = createOddExtension(rootCountLog2);
  const oddValues = (indicator: (i: number) => boolean): Uint32Array => {
    const values = Uint32Array.from({ length: rootCount }, (_, i) => (indicator(i) ? 1 : 0));
    extend(values, 0);
    return values;
  };
  return {
    offsets: oddValues((i) => i >= 1 && i <= dimension).map(fieldPrio2.neg),
    slopes: oddValues((i) => i === 0),
  };
}
