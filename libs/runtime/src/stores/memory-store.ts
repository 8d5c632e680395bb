/**
 * An object store in memory, without delay or fault: the truth behind simulated stores, and a test
 * double. Holds copies: what a writer does with its bytes afterwards changes nothing.
 */

import type { Clock } from '../clock.ts';
import type { ObjectStat, ObjectStore } from './object-store.ts';

/** The same operations at once, and a look inside. */
export interface MemoryStore extends ObjectStore {
  readonly objects: ReadonlyMap<string, StoredObject>;
  putNow(key: string, bytes: Uint8Array, overwrite?: boolean): boolean;
  listNow(prefix: string): string[];
  deleteNow(key: string): boolean;
}

export interface StoredObject extends ObjectStat {
  readonly bytes: Uint8Array;
}

export function createMemoryStore(clock: Clock): MemoryStore {
  const objects = new Map<string, StoredObject>();
  let keys: string[] | undefined;

  const putNow = (key: string, bytes: Uint8Array, overwrite = false): boolean => {
    if (objects.has(key) && !overwrite) return false;
    if (!objects.has(key)) keys = undefined;
    // Not `slice`: that of a Node Buffer is a view.
    objects.set(key, {
      bytes: new Uint8Array(bytes),
      size: bytes.length,
      writtenMs: clock.nowMs(),
    });
    return true;
  };
  const listNow = (prefix: string): string[] => {
    keys ??= [...objects.keys()].sort();
    // In order, so that those with the prefix stand together.
    const from = firstFrom(keys, prefix);
    let to = from;
    while (keys[to]?.startsWith(prefix) === true) to += 1;
    return keys.slice(from, to);
  };
  const deleteNow = (key: string): boolean => {
    keys = undefined;
    return objects.delete(key);
  };

  return {
    objects,
    putNow,
    listNow,
    deleteNow,
    put: (key, bytes, options) => Promise.resolve(putNow(key, bytes, options?.overwrite)),
    get: (key) => Promise.resolve(objects.get(key)?.bytes),
    stat: (key) => Promise.resolve(objects.get(key)),
    list: (prefix) => Promise.resolve(listNow(prefix)),
    delete: (key) => Promise.resolve(void deleteNow(key)),
  };
}

/** Index of the first of the sorted keys that is not before `prefix`. */
function firstFrom(keys: readonly string[], prefix: string): number {
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (keys[middle]! < prefix) low = middle + 1;
    else high = middle;
  }
  return low;
}
