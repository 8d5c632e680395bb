/** Chooses the database by its URL. */

import type { Database } from './database.ts';
import { openPostgres } from './postgres.ts';
import { openSqlite } from './sqlite.ts';

export interface OpenOptions {
  /** For a statement (PostgreSQL) or for other transactions to end (SQLite): 30 s. */
  readonly timeoutMs?: number;
}

const SQLITE = 'sqlite:';

/**
 * Opens `sqlite:PATH` (one file, made if missing, of one process), `sqlite::memory:`, or
 * `postgres://USER:PASSWORD@HOST:PORT/DATABASE?schema=NAME` (any number of processes).
 *
 * @throws TransportError where file or server can't be used now; RangeError for any other URL
 */
export async function openDatabase(url: string, options: OpenOptions = {}): Promise<Database> {
  const { timeoutMs = 30_000 } = options;
  if (url.startsWith(SQLITE) && url.length > SQLITE.length) {
    return openSqlite(url.slice(SQLITE.length), { timeoutMs });
  }
  if (/^postgres(ql)?:\/\//.test(url)) return openPostgres(url, { timeoutMs });
  // The rest of a URL may hold a password.
  const got = /^[\w+.-]*:/.exec(url)?.[0] ?? 'no scheme';
  throw new RangeError(`a database is sqlite:PATH or postgres://..., got ${got}`);
}
