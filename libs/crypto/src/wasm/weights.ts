/**
 * The weights of signatures in a sum: 128 bits each, from a hash of all that is verified, so that
 * they are the same in every run and nobody knows them before every signature is fixed. Whoever
 * changes one in order to cancel another's error changes all weights.
 *
 *   seed = SHA-256(digest || r || s || key, for each signature)
 *   weights 2 j and 2 j + 1 = SHA-256(seed || j), j in 32 bits, big-endian
 */

import { DIGEST_SIZE, POINT_SIZE, SIGNATURE_SIZE } from '../backend.ts';
import type { Strided } from '../backend.ts';
import { copyBytes } from '../bytes.ts';
import type { PointKeys } from './point-keys.ts';
import type { Sha256 } from './sha256.ts';
import { CHUNK_COUNT } from './workspace.ts';

export const WEIGHT_SIZE = 16;

const ITEM_SIZE = DIGEST_SIZE + SIGNATURE_SIZE + POINT_SIZE;
const PAIR_SIZE = 2 * WEIGHT_SIZE;
const COUNTER_SIZE = 4;

export interface WeighedSignatures {
  readonly digests: Strided;
  readonly signatures: Strided;
  readonly keys: PointKeys;
  readonly keyIndex: Int32Array | Uint32Array;
}

/**
 * Writes a weight for each of the given slots, up to `CHUNK_COUNT`, to `weights`, and one more
 * where their number is odd.
 */
export type DrawWeights = (
  block: WeighedSignatures,
  slots: Uint32Array,
  weights: Uint8Array,
) => void;

export function createWeights(sha256: Sha256): DrawWeights {
  const transcript = new Uint8Array(CHUNK_COUNT * ITEM_SIZE);
  const transcriptSize = new Uint32Array(1);
  const seed = { bytes: new Uint8Array(DIGEST_SIZE), offset: 0, stride: DIGEST_SIZE };
  const pairCount = CHUNK_COUNT / 2;
  const size = DIGEST_SIZE + COUNTER_SIZE;
  const sizes = new Uint32Array(pairCount).fill(size);
  const offsets = sizes.map((_, j) => j * size);
  const messages = new Uint8Array(pairCount * size);
  const counters = new DataView(messages.buffer);
  offsets.forEach((offset, j) => counters.setUint32(offset + DIGEST_SIZE, j));

  return ({ digests, signatures, keys, keyIndex }, slots, weights) => {
    let end = 0;
    for (const i of slots) {
      const digestAt = digests.offset + i * digests.stride;
      copyBytes(DIGEST_SIZE, digests.bytes, digestAt, transcript, end);
      const signatureAt = signatures.offset + i * signatures.stride;
      copyBytes(SIGNATURE_SIZE, signatures.bytes, signatureAt, transcript, end + DIGEST_SIZE);
      keys.copyPoint(keyIndex[i]!, transcript, end + DIGEST_SIZE + SIGNATURE_SIZE);
      end += ITEM_SIZE;
    }
    transcriptSize[0] = end;
    sha256(1, transcript, offsets, transcriptSize, seed);
    const pairs = Math.ceil(slots.length / 2);
    for (let j = 0; j < pairs; j++) messages.set(seed.bytes, offsets[j]);
    sha256(pairs, messages, offsets, sizes, { bytes: weights, offset: 0, stride: PAIR_SIZE });
  };
}
