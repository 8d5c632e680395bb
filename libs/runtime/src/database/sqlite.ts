/**
 * The database in one file, by SQLite: Node's own where it has one, else the same interface from a
 * package. One connection, so one transaction at a time; the file belongs to one process.
 *
 * That also keeps out of the reach of SQLite's WAL-reset race (3.7.0 to 3.51.2, which some Node
 * releases carry): it needs a second connection.
 */

import type {
  DatabaseSyncInstance as SqliteDatabase,
  StatementSyncInstance as Statement,
} from '@photostructure/sqlite';
import assert from 'node:assert/strict';
import { chmodSync, closeSync, openSync } from 'node:fs';
import { createRequire } from 'node:module';
import { TransportError } from '../transport-error.ts';
import { narrow, type Database, type Queryable, type Row, type Value } from './database.ts';
import { sqliteError } from './sqlite-error.ts';
import { createTurns } from './turns.ts';

const MEMORY = ':memory:';
/** Before a file that is in use is refused: its last process may be about to end. */
const OPEN_TIMEOUT_MS = 1000;
const STATEMENTS_MAX = 256;

interface SqliteModule {
  readonly DatabaseSync: new (path: string, options: { timeout: number }) => SqliteDatabase;
}

let loaded: SqliteModule | undefined;

/** Both have native code, which a bundle can't hold: found from this file's own address. */
function loadSqlite(): SqliteModule {
  if (loaded !== undefined) return loaded;
  const require = createRequire(import.meta.url);
  try {
    loaded = require('node:sqlite') as SqliteModule;
  } catch {
    loaded = require('@photostructure/sqlite') as SqliteModule;
  }
  return loaded;
}

export async function openSqlite(
  path: string,
  { timeoutMs }: { timeoutMs: number },
): Promise<Database> {
  const connection = connect(path);
  const turns = createTurns();
  let isClosed = false;

  const takeTurn = async (): Promise<() => void> => {
    const giveUp = await turns.take(timeoutMs);
    if (giveUp !== undefined) return giveUp;
    const message = `waited ${timeoutMs} ms for another transaction on ${path} to end`;
    throw new TransportError('timeout', message, { retryable: true, definite: true });
  };
  const inTurn = async <T>(work: () => T | Promise<T>): Promise<T> => {
    const giveUp = await takeTurn();
    try {
      assert.ok(!isClosed, `the database ${path} is closed`);
      return await work();
    } finally {
      giveUp();
    }
  };

  return {
    kind: 'sqlite',
    query: (sql, parameters) => inTurn(() => connection.query(sql, parameters)),
    execute: (sql, parameters) => inTurn(() => connection.execute(sql, parameters)),
    transaction: (work) => inTurn(() => transact(connection, work)),
    close: () =>
      inTurn(() => {
        isClosed = true;
        connection.close();
      }),
  };
}

interface Connection {
  begin(): void;
  commit(): void;
  rollBack(): void;
  query<R extends object>(sql: string, parameters?: readonly Value[]): R[];
  execute(sql: string, parameters?: readonly Value[]): number;
  close(): void;
}

function connect(path: string): Connection {
  const database = open(path);
  const statements = new Map<string, Statement>();
  const prepare = (sql: string): Statement => {
    const known = statements.get(sql);
    if (known !== undefined) return known;
    const statement = database.prepare(withNumbers(sql));
    statement.setReadBigInts(true);
    // Texts may be built: the set must not grow for ever.
    if (statements.size >= STATEMENTS_MAX) statements.clear();
    statements.set(sql, statement);
    return statement;
  };
  let isInTransaction = false;
  const attempt = <T>(sql: string, work: () => T): T => {
    try {
      return work();
    } catch (error) {
      throw sqliteError(error, { path, sql, mayCommit: !isInTransaction });
    }
  };
  const control = (sql: string): void => attempt(sql, () => void prepare(sql).run());
  return {
    begin() {
      control('BEGIN IMMEDIATE');
      isInTransaction = true;
    },
    commit() {
      isInTransaction = false;
      control('COMMIT');
    },
    rollBack() {
      isInTransaction = false;
      try {
        control('ROLLBACK');
      } catch {
        // SQLite has done so by itself, as it does when the disk is full.
      }
    },
    query: <R extends object>(sql: string, parameters: readonly Value[] = []) =>
      attempt(
        sql,
        () =>
          prepare(sql)
            .all(...parameters.map(toSqlite))
            .map(readRow) as R[],
      ),
    execute: (sql, parameters = []) =>
      attempt(sql, () => Number(prepare(sql).run(...parameters.map(toSqlite)).changes)),
    close() {
      statements.clear();
      giveUpLock(database);
      database.close();
    },
  };
}

function open(path: string): SqliteDatabase {
  if (path !== MEMORY) own(path);
  let database: SqliteDatabase | undefined;
  let sql = '';
  try {
    database = new (loadSqlite().DatabaseSync)(path, { timeout: OPEN_TIMEOUT_MS });
    for (sql of [
      // The kernel's lock, held from the first access to the end of the process, whatever ends it.
      'PRAGMA locking_mode = EXCLUSIVE',
      'PRAGMA journal_mode = WAL',
      // A commit is a sync; where a sync doesn't reach the disk itself, the call that does.
      'PRAGMA synchronous = FULL',
      'PRAGMA fullfsync = ON',
      'PRAGMA foreign_keys = ON',
      'BEGIN IMMEDIATE',
      'COMMIT',
    ]) {
      database.exec(sql);
    }
    return database;
  } catch (error) {
    database?.close();
    throw sqliteError(error, { path, sql, mayCommit: false });
  }
}

/**
 * The package's connection goes on, with its lock, until all of its statements are garbage; Node's
 * doesn't. A lock taken in WAL mode can be given up only outside of it.
 */
function giveUpLock(database: SqliteDatabase): void {
  try {
    database.exec('PRAGMA journal_mode = DELETE');
    database.exec('PRAGMA locking_mode = NORMAL');
    database.exec('SELECT 1 FROM sqlite_schema');
  } catch {
    // The disk may be full or gone. All that was committed stays in the log, for the next opening.
  }
}

/**
 * For the owner alone; the files that SQLite puts beside it get the same mode. A file that is there
 * is never opened here: closing it would give up the locks that this process has on it.
 */
function own(path: string): void {
  try {
    closeSync(openSync(path, 'wx', 0o600));
  } catch (error) {
    if (errnoOf(error) !== 'EEXIST') throw fileError(error, path);
    try {
      chmodSync(path, 0o600);
    } catch (chmodError) {
      throw fileError(chmodError, path);
    }
  }
}

const errnoOf = (error: unknown): unknown =>
  error instanceof Error && 'code' in error ? error.code : undefined;

function fileError(error: unknown, path: string): unknown {
  const errno = errnoOf(error);
  if (typeof errno !== 'string') return error;
  const isFull = errno === 'ENOSPC' || errno === 'EDQUOT';
  const code = isFull ? 'full' : errno === 'ENOENT' ? 'not-found' : 'refused';
  return new TransportError(code, `can not make or own the database file ${path}: ${errno}`, {
    retryable: isFull,
    definite: true,
  });
}

async function transact<T>(
  connection: Connection,
  work: (tx: Queryable) => Promise<T>,
): Promise<T> {
  let state: 'open' | 'over' = 'open';
  let failure: { readonly error: unknown } | undefined;
  const attempt = async <R>(statement: () => R): Promise<R> => {
    assert.equal(state, 'open', 'the transaction is over');
    if (failure !== undefined) throw failure.error;
    try {
      return statement();
    } catch (error) {
      failure = { error };
      throw error;
    }
  };
  connection.begin();
  try {
    const result = await work({
      query: (sql, parameters) => attempt(() => connection.query(sql, parameters)),
      execute: (sql, parameters) => attempt(() => connection.execute(sql, parameters)),
    });
    state = 'over';
    if (failure !== undefined) throw failure.error;
    connection.commit();
    return result;
  } catch (error) {
    state = 'over';
    connection.rollBack();
    throw error;
  }
}

/** `$1` is a name to SQLite, and `?1` the first parameter; texts in quotes stay as they are. */
function withNumbers(sql: string): string {
  return sql.replace(/'[^']*'|"[^"]*"|\$(\d+)/g, (text, number: string | undefined) =>
    number === undefined ? text : `?${number}`,
  );
}

/** Bound as a number, an integer would be a float: `5.0` in a column of texts. */
const toSqlite = (value: Value): Value =>
  typeof value === 'number' && Number.isInteger(value) ? BigInt(value) : value;

function readRow(row: unknown): Row {
  const entries = Object.entries(row as Row).map(([name, value]) => [name, narrow(value)] as const);
  return Object.fromEntries(entries);
}
