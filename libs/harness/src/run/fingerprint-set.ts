/**
 * A set of 96-bit fingerprints in typed arrays, for values that must never occur twice: 12 bytes
 * each, at most four slots in five in use, so 15 bytes an entry where it was sized to its content.
 * Its size is fixed; what comes when it is full is looked up but no longer kept.
 *
 * False alarms: n independent random values collide with probability below n^2 / 2^97 (a billion:
 * 6e-12). What is shorter than 96 bits collides as its own length says.
 */

/** A value's first 12 bytes, as three words. */
export const FINGERPRINT_WORDS = 3;

export interface FingerprintSet {
  /** @returns false where the words at `at` were there already. */
  add(words: Uint32Array, at: number): boolean;
  clear(): void;
  readonly size: number;
}

/** @param capacity entries it keeps; 15 bytes each. */
export function createFingerprintSet(capacity: number): FingerprintSet {
  const slotCount = Math.ceil((capacity * 5) / 4) + 1;
  const table = new Uint32Array(slotCount * FINGERPRINT_WORDS);
  let size = 0;

  return {
    add(words, at) {
      const a = words[at]!;
      const b = words[at + 1]!;
      // An empty slot is all zeros; a value of zeros, which only broken code makes, becomes a one.
      const c = (a | b | words[at + 2]!) === 0 ? 1 : words[at + 2]!;
      // Random words need no hash, but equal first words (a bad generator) must not all queue up.
      const mixed = (a ^ Math.imul(b, 0x9e3779b1) ^ Math.imul(c, 0x85ebca6b)) >>> 0;
      let slot = Math.floor((mixed / 2 ** 32) * slotCount);
      for (;;) {
        const from = slot * FINGERPRINT_WORDS;
        const x = table[from]!;
        const y = table[from + 1]!;
        const z = table[from + 2]!;
        if ((x | y | z) === 0) break;
        if (x === a && y === b && z === c) return false;
        slot = slot + 1 === slotCount ? 0 : slot + 1;
      }
      if (size === capacity) return true;
      table[slot * FINGERPRINT_WORDS] = a;
      table[slot * FINGERPRINT_WORDS + 1] = b;
      table[slot * FINGERPRINT_WORDS + 2] = c;
      size++;
      return true;
    },
    clear() {
      if (size > 0) table.fill(0);
      size = 0;
    },
    get size() {
      return size;
    },
  };
}

/** A growing list of fingerprints, without an object for each. */
export interface FingerprintList {
  push(words: Uint32Array, at: number): void;
  /** The words so far, three a fingerprint; a copy that can be handed over. */
  toWords(): Uint32Array;
  clear(): void;
}

export function createFingerprintList(capacity: number): FingerprintList {
  let list = new Uint32Array(Math.max(1, capacity) * FINGERPRINT_WORDS);
  let length = 0;
  return {
    push(words, at) {
      if (length === list.length) {
        const longer = new Uint32Array(list.length * 2);
        longer.set(list);
        list = longer;
      }
      for (let k = 0; k < FINGERPRINT_WORDS; k++) list[length + k] = words[at + k]!;
      length += FINGERPRINT_WORDS;
    },
    toWords: () => list.slice(0, length),
    clear() {
      length = 0;
    },
  };
}

/** Reads 12 bytes into three words. */
export function readFingerprint(bytes: Uint8Array, at: number, out: Uint32Array): void {
  for (let k = 0; k < FINGERPRINT_WORDS; k++) {
    const from = at + 4 * k;
    const low = bytes[from]! | (bytes[from + 1]! << 8) | (bytes[from + 2]! << 16);
    out[k] = low | (bytes[from + 3]! << 24);
  }
}
