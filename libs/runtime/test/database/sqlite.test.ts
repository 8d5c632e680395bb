/** The file, its one process, and what becomes of it when that process is killed. */

import { bundle } from '@priolab/bundle';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createDurableQueue, openDatabase } from '../../src/database/index.ts';
import { open, temporaryFolder } from '../fixtures/databases.ts';

/** From a bundle, as programs start: the packages with native code must be found from there. */
const folder = await bundle({ process: new URL('../fixtures/state-process.ts', import.meta.url) });
const program = fileURLToPath(new URL('process.js', folder));

const newPath = (): string => join(temporaryFolder(), 'state.db');

const modeOf = (path: string): number => statSync(path).mode & 0o777;

test('the files are for their owner alone, also one that was not', async () => {
  const path = newPath();
  const first = await openDatabase(`sqlite:${path}`);
  await first.execute('CREATE TABLE item (n BIGINT)');
  expect(modeOf(path)).toBe(0o600);
  expect(modeOf(`${path}-wal`)).toBe(0o600);
  await first.close();
  chmodSync(path, 0o644);
  await open(`sqlite:${path}`);
  expect(modeOf(path)).toBe(0o600);
});

test('commits are synced', async () => {
  const database = await open(`sqlite:${newPath()}`);
  expect(await database.query('PRAGMA journal_mode')).toEqual([{ journal_mode: 'wal' }]);
  expect(await database.query('PRAGMA synchronous')).toEqual([{ synchronous: 2 }]);
});

test('a second process is refused, and not once the first has been killed', async () => {
  const path = newPath();
  const first = spawn(process.execPath, [program, 'hold', `sqlite:${path}`], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void first.kill('SIGKILL'));
  expect(await once(createInterface(first.stdout), 'line')).toEqual(['open']);
  const refused = await openDatabase(`sqlite:${path}`).catch((error: unknown) => error);
  expect(refused).toMatchObject({ code: 'unavailable', retryable: true, definite: true });
  expect(String(refused)).toContain(`another process uses database ${path}`);
  first.kill('SIGKILL');
  await once(first, 'close');
  const database = await open(`sqlite:${path}`);
  expect(await database.query('SELECT 1 AS n')).toEqual([{ n: 1 }]);
});

test('a second opening in one process is refused, and leaves the first its lock', async () => {
  const path = newPath();
  await open(`sqlite:${path}`);
  await expect(openDatabase(`sqlite:${path}`)).rejects.toMatchObject({ code: 'unavailable' });
  const other = spawnSync(process.execPath, [program, 'work', `sqlite:${path}`]);
  expect(String(other.stdout)).toContain('another process uses');
});

test('killed at any step, nothing acknowledged is lost and nothing is done twice', async () => {
  const path = newPath();
  const said: string[] = [];
  const run = (...words: string[]) => {
    const child = spawnSync(process.execPath, [program, 'work', `sqlite:${path}`, ...words]);
    said.push(...String(child.stdout).split('\n'));
    return child.signal ?? child.status;
  };
  const steps = ['added', 'taken', 'inserted', 'ended', 'done'];
  for (const step of steps) expect(run(step, '2'), step).toBe('SIGKILL');
  expect(run()).toBe(0);

  const acknowledged = (verb: string): string[] =>
    said.filter((line) => line.startsWith(verb)).map((line) => line.slice(verb.length + 1));
  const database = await open(`sqlite:${path}`);
  const tasks = await database.query<{ id: string; state: string }>('SELECT id, state FROM task');
  const results = await database.query<{ id: string }>('SELECT id FROM result');
  const ids = tasks.map(({ id }) => id).toSorted();
  expect(ids.length).toBeGreaterThanOrEqual(2 + 4 * 4);
  expect(ids).toEqual(expect.arrayContaining(acknowledged('added')));
  expect(tasks.filter(({ state }) => state !== 'done')).toEqual([]);
  expect(results.map(({ id }) => id).toSorted()).toEqual(ids);
  expect(ids).toEqual(expect.arrayContaining(acknowledged('done')));
});

test('leases of a process that is gone end at the start of the next', async () => {
  const url = `sqlite:${newPath()}`;
  const options = { leaseMs: 600_000, attemptsMax: 5 };
  const first = await openDatabase(url);
  const before = await createDurableQueue(first, options);
  await before.add('a', 'job', '');
  expect((await before.take(0))?.attempt).toBe(1);
  await first.close();
  const after = await createDurableQueue(await open(url), options);
  expect((await after.take(1))?.attempt).toBe(2);
});

describe('a file that can not be used', () => {
  test('a full disk is full, and what was there stays', async () => {
    const database = await open(`sqlite:${newPath()}`);
    await database.execute('CREATE TABLE item (b BYTEA)');
    await database.execute('INSERT INTO item VALUES ($1)', [new Uint8Array(10)]);
    await database.query('PRAGMA max_page_count = 10');
    const filling = database.transaction(async (tx) => {
      await tx.execute('INSERT INTO item VALUES ($1)', [new Uint8Array(1000)]);
      await tx.execute('INSERT INTO item VALUES ($1)', [new Uint8Array(100_000)]);
    });
    await expect(filling).rejects.toMatchObject({ code: 'full', retryable: true, definite: true });
    const sql = 'SELECT length(b) AS size FROM item';
    expect(await database.query(sql)).toEqual([{ size: 10 }]);
    await database.query('PRAGMA max_page_count = 1000');
    await database.execute('INSERT INTO item VALUES ($1)', [new Uint8Array(100_000)]);
    expect(await database.query(sql)).toHaveLength(2);
  });

  test('read-only is refused', async () => {
    const database = await open(`sqlite:${newPath()}`);
    await database.execute('CREATE TABLE item (n BIGINT)');
    await database.query('PRAGMA query_only = 1');
    const error = { name: 'TransportError', code: 'refused', retryable: false, definite: true };
    await expect(database.execute('INSERT INTO item VALUES (1)')).rejects.toMatchObject(error);
  });

  test('a folder that is not there is not found', async () => {
    const url = `sqlite:${join(temporaryFolder(), 'missing', 'state.db')}`;
    await expect(openDatabase(url)).rejects.toMatchObject({ code: 'not-found', retryable: false });
  });

  test('something else than a database is corrupt', async () => {
    const path = newPath();
    writeFileSync(path, 'not a database, though as long as a header of one is. '.repeat(50));
    const error = { code: 'corrupt', retryable: false, definite: true };
    await expect(openDatabase(`sqlite:${path}`)).rejects.toMatchObject(error);
  });
});

test('who waits too long for a transaction is told', async () => {
  const database = await open('sqlite::memory:', { timeoutMs: 20 });
  const nested = database.transaction(() => database.query('SELECT 1'));
  await expect(nested).rejects.toMatchObject({ code: 'timeout', retryable: true, definite: true });
  expect(await database.query('SELECT 1 AS n')).toEqual([{ n: 1 }]);
});
