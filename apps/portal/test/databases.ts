/**
 * The databases that tests run on: SQLite always, PostgreSQL where the environment names a server
 * (`eval "$(node tools/servers.js start)"`). Each one is empty, and gone after the test.
 */

import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

import { openDatabase } from '@priolab/runtime/database';

const server = process.env['PRIOLAB_POSTGRES'];
const skipReason = server === undefined ? ' (skipped: PRIOLAB_POSTGRES is not set)' : '';

export interface Engine {
  readonly name: string;
  readonly isMissing: boolean;
  /** Made anew for each call. */
  newUrl(): string;
}

export const engines: readonly Engine[] = [
  {
    name: 'SQLite',
    isMissing: false,
    newUrl: () => `sqlite:${join(temporaryFolder(), 'portal.db')}`,
  },
  { name: `PostgreSQL${skipReason}`, isMissing: server === undefined, newUrl: newSchemaUrl },
];

export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'priolab-portal-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

function newSchemaUrl(): string {
  const url = new URL(server ?? 'postgres://none');
  const schema = `test_${randomUUID().replaceAll('-', '_')}`;
  onTestFinished(async () => {
    const database = await openDatabase(url.href);
    await database.execute(`DROP SCHEMA IF EXISTS ${schema} CASCADE`);
    await database.close();
  });
  const own = new URL(url);
  own.searchParams.set('schema', schema);
  return own.href;
}
