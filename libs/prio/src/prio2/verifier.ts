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
 * Only one of the two subtracts 1 from the data, so that the shares of g sum to x - 1.
 */

import type { BlockKernels } from '@priolab/field';

import { requireLength } from './shape.ts';
import type { Prio2Shape } from './shape.ts';

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

export function createVerifier(
  { proofLen }: Prio2Shape,
  kernels: BlockKernels,
): (block: VerifyInitBlock) => void {
  return ({ role, count, shares, queryRandomness, verifierShares, status, failure }) => {
    requireLength('share elements', shares, count * proofLen);
    requireLength('points r', queryRandomness, count);
    requireLength('verifier share elements', verifierShares, count * 3);
    requireLength('status bytes', status, count);
    kernels.verify({
      leader: role === 'leader',
      count,
      shares,
      points: queryRandomness,
      out: verifierShares,
      status,
      failure,
    });
  };
}
