/**
 * The file store in processes that are killed: a failure is an acknowledged object that is missing
 * or not whole, a visible object that is torn, or a living process's unfinished file removed. When
 * a process dies is up to chance; PRIOLAB_STORE_KILLS sets how many do (5).
 */

import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { bundle } from '@priolab/bundle';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { createFileStore } from '../../src/stores/index.ts';
import { bytesOf, keyOf } from '../fixtures/numbered-objects.ts';

const KILLS = Number(process.env['PRIOLAB_STORE_KILLS'] ?? 5);
const base = mkdtempSync(join(tmpdir(), 'priolab-killed-'));
const freshRoot = () => mkdtempSync(join(base, 'root-'));
const unfinished = (root: string) => readdirSync(join(root, '.priolab-unfinished'));

let program = '';
beforeAll(async () => {
  const folder = await bundle({ writer: join(import.meta.dirname, '../fixtures/store-writer.ts') });
  program = fileURLToPath(new URL('writer.js', folder));
});
afterAll(() => rmSync(base, { recursive: true, force: true }));

function start(...args: readonly string[]) {
  const child = spawn(process.execPath, [program, ...args], {
    stdio: ['pipe', 'pipe', 'inherit'],
    timeout: 30_000,
    killSignal: 'SIGKILL',
  });
  const lines: string[] = [];
  let onLine: (() => void) | undefined;
  createInterface(child.stdout).on('line', (line) => {
    lines.push(line);
    onLine?.();
  });
  const firstLine = new Promise<void>((resolve) => (onLine = resolve));
  return { child, lines, firstLine, ended: endOf(child) };
}

const endOf = (child: ChildProcess) =>
  new Promise<NodeJS.Signals | number | null>((resolve) =>
    child.on('close', (code, signal) => resolve(signal ?? code)),
  );

test(`after ${KILLS} kills at random instants every acknowledged object is whole`, async () => {
  const root = freshRoot();
  const acknowledged: number[] = [];
  for (let kill = 0; kill < KILLS; kill++) {
    const { child, lines, firstLine, ended } = start('loop', root, String(kill * 100_000));
    await firstLine;
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 150));
    child.kill('SIGKILL');
    expect(await ended).toBe('SIGKILL');
    acknowledged.push(...lines.map(Number));
  }
  const store = createFileStore({ root });
  const keys = await store.list('');
  expect(keys).toEqual(expect.arrayContaining(acknowledged.map(keyOf)));
  for (const key of keys.filter((one) => one !== 'latest')) {
    const index = Number(/(\d+)\.object$/.exec(key)![1]);
    expect(Buffer.compare((await store.get(key))!, bytesOf(index)), key).toBe(0);
  }
  const latest = Buffer.from((await store.get('latest'))!);
  const written = keys.map((key) => Number(/(\d+)\.object$/.exec(key)?.[1]));
  expect(written.some((index) => latest.equals(bytesOf(index)))).toBe(true);
  // The store that was just opened has tidied up after those that died.
  expect(unfinished(root)).toEqual([]);
});

describe.each([
  { step: 'store.folder-made', isThere: false },
  { step: 'store.tmp-written', isThere: false },
  { step: 'store.tmp-synced', isThere: false },
  { step: 'store.linked', isThere: true },
  { step: 'store.dir-synced', isThere: true },
  { step: 'store.deleted', isThere: false },
])('killed at $step', ({ step, isThere }) => {
  test.each(['', 'overwrite'])('the object is there whole or not at all %s', async (how) => {
    const root = freshRoot();
    const { lines, ended } = start('step', root, step, 'kill', how);
    expect(await ended).toBe('SIGKILL');
    expect(lines.at(-1)).toBe(step);
    const store = createFileStore({ root });
    expect((await store.list('')).length).toBe(isThere ? 1 : 0);
    expect(await store.put(keyOf(1), bytesOf(1))).toBe(!isThere);
    expect(Buffer.compare((await store.get(keyOf(1)))!, bytesOf(1))).toBe(0);
    expect(unfinished(root)).toEqual([]);
  });
});

test('what another living process is writing stays, and is written', async () => {
  const root = freshRoot();
  const { child, lines, firstLine, ended } = start('step', root, 'store.tmp-written', 'wait');
  await firstLine;
  expect(unfinished(root)).toHaveLength(1);
  const store = createFileStore({ root });
  expect(await store.list('')).toEqual([]);
  expect(unfinished(root)).toHaveLength(1);
  child.stdin.end('go on\n');
  expect(await ended).toBe(0);
  expect(lines).toEqual(['store.tmp-written', 'true']);
});

test('files of other machines go when they were not touched for an hour', async () => {
  const root = freshRoot();
  await createFileStore({ root }).list('');
  const folder = join(root, '.priolab-unfinished');
  for (const name of ['elsewhere1-1-1-1-ab', 'elsewhere2-1-1-1-ab', 'not-ours']) {
    writeFileSync(join(folder, name), 'x');
  }
  const twoHoursAgo = Date.now() / 1000 - 7200;
  utimesSync(join(folder, 'elsewhere1-1-1-1-ab'), twoHoursAgo, twoHoursAgo);
  utimesSync(join(folder, 'not-ours'), twoHoursAgo, twoHoursAgo);
  await createFileStore({ root }).list('');
  expect(unfinished(root).sort()).toEqual(['elsewhere2-1-1-1-ab', 'not-ours']);
});
