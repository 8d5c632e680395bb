/**
 * Object stores: named byte strings, as cloud buckets have them. An object is written whole or not
 * at all, and never changed: a second write of the same key needs `overwrite`. Keys are listed in
 * the order of their bytes. What is behind the interface (memory, files, a cloud) is another file.
 */

export interface ObjectStat {
  readonly size: number;
  /** When it was written, by the store's clock. */
  readonly writtenMs: number;
}

export interface ObjectStore {
  /**
   * Writes an object.
   * @returns false where the key was there already and `overwrite` is not set: nothing was written
   * @throws TransportError
   */
  put(key: string, bytes: Uint8Array, options?: { readonly overwrite?: boolean }): Promise<boolean>;
  /** Its bytes, not to be modified; undefined where there is none. @throws TransportError */
  get(key: string): Promise<Uint8Array | undefined>;
  stat(key: string): Promise<ObjectStat | undefined>;
  /** Keys that begin with `prefix`, ascending. @throws TransportError */
  list(prefix: string): Promise<readonly string[]>;
  /** Removes an object, if it is there. @throws TransportError */
  delete(key: string): Promise<void>;
}
