/** Makes tables, and fills them with many rows at once: what both databases do the same way. */

import assert from 'node:assert/strict';
import type { Database, Queryable, Value } from './database.ts';
import { DDL_LOCK } from './postgres.ts';

const NAME = /^[a-z_][a-z0-9_]*$/;
/** SQLite takes 32,766 parameters a statement, PostgreSQL 65,535; beyond some hundred, no gain. */
const PARAMETERS_MAX = 1000;

/**
 * Runs statements that make what is missing (CREATE ... IF NOT EXISTS), in one transaction; several
 * processes may do so at once.
 */
export function createTables(database: Database, statements: readonly string[]): Promise<void> {
  return database.transaction(async (tx) => {
    if (database.kind === 'postgres') await tx.query(DDL_LOCK);
    for (const statement of statements) await tx.execute(statement);
  });
}

/**
 * Inserts rows that are not there yet, in chunks; call it inside a transaction where all or none
 * shall be there.
 *
 * @returns how many were new
 */
export async function insertNew(
  tx: Queryable,
  { table, columns }: { readonly table: string; readonly columns: readonly string[] },
  rows: readonly (readonly Value[])[],
): Promise<number> {
  for (const name of [table, ...columns]) assert.match(name, NAME);
  const width = columns.length;
  const perChunk = Math.max(1, Math.floor(PARAMETERS_MAX / width));
  let newCount = 0;
  for (let start = 0; start < rows.length; start += perChunk) {
    const chunk = rows.slice(start, start + perChunk);
    for (const row of chunk) assert.equal(row.length, width, 'a row has a value for each column');
    const tuples = chunk.map((_, index) => `(${placeholders(index * width, width)})`);
    newCount += await tx.execute(
      `INSERT INTO ${table} (${columns.join(', ')}) VALUES ${tuples.join(', ')}` +
        ' ON CONFLICT DO NOTHING',
      chunk.flat(),
    );
  }
  return newCount;
}

const placeholders = (first: number, count: number): string =>
  Array.from({ length: count }, (_, index) => `$${first + index + 1}`).join(', ');
