/** The store in files: the contract, what is on the disk, names that lead elsewhere, errors. */

import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test, vi } from 'vitest';

import { toTransportError } from '../../src/stores/file-errors.ts';
import { createFileStore } from '../../src/stores/index.ts';
import { chunks, keepsTheContract, readAll, text, utf8 } from './contract.ts';

const base = mkdtempSync(join(tmpdir(), 'priolab-stores-'));
afterAll(() => rmSync(base, { recursive: true, force: true }));
const freshRoot = () => mkdtempSync(join(base, 'root-'));
const keyError = (code: string) => expect.objectContaining({ name: 'ObjectKeyError', code });

describe('in files', () =>
  keepsTheContract({ open: () => createFileStore({ root: freshRoot() }) }));

test('an object is a file of its bytes, for its owner only', async () => {
  const root = freshRoot();
  const store = createFileStore({ root });
  await store.put('a/b.c', utf8('bytes'));
  expect(readFileSync(join(root, 'a/b.c'), 'utf8')).toBe('bytes');
  expect(statSync(join(root, 'a/b.c')).mode & 0o777).toBe(0o600);
  expect(statSync(join(root, 'a')).mode & 0o777).toBe(0o700);
  expect(statSync(join(root, 'a/b.c')).nlink).toBe(1);
  expect(readdirSync(join(root, '.priolab-unfinished'))).toEqual([]);
});

test('two stores on one root see the same objects', async () => {
  const root = freshRoot();
  const [one, other] = [createFileStore({ root }), createFileStore({ root })];
  const wrote = await Promise.all(
    Array.from({ length: 20 }, (_, index) =>
      (index % 2 === 0 ? one : other).put('x/y/k', utf8(`from ${index}`)),
    ),
  );
  expect(wrote.filter(Boolean)).toHaveLength(1);
  expect(text(await other.get('x/y/k'))).toBe(`from ${wrote.indexOf(true)}`);
});

describe('a name that is a folder and an object', () => {
  test('is refused, and nothing is changed', async () => {
    const store = createFileStore({ root: freshRoot() });
    await store.put('a/b', utf8('one'));
    for (const options of [{}, { overwrite: true }]) {
      await expect(store.put('a', utf8('x'), options)).rejects.toEqual(keyError('key-clash'));
      await expect(store.put('a/b/c', utf8('x'), options)).rejects.toEqual(keyError('key-clash'));
      await expect(store.write('a/b/c/d', chunks(), options)).rejects.toEqual(
        keyError('key-clash'),
      );
    }
    for (const key of ['a', 'a/b/c', 'a/b/c/d']) {
      expect(await store.get(key)).toBeUndefined();
      expect(await store.read(key)).toBeUndefined();
      expect(await store.stat(key)).toBeUndefined();
      await store.delete(key);
      expect(await store.list(`${key}/c/`)).toEqual([]);
    }
    expect(await store.list('')).toEqual(['a/b']);
  });
});

describe('links', () => {
  const withLinks = () => {
    const root = freshRoot();
    const outside = freshRoot();
    writeFileSync(join(outside, 'secret'), 'secret');
    mkdirSync(join(root, 'inner'));
    symlinkSync(outside, join(root, 'folder'));
    symlinkSync(join(outside, 'secret'), join(root, 'file'));
    symlinkSync(join(root, 'inner'), join(root, 'within'));
    symlinkSync('loop', join(root, 'loop'));
    return { outside, store: createFileStore({ root }) };
  };

  test.each(['folder/secret', 'folder/x/y', 'within/k', 'loop/k'])(
    '%s leads through one and is refused',
    async (key) => {
      const { outside, store } = withLinks();
      await expect(store.put(key, utf8('x'))).rejects.toMatchObject({ name: 'ObjectKeyError' });
      await expect(store.put(key, utf8('x'), { overwrite: true })).rejects.toMatchObject({
        name: 'ObjectKeyError',
      });
      if (key !== 'folder/x/y') {
        await expect(store.get(key)).rejects.toEqual(keyError('bad-key'));
        await expect(store.stat(key)).rejects.toEqual(keyError('bad-key'));
        await expect(store.delete(key)).rejects.toEqual(keyError('bad-key'));
        await expect(store.list(key)).rejects.toEqual(keyError('bad-key'));
      }
      expect(readdirSync(outside)).toEqual(['secret']);
    },
  );

  test('one in place of an object is not read, followed or listed', async () => {
    const { outside, store } = withLinks();
    await expect(store.get('file')).rejects.toEqual(keyError('bad-key'));
    expect(await store.stat('file')).toBeUndefined();
    await expect(store.put('file', utf8('x'))).rejects.toEqual(keyError('key-clash'));
    expect(await store.put('file', utf8('x'), { overwrite: true })).toBe(true);
    expect(readFileSync(join(outside, 'secret'), 'utf8')).toBe('secret');
    expect(await store.list('')).toEqual(['file']);
  });

  test('the root itself may be one', async () => {
    const root = freshRoot();
    symlinkSync(root, `${root}-link`);
    const store = createFileStore({ root: `${root}-link` });
    expect(await store.put('a/b', utf8('x'))).toBe(true);
    expect(existsSync(join(root, 'a/b'))).toBe(true);
  });
});

test('a root that is not there is an error until it is, also for a listing', async () => {
  const root = join(base, 'later');
  const store = createFileStore({ root });
  const missing = expect.objectContaining({ code: 'not-found', retryable: false, definite: true });
  await expect(store.put('k', utf8('x'))).rejects.toEqual(missing);
  await expect(store.list('')).rejects.toEqual(missing);
  await expect(store.get('k')).rejects.toEqual(missing);
  mkdirSync(root);
  expect(await store.put('k', utf8('x'))).toBe(true);
  rmSync(root, { recursive: true });
  await expect(store.list('')).rejects.toEqual(missing);
  writeFileSync(join(base, 'file'), 'x');
  const file = createFileStore({ root: join(base, 'file') });
  await expect(file.list('')).rejects.toMatchObject({ code: 'refused' });
});

test('a folder that somebody removed is made again', async () => {
  const root = freshRoot();
  const store = createFileStore({ root });
  await store.put('a/b/one', utf8('1'));
  rmSync(join(root, 'a'), { recursive: true });
  rmSync(join(root, '.priolab-unfinished'), { recursive: true });
  expect(await store.put('a/b/two', utf8('2'))).toBe(true);
  rmSync(join(root, 'a'), { recursive: true });
  expect(await store.put('a/b/three', utf8('3'), { overwrite: true })).toBe(true);
  expect(await store.list('')).toEqual(['a/b/three']);
});

test('an unfinished file that somebody removed is an error that trying again helps', async () => {
  const root = freshRoot();
  const folder = join(root, '.priolab-unfinished');
  const onStep = (step: string) => {
    if (step === 'store.tmp-synced') rmSync(folder, { recursive: true });
  };
  const store = createFileStore({ root, onStep });
  const error = { code: 'unavailable', retryable: true, definite: true };
  await expect(store.put('k', utf8('x'))).rejects.toMatchObject(error);
  expect(await store.list('')).toEqual([]);
});

test('a read goes on with the object that it began with', async () => {
  const store = createFileStore({ root: freshRoot() });
  await store.put('k', new Uint8Array(1_000_000).fill(1));
  const seen = new Set<number>();
  for await (const chunk of (await store.read('k'))!) {
    await store.put('k', new Uint8Array(1_000_000).fill(2), { overwrite: true });
    for (const byte of chunk) seen.add(byte);
  }
  expect([...seen]).toEqual([1]);
  expect((await readAll(store, 'k'))?.bytes[0]).toBe(2);
  const stream = (await store.read('k'))!;
  await store.delete('k');
  await expect(stream[Symbol.asyncIterator]().next()).rejects.toMatchObject({ code: 'not-found' });
});

test('what else lies in the folder is not told', async () => {
  const root = freshRoot();
  const store = createFileStore({ root });
  await store.put('k', utf8('x'));
  writeFileSync(join(root, 'with\\backslash'), 'x');
  mkdirSync(join(root, 'empty'));
  expect(await store.list('')).toEqual(['k']);
});

// The superuser may write everywhere.
test.skipIf(process.getuid?.() === 0)('a folder without permission', async () => {
  const root = freshRoot();
  await createFileStore({ root }).put('k', utf8('x'));
  chmodSync(root, 0o500);
  const store = createFileStore({ root });
  const refused = { code: 'refused', retryable: false, definite: true };
  await expect(store.put('a/k', utf8('x'))).rejects.toMatchObject(refused);
  expect(text(await store.get('k'))).toBe('x');
  chmodSync(root, 0o700);
});

test.each([
  ['ENOSPC', 'full', true],
  ['EDQUOT', 'full', true],
  ['EROFS', 'refused', false],
  ['EACCES', 'refused', false],
  ['EPERM', 'refused', false],
  ['EXDEV', 'refused', false],
  ['ENOENT', 'not-found', false],
  ['EMFILE', 'unavailable', true],
  ['EIO', 'unavailable', true],
  ['ESTALE', 'unavailable', true],
])('%s is %s', (code, expected, retryable) => {
  const error = Object.assign(new Error('x'), { code, syscall: 'write' });
  for (const definite of [true, false]) {
    const mapped = toTransportError(error, { what: 'write k', definite });
    const message = `write k: write failed with ${code}`;
    expect(mapped).toMatchObject({ code: expected, retryable, definite, message, cause: error });
  }
});

test('other errors stay what they are', () => {
  const error = new Error('the source broke');
  expect(toTransportError(error, { what: 'write k', definite: true })).toBe(error);
});

test('bytes and names are on the disk before a write is acknowledged', async () => {
  const root = freshRoot();
  const events: string[] = [];
  const handle = await open(root, 'r');
  const sync = vi.spyOn(Object.getPrototypeOf(handle) as typeof handle, 'sync');
  await handle.close();
  sync.mockImplementation(() => Promise.resolve(void events.push('sync')));
  const onStep = (step: string) => void events.push(step.replace('store.', ''));
  const store = createFileStore({ root, onStep });
  try {
    await store.put('a/k', utf8('x'));
    const folder = ['sync', 'folder-made'];
    const write = ['tmp-written', 'sync', 'tmp-synced', 'linked', 'sync', 'dir-synced'];
    expect(events.splice(0)).toEqual([...folder, ...write]);
    await store.put('a/k', utf8('y'), { overwrite: true });
    expect(events.splice(0)).toEqual(write);
    // Who is told that it is there relies on it too.
    expect(await store.put('a/k', utf8('z'))).toBe(false);
    expect(events.splice(0)).toEqual(['sync']);
    await store.delete('a/k');
    expect(events.splice(0)).toEqual(['sync', 'deleted']);
    // Another store on it can't know whether the folder is on the disk.
    await createFileStore({ root, onStep }).put('a/k', utf8('y'));
    expect(events.splice(0)).toEqual(['sync', ...write]);
  } finally {
    sync.mockRestore();
  }
});

test('steps are told in order, and where one throws nothing is left', async () => {
  const root = freshRoot();
  const steps: string[] = [];
  let failing = '';
  const store = createFileStore({
    root,
    onStep(step, key) {
      steps.push(`${step.replace('store.', '')} ${key}`);
      if (step === failing) throw new Error('stopped here');
    },
  });
  await store.put('a/k', utf8('x'));
  await store.put('a/k', utf8('x'));
  await store.delete('a/k');
  const written = ['tmp-written a/k', 'tmp-synced a/k', 'linked a/k', 'dir-synced a/k'];
  expect(steps).toEqual(['folder-made a/k', ...written, 'deleted a/k']);
  failing = 'store.tmp-synced';
  await expect(store.put('a/k', utf8('x'))).rejects.toThrow('stopped here');
  expect(await store.list('')).toEqual([]);
  expect(readdirSync(join(root, '.priolab-unfinished'))).toEqual([]);
});
