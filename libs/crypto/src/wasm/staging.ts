/**
 * How a block's items reach the kernels: where they are, if their array is a view of the kernels'
 * own memory, or else by way of an area there, some items at a time. Results in an area are copied
 * back item by item, so that what lies between items is never written.
 */

import { copyBytes } from '../bytes.ts';
import type { Strided } from '../backend.ts';
import type { KernelInstance } from './instance.ts';

/** An area in the kernels' memory for up to `itemCount` items of up to `itemSize` bytes. */
export interface Staging {
  /** Address and stride of what was last placed. */
  readonly address: number;
  readonly stride: number;
  /** Makes items `first` to `first + count` readable to the kernels. */
  placeInputs(items: Strided, first: number, count: number, size: number): void;
  /** Finds room for results: in `items` itself where it can be, else in the area. */
  placeOutputs(items: Strided, first: number, size: number): void;
  /** Writes result `index` of what `placeOutputs` placed to item `first + index`. */
  collect(items: Strided, first: number, index: number, size: number): void;
  /** Writes all of `count` results. */
  collectAll(items: Strided, first: number, count: number, size: number): void;
}

export function createStaging(
  kernels: KernelInstance,
  itemCount: number,
  itemSize: number,
): Staging {
  return new Area(kernels, kernels.reserve(itemCount * alignedSize(itemSize)));
}

class Area implements Staging {
  address = 0;
  stride = 0;
  readonly #kernels: KernelInstance;
  readonly #start: number;
  #bytes = new Uint8Array(0);

  constructor(kernels: KernelInstance, start: number) {
    this.#kernels = kernels;
    this.#start = start;
  }

  placeInputs(items: Strided, first: number, count: number, size: number): void {
    if (this.#placeInside(items, first)) return;
    this.#placeInArea(size);
    const { bytes, offset, stride } = items;
    const start = offset + first * stride;
    if (count > 0 && stride <= this.stride) {
      // Packed items come over in one piece, with what little lies between them.
      this.stride = stride;
      copyBytes((count - 1) * stride + size, bytes, start, this.#bytes, this.#start);
      return;
    }
    for (let i = 0; i < count; i++) {
      copyBytes(size, bytes, start + i * stride, this.#bytes, this.#start + i * this.stride);
    }
  }

  placeOutputs(items: Strided, first: number, size: number): void {
    if (this.#placeInside(items, first)) return;
    this.#placeInArea(size);
    // Items without gaps are collected in one piece.
    if (items.stride === size) this.stride = size;
  }

  collect(items: Strided, first: number, index: number, size: number): void {
    if (items.bytes.buffer === this.#kernels.memory.buffer) return;
    const to = items.offset + (first + index) * items.stride;
    copyBytes(size, this.#bytes, this.#start + index * this.stride, items.bytes, to);
  }

  collectAll(items: Strided, first: number, count: number, size: number): void {
    if (items.stride === size && items.bytes.buffer !== this.#kernels.memory.buffer) {
      const to = items.offset + first * size;
      copyBytes(count * size, this.#bytes, this.#start, items.bytes, to);
      return;
    }
    for (let i = 0; i < count; i++) this.collect(items, first, i, size);
  }

  #placeInside({ bytes, offset, stride }: Strided, first: number): boolean {
    if (bytes.buffer !== this.#kernels.memory.buffer) return false;
    this.address = bytes.byteOffset + offset + first * stride;
    this.stride = stride;
    return true;
  }

  #placeInArea(size: number): void {
    this.address = this.#start;
    this.stride = alignedSize(size);
    // Memory that has grown has another buffer.
    const { buffer } = this.#kernels.memory;
    if (this.#bytes.buffer !== buffer) this.#bytes = new Uint8Array(buffer);
  }
}

function alignedSize(size: number): number {
  return (size + 15) & ~15;
}
