/** Reading what may come back changed. */

import { TransportError, createMemoryStore } from '@priolab/runtime';
import type { ObjectStore } from '@priolab/runtime';
import { expect, test } from 'vitest';

import { readStored } from '../src/signed-store.ts';
import { DAY_START_MS } from './fixture.ts';

const isRight = (bytes: Uint8Array): boolean => bytes[0] === 0;

/** A store whose reads bring these, the last one again and again. */
function bringing(reads: readonly (number | undefined)[]): ObjectStore {
  let count = 0;
  const get = (): Promise<Uint8Array | undefined> => {
    const one = reads[Math.min(count++, reads.length - 1)];
    return Promise.resolve(one === undefined ? undefined : Uint8Array.of(one));
  };
  return { ...createMemoryStore({ nowMs: () => DAY_START_MS }), get };
}

test.each<[string, readonly (number | undefined)[], number | undefined]>([
  ['what is right', [0], 0],
  ['what is right in the end', [7, 8, 8, 9, 0], 0],
  ['what is stored wrong', [9, 8, 8, 8], 8],
  ['nothing', [undefined], undefined],
])('%s', async (_, reads, found) => {
  const bytes = await readStored(bringing(reads), 'key', isRight);
  expect(bytes?.[0]).toBe(found);
});

test('what is something else each time is tried again later', async () => {
  const all = Array.from({ length: 100 }, (_, i) => i + 1);
  await expect(readStored(bringing(all), 'key', isRight)).rejects.toThrow(TransportError);
});
