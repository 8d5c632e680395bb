/** What a processor says to its peer, begun by one program and ended by the next. */

import { createMemoryStore } from '@priolab/runtime';
import type { SignedObject } from '@priolab/roles';
import { expect, test } from 'vitest';

import { DamagedNote } from '../../src/notes.ts';
import { readSigned } from '../../src/signed-store.ts';
import type { ProcessorDesk } from '../../src/processor/desk.ts';
import { say } from '../../src/processor/say.ts';
import { DAY_START_MS, readerOf, signerOf } from '../fixture.ts';

const clock = { nowMs: () => DAY_START_MS };
const at = { base: 'window', ending: '.set_0' };
const signer = signerOf('processor/leader');
const messages = [1, 2].map((program) =>
  signer.seal({ kind: 'set', program }, Uint8Array.of(program)),
) as [SignedObject, SignedObject];

function createStores() {
  const state = createMemoryStore(clock);
  const peerValidity = createMemoryStore(clock);
  return { state, peerValidity, desk: { state, peerValidity } as unknown as ProcessorDesk };
}

/** Its store is gone after so many writes. */
function dyingAfter(writes: number, desk: ProcessorDesk): ProcessorDesk {
  let left = writes;
  const dies = (store: ProcessorDesk['state']): ProcessorDesk['state'] => ({
    ...store,
    put: (...args) => (left-- > 0 ? store.put(...args) : Promise.reject(new Error('dead'))),
  });
  return { ...desk, state: dies(desk.state), peerValidity: dies(desk.peerValidity) };
}

test.each([0, 1, 2, 3])('after %d writes another program takes over', async (writes) => {
  const { peerValidity, desk } = createStores();
  await expect(say(dyingAfter(writes, desk), at, messages[0])).rejects.toThrow('dead');
  await say(desk, at, messages[1]);
  const opened = await readSigned(peerValidity, 'window.set_0', readerOf('processor/leader'));
  // Once it is noted what is said, it is said to the end, whoever does it.
  expect(opened).toMatchObject({ ok: true, header: { program: writes === 0 ? 2 : 1 } });
});

test('a note that can’t be read is waited for, and nothing else is said', async () => {
  const { state, peerValidity, desk } = createStores();
  state.putNow('window.said', Uint8Array.of(0x5b));
  await expect(say(desk, at, messages[0])).rejects.toThrow(DamagedNote);
  expect([...peerValidity.objects.keys()]).toEqual([]);
});
