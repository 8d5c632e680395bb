/**
 * The lib's one WebAssembly instance: its kernels, and memory that is given out once, at set-up.
 */

import { MODULE_BASE64 } from './module.generated.ts';

/** What the kernels export; all arguments are addresses, strides, sizes and counts in bytes. */
export interface KernelExports {
  sha256Lanes(lanes: number, blockCount: number): void;
  deriveKeys(
    count: number,
    sharedX: number,
    sharedXStride: number,
    points: number,
    pointStride: number,
    keys: number,
    keyStride: number,
  ): void;
  keystream(
    count: number,
    seeds: number,
    seedStride: number,
    size: number,
    out: number,
    outStride: number,
  ): void;
  sealItems(
    count: number,
    indexes: number,
    keys: number,
    keyStride: number,
    plaintexts: number,
    plaintextStride: number,
    size: number,
    sealed: number,
    sealedStride: number,
  ): void;
  openItems(
    count: number,
    indexes: number,
    keys: number,
    keyStride: number,
    sealed: number,
    sealedStride: number,
    size: number,
    plaintexts: number,
    plaintextStride: number,
  ): void;
}

export interface KernelInstance {
  readonly memory: WebAssembly.Memory;
  readonly exports: KernelExports;
  /** The address of `size` fresh bytes, a multiple of 16; for set-up, nothing is given back. */
  reserve(size: number): number;
}

const PAGE_SIZE = 64 * 1024;
/** Kernels' scratch, then the compiler's constants. */
const STATIC_SIZE = 128 * 1024;

/** Compiles the kept module and makes an instance of it. */
export function createKernelInstance(): KernelInstance {
  const memory = new WebAssembly.Memory({ initial: STATIC_SIZE / PAGE_SIZE });
  const module = new WebAssembly.Module(Buffer.from(MODULE_BASE64, 'base64'));
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  let next = STATIC_SIZE;
  return {
    memory,
    exports: exports as unknown as KernelExports,
    reserve(size) {
      const address = next;
      next += Math.ceil(size / 16) * 16;
      const missing = next - memory.buffer.byteLength;
      if (missing > 0) memory.grow(Math.ceil(missing / PAGE_SIZE));
      return address;
    },
  };
}
