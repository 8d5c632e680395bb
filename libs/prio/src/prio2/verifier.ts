/**
 * One processor's evaluation of its share of (f, g, h) at r. Source: ENPA section 5.2.
 *
 * Two inner products instead of three transforms and three Horner passes. With L_i the Lagrange
 * basis on the n-th roots and M_k that on the 2n-th roots,
 *   f(r) = f0 L_0(r) + sum x_i L_i(r)
 *   g(r) = f(r) + (g0 - f0) L_0(r) - [leader] sum over data of L_i(r)
 *   h(r) = h0 M_0(r) + sum packed_j M_(2j+1)(r)
 * and L_i(r) = (r^n - 1)/n * w^i / (r - w^i): all denominators inverted together.
 */

import { batchInvert, fieldPrio2, innerProduct } from '@priolab/field';

import { isSafeQueryRandomness } from './query-randomness.ts';
import type { Prio2Shape } from './shape.ts';

const { add, inv, mul, pow, sub } = fieldPrio2;

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
  const { dimension, proofLen } = shape;
  const lagrange = createLagrange(shape);

  return (block) => {
    const { role, count, shares, queryRandomness, verifierShares, status, failure } = block;
    for (let report = 0; report < count; report++) {
      if (status[report] !== 0) continue;
      const r = queryRandomness[report]!;
      if (!isSafeQueryRandomness(r, shape.rootCount)) {
        status[report] = failure;
        continue;
      }
      lagrange.evaluateAt(r);
      const at = report * proofLen;
      const f0 = shares[at + dimension]!;
      const g0 = shares[at + dimension + 1]!;
      const h0 = shares[at + dimension + 2]!;
      const data = innerProduct(shares, at, lagrange.even, 1, dimension);
      const f = add(data, mul(f0, lagrange.even[0]!));
      const g = add(f, mul(sub(g0, f0), lagrange.even[0]!));
      const packedAt = at + dimension + 3;
      const packed = innerProduct(shares, packedAt, lagrange.odd, 0, shape.rootCount);
      verifierShares[report * 3] = f;
      // Only one of the two subtracts 1 from the data, so that the shares of g sum to x - 1.
      verifierShares[report * 3 + 1] = role === 'leader' ? sub(g, lagrange.dataSum()) : g;
      verifierShares[report * 3 + 2] = add(packed, mul(h0, lagrange.first()));
    }
  };
}

interface Lagrange {
  /** L_0(r) .. L_dimension(r), on the n-th roots. */
  readonly even: Uint32Array;
  /** M_1(r), M_3(r) .. M_(2n-1)(r), on the 2n-th roots. */
  readonly odd: Uint32Array;
  /** M_0(r). */
  first(): number;
  /** L_1(r) + .. + L_dimension(r). */
  dataSum(): number;
  /** Fills all of the above; r must be no 2n-th root of unity. */
  evaluateAt(r: number): void;
}

function createLagrange({ dimension, rootCount, rootCountLog2 }: Prio2Shape): Lagrange {
  const root = fieldPrio2.rootOfUnity(rootCountLog2 + 1);
  const evenRoots = new Uint32Array(dimension + 1);
  const oddRoots = new Uint32Array(rootCount);
  for (let i = 0; i <= dimension; i++) evenRoots[i] = pow(root, 2 * i);
  for (let j = 0; j < rootCount; j++) oddRoots[j] = pow(root, 2 * j + 1);
  const countInverse = inv(rootCount);
  const doubleInverse = inv(2 * rootCount);
  const evenCount = dimension + 1;
  const basis = new Uint32Array(evenCount + rootCount);
  const even = basis.subarray(0, evenCount);
  const odd = basis.subarray(evenCount);
  const scratch = new Uint32Array(evenCount + rootCount);
  let first = 0;
  let dataSum = 0;

  return {
    even,
    odd,
    first: () => first,
    dataSum: () => dataSum,
    evaluateAt(r) {
      for (let i = 0; i < evenCount; i++) even[i] = sub(r, evenRoots[i]!);
      for (let j = 0; j < rootCount; j++) odd[j] = sub(r, oddRoots[j]!);
      batchInvert(basis, 0, basis.length, scratch);
      const power = pow(r, rootCount);
      const evenScale = mul(sub(power, 1), countInverse);
      const oddScale = mul(sub(mul(power, power), 1), doubleInverse);
      first = mul(oddScale, even[0]!);
      dataSum = 0;
      for (let i = 0; i < evenCount; i++) {
        even[i] = mul(evenScale, mul(evenRoots[i]!, even[i]!));
        if (i > 0) dataSum = add(dataSum, even[i]!);
      }
      for (let j = 0; j < rootCount; j++) odd[j] = mul(oddScale, mul(oddRoots[j]!, odd[j]!));
    },
  };
}
