/** What all test phones draw from: one seed, one backend, scalars by name and index. */

import { createBackend, createSeedTree, fillScalars } from '@priolab/crypto';
import type { SeedBranch } from '@priolab/crypto';

export const backend = createBackend('wasm');
export const seedTree = createSeedTree('ingestor tests');

export function scalarAt(branch: SeedBranch, index: number): Uint8Array {
  const bytes = new Uint8Array(32);
  fillScalars(branch, Uint32Array.of(index), 1, { bytes, offset: 0, stride: 32 });
  return bytes;
}

export function scalarOf(branch: SeedBranch): Uint8Array {
  return scalarAt(branch, 0);
}
