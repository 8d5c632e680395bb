/**
 * The database on a PostgreSQL server, by `pg`: a pool of connections, with time limits on both
 * sides. A server that goes away fails what is under way; the next statement connects again.
 *
 * In the URL, `schema=NAME` keeps this database's tables apart from others (made if missing); the
 * rest is as `pg` and libpq have it: user, password, host, port, database, `sslmode`, ...
 */

import type pg from 'pg';
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import {
  narrow,
  type Database,
  type Queryable,
  type TransactionOptions,
  type Value,
} from './database.ts';
import { endsConnection, postgresError, type Stage } from './postgres-error.ts';

const CONNECTIONS_MAX = 5;
const CONNECT_TIMEOUT_MS = 5000;
/** The server's limit comes first: it leaves no doubt about what happened. */
const GRACE_MS = 2000;
const SCHEMA_NAME = /^[a-z_][a-z0-9_]{0,62}$/;

/** Type numbers of the server's catalogue (pg_type.dat) whose text `pg` reads otherwise. */
const BOOL = 16;
const BYTEA = 17;
const INT8 = 20;
const NUMERIC = 1700;

/** Only where it is used: most runs need no PostgreSQL. */
function loadPg(): typeof pg {
  return createRequire(import.meta.url)('pg') as typeof pg;
}

export async function openPostgres(
  address: string,
  { timeoutMs }: { timeoutMs: number },
): Promise<Database> {
  const url = new URL(address);
  const where = `${url.host === '' ? (url.searchParams.get('host') ?? 'localhost') : url.host}`;
  const schema = takeSchema(url);
  const { Pool, types } = loadPg();
  const pool = new Pool({
    connectionString: url.href,
    max: CONNECTIONS_MAX,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    statement_timeout: timeoutMs,
    lock_timeout: timeoutMs,
    query_timeout: timeoutMs + GRACE_MS,
    idle_in_transaction_session_timeout: timeoutMs + GRACE_MS,
    keepAlive: true,
    types: { getTypeParser: createReaders(types) },
  });
  // A connection that breaks while nobody waits for it would end the process. Who uses it is told.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  const database = createPostgres(pool, where);
  try {
    await database.query('SELECT 1');
    if (schema !== undefined) await makeSchema(database, schema);
    return database;
  } catch (error) {
    await pool.end();
    throw error;
  }
}

function takeSchema(url: URL): string | undefined {
  const schema = url.searchParams.get('schema');
  if (schema === null) return undefined;
  const rule = 'lower-case letters, digits and _, up to 63';
  if (!SCHEMA_NAME.test(schema)) throw new RangeError(`a schema has ${rule}, got "${schema}"`);
  url.searchParams.delete('schema');
  const options = url.searchParams.get('options');
  const path = `-c search_path=${schema}`;
  url.searchParams.set('options', options === null ? path : `${options} ${path}`);
  return schema;
}

/** Two processes that make the same thing at once would fail on the catalogue's keys. */
export const DDL_LOCK = 'SELECT pg_advisory_xact_lock(7021933)';

function makeSchema(database: Database, schema: string): Promise<void> {
  return database.transaction(async (tx) => {
    const known = await tx.query('SELECT 1 FROM pg_namespace WHERE nspname = $1', [schema]);
    if (known.length > 0) return;
    await tx.query(DDL_LOCK);
    await tx.query(`CREATE SCHEMA IF NOT EXISTS ${schema}`);
  });
}

function createPostgres(pool: pg.Pool, where: string): Database {
  let isClosed = false;

  /** Runs one statement; what fails says at which stage. */
  const run = async (
    client: pg.PoolClient,
    { sql, parameters = [] }: { sql: string; parameters?: readonly Value[] | undefined },
    stage: Stage,
  ): Promise<pg.QueryResult> => {
    try {
      return await client.query({ text: sql, values: [...parameters] });
    } catch (error) {
      if (endsConnection(error)) broken.add(client);
      throw postgresError(error, { where, sql, stage });
    }
  };
  const broken = new WeakSet<pg.PoolClient>();

  const withClient = async <T>(work: (client: pg.PoolClient) => Promise<T>): Promise<T> => {
    assert.ok(!isClosed, `the database at ${where} is closed`);
    const client = await pool.connect().catch((error: unknown) => {
      throw postgresError(error, { where, sql: '', stage: 'connect' });
    });
    try {
      return await work(client);
    } finally {
      client.release(broken.has(client));
    }
  };

  const transact = async <T>(
    client: pg.PoolClient,
    work: (tx: Queryable) => Promise<T>,
    { serializable = false }: TransactionOptions,
  ): Promise<T> => {
    let isOver = false;
    let failure: { readonly error: unknown } | undefined;
    const attempt = async (
      sql: string,
      parameters: readonly Value[] | undefined,
    ): Promise<pg.QueryResult> => {
      assert.ok(!isOver, 'the transaction is over');
      if (failure !== undefined) throw failure.error;
      try {
        return await run(client, { sql, parameters }, 'transaction');
      } catch (error) {
        failure ??= { error };
        throw error;
      }
    };
    const begin = serializable ? 'BEGIN ISOLATION LEVEL SERIALIZABLE' : 'BEGIN';
    await run(client, { sql: begin }, 'transaction');
    try {
      const result = await work({
        query: async <R extends object>(sql: string, parameters?: readonly Value[]) =>
          (await attempt(sql, parameters)).rows as R[],
        execute: async (sql, parameters) => (await attempt(sql, parameters)).rowCount ?? 0,
      });
      isOver = true;
      // The server answers a commit after a failure with a rollback, and no error.
      if (failure !== undefined) throw failure.error;
      await run(client, { sql: 'COMMIT' }, 'commit');
      return result;
    } catch (error) {
      isOver = true;
      // A connection that can't roll back is not used again, and the server rolls back by itself.
      await run(client, { sql: 'ROLLBACK' }, 'transaction').catch(() => broken.add(client));
      throw error;
    }
  };

  return {
    kind: 'postgres',
    query: <R extends object>(sql: string, parameters?: readonly Value[]) =>
      withClient(async (client) => (await run(client, { sql, parameters }, 'commit')).rows as R[]),
    execute: (sql, parameters) =>
      withClient(
        async (client) => (await run(client, { sql, parameters }, 'commit')).rowCount ?? 0,
      ),
    transaction: (work, options = {}) => withClient((client) => transact(client, work, options)),
    async close() {
      if (isClosed) return;
      isClosed = true;
      await pool.end();
    },
  };
}

type Reader = (text: string) => Value;

/** The values of this interface, whatever `pg` would make of a type. */
function createReaders(types: typeof pg.types): (typeof pg.types)['getTypeParser'] {
  const toBytes = types.getTypeParser(BYTEA) as (text: string) => Uint8Array;
  const readers: ReadonlyMap<number, Reader> = new Map<number, Reader>([
    [BOOL, (text) => (text === 't' ? 1 : 0)],
    [BYTEA, (text) => new Uint8Array(toBytes(text))],
    [INT8, (text) => narrow(BigInt(text))],
    // What a sum of BIGINT is.
    [NUMERIC, (text) => (/^-?\d+$/.test(text) ? narrow(BigInt(text)) : Number(text))],
  ]);
  return ((oid: number, format: 'text') =>
    readers.get(oid) ?? types.getTypeParser(oid, format)) as (typeof pg.types)['getTypeParser'];
}
