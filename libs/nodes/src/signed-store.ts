/**
 * Signed objects in a store: three objects `<name>`, `<name>.avro`-like packets and the signature,
 * written in the order packets, header, signature, so that whoever sees the signature finds the
 * rest. Source: ENPA sections 6.2 (write order), 6.4 (reading order).
 */

import type { ObjectReader, Opened, SignedObject } from '@priolab/roles';
import type { ObjectStore } from '@priolab/runtime';

export const PACKETS = '.packets';
export const SIGNATURE = '.sig';

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
    await store.put(key + PACKETS, packets),
    await store.put(key, header),
    await store.put(key + SIGNATURE, signature),
  ];
  return wrote.includes(true);
}

/** Undefined where the object is not there, or not complete yet. */
export async function readSigned(
  store: ObjectStore,
  key: string,
  reader: ObjectReader,
): Promise<Opened | undefined> {
  const signature = await store.get(key + SIGNATURE);
  if (signature === undefined) return undefined;
  const header = await store.get(key);
  const packets = await store.get(key + PACKETS);
  if (header === undefined || packets === undefined) return undefined;
  return reader.open({ header, packets, signature });
}
