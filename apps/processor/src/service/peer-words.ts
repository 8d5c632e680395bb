/**
 * What the peer said about a batch, by report: an open-addressing table in typed arrays, so that a
 * batch of a hundred thousand costs a few megabytes and no object a report.
 */

import { FIELD_MODULUS } from '@priolab/prio';
import { REPORT_ID_SIZE } from '@priolab/roles';

export interface PeerWords {
  /**
   * Of two under one id the first is meant, as at the one who wrote; a packet with an element that
   * is none of the field says nothing. (The facilitator kept the last, and gave up its whole
   * aggregation for one that did not fit.)
   */
  add(id: Uint8Array, f: number, g: number, h: number): void;
  /** Writes three elements at `at`. @returns false where there are none */
  take(id: Uint8Array, into: Uint32Array, at: number): boolean;
}

/** @param capacity reports of ours; the peer may speak of more */
export function createPeerWords(capacity: number): PeerWords {
  let slotCount = 16;
  while (slotCount < capacity * 2) slotCount *= 2;
  let ids = new Uint8Array(slotCount * REPORT_ID_SIZE);
  let values = new Uint32Array(slotCount * 3);
  let used = new Uint8Array(slotCount);
  let size = 0;

  const find = (id: Uint8Array): number => {
    const mask = slotCount - 1;
    let slot = hash(id) & mask;
    for (; used[slot] !== 0; slot = (slot + 1) & mask) {
      const at = slot * REPORT_ID_SIZE;
      let k = 0;
      while (k < REPORT_ID_SIZE && ids[at + k] === id[k]) k += 1;
      if (k === REPORT_ID_SIZE) break;
    }
    return slot;
  };

  const put = (id: Uint8Array, words: ArrayLike<number>, from: number): void => {
    const slot = find(id);
    if (used[slot] !== 0) return;
    used[slot] = 1;
    ids.set(id, slot * REPORT_ID_SIZE);
    for (let k = 0; k < 3; k++) values[3 * slot + k] = words[from + k]!;
    size += 1;
  };

  const grow = (): void => {
    const old = { ids, values, used, slotCount };
    slotCount *= 2;
    ids = new Uint8Array(slotCount * REPORT_ID_SIZE);
    values = new Uint32Array(slotCount * 3);
    used = new Uint8Array(slotCount);
    size = 0;
    for (let slot = 0; slot < old.slotCount; slot++) {
      if (old.used[slot] === 0) continue;
      const at = slot * REPORT_ID_SIZE;
      put(old.ids.subarray(at, at + REPORT_ID_SIZE), old.values, 3 * slot);
    }
  };

  return {
    add(id, f, g, h) {
      const words = [f, g, h];
      if (!words.every((word) => word >= 0 && word < FIELD_MODULUS)) return;
      if (2 * size >= slotCount) grow();
      put(id, words, 0);
    },
    take(id, into, at) {
      const slot = find(id);
      if (used[slot] === 0) return false;
      for (let k = 0; k < 3; k++) into[at + k] = values[3 * slot + k]!;
      return true;
    },
  };
}

/** Whoever chooses ids can make this slow within one batch, never wrong. */
function hash(id: Uint8Array): number {
  let mixed = 0x811c9dc5;
  for (let k = 0; k < REPORT_ID_SIZE; k++) mixed = Math.imul(mixed ^ id[k]!, 0x01000193);
  return mixed ^ (mixed >>> 15);
}
