/**
 * Counts by key in bounded memory: how often a device key was attested today, how often an address
 * failed this minute. Neither grows with what strangers send.
 */

import { monotonicMs } from '@priolab/runtime';
import { networkOf } from '@priolab/runtime/http';

export interface KeyCounts {
  /** Counts one more under the first eight bytes, and says how many that makes. */
  add(key: Uint8Array): number;
  clear(): void;
  readonly size: number;
}

const KEY_WORDS = 2;
const COUNT_MAX = 0xffff;

/**
 * An open-addressing table. Eight bytes of a digest tell keys apart: who looks for another key with
 * the same ones shares an allowance with himself.
 * @param capacity keys; when more come all counts begin anew, so that none is refused for others
 */
export function createKeyCounts(capacity: number): KeyCounts {
  let slotCount = 16;
  while (slotCount < capacity * 2) slotCount *= 2;
  const words = new Uint32Array(slotCount * KEY_WORDS);
  const counts = new Uint16Array(slotCount);
  let size = 0;
  const clear = (): void => {
    counts.fill(0);
    size = 0;
  };
  return {
    add(key) {
      const view = new DataView(key.buffer, key.byteOffset, 8);
      const [a, b] = [view.getUint32(0), view.getUint32(4)];
      if (size >= capacity) clear();
      let slot = (Math.imul(a, 0x9e3779b1) ^ b) & (slotCount - 1);
      for (; counts[slot] !== 0; slot = (slot + 1) & (slotCount - 1)) {
        if (words[slot * KEY_WORDS] === a && words[slot * KEY_WORDS + 1] === b) break;
      }
      if (counts[slot] === 0) {
        words[slot * KEY_WORDS] = a;
        words[slot * KEY_WORDS + 1] = b;
        size += 1;
      }
      if (counts[slot]! < COUNT_MAX) counts[slot]! += 1;
      return counts[slot]!;
    },
    clear,
    get size() {
      return size;
    },
  };
}

export interface FailureCounts {
  add(remote: string): void;
  /** Whether that address has used up what it may get wrong for now. */
  isOver(remote: string): boolean;
}

const PERIOD_MS = 60_000;
const REMOTES_MAX = 4096;

/**
 * What addresses got wrong in this minute. When there are too many of them, the one that was first
 * seen to fail is forgotten. A call that came from nowhere (within the process) is never counted.
 */
export function createFailureCounts(max: number, nowMs: () => number = monotonicMs): FailureCounts {
  const counts = new Map<string, number>();
  let period = -1;
  const roll = (): void => {
    const now = Math.floor(nowMs() / PERIOD_MS);
    if (now !== period) counts.clear();
    period = now;
  };
  return {
    add(remote) {
      if (remote === '') return;
      roll();
      const network = networkOf(remote);
      if (!counts.has(network) && counts.size >= REMOTES_MAX) {
        counts.delete(counts.keys().next().value!);
      }
      counts.set(network, (counts.get(network) ?? 0) + 1);
    },
    isOver(remote) {
      if (counts.size === 0 || remote === '') return false;
      roll();
      return (counts.get(networkOf(remote)) ?? 0) >= max;
    },
  };
}
