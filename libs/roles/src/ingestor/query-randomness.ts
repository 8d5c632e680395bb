/**
 * The point r at which the processors check a report's proof. It must be unknown to the device when
 * it makes the proof, or the proof could be forged for it. So r is a function of the ingestor's own
 * secret and of the digest of the finished upload:
 *
 *   words = SHA-256(secret || SHA-256(upload) || u32 attempt) as eight little-endian u32
 *   r     = the first word below p that is no 2n-th root of unity
 *
 * Source: ENPA section 5.3 (why roots of unity are left out, why r comes after the upload).
 */

import { DIGEST_SIZE, copyBytes } from '@priolab/crypto';
import type { CryptoBackend, Strided } from '@priolab/crypto';
import { FIELD_MODULUS, isSafeQueryRandomness } from '@priolab/prio';
import type { Prio2Shape } from '@priolab/prio';

import type { UploadBlock } from '../blocks.ts';
import { writeUint32 } from '../messages/upload.ts';

const MESSAGE_SIZE = 32 + DIGEST_SIZE + 4;

/** Fills `out[i]` with r of upload i where `status[i]` is 0. */
export type DrawQueryRandomness = (
  uploads: UploadBlock,
  status: Uint8Array,
  out: Uint32Array,
) => void;

export interface QueryRandomnessOptions {
  readonly backend: CryptoBackend;
  readonly shape: Prio2Shape;
  /** 32 bytes that only this ingestor has. */
  readonly secret: Uint8Array;
  readonly capacity: number;
  /** Which points are left out; `identity`: 1 alone, as the server of 2021 did (section 5.3). */
  readonly rootCheck?: 'all-roots' | 'identity';
}

export function createQueryRandomness(options: QueryRandomnessOptions): DrawQueryRandomness {
  const { backend, capacity } = options;
  const digestSizes = new Uint32Array(capacity);
  const drawer = createDrawer(options);

  return ({ count, bytes, offsets: uploadOffsets, sizes: uploadSizes }, status, out) => {
    // An upload that was refused costs nothing more, whatever its size.
    for (let i = 0; i < count; i++) digestSizes[i] = status[i] === 0 ? uploadSizes[i]! : 0;
    backend.sha256(count, bytes, uploadOffsets, digestSizes, drawer.uploadDigests);
    drawer.draw(count, status, out);
  };
}

/**
 * The same for an ingestor that keeps digests of uploads rather than uploads: fills `out[i]` with r
 * of the upload with digest i, 32 bytes each, one after the other.
 */
export function createQueryRandomnessOfDigests(
  options: QueryRandomnessOptions,
): (count: number, digests: Uint8Array, out: Uint32Array) => void {
  const { uploadDigests, draw } = createDrawer(options);
  const accepted = new Uint8Array(options.capacity);
  return (count, digests, out) => {
    const { bytes, offset, stride } = uploadDigests;
    for (let i = 0; i < count; i++) {
      copyBytes(DIGEST_SIZE, digests, i * DIGEST_SIZE, bytes, offset + i * stride);
    }
    draw(count, accepted, out);
  };
}

interface Drawer {
  /** Where digests of uploads go. */
  readonly uploadDigests: Strided;
  draw(count: number, status: Uint8Array, out: Uint32Array): void;
}

function createDrawer(options: QueryRandomnessOptions): Drawer {
  const { backend, shape, secret, capacity, rootCheck = 'all-roots' } = options;
  const isTaken = (r: number): boolean =>
    rootCheck === 'identity'
      ? r !== 1 && r < FIELD_MODULUS
      : isSafeQueryRandomness(r, shape.rootCount);
  const messages = new Uint8Array(capacity * MESSAGE_SIZE);
  const sizes = new Uint32Array(capacity).fill(MESSAGE_SIZE);
  const offsets = sizes.map((size, i) => i * size);
  const wordBytes = new Uint8Array(capacity * DIGEST_SIZE);
  const words = new DataView(wordBytes.buffer);
  const digests = { bytes: wordBytes, offset: 0, stride: DIGEST_SIZE };
  for (let i = 0; i < capacity; i++) messages.set(secret, i * MESSAGE_SIZE);

  const pick = (slot: number): number => {
    for (let k = 0; k < DIGEST_SIZE; k += 4) {
      const word = words.getUint32(slot * DIGEST_SIZE + k, true);
      if (isTaken(word)) return word;
    }
    return -1;
  };

  return {
    uploadDigests: { bytes: messages, offset: 32, stride: MESSAGE_SIZE },
    draw(count, status, out) {
      for (let i = 0; i < count; i++) writeUint32(messages, i * MESSAGE_SIZE + 32 + DIGEST_SIZE, 0);
      backend.sha256(count, messages, offsets, sizes, digests);
      for (let i = 0; i < count; i++) {
        if (status[i] !== 0) continue;
        let r = pick(i);
        for (let attempt = 1; r === -1; attempt++) {
          writeUint32(messages, i * MESSAGE_SIZE + 32 + DIGEST_SIZE, attempt);
          const slot = { bytes: wordBytes, offset: i * DIGEST_SIZE, stride: DIGEST_SIZE };
          backend.sha256(1, messages, offsets.subarray(i), sizes, slot);
          r = pick(i);
        }
        out[i] = r;
      }
    },
  };
}
