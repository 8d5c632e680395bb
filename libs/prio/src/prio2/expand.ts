/**
 * A seed becomes field elements: AES-128-CTR keystream cut into little-endian words, words of p or
 * more skipped. One word in 4,096 is skipped, so a share of 1,344 bins meets one in about half of
 * all reports. Source: ENPA section 3.4.
 */

import { SEED_SIZE } from '@priolab/crypto';
import type { CryptoBackend, Strided } from '@priolab/crypto';

import { FIELD_MODULUS } from './shape.ts';
import type { Prio2Shape } from './shape.ts';

/**
 * Expands the seeds of a block into `out`, stride proofLen; slots with a status are skipped.
 * Seeds are 32 bytes at the given stride.
 */
export type ExpandBlock = (
  backend: CryptoBackend,
  count: number,
  seeds: Strided,
  out: Uint32Array,
  status: Uint8Array,
) => void;

/** Keystream asked for at once, in bytes, so that scratch stays small. */
const CHUNK_SIZE = 256 * 1024;

export function createExpander({ proofLen }: Prio2Shape): ExpandBlock {
  const firstSize = keystreamSize(proofLen);
  const chunkCount = Math.max(1, Math.floor(CHUNK_SIZE / firstSize));
  const buffer = new Uint8Array(chunkCount * firstSize);
  const keystream = { bytes: buffer, offset: 0, stride: firstSize };

  return (backend, count, seeds, out, status) => {
    for (let from = 0; from < count; from += chunkCount) {
      const size = Math.min(chunkCount, count - from);
      const chunk = { ...seeds, offset: seeds.offset + from * seeds.stride };
      backend.keystream(size, chunk, firstSize, keystream);
      for (let i = 0; i < size; i++) {
        const slot = from + i;
        if (status[slot] !== 0) continue;
        const at = slot * proofLen;
        const taken = takeElements(buffer, i * firstSize, firstSize, out, at, proofLen);
        if (taken < proofLen) extend(backend, seeds, slot, firstSize * 2, out, at, proofLen);
      }
    }
  };
}

/** Enough for the expected rejections and a few more, in whole AES blocks. */
function keystreamSize(elements: number): number {
  const words = elements + Math.ceil(elements / 1024) + 4;
  return Math.ceil((words * 4) / 16) * 16;
}

/**
 * Takes up to `wanted` elements from keystream.
 * @returns how many there were
 */
function takeElements(
  bytes: Uint8Array,
  bytesOffset: number,
  size: number,
  out: Uint32Array,
  outOffset: number,
  wanted: number,
): number {
  let taken = 0;
  for (let at = bytesOffset; at < bytesOffset + size && taken < wanted; at += 4) {
    const low = bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16);
    const word = (low | (bytes[at + 3]! << 24)) >>> 0;
    if (word < FIELD_MODULUS) out[outOffset + taken++] = word;
  }
  return taken;
}

/** The rare report with many rejections: longer keystream begins with the same bytes. */
function extend(
  backend: CryptoBackend,
  seeds: Strided,
  slot: number,
  size: number,
  out: Uint32Array,
  outOffset: number,
  wanted: number,
): void {
  const bytes = new Uint8Array(size);
  const offset = seeds.offset + slot * seeds.stride;
  const seed = { bytes: seeds.bytes, offset, stride: SEED_SIZE };
  backend.keystream(1, seed, size, { bytes, offset: 0, stride: size });
  if (takeElements(bytes, 0, size, out, outOffset, wanted) < wanted) {
    extend(backend, seeds, slot, size * 2, out, outOffset, wanted);
  }
}
