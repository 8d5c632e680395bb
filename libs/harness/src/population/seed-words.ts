/**
 * Seeded items read as 32-bit words: a block of scratch that a seed branch fills with bytes and
 * that loops read as little-endian words.
 */

import assert from 'node:assert/strict';
import type { SeedBranch } from '@priolab/crypto';
import type { Cell } from './population-settings.ts';

// The words are a view of the bytes, and results must not depend on the machine.
assert(
  new Uint8Array(Uint32Array.of(1).buffer)[0] === 1,
  'population draws need a little-endian machine',
);

/** Scratch for items: the same memory as bytes and as words. */
export interface WordBlock {
  readonly bytes: Uint8Array;
  readonly words: Uint32Array;
}

/** Scratch for `count` words, zeroed. */
export function wordBlock(count: number): WordBlock {
  const words = new Uint32Array(count);
  return { bytes: new Uint8Array(words.buffer), words };
}

/**
 * Where a cell's device draws start: `<state>/<vendor>/device`. Nothing of another cell enters the
 * path, so adding a state or a vendor changes no device elsewhere.
 */
export function deviceBranch(
  seedTree: SeedBranch,
  cell: Pick<Cell, 'state' | 'vendor'>,
): SeedBranch {
  return seedTree.child(cell.state.id, cell.vendor, 'device');
}
