/**
 * Counts the transforms of the proof, from its shape: exact, and the same for every field kernel.
 *
 *   prove          2 transforms of size n (prover.ts): 2 * (n / 2) * log2(n) butterflies
 *   verifyInit     none: two inner products (verifier.ts)
 *
 * A butterfly joins two values, (a, b) to (a + w b, a - w b), so a radix-4 one counts as four.
 */

import type { Prio2 } from './prio2.ts';
import type { Prio2Shape } from './shape.ts';

/** Running counts of operations. */
export interface ProofWork {
  nttButterflies: number;
}

/** `prio2`, adding to `work` once a block. */
export function createCountingPrio2(prio2: Prio2, work: ProofWork): Prio2 {
  const butterflies = proofButterflies(prio2.shape);
  return Object.freeze({
    ...prio2,
    proveBlock(count, proofs) {
      work.nttButterflies += count * butterflies;
      prio2.proveBlock(count, proofs);
    },
  } satisfies Prio2);
}

function proofButterflies({ rootCount, rootCountLog2 }: Prio2Shape): number {
  return rootCount * rootCountLog2;
}
