/**
 * Signed objects in a store: three objects `<name>`, `<name>.avro`-like packets and the signature,
 * written in the order packets, header, signature, so that whoever sees the signature finds the
 * rest. Source: ENPA sections 6.2 (write order), 6.4 (reading order), 9.2 no. 8 (a store that
 * acknowledges what it did not write).
 */

import type { ObjectReader, Opened, SignedObject } from '@priolab/roles';
import { TransportError } from '@priolab/runtime';
import type { ObjectStore } from '@priolab/runtime';

export const PACKETS = '.packets';
export const SIGNATURE = '.sig';

export const WRITE_ATTEMPTS = 8;
/** Bytes that came back wrong once may come back right. */
export const READ_ATTEMPTS = 3;
/** More where one that never comes back right holds up many. */
export const STORED_ATTEMPTS = 16;

/**
 * Writes what is not there yet and looks whether it is: an acknowledgement alone is not believed.
 * @returns false where it was there
 * @throws TransportError, also where it is not there after some attempts
 */
export async function putDurably(
  store: ObjectStore,
  key: string,
  bytes: Uint8Array,
): Promise<boolean> {
  return (await putAndLook(store, key, bytes)).wrote;
}

/** The same, with the size of what is there then: of a write that went wrong it is another. */
export async function putAndLook(
  store: ObjectStore,
  key: string,
  bytes: Uint8Array,
): Promise<{ readonly wrote: boolean; readonly size: number }> {
  let wrote = false;
  for (let attempt = 0; attempt < WRITE_ATTEMPTS; attempt++) {
    wrote = (await store.put(key, bytes)) || wrote;
    const stat = await store.stat(key);
    if (stat !== undefined) return { wrote, size: stat.size };
  }
  const text = `${key}: expected it to be there after ${WRITE_ATTEMPTS} writes, it is not`;
  throw new TransportError('unavailable', text, { retryable: true, definite: false });
}

/**
 * Writes what is not there yet: a writer that crashed half way goes on where it was.
 * @returns false where all three were there
 */
export async function writeSigned(
  store: ObjectStore,
  key: string,
  { header, packets, signature }: SignedObject,
): Promise<boolean> {
  const wrote = [
    await putDurably(store, key + PACKETS, packets),
    await putDurably(store, key, header),
    await putDurably(store, key + SIGNATURE, signature),
  ];
  return wrote.includes(true);
}

/**
 * What is stored, by bytes that are right or came back the same each of `READ_ATTEMPTS` times in a
 * row; undefined where nothing is.
 * @throws TransportError, to be tried again, where they come back differently
 */
export async function readStored(
  store: ObjectStore,
  key: string,
  isRight: (bytes: Uint8Array) => boolean,
): Promise<Uint8Array | undefined> {
  let last: Uint8Array | undefined;
  let times = 0;
  for (let attempt = 0; attempt < STORED_ATTEMPTS; attempt++) {
    const bytes = await store.get(key);
    if (bytes === undefined || isRight(bytes)) return bytes;
    const isSame = last !== undefined && Buffer.compare(bytes, last) === 0;
    times = isSame ? times + 1 : 1;
    if (times === READ_ATTEMPTS) return bytes;
    last = bytes;
  }
  const text = `${key}: expected what is stored, got other bytes each of ${STORED_ATTEMPTS} times`;
  throw new TransportError('unavailable', text, { retryable: true, definite: true });
}

/** Undefined where the object is not there, or not complete yet. */
export async function readSigned(
  store: ObjectStore,
  key: string,
  reader: ObjectReader,
): Promise<Opened | undefined> {
  for (let attempt = 1; ; attempt++) {
    const signature = await store.get(key + SIGNATURE);
    if (signature === undefined) return undefined;
    const header = await store.get(key);
    const packets = await store.get(key + PACKETS);
    if (header === undefined || packets === undefined) return undefined;
    const opened = reader.open({ header, packets, signature });
    if (opened.ok || attempt === READ_ATTEMPTS) return opened;
  }
}
