/** What both databases do the same way. */

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createTables, insertNew, openDatabase } from '../../src/database/index.ts';
import { engines, open } from '../fixtures/databases.ts';

describe.each(engines)('values on $name', ({ isMissing, newUrl }) => {
  const check = test.skipIf(isMissing);

  check('values come back as they were put in', async () => {
    const database = await open(newUrl());
    await database.execute('CREATE TABLE item (n BIGINT, t TEXT, b BYTEA)');
    const bytes = Uint8Array.of(0, 1, 127, 128, 255);
    const items = [
      { n: 5, t: 'über $1', b: bytes },
      { n: -1, t: '', b: new Uint8Array(0) },
      { n: Number.MAX_SAFE_INTEGER, t: '5', b: null },
      { n: 2n ** 53n, t: 'b', b: null },
      { n: -(2n ** 63n), t: null, b: null },
    ];
    for (const { n, t, b } of items) {
      expect(await database.execute('INSERT INTO item VALUES ($1, $2, $3)', [n, t, b])).toBe(1);
    }
    const rows = await database.query<{ n: unknown; t: unknown; b: unknown }>(
      'SELECT n, t, b FROM item',
    );
    expect(rows).toStrictEqual(items);
    expect(await database.query('SELECT n FROM item WHERE b = $1', [bytes])).toEqual([{ n: 5 }]);
  });

  check('sums, counts and numbers in columns of text read alike', async () => {
    const database = await open(newUrl());
    await database.execute('CREATE TABLE item (n BIGINT, t TEXT)');
    await database.execute('INSERT INTO item VALUES ($1, $2), (2, $3)', [1, 7, 2n ** 60n]);
    const sql = `SELECT sum(n) AS total, count(*) AS number, max(t) AS text,
      max('$1') AS quoted FROM item WHERE n > $1`;
    const row = { total: 3, number: 2, text: '7', quoted: '$1' };
    expect(await database.query(sql, [0])).toEqual([row]);
    const returning = 'INSERT INTO item VALUES ($1, $2) RETURNING n, t';
    expect(await database.query(returning, [3, 9])).toEqual([{ n: 3, t: '9' }]);
  });

  check('a placeholder may come twice, and in any order', async () => {
    const database = await open(newUrl());
    await database.execute('CREATE TABLE item (a TEXT, b TEXT, c TEXT)');
    await database.execute('INSERT INTO item VALUES ($2, $1, $2)', ['one', 'two']);
    expect(await database.query('SELECT * FROM item')).toEqual([{ a: 'two', b: 'one', c: 'two' }]);
  });
});

describe.each(engines)('transactions on $name', ({ isMissing, newUrl }) => {
  const check = test.skipIf(isMissing);

  check('a transaction is all or nothing', async () => {
    const database = await open(newUrl());
    await database.execute('CREATE TABLE item (n BIGINT PRIMARY KEY)');
    const insert = 'INSERT INTO item VALUES ($1)';
    const total = await database.transaction(async (tx) => {
      await tx.execute(insert, [1]);
      await tx.execute(insert, [2]);
      return (await tx.query('SELECT n FROM item')).length;
    });
    expect(total).toBe(2);
    const failure = new Error('changed my mind');
    const failing = database.transaction(async (tx) => {
      await tx.execute(insert, [3]);
      throw failure;
    });
    await expect(failing).rejects.toBe(failure);
    expect(await database.query('SELECT n FROM item ORDER BY n')).toEqual([{ n: 1 }, { n: 2 }]);
  });

  check('a statement that failed ends its transaction, also where that is ignored', async () => {
    const database = await open(newUrl());
    await database.execute('CREATE TABLE item (n BIGINT PRIMARY KEY)');
    const ignoring = database.transaction(async (tx) => {
      await tx.execute('INSERT INTO item VALUES (1)');
      await tx.execute('INSERT INTO item VALUES (1)').catch(() => undefined);
    });
    await expect(ignoring).rejects.toMatchObject({ name: 'SqlError', code: 'constraint' });
    expect(await database.query('SELECT n FROM item')).toEqual([]);
  });

  check('a transaction that is over takes no statement', async () => {
    const database = await open(newUrl());
    const tx = await database.transaction(async (inner) => inner);
    await expect(tx.query('SELECT 1')).rejects.toThrow('the transaction is over');
  });

  check('transactions at once do not mix', async () => {
    const database = await open(newUrl());
    await database.execute('CREATE TABLE item (id BIGINT)');
    const transactions = Array.from({ length: 12 }, (_, id) =>
      database.transaction(async (tx) => {
        await tx.execute('INSERT INTO item VALUES ($1)', [id]);
        await tx.execute('INSERT INTO item VALUES ($1)', [id]);
        if (id % 3 === 0) throw new Error('no');
      }),
    );
    await Promise.allSettled(transactions);
    const sql = 'SELECT id, count(*) AS number FROM item GROUP BY id ORDER BY id';
    const kept = [1, 2, 4, 5, 7, 8, 10, 11].map((id) => ({ id, number: 2 }));
    expect(await database.query(sql)).toEqual(kept);
  });

  check('an error names no value', async () => {
    const database = await open(newUrl());
    await database.execute('CREATE TABLE item (t TEXT PRIMARY KEY, n BIGINT)');
    const insert = 'INSERT INTO item (t) VALUES ($1)';
    await database.execute(insert, ['secret']);
    const again = await database.execute(insert, ['secret']).catch((error: unknown) => error);
    expect(again).toMatchObject({ name: 'SqlError', code: 'constraint' });
    expect(String(again)).not.toContain('secret');
    const wrong = await database.query('SELECT nothing FROM item').catch((error: unknown) => error);
    expect(wrong).toMatchObject({ name: 'SqlError', code: 'statement' });
    expect(String(wrong)).toContain('nothing');
  });
});

describe.each(engines)('tables on $name', ({ isMissing, newUrl }) => {
  const check = test.skipIf(isMissing);

  check('insertNew counts what is new, whatever the chunks', async () => {
    const database = await open(newUrl());
    await createTables(database, ['CREATE TABLE IF NOT EXISTS seen (id BIGINT PRIMARY KEY)']);
    const lists = fc.array(fc.array(fc.integer({ min: 0, max: 2500 }), { maxLength: 2500 }), {
      minLength: 1,
      maxLength: 4,
      size: 'max',
    });
    const property = fc.asyncProperty(lists, async (batches) => {
      await database.execute('DELETE FROM seen');
      const seen = new Set<number>();
      for (const ids of batches) {
        const before = seen.size;
        for (const id of ids) seen.add(id);
        const newCount = await insertNew(
          database,
          { table: 'seen', columns: ['id'] },
          ids.map((id) => [id]),
        );
        expect(newCount).toBe(seen.size - before);
      }
    });
    await fc.assert(property, { numRuns: 15 });
  });

  check('what was committed is there when it is opened again', async () => {
    const url = newUrl();
    const first = await openDatabase(url);
    await first.execute('CREATE TABLE item (n BIGINT)');
    await first.execute('INSERT INTO item VALUES (7)');
    await first.close();
    await expect(first.query('SELECT 1')).rejects.toThrow('is closed');
    const second = await open(url);
    expect(await second.query('SELECT n FROM item')).toEqual([{ n: 7 }]);
  });

  check('tables may be made by several at once', async () => {
    const database = await open(newUrl());
    const make = () =>
      createTables(database, ['CREATE TABLE IF NOT EXISTS item (n BIGINT PRIMARY KEY)']);
    await Promise.all([make(), make(), make(), make()]);
    expect(await database.query('SELECT n FROM item')).toEqual([]);
  });
});

test.each(['mysql://user:secret@host/db', 'state.db', 'sqlite:', ''])(
  'a URL of no database is refused: %s',
  async (url) => {
    const error = await openDatabase(url).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(RangeError);
    expect(String(error)).toContain('sqlite:PATH or postgres://');
    expect(String(error)).not.toContain('secret');
  },
);
