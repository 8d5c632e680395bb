/**
 * One processor's evaluation of its share of (f, g, h) at r. Source: ENPA section 5.2.
 *
 * Inner products instead of three transforms and three Horner passes. With L_i the Lagrange basis
 * on the n-th roots w^i and M_k that on the 2n-th roots v^k,
 *   f(r) = f0 L_0(r) + sum x_i L_i(r)
 *   g(r) = f(r) + (g0 - f0) L_0(r) - [leader] sum over data of L_i(r)
 *   h(r) = h0 M_0(r) + sum packed_j M_(2j+1)(r)
 * and M follows from L, which the field computes without an inversion:
 *   M_0(r) = (1 + r^n)/2 L_0(r),  M_(2j+1)(r) = (1 - r^n)/2 L_j(r / v).
 */

import { createLagrangeBasis, fieldPrio2, innerProduct, sum } from '@priolab/field';

import { isSafeQueryRandomness } from './query-randomness.ts';
import { requireLength } from './shape.ts';
import type { Prio2Shape } from './shape.ts';

const { add, inv, mul, mulAdd, pow, sub } = fieldPrio2;
const HALF = inv(2);

export interface VerifyInitBlock {
  readonly role: 'leader' | 'helper';
  readonly count: number;
  /** count x proofLen: this processor's shares of the proof vectors. */
  readonly shares: Uint32Array;
  /** r of each report. */
  readonly queryRandomness: Uint32Array;
  /** Receives count x 3: f(r), g(r), h(r). */
  readonly verifierShares: Uint32Array;
  /** Slots that are not 0 are skipped. */
  readonly status: Uint8Array;
  /** Written into `status` where r is unsafe: an honest processor refuses to answer there. */
  readonly failure: number;
}

export function createVerifier(shape: Prio2Shape): (block: VerifyInitBlock) => void {
  const { dimension, proofLen, rootCount, rootCountLog2 } = shape;
  const basis = createLagrangeBasis(rootCountLog2);
  const oddRootInverse = inv(fieldPrio2.rootOfUnity(rootCountLog2 + 1));
  /** L_i(r), and M_(2j+1)(r). */
  const even = new Uint32Array(rootCount);
  const odd = new Uint32Array(rootCount);

  return (block) => {
    const { role, count, shares, queryRandomness, verifierShares, status, failure } = block;
    requireLength('share elements', shares, count * proofLen);
    requireLength('verifier share elements', verifierShares, count * 3);
    for (let report = 0; report < count; report++) {
      if (status[report] !== 0) continue;
      const r = queryRandomness[report]!;
      if (!isSafeQueryRandomness(r, rootCount)) {
        status[report] = failure;
        continue;
      }
      const power = pow(r, rootCount);
      basis(r, 1, even);
      basis(mul(r, oddRootInverse), mul(sub(1, power), HALF), odd);
      const first = mul(even[0]!, mul(add(1, power), HALF));

      const at = report * proofLen;
      const f0 = shares[at + dimension]!;
      const g0 = shares[at + dimension + 1]!;
      const h0 = shares[at + dimension + 2]!;
      const f = mulAdd(f0, even[0]!, innerProduct(shares, at, even, 1, dimension));
      const g = mulAdd(sub(g0, f0), even[0]!, f);
      const packed = innerProduct(shares, at + dimension + 3, odd, 0, rootCount);
      verifierShares[report * 3] = f;
      // Only one of the two subtracts 1 from the data, so that the shares of g sum to x - 1.
      verifierShares[report * 3 + 1] = role === 'leader' ? sub(g, sum(even, 1, dimension)) : g;
      verifierShares[report * 3 + 2] = mulAdd(h0, first, packed);
    }
  };
}
