/** Notes of a party to itself: what is damaged is neither another note nor none. */

import { createMemoryStore } from '@priolab/runtime';
import type { MemoryStore, ObjectStore } from '@priolab/runtime';
import { describe, expect, test } from 'vitest';

import { PLAN } from '../src/ingestion/plans.ts';
import { DamagedNote, encodeNote, putNote, readNote } from '../src/notes.ts';
import { DAY_START_MS } from './fixture.ts';

const KEY = 'plans/1/a/000000';
const createStore = (): MemoryStore => createMemoryStore({ nowMs: () => DAY_START_MS });

test.each([[[]], [['uploads/1/a/b']], [['z', 'a', '"', '\n', '\u{1f600}', 'a']]])(
  '%j comes back as it was written, and is written once',
  async (uploads) => {
    const store = createStore();
    expect(await readNote(store, KEY, PLAN)).toBeUndefined();
    expect(await putNote(store, KEY, PLAN, uploads)).toEqual({ isNew: true, body: uploads });
    const again = await putNote(store, KEY, PLAN, ['other']);
    expect(again).toEqual({ isNew: false, body: uploads });
    expect(await readNote(store, KEY, PLAN)).toEqual(uploads);
  },
);

describe('what is no note of this kind is refused, and may come back right', () => {
  const whole = encodeNote(KEY, ['uploads/1/a/b']);
  const changed = whole.map((_, at) => at);
  test.each<[string, Uint8Array]>([
    ['nothing', new Uint8Array(0)],
    ['half of it', whole.subarray(0, whole.length / 2)],
    ['all but its last byte', whole.subarray(0, -1)],
    ['no text', Uint8Array.of(0xff, 0xfe)],
    ['no digest', Buffer.from(`${KEY}\n["a"]`)],
    ['no list', encodeNote(KEY, { 0: 'a' })],
    ['a list of other things', encodeNote(KEY, ['a', 1])],
    ['null', encodeNote(KEY, null)],
  ])('%s', async (_, bytes) => {
    const store = createStore();
    store.putNow(KEY, bytes);
    const refusal = expect.objectContaining({ retryable: true });
    await expect(readNote(store, KEY, PLAN)).rejects.toEqual(refusal);
    await expect(readNote(store, KEY, PLAN)).rejects.toThrow(/expected a plan: .*, got/);
    await expect(putNote(store, KEY, PLAN, [])).rejects.toThrow(DamagedNote);
    expect(store.objects.get(KEY)!.bytes).toEqual(new Uint8Array(bytes));
  });

  test('each byte that changes', async () => {
    for (const at of changed) {
      const store = createStore();
      store.putNow(
        KEY,
        whole.map((byte, i) => (i === at ? byte ^ 0x20 : byte)),
      );
      await expect(readNote(store, KEY, PLAN)).rejects.toThrow(DamagedNote);
    }
  });

  test('a note that is read right the second time', async () => {
    const store = createStore();
    store.putNow(KEY, whole);
    let reads = 0;
    const once: ObjectStore = {
      ...store,
      get: (key) => (reads++ === 0 ? Promise.resolve(whole.subarray(1)) : store.get(key)),
    };
    expect(await readNote(once, KEY, PLAN)).toEqual(['uploads/1/a/b']);
  });
});

test('a note of another name is no note of this one, and is written over', async () => {
  const store = createStore();
  store.putNow(KEY, encodeNote('plans/1/b/000000', ['uploads/1/b/b']));
  expect(await readNote(store, KEY, PLAN)).toBeUndefined();
  expect(await putNote(store, KEY, PLAN, ['ours'])).toEqual({ isNew: true, body: ['ours'] });
  expect(await readNote(store, KEY, PLAN)).toEqual(['ours']);
});

test.each<[string, (bytes: Uint8Array) => Uint8Array | undefined]>([
  ['torn', (bytes) => bytes.subarray(0, bytes.length / 2)],
  ['lost', () => undefined],
])('a write that is %s is done again', async (_, spoil) => {
  const store = createStore();
  let writes = 0;
  const spoilt: ObjectStore = {
    ...store,
    put(key, bytes, options) {
      const stored = writes++ === 0 ? spoil(bytes) : bytes;
      return stored === undefined ? Promise.resolve(true) : store.put(key, stored, options);
    },
  };
  expect(await putNote(spoilt, KEY, PLAN, ['a'])).toEqual({ isNew: true, body: ['a'] });
  expect(await readNote(store, KEY, PLAN)).toEqual(['a']);
});
