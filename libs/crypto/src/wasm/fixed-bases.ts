/**
 * Tables of points that are multiplied often: the base point's, and those of the last few others
 * that were used. A table is 2 MB of multiples, made by the kernels when it is first used.
 */

import { p256 } from '@noble/curves/nist.js';
import type { KernelInstance } from './instance.ts';
import { AFFINE_SIZE, BASE_WIDTH, ELEMENT_SIZE, ENTRY_SIZE } from './workspace.ts';
import type { Workspace } from './workspace.ts';

/** A point on the curve that is multiplied often. */
export class FixedBase {
  readonly point: Uint8Array;

  /** Takes 65 bytes of a point that is known to be on the curve. */
  constructor(point: Uint8Array) {
    this.point = Uint8Array.from(point);
  }
}

export interface FixedBaseTable {
  readonly address: number;
  /** Bits of a window. */
  readonly width: number;
}

export interface FixedBases {
  readonly generator: FixedBase;
  /** The table of `base`, made anew if it had to make way for others. */
  table(base: FixedBase): FixedBaseTable;
}

/** Tables kept beside the base point's: a deployment has two processors' keys at a time. */
export const KEPT_TABLE_COUNT = 4;

/** Windows as they are built: four at a time. */
const WINDOWS = 4 * Math.ceil(Math.ceil(256 / BASE_WIDTH) / 4);
const MULTIPLES = 2 ** (BASE_WIDTH - 1);
const TABLE_SIZE = WINDOWS * MULTIPLES * ENTRY_SIZE;
/** What `buildTable` asks for. */
const WORK_SIZE =
  (MULTIPLES + BASE_WIDTH) * AFFINE_SIZE +
  (WINDOWS + BASE_WIDTH) * 3 * ELEMENT_SIZE +
  (MULTIPLES / 2 + BASE_WIDTH) * ELEMENT_SIZE;

/** Room for a table, and whose it is. */
interface Slot {
  owner: FixedBase | undefined;
  readonly address: number;
}

export function createFixedBases(kernels: KernelInstance, workspace: Workspace): FixedBases {
  const work = kernels.reserve(WORK_SIZE);
  const generator = new FixedBase(p256.Point.BASE.toBytes(false));
  /** The least recently used first. All have their room now: views of memory end when it grows. */
  const kept = Array.from({ length: KEPT_TABLE_COUNT }, (): Slot => ({
    owner: undefined,
    address: kernels.reserve(TABLE_SIZE),
  }));
  const own: FixedBaseTable = { address: kernels.reserve(TABLE_SIZE), width: BASE_WIDTH };
  build(generator, own.address);

  function build(base: FixedBase, address: number): void {
    const made =
      workspace.importPoint(base.point) &&
      kernels.exports.buildTable(address, workspace.selected, BASE_WIDTH, work);
    // No two of the multiples have one x: the order is prime and above all of their differences.
    if (!made) throw new Error('a table of multiples could not be made');
  }

  return {
    generator,
    table(base) {
      if (base === generator) return own;
      const index = kept.findIndex(({ owner }) => owner === base);
      const [slot] = kept.splice(Math.max(0, index), 1) as [Slot];
      if (slot.owner !== base) {
        build(base, slot.address);
        slot.owner = base;
      }
      kept.push(slot);
      return { address: slot.address, width: BASE_WIDTH };
    },
  };
}
