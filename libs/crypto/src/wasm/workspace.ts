/**
 * Where the P-256 kernels work on a chunk: its areas, and how slots come in and out. A chunk that
 * does not fill its last group is padded with its last slot, which then meets nothing that it would
 * not meet alone.
 */

import { POINT_SIZE, SCALAR_SIZE } from '../backend.ts';
import type { Strided } from '../backend.ts';
import type { KernelInstance } from './instance.ts';

/** Slots worked on at a time: enough to share inversions, few enough for a second-level cache. */
export const CHUNK_COUNT = 512;
/** Bytes of a four-lane element and affine point, and of a point of one lane (`scratch.ts`). */
export const ELEMENT_SIZE = 160;
export const AFFINE_SIZE = 2 * ELEMENT_SIZE;
export const ENTRY_SIZE = 80;
/** Bits of a window of u2: 16 multiples a key. */
export const KEY_WIDTH = 5;
/** Bits of a window of a fixed base: tables of 2 MB, and 23 additions a multiple. */
export const BASE_WIDTH = 11;

const GROUP_COUNT = CHUNK_COUNT / 4;
const JACOBIAN_SIZE = 3 * ELEMENT_SIZE;
const KEY_WINDOWS = Math.ceil(256 / KEY_WIDTH);
/** A scalar's signed windows are one digit longer than the scalar at most. */
const SCHEDULE_SIZE = 257;

/** Addresses of areas, each with room for a chunk. */
export interface Workspace {
  readonly scalars: number;
  readonly digits: number;
  /** Points, coordinates or table entries, as they come in or go out. */
  readonly bytes: number;
  readonly valid: number;
  /** 0, 1, 2, ...: entries taken in their order. */
  readonly indexes: number;
  readonly schedule: number;
  readonly multiplied: number;
  readonly selected: number;
  readonly jacobian: number;
  readonly products: number;
  readonly elements: number;
  readonly tables: number;
  view(address: number, size: number): Uint8Array;
  /** Copies the given slots to `address`, packed. */
  stage(address: number, items: Strided, slots: Uint32Array, size: number): void;
  /** Copies packed items of `bytes` to the given slots, but for those with a status. */
  unstage(items: Strided, slots: Uint32Array, size: number, status?: Uint8Array): void;
  /** Writes the points of `multiplied` to `bytes`, 65 bytes each. */
  exportPoints(groups: number): void;
  /** Copies groups' points to the starts of tables of `multiples` points. */
  spreadPoints(tables: number, multiples: number, points: number, groups: number): void;
  /** Imports one point to all lanes of `selected`; returns whether it is on the curve. */
  importPoint(point: Uint8Array): boolean;
  /** What `importPoint` imported last, as a table's entry: a view. */
  selectedEntry(): Uint8Array;
}

export function createWorkspace(kernels: KernelInstance): Workspace {
  const { memory, exports } = kernels;
  const area = (size: number): number => kernels.reserve(size);
  const areas = {
    scalars: area(CHUNK_COUNT * SCALAR_SIZE),
    digits: area(4 * CHUNK_COUNT * KEY_WINDOWS),
    bytes: area(CHUNK_COUNT * ENTRY_SIZE),
    valid: area(CHUNK_COUNT),
    indexes: area(4 * CHUNK_COUNT),
    schedule: area(SCHEDULE_SIZE),
    multiplied: area(GROUP_COUNT * AFFINE_SIZE),
    selected: area(GROUP_COUNT * AFFINE_SIZE),
    jacobian: area(GROUP_COUNT * JACOBIAN_SIZE),
    products: area(GROUP_COUNT * ELEMENT_SIZE),
    elements: area(GROUP_COUNT * ELEMENT_SIZE),
    tables: area(GROUP_COUNT * 2 ** (KEY_WIDTH - 1) * AFFINE_SIZE),
  };
  const view = (address: number, size: number): Uint8Array =>
    new Uint8Array(memory.buffer, address, size);
  new Uint32Array(memory.buffer, areas.indexes, CHUNK_COUNT).forEach((_, i, list) => (list[i] = i));

  return {
    ...areas,
    view,
    stage(address, items, slots, size) {
      const count = 4 * Math.ceil(slots.length / 4);
      const target = view(address, count * size);
      for (let at = 0; at < count; at++) {
        const from = items.offset + slots[Math.min(at, slots.length - 1)]! * items.stride;
        for (let i = 0; i < size; i++) target[at * size + i] = items.bytes[from + i]!;
      }
    },
    unstage(items, slots, size, status) {
      const source = view(areas.bytes, slots.length * size);
      for (let at = 0; at < slots.length; at++) {
        if (status !== undefined && status[slots[at]!] !== 0) continue;
        const to = items.offset + slots[at]! * items.stride;
        for (let i = 0; i < size; i++) items.bytes[to + i] = source[at * size + i]!;
      }
    },
    exportPoints(groups) {
      const { bytes, multiplied } = areas;
      const [x, y] = [bytes + 1, bytes + 1 + SCALAR_SIZE];
      exports.exportElements(x, POINT_SIZE, multiplied, AFFINE_SIZE, groups);
      exports.exportElements(y, POINT_SIZE, multiplied + ELEMENT_SIZE, AFFINE_SIZE, groups);
      const points = view(bytes, 4 * groups * POINT_SIZE);
      for (let at = 0; at < points.length; at += POINT_SIZE) points[at] = 0x04;
    },
    spreadPoints(tables, multiples, points, groups) {
      const bytes = new Uint8Array(memory.buffer);
      for (let g = 0; g < groups; g++) {
        const from = points + g * AFFINE_SIZE;
        bytes.copyWithin(tables + g * multiples * AFFINE_SIZE, from, from + AFFINE_SIZE);
      }
    },
    importPoint(point) {
      if (point.length !== POINT_SIZE) return false;
      view(areas.bytes, POINT_SIZE).set(point);
      return exports.importPoint(areas.selected, areas.bytes) !== 0;
    },
    selectedEntry() {
      exports.storeEntries(areas.bytes, ENTRY_SIZE, areas.selected);
      return view(areas.bytes, ENTRY_SIZE);
    },
  };
}
