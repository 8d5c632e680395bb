/** What every streaming store keeps, as tests on one that is given. */

import fc from 'fast-check';
import { expect, test } from 'vitest';

import type { StreamingStore } from '../../src/stores/index.ts';

export interface Subject {
  /** An empty store. */
  open(): Promise<StreamingStore> | StreamingStore;
  /** A store that does what is asked at once, or by requests of some ms each. */
  readonly isRemote?: boolean;
  /** Whether several at once may try the same key. */
  readonly isAtomic?: boolean;
}

export const utf8 = (text: string) => new TextEncoder().encode(text);
export const text = (bytes: Uint8Array | undefined) => bytes && new TextDecoder().decode(bytes);

// eslint-disable-next-line typescript/require-await
export async function* chunks(...parts: readonly (Uint8Array | Error)[]) {
  for (const part of parts) {
    if (part instanceof Error) throw part;
    yield part;
  }
}

/** All that the store reads of an object, and the size of the largest chunk. */
export async function readAll(store: StreamingStore, key: string) {
  const stream = await store.read(key);
  if (stream === undefined) return undefined;
  const parts: Uint8Array[] = [];
  for await (const chunk of stream) parts.push(Uint8Array.from(chunk));
  const largest = Math.max(0, ...parts.map((part) => part.length));
  return { bytes: new Uint8Array(Buffer.concat(parts)), largest };
}

/** Bytes that differ from place to place. */
export function pattern(size: number, seed = 1): Uint8Array {
  const words = new Uint32Array(Math.ceil(size / 4));
  let state = seed >>> 0;
  for (let index = 0; index < words.length; index++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    words[index] = state;
  }
  return new Uint8Array(words.buffer, 0, size);
}

export function keepsTheContract(subject: Subject): void {
  objectsTests(subject);
  keyTests(subject);
  streamTests(subject);
}

function objectsTests({ open, isAtomic = true }: Subject): void {
  test('an object is there after it was put, whole, and not before', async () => {
    const store = await open();
    expect(await store.get('a/b')).toBeUndefined();
    expect(await store.read('a/b')).toBeUndefined();
    expect(await store.stat('a/b')).toBeUndefined();
    const bytes = pattern(70_000);
    const before = Date.now();
    expect(await store.put('a/b', bytes)).toBe(true);
    const kept = Uint8Array.from(bytes);
    bytes.fill(0);
    expect(Buffer.compare((await store.get('a/b'))!, kept)).toBe(0);
    const stat = await store.stat('a/b');
    expect(stat?.size).toBe(70_000);
    // Stores tell whole seconds, or their own clock's ms.
    expect(Math.abs(stat!.writtenMs - before)).toBeLessThan(60_000);
  });

  test('a second put changes nothing, unless it overwrites', async () => {
    const store = await open();
    expect(await store.put('k', utf8('one'))).toBe(true);
    expect(await store.put('k', utf8('two'))).toBe(false);
    expect(await store.write('k', chunks(utf8('three')))).toBe(false);
    expect(text(await store.get('k'))).toBe('one');
    expect(await store.put('k', utf8('longer than it was'), { overwrite: true })).toBe(true);
    expect(text(await store.get('k'))).toBe('longer than it was');
    expect(await store.write('k', chunks(utf8('4')), { overwrite: true })).toBe(true);
    expect(text(await store.get('k'))).toBe('4');
    expect(await store.put('new', utf8('5'), { overwrite: true })).toBe(true);
  });

  test('of writers at once exactly one wins, and its object is whole', async (context) => {
    if (!isAtomic) context.skip();
    const store = await open();
    for (const round of [0, 1, 2]) {
      const wrote = await Promise.all(
        Array.from({ length: 8 }, (_, index) => {
          const bytes = pattern(10_000, index + 1);
          const key = `folder ${round}/k`;
          return index % 2 === 0 ? store.put(key, bytes) : store.write(key, chunks(bytes));
        }),
      );
      expect(wrote.filter(Boolean)).toHaveLength(1);
      const winner = wrote.indexOf(true);
      expect(
        Buffer.compare((await store.get(`folder ${round}/k`))!, pattern(10_000, winner + 1)),
      ).toBe(0);
    }
  });

  test('an object without bytes is one', async () => {
    const store = await open();
    expect(await store.put('put', new Uint8Array(0))).toBe(true);
    expect(await store.write('written', chunks())).toBe(true);
    expect(await store.write('in chunks', chunks(new Uint8Array(0), new Uint8Array(0)))).toBe(true);
    expect(await store.put('put', utf8('x'))).toBe(false);
    for (const key of ['put', 'written', 'in chunks']) {
      expect(await store.get(key)).toHaveLength(0);
      expect((await readAll(store, key))?.bytes).toHaveLength(0);
      expect((await store.stat(key))?.size).toBe(0);
    }
    expect(await store.list('')).toEqual(['in chunks', 'put', 'written']);
  });

  test('a deleted object is gone, and may be put again; one that is not there too', async () => {
    const store = await open();
    await store.delete('x/y/z');
    await store.put('x/y/z', utf8('one'));
    await store.delete('x/y/z');
    await store.delete('x/y/z');
    expect(await store.get('x/y/z')).toBeUndefined();
    expect(await store.stat('x/y/z')).toBeUndefined();
    expect(await store.list('')).toEqual([]);
    expect(await store.put('x/y/z', utf8('two'))).toBe(true);
    expect(text(await store.get('x/y/z'))).toBe('two');
  });
}

function keyTests({ open, isRemote = false }: Subject): void {
  test('keys of any characters name their object', async () => {
    const store = await open();
    const keys = [
      ' ', '~', '%', '%2e%2e', 'a+b c', "quote'\"`", 'ünï😀\uffee', '<&>;', '#?=&x', '...',
      '..a', 'a:b*|', '-rf', 'line\nfeed', 'x'.repeat(200), 'deep/er/than/one', '.hidden/.b',
      '(!)@$,[]^',
    ]; // prettier-ignore
    for (const key of keys) expect(await store.put(key, utf8(key)), key).toBe(true);
    for (const key of keys) expect(text(await store.get(key)), key).toBe(key);
    expect(new Set(await store.list(''))).toEqual(new Set(keys));
    for (const key of keys) expect((await store.list(key))[0]).toBe(key);
  });

  test.each([
    '', '/', '/a', 'a/', 'a//b', '.', '..', '../a', 'a/../b', 'a/./b', 'a/..', 'a\0b', 'a\\b',
    '..\\a', '\ud800', 'x'.repeat(256), 'é'.repeat(128), `${'x/'.repeat(600)}x`,
    '.priolab-unfinished', '.priolab-unfinished/a',
  ])('the key %j is refused by every operation', async (key) => {
    const store = await open();
    const refused = expect.objectContaining({ name: 'ObjectKeyError', code: 'bad-key' });
    await expect(store.put(key, utf8('x'))).rejects.toEqual(refused);
    await expect(store.write(key, chunks(utf8('x')))).rejects.toEqual(refused);
    await expect(store.get(key)).rejects.toEqual(refused);
    await expect(store.read(key)).rejects.toEqual(refused);
    await expect(store.stat(key)).rejects.toEqual(refused);
    await expect(store.delete(key)).rejects.toEqual(refused);
    expect(await store.list('')).toEqual([]);
  }); // prettier-ignore

  test('a listing has all keys with the prefix, by their bytes, and no other', async () => {
    const segment = fc.string({
      unit: fc.constantFrom('a', 'b', '0', '-', '.', '\u{1f600}', '\uffee'),
      minLength: 1,
      maxLength: 3,
    });
    const key = fc
      .array(segment, { minLength: 1, maxLength: 3 })
      // A file store can't have a folder of the name of an object: objects end in `.o`.
      .map((segments) => `${segments.join('/')}.o`)
      .filter((one) => !one.split('/').some((name) => name === '.' || name === '..'))
      .filter((one) => !one.includes('.o/'));
    const cases = { numRuns: isRemote ? 4 : 30 };
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(key, { maxLength: 12 }), key, async (keys, other) => {
        const store = await open();
        for (const one of keys) await store.put(one, utf8(one));
        const sorted = keys.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
        const prefixes = ['', other.slice(0, 2), ...keys.slice(0, 3).map((one) => one.slice(0, 3))];
        for (const prefix of prefixes.filter((one) => !/\p{Surrogate}|\/\//u.test(one))) {
          const expected = sorted.filter((one) => one.startsWith(prefix));
          expect(await store.list(prefix), prefix).toEqual(expected);
        }
      }),
      cases,
    );
  });
}

function streamTests({ open, isRemote = false }: Subject): void {
  test('chunks of any sizes are one object, read in chunks that are not large', async () => {
    const store = await open();
    const sizes = [0, 1, 700_000, 3, 65_536, 0, 1_500_000, 7];
    const bytes = pattern(sizes.reduce((sum, size) => sum + size, 0));
    let at = 0;
    const parts = sizes.map((size) => bytes.slice(at, (at += size)));
    expect(await store.write('big', chunks(...parts))).toBe(true);
    const read = await readAll(store, 'big');
    expect(Buffer.compare(read!.bytes, bytes)).toBe(0);
    expect(read!.largest).toBeLessThanOrEqual(1_048_576);
    expect(Buffer.compare((await store.get('big'))!, bytes)).toBe(0);
  });

  test('chunks may be used again by who made them', async () => {
    const store = await open();
    const one = new Uint8Array(100_000);
    async function* reused() {
      for (let index = 0; index < 30; index++) {
        one.fill(index);
        yield one;
        await Promise.resolve();
      }
    }
    await store.write('k', reused());
    const bytes = (await store.get('k'))!;
    expect(bytes).toHaveLength(3_000_000);
    for (let index = 0; index < 30; index++) {
      const part = bytes.subarray(index * 100_000, (index + 1) * 100_000);
      expect(part.every((byte) => byte === index)).toBe(true);
    }
  });

  test('a write whose chunks end in an error leaves nothing, and throws that error', async () => {
    const store = await open();
    const failure = new Error('the source broke');
    for (const size of [0, 10, 2_000_000]) {
      await expect(store.write('k', chunks(pattern(size), failure))).rejects.toBe(failure);
      expect(await store.get('k')).toBeUndefined();
      expect(await store.list('')).toEqual([]);
    }
    await store.put('k', utf8('old'));
    const options = { overwrite: true };
    await expect(store.write('k', chunks(utf8('new'), failure), options)).rejects.toBe(failure);
    expect(text(await store.get('k'))).toBe('old');
  });

  test('nothing is seen of a write before its last chunk', async () => {
    const store = await open();
    const seen: unknown[] = [];
    async function* watched() {
      for (let index = 0; index < 3; index++) {
        yield pattern(isRemote ? 300_000 : 600_000);
        seen.push(await store.get('a/k'), await store.stat('a/k'), ...(await store.list('')));
      }
    }
    expect(await store.write('a/k', watched())).toBe(true);
    expect(seen).toEqual(Array.from({ length: 6 }, () => undefined));
    expect(await store.list('a/')).toEqual(['a/k']);
  });

  test('a read may be left early, begun again, or never begun', async () => {
    const store = await open();
    await store.put('k', pattern(2_000_000));
    const stream = (await store.read('k'))!;
    for await (const chunk of stream) {
      expect(chunk.length).toBeGreaterThan(0);
      break;
    }
    let size = 0;
    for await (const chunk of stream) size += chunk.length;
    expect(size).toBe(2_000_000);
    await store.read('k');
  });
}
