/**
 * Public keys that signatures are verified with: each checked and brought into the kernels' form
 * once, and kept outside their memory, so that there can be any number of them.
 */

import type { VerifyingKeys } from '../backend.ts';
import { POINT_SIZE } from '../backend.ts';
import { ENTRY_SIZE } from './workspace.ts';
import type { Workspace } from './workspace.ts';

/** An append-only list of keys. */
export class PointKeys implements VerifyingKeys {
  readonly #workspace: Workspace;
  #entries = new Uint8Array(16 * ENTRY_SIZE);
  #points = new Uint8Array(16 * POINT_SIZE);
  #size = 0;

  constructor(workspace: Workspace) {
    this.#workspace = workspace;
  }

  get size(): number {
    return this.#size;
  }

  add(point: Uint8Array): number {
    const index = this.#size;
    if (!this.#workspace.importPoint(point)) return -1;
    this.#entries = withRoom(this.#entries, (index + 1) * ENTRY_SIZE);
    this.#points = withRoom(this.#points, (index + 1) * POINT_SIZE);
    this.#entries.set(this.#workspace.selectedEntry(), index * ENTRY_SIZE);
    this.#points.set(point, index * POINT_SIZE);
    this.#size++;
    return index;
  }

  clear(): void {
    this.#size = 0;
  }

  has(index: number): boolean {
    return Number.isInteger(index) && index >= 0 && index < this.#size;
  }

  /** The 65 bytes of key `index`, as a view. */
  point(index: number): Uint8Array {
    return this.#points.subarray(index * POINT_SIZE, (index + 1) * POINT_SIZE);
  }

  /** Copies the entries of the given slots' keys to the workspace's `bytes`, packed. */
  stage(keyIndex: Int32Array | Uint32Array, slots: Uint32Array): void {
    const { bytes } = this.#workspace;
    const items = { bytes: this.#entries, offset: 0, stride: ENTRY_SIZE };
    const indexes = slots.map((slot) => keyIndex[slot]!);
    this.#workspace.stage(bytes, items, indexes, ENTRY_SIZE);
  }
}

function withRoom(bytes: Uint8Array<ArrayBuffer>, size: number): Uint8Array<ArrayBuffer> {
  if (size <= bytes.length) return bytes;
  const larger = new Uint8Array(2 * bytes.length);
  larger.set(bytes);
  return larger;
}
