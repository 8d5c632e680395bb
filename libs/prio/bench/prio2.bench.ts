/** Cost of Prio v2's arithmetic, in microseconds a report (see `npm run bench`). */

import { createBackend } from '@priolab/crypto';

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

/** A seed's keystream and its elements, with OpenSSL's AES. */
function expand(dimension: number): BenchRow {
  return {
    name: `prio2: expand ${dimension} bins`,
    sizes: { smoke: 2, full: 100 },
    prepare(count) {
      const prio2 = createPrio2(dimension);
      const backend = createBackend('node');
      const bytes = Uint8Array.from({ length: 32 * count }, (_, i) => (i * i) % 251);
      const seeds = { bytes, offset: 0, stride: 32 };
      const out = new Uint32Array(count * prio2.shape.proofLen);
      const status = new Uint8Array(count);
      return () => {
        prio2.expandBlock(backend, count, seeds, out, status);
        return out.at(-1)!;
      };
    },
  };
}

/** What is left of a report's way: proof to shares as bytes, those read, both shares added up. */
function shares(dimension: number): BenchRow {
  return {
    name: `prio2: split, decode, aggregate both, ${dimension} bins`,
    sizes: { smoke: 2, full: 100 },
    prepare(count) {
      const prio2 = createPrio2(dimension);
      const size = prio2.shape.leaderShareSize;
      const vectors = proofs(dimension, count);
      const helper = vectors.slice().reverse();
      const leader = new Uint32Array(vectors.length);
      const wire = { bytes: new Uint8Array(count * size), offset: 0, stride: size };
      const status = new Uint8Array(count);
      const sum = new Uint32Array(dimension);
      return () => {
        sum.fill(0);
        prio2.splitBlock(count, vectors, helper, wire);
        prio2.decodeShares(count, wire, leader, status, 1);
        prio2.aggregateBlock(count, leader, status, sum);
        prio2.aggregateBlock(count, helper, status, sum);
        return sum.at(-1)!;
      };
    },
  };
}

export const rows: readonly BenchRow[] = [100, 1344].flatMap((dimension) => [
  prove(dimension),
  verify(dimension),
  expand(dimension),
  shares(dimension),
]);
