/**
 * Who was given what, and who was refused: rows that are only ever added. A row has no key, no
 * number of a result, and nothing that a stranger wrote but what has passed a check.
 */

import { randomBytes } from 'node:crypto';

import type { Clock } from '@priolab/runtime';
import type { Database, Queryable } from '@priolab/runtime/database';

export interface AuditEntry {
  /** `read`, `listen`, `refuse`, `key-add`, `key-revoke`, `settle`, `conflict`. */
  readonly action: string;
  /** What came of it, as a word: `given`, `bad-key`, `published`, ... */
  readonly outcome: string;
  readonly keyId?: string | undefined;
  readonly authority?: string | undefined;
  readonly remote?: string;
  /** Route and filters, or the window. */
  readonly what: Readonly<Record<string, unknown>>;
  /** How many results were given. */
  readonly records?: number;
}

export interface AuditRow extends AuditEntry {
  readonly timeMs: number;
}

export interface Audit {
  /** With `tx`, as part of that transaction. @throws TransportError */
  write(entry: AuditEntry, tx?: Queryable): Promise<void>;
  /** The newest ones, newest first. */
  read(limit: number): Promise<AuditRow[]>;
  /** @returns how many were older, and are gone */
  forget(beforeMs: number): Promise<number>;
}

const REMOTE_MAX = 64;

export function createAudit(database: Database, clock: Clock): Audit {
  // Rows of one process are in the order of writing also within a millisecond.
  let written = 0;
  return {
    async write(entry, tx = database) {
      const timeMs = clock.nowMs();
      written += 1;
      const order = `${String(timeMs).padStart(15, '0')}-${String(written).padStart(12, '0')}`;
      await tx.execute(
        `INSERT INTO portal_audit
           (id, time_ms, action, outcome, key_id, authority, remote, what, records)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
        [
          `${order}-${randomBytes(6).toString('hex')}`,
          Math.round(timeMs),
          entry.action,
          entry.outcome,
          entry.keyId ?? null,
          entry.authority ?? null,
          (entry.remote ?? '').slice(0, REMOTE_MAX),
          JSON.stringify(entry.what),
          entry.records ?? 0,
        ],
      );
    },
    async read(limit) {
      const rows = await database.query<SqlRow>(
        `SELECT id, time_ms, action, outcome, key_id, authority, remote, what, records
           FROM portal_audit ORDER BY time_ms DESC, id DESC LIMIT $1`,
        [limit],
      );
      return rows.map((row) => ({
        timeMs: row.time_ms,
        action: row.action,
        outcome: row.outcome,
        keyId: row.key_id ?? undefined,
        authority: row.authority ?? undefined,
        remote: row.remote,
        what: JSON.parse(row.what) as Record<string, unknown>,
        records: row.records,
      }));
    },
    forget: (beforeMs) =>
      database.execute('DELETE FROM portal_audit WHERE time_ms < $1', [Math.floor(beforeMs)]),
  };
}

interface SqlRow {
  readonly time_ms: number;
  readonly action: string;
  readonly outcome: string;
  readonly key_id: string | null;
  readonly authority: string | null;
  readonly remote: string;
  readonly what: string;
  readonly records: number;
}
