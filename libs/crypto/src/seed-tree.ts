/**
 * A tree of reproducible random bytes, keyed by name and item index, never by the order of calls:
 * no engine, block size or worker count can change what an item is.
 *
 *   root key   = SHA-256('priolab seed root' || 0 || seed as UTF-8)
 *   child key  = SHA-256('priolab seed child' || 0 || parent key || name as UTF-8)
 *   stream key = SHA-256('priolab seed stream' || 0 || key || size as 32-bit big-endian)
 *   item i     = bytes [i * size, (i + 1) * size) of AES-256-CTR(stream key, counter from 0)
 *
 * For simulation only: whoever has the seed has every secret of the run.
 */

import { createCipheriv, hash } from 'node:crypto';
import { CryptoError } from './errors.ts';

/** Bytes of keystream drawn by one cipher call; bounds the scratch memory of `gather`. */
const CHUNK_SIZE = 128 * 1024;
/** A longer gap is cheaper to jump with a new cipher than to encrypt (measured: about 3 us). */
const GAP_SIZE_MAX = 8 * 1024;
const BLOCK_SIZE = 16;
const KEY_SIZE = 32;
const ZEROS = new Uint8Array(CHUNK_SIZE);
const UTF8 = new TextEncoder();

/** One node of the seed tree: a named source of indexed items. Holds its key privately. */
export interface SeedBranch {
  /** Names from the root, joined by '/'; the root's is empty. */
  readonly path: string;
  /**
   * The branch below this one, one level per name.
   * @throws CryptoError `invalid-seed` on an empty name or one with '/'.
   */
  child(...names: readonly string[]): SeedBranch;
  /**
   * Writes items first .. first + count - 1 of `size` bytes, packed, to `out` from `offset`.
   * @param size bytes an item, a multiple of 16; items of different sizes are independent.
   */
  fill(first: number, count: number, size: number, out: Uint8Array, offset?: number): void;
  /**
   * Writes the items at the first `count` entries of `indexes`, packed in that order.
   * @param indexes strictly ascending; gaps are allowed.
   */
  gather(indexes: Uint32Array, count: number, size: number, out: Uint8Array, offset?: number): void;
  /** Item `index` of `size` bytes, as a fresh array. */
  bytes(index: number, size: number): Uint8Array;
  /**
   * A 32-byte secret of this branch, for one party: used as it is, or as the root of the party's
   * own sub-tree by `seedBranchFrom`. It reveals nothing of this branch's items or children.
   */
  export(): Uint8Array;
}

/** The root branch of a run's seed tree. */
export function createSeedTree(seed: string): SeedBranch {
  return createBranch(derive('priolab seed root', UTF8.encode(seed)), '');
}

/**
 * A branch from a 32-byte key (copied). `path` is its label only and has no part in its bytes.
 * @throws CryptoError `invalid-seed` unless `key` has 32 bytes.
 */
export function seedBranchFrom(key: Uint8Array, path: string): SeedBranch {
  if (key.length !== KEY_SIZE) {
    throw new CryptoError('invalid-seed', `${KEY_SIZE} key bytes`, `${key.length}`);
  }
  return createBranch(Uint8Array.from(key), path);
}

function createBranch(key: Uint8Array, path: string): SeedBranch {
  const streamKeys = new Map<number, Uint8Array>();

  function streamKey(size: number): Uint8Array {
    let stream = streamKeys.get(size);
    if (stream === undefined) {
      stream = derive('priolab seed stream', key, bigEndian32(checkSize(size)));
      streamKeys.set(size, stream);
    }
    return stream;
  }

  return Object.freeze({
    path,
    child(...names: readonly string[]): SeedBranch {
      let childKey = key;
      for (const name of names) {
        childKey = derive('priolab seed child', childKey, UTF8.encode(checkName(name)));
      }
      const below = names.join('/');
      return createBranch(
        childKey,
        path === '' || below === '' ? path + below : `${path}/${below}`,
      );
    },
    fill(first: number, count: number, size: number, out: Uint8Array, offset = 0): void {
      const stream = streamKey(size);
      checkRange(first, count);
      checkRoom(out, offset, count * size);
      fillStream(stream, { first, count, size }, out, offset);
    },
    gather(indexes: Uint32Array, count: number, size: number, out: Uint8Array, offset = 0): void {
      const stream = streamKey(size);
      checkIndexes(indexes, count);
      checkRoom(out, offset, count * size);
      gatherStream(stream, indexes, count, size, out, offset);
    },
    bytes(index: number, size: number): Uint8Array {
      const stream = streamKey(size);
      checkRange(index, 1);
      const item = new Uint8Array(size);
      fillStream(stream, { first: index, count: 1, size }, item, 0);
      return item;
    },
    export(): Uint8Array {
      return derive('priolab seed export', key);
    },
  });
}

/** The cipher at item `index`: its initial 128-bit counter is index * size / 16, exactly. */
function streamAt(key: Uint8Array, index: number, size: number): ReturnType<typeof createCipheriv> {
  const counter = new DataView(new ArrayBuffer(BLOCK_SIZE));
  // 16-bit limbs: a limb times 2^28 blocks an item stays far below 2^53, where one product may not.
  const blocks = size / BLOCK_SIZE;
  let rest = index;
  let carry = 0;
  for (let at = BLOCK_SIZE - 2; at >= 0; at -= 2) {
    const sum = (rest % 65_536) * blocks + carry;
    counter.setUint16(at, sum % 65_536);
    rest = Math.floor(rest / 65_536);
    carry = Math.floor(sum / 65_536);
  }
  return createCipheriv('aes-256-ctr', key, counter);
}

function fillStream(
  key: Uint8Array,
  run: { readonly first: number; readonly count: number; readonly size: number },
  out: Uint8Array,
  offset: number,
): void {
  if (run.count === 0) return;
  const cipher = streamAt(key, run.first, run.size);
  const total = run.count * run.size;
  for (let done = 0; done < total; done += CHUNK_SIZE) {
    out.set(cipher.update(ZEROS.subarray(0, Math.min(CHUNK_SIZE, total - done))), offset + done);
  }
}

/** Cuts the list into runs without long gaps; each run is one cipher call, from which it picks. */
function gatherStream(
  key: Uint8Array,
  indexes: Uint32Array,
  count: number,
  size: number,
  out: Uint8Array,
  offset: number,
): void {
  const gapMax = Math.floor(GAP_SIZE_MAX / size) + 1;
  const spanMax = Math.floor(CHUNK_SIZE / size);
  let at = 0;
  while (at < count) {
    const first = indexes[at]!;
    let end = at + 1;
    while (
      end < count &&
      indexes[end]! - indexes[end - 1]! <= gapMax &&
      indexes[end]! - first < spanMax
    ) {
      end++;
    }
    const target = offset + at * size;
    if (end - at === indexes[end - 1]! - first + 1) {
      fillStream(key, { first, count: end - at, size }, out, target);
    } else {
      const span = (indexes[end - 1]! - first + 1) * size;
      const stream = streamAt(key, first, size).update(ZEROS.subarray(0, span));
      pick(stream, indexes, at, end, size, out, target);
    }
    at = end;
  }
}

/** Copies items indexes[from .. to) out of a stream that begins with item indexes[from]. */
function pick(
  stream: Uint8Array,
  indexes: Uint32Array,
  from: number,
  to: number,
  size: number,
  out: Uint8Array,
  offset: number,
): void {
  const first = indexes[from]!;
  const target = out.byteOffset + offset;
  if (stream.byteOffset % 4 !== 0 || target % 4 !== 0) {
    for (let at = from; at < to; at++) {
      const start = (indexes[at]! - first) * size;
      out.set(stream.subarray(start, start + size), offset + (at - from) * size);
    }
    return;
  }
  // Words instead of a view per item: several times faster for the usual 16 to 48 bytes.
  const words = size / 4;
  const source = new Uint32Array(stream.buffer, stream.byteOffset, stream.length / 4);
  const sink = new Uint32Array(out.buffer, target, (to - from) * words);
  let write = 0;
  for (let at = from; at < to; at++) {
    let read = (indexes[at]! - first) * words;
    for (const end = read + words; read < end; read++) sink[write++] = source[read]!;
  }
}

function derive(label: string, ...parts: readonly Uint8Array[]): Uint8Array {
  const input = Buffer.concat([UTF8.encode(`${label}\0`), ...parts]);
  return new Uint8Array(hash('sha256', input, 'buffer'));
}

function bigEndian32(value: number): Uint8Array {
  return Uint8Array.of(value >>> 24, value >>> 16, value >>> 8, value);
}

function checkName(name: string): string {
  if (name === '' || name.includes('/')) {
    throw new CryptoError('invalid-seed', "a name without '/', not empty", `'${name}'`);
  }
  return name;
}

function checkSize(size: number): number {
  if (!(Number.isInteger(size) && size > 0 && size % BLOCK_SIZE === 0 && size < 2 ** 32)) {
    throw new CryptoError('invalid-seed', 'an item size that is a multiple of 16', `${size}`);
  }
  return size;
}

function checkRange(first: number, count: number): void {
  const whole = Number.isInteger(first) && first >= 0 && Number.isInteger(count) && count >= 0;
  if (!whole || !Number.isSafeInteger(first - 1 + count)) {
    throw new CryptoError(
      'invalid-seed',
      'item numbers up to 2^53 - 1',
      `${first}, ${count} items`,
    );
  }
}

function checkIndexes(indexes: Uint32Array, count: number): void {
  if (!(Number.isInteger(count) && count >= 0 && count <= indexes.length)) {
    throw new CryptoError('invalid-seed', `a count of 0 to ${indexes.length}`, `${count}`);
  }
  for (let at = 1; at < count; at++) {
    if (indexes[at]! <= indexes[at - 1]!) {
      throw new CryptoError('invalid-seed', 'ascending indexes', `a step back at entry ${at}`);
    }
  }
}

function checkRoom(out: Uint8Array, offset: number, size: number): void {
  if (!(Number.isInteger(offset) && offset >= 0 && offset + size <= out.length)) {
    throw new CryptoError(
      'invalid-layout',
      `room for ${size} bytes at ${offset}`,
      `${out.length} bytes`,
    );
  }
}
