/**
 * A seed becomes field elements: AES-128-CTR keystream cut into little-endian words, words of p or
 * more skipped. One word in 4,096 is skipped, so a share of 1,344 bins meets one in about half of
 * all reports. Source: ENPA section 3.4.
 */

import { SEED_SIZE } from '@priolab/crypto';
import type { CryptoBackend, Strided } from '@priolab/crypto';

import { FIELD_MODULUS, requireLength } from './shape.ts';
import type { Prio2Shape } from './shape.ts';

/**
 * Expands the 32-byte seeds of a block into `out`, stride proofLen; slots with a status are
 * skipped.
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
  const size = keystreamSize(proofLen);
  const chunkCount = Math.max(1, Math.floor(CHUNK_SIZE / size));
  const keystream = { bytes: new Uint8Array(chunkCount * size), offset: 0, stride: size };
  const view = new DataView(keystream.bytes.buffer);

  return (backend, count, seeds, out, status) => {
    requireLength('share elements', out, count * proofLen);
    for (let from = 0; from < count; from += chunkCount) {
      const inChunk = Math.min(chunkCount, count - from);
      const chunk = { ...seeds, offset: seeds.offset + from * seeds.stride };
      backend.keystream(inChunk, chunk, size, keystream);
      for (let i = 0; i < inChunk; i++) {
        const slot = from + i;
        if (status[slot] !== 0) continue;
        const at = slot * proofLen;
        const done = takeElements(view, i * size, size, out, at, proofLen);
        if (!done) expandLonger(backend, seeds, slot, 2 * size, out, at, proofLen);
      }
    }
  };
}

/** Enough for four times the expected rejections and four more, in whole AES blocks. */
function keystreamSize(elements: number): number {
  const words = elements + Math.ceil(elements / 1024) + 4;
  return Math.ceil(words / 4) * 16;
}

/** Takes `wanted` elements from keystream; false if it has fewer. */
function takeElements(
  keystream: DataView,
  offset: number,
  size: number,
  out: Uint32Array,
  outOffset: number,
  wanted: number,
): boolean {
  let taken = 0;
  for (let at = offset; at < offset + size && taken < wanted; at += 4) {
    const word = keystream.getUint32(at, true);
    if (word < FIELD_MODULUS) out[outOffset + taken++] = word;
  }
  return taken === wanted;
}

/** The rare report with many rejections: longer keystream begins with the same bytes. */
function expandLonger(
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
  const done = takeElements(new DataView(bytes.buffer), 0, size, out, outOffset, wanted);
  if (!done) expandLonger(backend, seeds, slot, 2 * size, out, outOffset, wanted);
}
