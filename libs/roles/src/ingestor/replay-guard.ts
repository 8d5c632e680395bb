/**
 * Remembers which 16-byte ids have been seen, exactly, in 16 bytes each and a fill of one half: an
 * open-addressing table in typed arrays. Cleared when its partition (a shard of devices and a day)
 * closes, so it grows with open reports only.
 */

export interface ReplayGuard {
  /** Adds the 16 bytes at `at`. @returns false where they were there already. */
  add(bytes: Uint8Array, at: number): boolean;
  clear(): void;
  readonly size: number;
}

/** @param capacity ids it holds without growing; it doubles when more come. */
export function createReplayGuard(capacity: number): ReplayGuard {
  let slotCount = 16;
  while (slotCount < capacity * 2) slotCount *= 2;
  let words = new Uint32Array(slotCount * 4);
  let used = new Uint8Array(slotCount);
  let size = 0;

  const insert = (a: number, b: number, c: number, d: number): boolean => {
    const mask = slotCount - 1;
    // An attacker who chooses ids can make this slow within one partition, never wrong.
    let slot = (Math.imul(a ^ (b >>> 3), 0x9e3779b1) ^ Math.imul(c ^ (d >>> 7), 0x85ebca6b)) & mask;
    for (; used[slot] !== 0; slot = (slot + 1) & mask) {
      const at = slot * 4;
      const same = words[at] === a && words[at + 1] === b && words[at + 2] === c;
      if (same && words[at + 3] === d) return false;
    }
    used[slot] = 1;
    words[slot * 4] = a;
    words[slot * 4 + 1] = b;
    words[slot * 4 + 2] = c;
    words[slot * 4 + 3] = d;
    return true;
  };

  const grow = (): void => {
    const oldWords = words;
    const oldUsed = used;
    slotCount *= 2;
    words = new Uint32Array(slotCount * 4);
    used = new Uint8Array(slotCount);
    for (let i = 0; i < oldUsed.length; i++) {
      if (oldUsed[i] === 0) continue;
      const at = i * 4;
      insert(oldWords[at]!, oldWords[at + 1]!, oldWords[at + 2]!, oldWords[at + 3]!);
    }
  };

  return {
    add(bytes, at) {
      if (size * 2 >= slotCount) grow();
      const fresh = insert(
        word(bytes, at),
        word(bytes, at + 4),
        word(bytes, at + 8),
        word(bytes, at + 12),
      );
      if (fresh) size++;
      return fresh;
    },
    clear() {
      used.fill(0);
      size = 0;
    },
    get size() {
      return size;
    },
  };
}

function word(bytes: Uint8Array, at: number): number {
  const high = (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
  return (bytes[at]! | (bytes[at + 1]! << 8) | high) >>> 0;
}
