/** PostgreSQL behind a proxy: away, back, cut off in the middle; and several who use it at once. */

import { bundle } from '@priolab/bundle';
import { spawnSync } from 'node:child_process';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { openDatabase } from '../../src/database/index.ts';
import { newSchemaUrl, open, server, skipReason } from '../fixtures/databases.ts';
import { startProxy } from '../fixtures/proxy.ts';

async function openBehindProxy(options?: { timeoutMs: number }) {
  const proxy = await startProxy(new URL(server ?? ''));
  const database = await open(newSchemaUrl(proxy.host), options);
  await database.execute('CREATE TABLE item (n BIGINT PRIMARY KEY)');
  const items = async (): Promise<unknown[]> =>
    (await database.query<{ n: number }>('SELECT n FROM item ORDER BY n')).map(({ n }) => n);
  return { proxy, database, items };
}

const errorOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => 'no error',
    (error: unknown) => error,
  );

describe.skipIf(server === undefined)(`PostgreSQL${skipReason}`, () => {
  test('a server that is gone is unavailable, and used again when it is back', async () => {
    const { proxy, database, items } = await openBehindProxy();
    await database.execute('INSERT INTO item VALUES (1)');
    proxy.cut();
    // The connection breaks while nobody waits for it, which must not end this process.
    await setTimeout(100);
    const gone = await errorOf(database.execute('INSERT INTO item VALUES (2)'));
    expect(gone).toMatchObject({ code: 'unavailable', retryable: true, definite: true });
    const atOpen = await errorOf(openDatabase(newSchemaUrl(proxy.host)));
    expect(atOpen).toMatchObject({ code: 'unavailable', retryable: true, definite: true });
    proxy.restore();
    await database.execute('INSERT INTO item VALUES (3)');
    expect(await items()).toEqual([1, 3]);
  });

  test('a transaction that loses its connection before the commit did not happen', async () => {
    const { proxy, database, items } = await openBehindProxy();
    const losing = database.transaction(async (tx) => {
      await tx.execute('INSERT INTO item VALUES (1)');
      proxy.cut();
      await tx.execute('INSERT INTO item VALUES (2)');
    });
    const error = { code: 'unavailable', retryable: true, definite: true };
    expect(await errorOf(losing)).toMatchObject(error);
    proxy.restore();
    expect(await items()).toEqual([]);
  });

  test('a commit whose answer is lost may have happened, and here it has', async () => {
    const { proxy, database, items } = await openBehindProxy();
    proxy.cutAfter('COMMIT');
    const losing = database.transaction((tx) => tx.execute('INSERT INTO item VALUES (1)'));
    const error = { code: 'unavailable', retryable: true, definite: false };
    expect(await errorOf(losing)).toMatchObject(error);
    proxy.restore();
    expect(await items()).toEqual([1]);
  });

  test('so may a statement of its own', async () => {
    const { proxy, database, items } = await openBehindProxy();
    proxy.cutAfter('INSERT');
    const losing = await errorOf(database.execute('INSERT INTO item VALUES (1)'));
    expect(losing).toMatchObject({ code: 'unavailable', definite: false });
    proxy.restore();
    expect(await items()).toEqual([1]);
  });

  test('a statement that takes too long is stopped by the server', async () => {
    const database = await open(newSchemaUrl(), { timeoutMs: 50 });
    const slow = await errorOf(database.query('SELECT pg_sleep(30)'));
    expect(slow).toMatchObject({ code: 'timeout', retryable: true, definite: true });
  });

  test('a server that has fallen silent is given up', async () => {
    const { proxy, database, items } = await openBehindProxy({ timeoutMs: 100 });
    proxy.goSilentAfter('INSERT');
    const silent = await errorOf(database.execute('INSERT INTO item VALUES (1)'));
    expect(silent).toMatchObject({ code: 'timeout', retryable: true, definite: false });
    proxy.restore();
    expect(await items()).toEqual([1]);
  });

  test('a connection that the server ends is replaced', async () => {
    const { database, items } = await openBehindProxy();
    const ended = database.transaction(async (tx) => {
      await tx.execute('INSERT INTO item VALUES (1)');
      await tx.query('SELECT pg_terminate_backend(pg_backend_pid())');
    });
    expect(await errorOf(ended)).toMatchObject({ code: 'unavailable', definite: true });
    expect(await items()).toEqual([]);
  });

  test('of serializable transactions that contradict each other one fails', async () => {
    const { database } = await openBehindProxy();
    const countThenInsert = (n: number) =>
      database.transaction(
        async (tx) => {
          const [row] = await tx.query<{ number: number }>('SELECT count(*) AS number FROM item');
          arrived += 1;
          if (arrived === 2) bothHaveRead();
          await haveRead;
          await tx.execute('INSERT INTO item VALUES ($1)', [n * 10 + (row?.number ?? 0)]);
        },
        { serializable: true },
      );
    let arrived = 0;
    let bothHaveRead = (): void => undefined;
    const haveRead = new Promise<void>((resolve) => (bothHaveRead = resolve));
    const ends = await Promise.allSettled([countThenInsert(1), countThenInsert(2)]);
    const failed = ends.filter(({ status }) => status === 'rejected');
    expect(failed).toHaveLength(1);
    const error = { code: 'unavailable', retryable: true, definite: true };
    expect(failed[0]).toMatchObject({ reason: error });
  });

  test('schemas keep databases apart, and a wrong name is refused', async () => {
    const [one, other] = [await open(newSchemaUrl()), await open(newSchemaUrl())];
    await one.execute('CREATE TABLE item (n BIGINT)');
    expect(await errorOf(other.query('SELECT n FROM item'))).toMatchObject({ name: 'SqlError' });
    const wrong = openDatabase(`${server}?schema=Robert');DROP`);
    expect(await errorOf(wrong)).toBeInstanceOf(RangeError);
  });

  test('a program that starts from a bundle finds its package', async () => {
    const entry = new URL('../fixtures/state-process.ts', import.meta.url);
    const program = fileURLToPath(new URL('process.js', await bundle({ process: entry })));
    const child = spawnSync(process.execPath, [program, 'work', newSchemaUrl(), 'none', '1']);
    expect(String(child.stdout)).toContain('done none-1-3');
    expect(child.status).toBe(0);
  });

  test('a read-only session is refused, and so is a database that is not there', async () => {
    const database = await open(newSchemaUrl());
    const writing = database.transaction(async (tx) => {
      await tx.execute('SET TRANSACTION READ ONLY');
      await tx.execute('CREATE TABLE item (n BIGINT)');
    });
    expect(await errorOf(writing)).toMatchObject({ code: 'refused', retryable: false });
    const missing = new URL(server ?? '');
    missing.pathname = '/missing';
    expect(await errorOf(openDatabase(missing.href))).toMatchObject({ code: 'refused' });
  });
});

test('an error holds no password', async () => {
  const error = await errorOf(openDatabase('postgres://me:secret@127.0.0.1:1/db'));
  expect(error).toMatchObject({ code: 'unavailable', retryable: true, definite: true });
  expect(String(error)).toContain('127.0.0.1:1');
  expect(String(error)).not.toContain('secret');
});
