/**
 * Looks for many secrets at once: each in the ways that it could be written, found by the hash of
 * eight of its bytes in one pass over what is searched. Time grows with the bytes searched, memory
 * with the secrets (some 30 bytes for each way to write one).
 */

import { toHex } from '@priolab/crypto';

export interface Secret {
  readonly name: string;
  /** A key of 8 bytes or more, or a moment in milliseconds since the Unix epoch. */
  readonly value: Uint8Array | number;
}

export interface SecretIndex {
  /** Names of the secrets in the bytes, each once, in the order in which they end there. */
  findIn(haystack: Uint8Array): Set<string>;
}

const ANCHOR = 8;

/** A way to write a secret; what is found by are the eight bytes from `anchor` on. */
interface Form {
  readonly bytes: Buffer;
  readonly anchor: number;
}

/** How a secret could be written. */
function formsOf({ value }: Secret): Form[] {
  if (typeof value !== 'number') return keyForms(Buffer.from(value));
  const big = Buffer.alloc(8);
  big.writeBigUInt64BE(BigInt(value));
  const decimal = Buffer.from(String(value));
  return [
    { bytes: big, anchor: 0 },
    { bytes: Buffer.from(big).reverse(), anchor: 0 },
    // Its last digits: the first ones are the same for a whole year.
    { bytes: decimal, anchor: decimal.length - ANCHOR },
  ];
}

function keyForms(key: Buffer): Form[] {
  const hex = toHex(key);
  const texts = new Set([hex, hex.toUpperCase(), ...base64Forms(key)]);
  return [key, ...[...texts].map((text) => Buffer.from(text))].map((bytes) => ({
    bytes,
    anchor: 0,
  }));
}

/** Characters that are the key's alone, whatever stands before and after it in what is encoded. */
function base64Forms(key: Buffer): string[] {
  return [0, 1, 2].flatMap((before) => {
    const padded = Buffer.concat([Buffer.alloc(before), key]);
    const from = Math.ceil((8 * before) / 6);
    const end = Math.floor((8 * padded.length) / 6);
    return [padded.toString('base64'), padded.toString('base64url')].map((text) =>
      text.slice(from, end),
    );
  });
}

function hashOf(first: number, second: number): number {
  const mixed = Math.imul(first, 0x9e3779b1) ^ Math.imul(second, 0x85ebca77);
  return mixed ^ (mixed >>> 15);
}

export function indexSecrets(secrets: readonly Secret[]): SecretIndex {
  const hashes: number[] = [];
  const owners: number[] = [];
  const forms: number[] = [];
  secrets.forEach((secret, owner) => {
    formsOf(secret).forEach(({ bytes, anchor }, form) => {
      hashes.push(hashOf(bytes.readInt32BE(anchor), bytes.readInt32BE(anchor + 4)));
      owners.push(owner);
      forms.push(form);
    });
  });
  // Mostly empty, so that most places in a haystack are done with at one look.
  let slots = 16;
  while (slots < 4 * hashes.length) slots *= 2;
  const heads = new Int32Array(slots).fill(-1);
  const nexts = new Int32Array(hashes.length);
  hashes.forEach((hash, entry) => {
    const slot = hash & (slots - 1);
    nexts[entry] = heads[slot]!;
    heads[slot] = entry;
  });

  const isAt = (entry: number, haystack: Uint8Array, anchorAt: number): boolean => {
    const { bytes, anchor } = formsOf(secrets[owners[entry]!]!)[forms[entry]!]!;
    const from = anchorAt - anchor;
    return from >= 0 && bytes.equals(haystack.subarray(from, from + bytes.length));
  };
  return {
    findIn(haystack) {
      const found = new Set<string>();
      let first = 0;
      let second = 0;
      for (let i = 0; i < haystack.length; i++) {
        first = (first << 8) | (second >>> 24);
        second = (second << 8) | haystack[i]!;
        if (i < ANCHOR - 1) continue;
        const hash = hashOf(first, second);
        for (let entry = heads[hash & (slots - 1)]!; entry !== -1; entry = nexts[entry]!) {
          if (hashes[entry] !== hash || !isAt(entry, haystack, i - ANCHOR + 1)) continue;
          found.add(secrets[owners[entry]!]!.name);
        }
      }
      return found;
    },
  };
}
