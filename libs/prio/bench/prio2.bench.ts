/** Cost of Prio v2's proof and verification, in microseconds a report (see `npm run bench`). */

import { createPrio2 } from '../src/index.ts';

export interface BenchRow {
  readonly name: string;
  /** Items a run works on. */
  readonly sizes: { readonly smoke: number; readonly full: number };
  /** Sets up; the closure does the work once and returns a checksum. */
  prepare(size: number): () => number;
}

function proofs(dimension: number, count: number): Uint32Array {
  const prio2 = createPrio2(dimension);
  const { proofLen } = prio2.shape;
  const vectors = new Uint32Array(count * proofLen);
  for (let i = 0; i < count; i++) {
    for (let k = 0; k < dimension; k++) vectors[i * proofLen + k] = (i * k) % 2;
    vectors.set([2 * i + 1, 3 * i + 1], i * proofLen + dimension);
  }
  prio2.proveBlock(count, vectors);
  return vectors;
}

function prove(dimension: number): BenchRow {
  return {
    name: `prio2: prove ${dimension} bins`,
    sizes: { smoke: 2, full: 100 },
    prepare(size) {
      const prio2 = createPrio2(dimension);
      const vectors = proofs(dimension, size);
      return () => {
        prio2.proveBlock(size, vectors);
        return vectors.at(-1)!;
      };
    },
  };
}

function verify(dimension: number): BenchRow {
  return {
    name: `prio2: verify ${dimension} bins, both processors`,
    sizes: { smoke: 2, full: 100 },
    prepare(count) {
      const prio2 = createPrio2(dimension);
      const shares = proofs(dimension, count);
      const none = new Uint32Array(shares.length);
      const queryRandomness = Uint32Array.from({ length: count }, (_, i) => 998314904 + i);
      const own = new Uint32Array(count * 3);
      const peer = new Uint32Array(count * 3);
      const status = new Uint8Array(count);
      const block = { count, queryRandomness, status, failure: 1 };
      return () => {
        status.fill(0);
        prio2.verifyInit({ ...block, role: 'leader', shares, verifierShares: own });
        prio2.verifyInit({ ...block, role: 'helper', shares: none, verifierShares: peer });
        prio2.decideBlock(count, own, peer, status, 2);
        return own[0]! + status.reduce((sum, code) => sum + code, 0);
      };
    },
  };
}

export const rows: readonly BenchRow[] = [prove(100), verify(100), prove(1344), verify(1344)];
