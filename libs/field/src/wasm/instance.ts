/**
 * The compiled kernels and the one memory that they work in, one of each a thread. The memory is a
 * workbench: nothing stays in it between calls but the tables of whoever came last, so that blocks
 * of any number of shapes share it. It grows when a larger shape is set up, never while it is used.
 */

import { FieldError } from '../field-error.ts';
import { MODULE_BASE64, MODULE_SIZE } from './module.generated.ts';

/** What `kernels/assembly/index.ts` exports; addresses and sizes in bytes, lengths in words. */
export interface Kernels {
  prove(
    vectors: number,
    count: number,
    dimension: number,
    sizeLog2: number,
    tables: number,
    work: number,
  ): void;
  verify(
    shares: number,
    count: number,
    dimension: number,
    sizeLog2: number,
    leader: number,
    points: number,
    out: number,
    tables: number,
    work: number,
  ): void;
  accumulate(
    sums: number,
    vectors: number,
    stride: number,
    count: number,
    dimension: number,
    status: number,
  ): void;
  copyChecked(
    into: number,
    from: number,
    stride: number,
    count: number,
    length: number,
    verdicts: number,
  ): void;
  makeCanonical(words: number, length: number): void;
  subtractFrom(into: number, from: number, length: number): void;
  takeElements(
    items: number,
    stride: number,
    itemSize: number,
    first: number,
    count: number,
    length: number,
  ): number;
}

export interface Workbench {
  readonly kernels: Kernels;
  /** The whole memory; other objects after it has grown. */
  readonly bytes: Uint8Array;
  readonly words: Uint32Array;
  /** Makes sure that there are `size` bytes. */
  reserve(size: number): void;
  /**
   * Takes the memory over, with `tables` at `address`. Comes before every use: whoever has used it
   * last has laid it out for a shape of their own.
   */
  claim(tables: Uint32Array, address: number): void;
}

const PAGE_SIZE = 65_536;

let workbench: Workbench | undefined;

/**
 * This thread's workbench, made at the first call.
 * @throws FieldError `host` where words are not little-endian: they are copied as they are
 */
export function threadWorkbench(): Workbench {
  workbench ??= createWorkbench();
  return workbench;
}

function createWorkbench(): Workbench {
  if (new Uint8Array(Uint32Array.of(1).buffer)[0] !== 1) {
    throw new FieldError('host', 'a little-endian host', 'a big-endian one');
  }
  const memory = new WebAssembly.Memory({ initial: 1 });
  const instance = new WebAssembly.Instance(compile(), { env: { memory } });
  let bytes = new Uint8Array(memory.buffer);
  let words = new Uint32Array(memory.buffer);
  let owner: Uint32Array | undefined;

  return Object.freeze({
    kernels: instance.exports as unknown as Kernels,
    get bytes() {
      return bytes;
    },
    get words() {
      return words;
    },
    reserve(size) {
      const missing = size - bytes.length;
      if (missing <= 0) return;
      memory.grow(Math.ceil(missing / PAGE_SIZE));
      bytes = new Uint8Array(memory.buffer);
      words = new Uint32Array(memory.buffer);
    },
    claim(tables, address) {
      if (tables === owner) return;
      words.set(tables, address / 4);
      owner = tables;
    },
  } satisfies Workbench);
}

function compile(): WebAssembly.Module {
  const text = atob(MODULE_BASE64.replaceAll('\n', ''));
  const bytes = new Uint8Array(MODULE_SIZE);
  for (let i = 0; i < bytes.length; i++) bytes[i] = text.charCodeAt(i);
  return new WebAssembly.Module(bytes);
}
