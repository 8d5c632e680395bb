/**
 * The contract of streaming stores in memory: a test double for what runs on files or S3, or a
 * store in chunks made of any other one, whose objects must fit into memory.
 */

import { wallClock, type Clock } from '../clock.ts';
import { createMemoryStore } from './memory-store.ts';
import { checkKey, checkPrefix, sortKeys } from './object-key.ts';
import type { ObjectStore } from './object-store.ts';
import type { StreamingStore } from './streaming-store.ts';

const CHUNK_BYTES = 65_536;

/** An empty store in memory. */
export function createMemoryStreamingStore(clock: Clock = wallClock): StreamingStore {
  return streaming(createMemoryStore(clock));
}

/** The same objects, read and written in chunks too. */
export function streaming(store: ObjectStore): StreamingStore {
  const checked = <T>(key: string, work: () => Promise<T>): Promise<T> => {
    try {
      checkKey(key);
    } catch (error) {
      return Promise.reject(error as Error);
    }
    return work();
  };
  return {
    put: (key, bytes, options) => checked(key, () => store.put(key, bytes, options)),
    get: (key) => checked(key, () => store.get(key)),
    stat: (key) => checked(key, () => store.stat(key)),
    delete: (key) => checked(key, () => store.delete(key)),
    async list(prefix) {
      checkPrefix(prefix);
      return sortKeys([...(await store.list(prefix))]);
    },
    async read(key) {
      checkKey(key);
      const bytes = await store.get(key);
      return bytes === undefined ? undefined : { [Symbol.asyncIterator]: () => chunksOf(bytes) };
    },
    async write(key, chunks, options) {
      checkKey(key);
      const parts: Uint8Array[] = [];
      for await (const chunk of chunks) parts.push(new Uint8Array(chunk));
      return store.put(key, Buffer.concat(parts), options);
    },
  };
}

async function* chunksOf(bytes: Uint8Array): AsyncGenerator<Uint8Array, undefined, undefined> {
  for (let at = 0; at < bytes.length; at += CHUNK_BYTES) {
    yield bytes.subarray(at, at + CHUNK_BYTES);
  }
  return undefined;
}
