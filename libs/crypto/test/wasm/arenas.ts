/**
 * Where the tests of kernels lay out their blocks: in an array of its own, and in the kernels'
 * memory, which they use without copying; with gaps between the items, and packed. Guard bytes lie
 * around the items and in the gaps.
 */

import { createKernelInstance } from '../../src/wasm/instance.ts';
import type { Strided } from '../../src/index.ts';

export const kernels = createKernelInstance();

const GUARD = 0xa5;
const INSIDE_SIZE = 4 << 20;
const insideStart = kernels.reserve(INSIDE_SIZE);

/** Gives out arrays filled with guard bytes. */
export interface Arena {
  readonly name: string;
  bytes(size: number): Uint8Array;
  /** Room for items at an odd offset; `gap` is the arena's own if it is not given. */
  items(count: number, size: number, gap?: number): Strided;
}

function arena(name: string, ownGap: number, allocate: (size: number) => Uint8Array): Arena {
  const bytes = (size: number): Uint8Array => allocate(size).fill(GUARD);
  return {
    name,
    bytes,
    items: (count, size, gap = ownGap) => ({
      bytes: bytes(7 + count * (size + gap) + 9),
      offset: 7,
      stride: size + gap,
    }),
  };
}

let insideNext = 0;

function allocateInside(size: number): Uint8Array {
  // Old arrays are overwritten in time: a test lays out far less than there is.
  if (insideNext + size > INSIDE_SIZE) insideNext = 0;
  insideNext += size;
  return new Uint8Array(kernels.memory.buffer, insideStart + insideNext - size, size);
}

export const arenas: readonly Arena[] = [
  arena('an array of its own', 3, (size) => new Uint8Array(size)),
  arena('an array of its own, packed', 0, (size) => new Uint8Array(size)),
  arena("the kernels' memory", 3, allocateInside),
  arena("the kernels' memory, packed", 0, allocateInside),
];

/** Puts `contents` into room for as many items. */
export function lay(items: Strided, contents: readonly Uint8Array[]): Strided {
  contents.forEach((content, i) => items.bytes.set(content, items.offset + i * items.stride));
  return items;
}

/** A copy of `items` as it should be after `contents` were written, undefined ones left out. */
export function expected(items: Strided, contents: readonly (Uint8Array | undefined)[]): string {
  const bytes = new Uint8Array(items.bytes.length).fill(GUARD);
  contents.forEach((content, i) => {
    if (content !== undefined) bytes.set(content, items.offset + i * items.stride);
  });
  return hex(bytes);
}

/** Hex, for messages of failed comparisons that can be read. */
export function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

/** Bytes that look random and depend on `seed` and place alone. */
export function noise(seed: number, size: number): Uint8Array {
  let state = Math.imul(seed + 1, 0x9e3779b1);
  return Uint8Array.from({ length: size }, () => {
    state = Math.imul(state ^ (state >>> 15), 0x85ebca6b) + 0x6d2b79f5;
    return state >>> 24;
  });
}
