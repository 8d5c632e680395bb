/**
 * Prio v2 (ENPA's protocol) on blocks of reports: shard, verify, aggregate, unshard. Proof vectors
 * and shares lie in one Uint32Array at stride proofLen: data, f0, g0, h0, packed h.
 * Source: ENPA sections 3 and 5; one report at a time and by the book: `reference.ts`.
 *
 * It proves that every bin is 0 or 1, and nothing more: not how many ones there are.
 */

import type { CryptoBackend, Strided } from '@priolab/crypto';
import { addInto, createBlockKernels, fieldPrio2 } from '@priolab/field';

import { PrioError } from '../prio-error.ts';
import { createExpander } from './expand.ts';
import { proofConstants } from './prover.ts';
import { prio2Shape, requireItems, requireLength } from './shape.ts';
import type { Prio2Shape } from './shape.ts';
import { createVerifier } from './verifier.ts';
import type { VerifyInitBlock } from './verifier.ts';

/** Holds constants and scratch: use one per worker. Nothing is allocated per report. */
export interface Prio2 {
  readonly shape: Prio2Shape;
  /** Completes proof vectors: data, f0 and g0 are set; h0 and packed h are written. */
  proveBlock(count: number, proofs: Uint32Array): void;
  /** Expands 32-byte seeds into vectors; slots with a status are skipped. */
  expandBlock(
    backend: CryptoBackend,
    count: number,
    seeds: Strided,
    out: Uint32Array,
    status: Uint8Array,
  ): void;
  /**
   * The leader's plaintext shares, leaderShareSize bytes each: proof - share, given the helper's
   * expanded ones.
   */
  splitBlock(count: number, proofs: Uint32Array, shares: Uint32Array, out: Strided): void;
  /** Reads them back; a word of p or more sets the slot's status to `failure`. */
  decodeShares(
    count: number,
    shares: Strided,
    out: Uint32Array,
    status: Uint8Array,
    failure: number,
  ): void;
  /** One processor's verifier shares of a block at each report's r. */
  verifyInit(block: VerifyInitBlock): void;
  /**
   * verifierSharesToMessage: decides each report from both verifier shares (canonical elements);
   * sets `failure` where (f1 + f2)(g1 + g2) is not h1 + h2. Both processors reach the same verdict.
   */
  decideBlock(
    count: number,
    own: Uint32Array,
    peer: Uint32Array,
    status: Uint8Array,
    failure: number,
  ): void;
  /** Adds the data shares of reports with status 0 into `sum` (dimension elements), mod p. */
  aggregateBlock(count: number, shares: Uint32Array, status: Uint8Array, sum: Uint32Array): void;
}

const { add, mul } = fieldPrio2;

export function createPrio2(dimension: number): Prio2 {
  const shape = prio2Shape(dimension);
  const { proofLen, rootCountLog2, leaderShareSize } = shape;
  const kernels = createBlockKernels({ dimension, sizeLog2: rootCountLog2 }, proofConstants(shape));

  return Object.freeze({
    shape,
    expandBlock: createExpander(shape, kernels),
    verifyInit: createVerifier(shape, kernels),

    proveBlock(count, proofs) {
      requireLength('proof elements', proofs, count * proofLen);
      kernels.prove(count, proofs);
    },

    splitBlock(count, proofs, shares, out) {
      requireLength('proof elements', proofs, count * proofLen);
      requireLength('share elements', shares, count * proofLen);
      requireItems('share bytes', out, count, leaderShareSize);
      kernels.split(count, proofs, shares, out);
    },

    decodeShares(count, shares, out, status, failure) {
      requireItems('share bytes', shares, count, leaderShareSize);
      requireLength('share elements', out, count * proofLen);
      requireLength('status bytes', status, count);
      kernels.decode(count, shares, out, status, failure);
    },

    decideBlock(count, own, peer, status, failure) {
      requireLength('verifier share elements', own, count * 3);
      requireLength('verifier share elements', peer, count * 3);
      for (let i = 0; i < count; i++) {
        if (status[i] !== 0) continue;
        const f = add(own[3 * i]!, peer[3 * i]!);
        const g = add(own[3 * i + 1]!, peer[3 * i + 1]!);
        const h = add(own[3 * i + 2]!, peer[3 * i + 2]!);
        if (mul(f, g) !== h) status[i] = failure;
      }
    },

    aggregateBlock(count, shares, status, sum) {
      requireLength('share elements', shares, count * proofLen);
      requireLength('bins', sum, dimension);
      requireLength('status bytes', status, count);
      kernels.aggregate(count, shares, status, sum);
    },
  } satisfies Prio2);
}

/** Adds `from` into `into`: two parts of one processor's aggregate share. */
export function merge(into: Uint32Array, from: Uint32Array): void {
  checkLengths(into, from);
  addInto(into, 0, from, 0, into.length);
}

/** The totals: both processors' aggregate shares added. Exact while every total is below p. */
export function unshard(leader: Uint32Array, helper: Uint32Array): Float64Array {
  checkLengths(leader, helper);
  return Float64Array.from(leader, (share, i) => add(share, helper[i]!));
}

function checkLengths(a: Uint32Array, b: Uint32Array): void {
  if (a.length !== b.length) throw new PrioError('size', `${a.length} bins`, `${b.length}`);
}
