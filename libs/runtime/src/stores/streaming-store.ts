/**
 * Stores whose objects may be larger than memory: read and written in chunks, beside the operations
 * of an object store. One contract, kept by memory, files and S3, and tested on each.
 */

import type { ObjectStore } from './object-store.ts';

/** Keys are those that `checkKey` takes; other ones throw `ObjectKeyError`. */
export interface StreamingStore extends ObjectStore {
  /**
   * Its bytes in chunks, from the beginning each time it is iterated; undefined where there is
   * none. A chunk is valid until the next one is asked for: its memory is used again. Nothing is
   * held open before or after an iteration, so that it may be left unread.
   * @throws TransportError, while it is iterated too
   */
  read(key: string): Promise<AsyncIterable<Uint8Array> | undefined>;
  /**
   * Writes an object of any size. Nothing is visible before the last chunk is durable; where the
   * chunks end in an error, nothing ever is, and that error is thrown. Chunks are copied.
   * @returns false where the key was there already and `overwrite` is not set: nothing was written,
   * and perhaps not all chunks, or none, were asked for
   * @throws TransportError
   */
  write(key: string, chunks: AsyncIterable<Uint8Array>, options?: PutOptions): Promise<boolean>;
}

export interface PutOptions {
  readonly overwrite?: boolean;
}

/**
 * Called after each step of a write that a crash may follow, such as 'store.linked'; the write goes
 * on when it returns. For tests that kill a process at each of them.
 */
export type OnStoreStep = (step: string, key: string) => void | Promise<void>;
