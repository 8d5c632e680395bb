/**
 * Public keys that signatures are verified with: each checked and brought into the kernels' form
 * once, and kept outside their memory, so that there can be any number of them.
 */

import type { VerifyingKeys } from '../backend.ts';
import { POINT_SIZE } from '../backend.ts';
import { copyBytes } from '../bytes.ts';
import { FixedBase } from './fixed-bases.ts';
import { ENTRY_SIZE } from './workspace.ts';
import type { Workspace } from './workspace.ts';

/**
 * Signatures after which one key is worth a table of its own: making it costs as much as it saves
 * on these (16 ms against 40 us each).
 */
export const FREQUENT_COUNT = 400;

/** An append-only list of keys. */
export class PointKeys implements VerifyingKeys {
  readonly #workspace: Workspace;
  #entries = new Uint8Array(16 * ENTRY_SIZE);
  #points = new Uint8Array(16 * POINT_SIZE);
  /** Of each key, its place in the list of the last `enumerate` that met it. */
  #places = new Uint32Array(16);
  #size = 0;
  /** The key that signed last, how often in a row, and its table once it has one. */
  #latest = { index: -1, count: 0, base: undefined as FixedBase | undefined };

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
    if (index >= this.#places.length) this.#places = new Uint32Array(2 * index);
    this.#entries.set(this.#workspace.selectedEntry(), index * ENTRY_SIZE);
    this.#points.set(point, index * POINT_SIZE);
    this.#size++;
    return index;
  }

  clear(): void {
    this.#size = 0;
    this.#latest = { index: -1, count: 0, base: undefined };
  }

  has(index: number): boolean {
    return Number.isInteger(index) && index >= 0 && index < this.#size;
  }

  /** The 65 bytes of key `index`, as a view. */
  point(index: number): Uint8Array {
    return this.#points.subarray(index * POINT_SIZE, (index + 1) * POINT_SIZE);
  }

  /** The key of all the given slots, where it is the same one time and again; else undefined. */
  frequent(keyIndex: Int32Array | Uint32Array, slots: Uint32Array): FixedBase | undefined {
    if (!this.isOne(keyIndex, slots)) return undefined;
    const index = keyIndex[slots[0]!]!;
    if (this.#latest.index !== index) this.#latest = { index, count: 0, base: undefined };
    this.#latest.count += slots.length;
    if (this.#latest.count < FREQUENT_COUNT) return undefined;
    return (this.#latest.base ??= new FixedBase(this.point(index)));
  }

  /** Whether all of the given slots have one key. */
  isOne(keyIndex: Int32Array | Uint32Array, slots: Uint32Array): boolean {
    const index = keyIndex[slots[0]!];
    for (const slot of slots) if (keyIndex[slot] !== index) return false;
    return true;
  }

  /**
   * Lists the different keys of the given slots in `distinct`, and in `numbers`, for each slot,
   * where its key is in that list, counted from `base` on. Returns how many they are.
   */
  enumerate(
    keyIndex: Int32Array | Uint32Array,
    slots: Uint32Array,
    distinct: Uint32Array,
    numbers: Uint32Array,
    base: number,
  ): number {
    let count = 0;
    for (let at = 0; at < slots.length; at++) {
      const index = keyIndex[slots[at]!]!;
      // A place of a former call is none: the list ends before it, or has another key there.
      let place = this.#places[index]!;
      if (place >= count || distinct[place] !== index) {
        place = count++;
        distinct[place] = index;
        this.#places[index] = place;
      }
      numbers[at] = base + place;
    }
    return count;
  }

  /** Copies the entry of key `index` to `to`, at `at`. */
  copyEntry(index: number, to: Uint8Array, at: number): void {
    copyBytes(ENTRY_SIZE, this.#entries, index * ENTRY_SIZE, to, at);
  }

  /** Copies the 65 bytes of key `index` to `to`, at `at`. */
  copyPoint(index: number, to: Uint8Array, at: number): void {
    copyBytes(POINT_SIZE, this.#points, index * POINT_SIZE, to, at);
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
