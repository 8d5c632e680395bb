/**
 * The keystream of Prio v2 seeds by the AES kernel, and by node:crypto where streams are long
 * enough to pay for a cipher object each.
 */

import { checkKeystream } from '../block-checks.ts';
import { slot } from '../layout.ts';
import { writeKeystream } from '../node-aes.ts';
import { SEED_SIZE } from '../backend.ts';
import type { Strided } from '../backend.ts';
import type { KernelInstance } from './instance.ts';
import { createStaging } from './staging.ts';

/** Items that pass through the areas at a time: a multiple of the kernel's four lanes. */
const STAGED_COUNT = 32;
/** Bytes up to which the kernel is faster; kernels/SYMMETRIC.md has the figures. */
export const KEYSTREAM_KERNEL_SIZE_MAX = 2048;

/** As `CryptoBackend.keystream`. */
export type Keystream = (count: number, seeds: Strided, size: number, out: Strided) => void;

export function createKeystream(kernels: KernelInstance): Keystream {
  const seedArea = createStaging(kernels, STAGED_COUNT, SEED_SIZE);
  const outArea = createStaging(kernels, STAGED_COUNT, KEYSTREAM_KERNEL_SIZE_MAX);
  return (count, seeds, size, out) => {
    checkKeystream(count, seeds, size, out);
    if (size === 0) return;
    if (size > KEYSTREAM_KERNEL_SIZE_MAX) {
      const zeros = new Uint8Array(size);
      for (let i = 0; i < count; i++) {
        writeKeystream(slot(seeds, i, SEED_SIZE), zeros, out.bytes, out.offset + i * out.stride);
      }
      return;
    }
    for (let first = 0; first < count; first += STAGED_COUNT) {
      const staged = Math.min(STAGED_COUNT, count - first);
      seedArea.placeInputs(seeds, first, staged, SEED_SIZE);
      outArea.placeOutputs(out, first, size);
      const { address, stride } = seedArea;
      kernels.exports.keystream(staged, address, stride, size, outArea.address, outArea.stride);
      outArea.collectAll(out, first, staged, size);
    }
  };
}
