/**
 * The proof part of another implementation, for comparison (`npm run bench`): `@divviup/prio3`
 * 0.8.0 (VDAF-08) shards a measurement and both aggregators prepare it, without transport, one
 * report after the other. It proves more than Prio v2 does (a histogram has exactly one count) in a
 * field of 128 bits, so that a ratio to our prove and verify says what a report costs, not who is
 * the better programmer.
 */

import { Prio3Histogram, Prio3SumVec, type Prio3 } from '@divviup/prio3';

export interface BenchRow {
  readonly name: string;
  /** Items a run works on. */
  readonly sizes: { readonly smoke: number; readonly full: number };
  /** Sets up; the closure does the work once and returns a checksum. */
  prepare(size: number): () => Promise<number>;
}

const LENGTH = 100;
const settings = { shares: 2, length: LENGTH, chunkLength: 10 };

/** Bytes that look random and are always the same. */
function bytesOf(size: number, start: number): Buffer {
  return Buffer.from(Uint8Array.from({ length: size }, (_, i) => (start + 1) * (i + 7) * 37));
}

/** Shards one measurement, prepares it on both sides; returns a word of an output share. */
async function shardAndPrepare<M, R>(
  peer: Prio3<M, R>,
  measurement: M,
  index: number,
): Promise<number> {
  const nonce = bytesOf(peer.nonceSize, index);
  const verifyKey = bytesOf(peer.verifyKeySize, 1);
  const { publicShare, inputShares } = await peer.shard(
    measurement,
    nonce,
    bytesOf(peer.randSize, index),
  );
  const prepared = [];
  for (const [id, share] of inputShares.entries()) {
    prepared.push(await peer.prepareInit(verifyKey, id, null, nonce, publicShare, share));
  }
  const message = await peer.unshardPreparationShares(
    null,
    prepared.map(({ preparationShare }) => preparationShare),
  );
  let checksum = 0;
  for (const { preparationState } of prepared) {
    const next = peer.prepareNext(preparationState, message);
    if (!('outputShare' in next)) throw new Error('the peer wants a second round');
    checksum ^= Number(next.outputShare[0]! & 0xffff_ffffn);
  }
  return checksum;
}

function peerRow<M, R>(
  name: string,
  peer: Prio3<M, R>,
  measurementOf: (index: number) => M,
): BenchRow {
  return {
    name: `peer: @divviup/prio3: ${name}, shard and prepare both`,
    sizes: { smoke: 1, full: 4 },
    prepare: (size) => async () => {
      let checksum = 0;
      for (let i = 0; i < size; i++) checksum ^= await shardAndPrepare(peer, measurementOf(i), i);
      return checksum;
    },
  };
}

export const rows: readonly BenchRow[] = [
  peerRow('histogram of 100', new Prio3Histogram(settings), (i) => i % LENGTH),
  peerRow('100 bits', new Prio3SumVec({ ...settings, bits: 1 }), (i) =>
    Array.from({ length: LENGTH }, (_, k) => (i * k) % 2),
  ),
];
