/**
 * What a portal must not forget, in SQL, the same on SQLite and PostgreSQL: results, keys (only
 * their digests) and who asked for what. A result has no number that its authority may not see.
 */

import { createTables } from '@priolab/runtime/database';
import type { Database } from '@priolab/runtime/database';

const TABLES = [
  // `leader_digest`, `helper_digest`: of the sum parts that a settled window is made of.
  `CREATE TABLE IF NOT EXISTS portal_result (
     window_key TEXT PRIMARY KEY, id TEXT NOT NULL, status TEXT NOT NULL, reason TEXT,
     detail TEXT NOT NULL, source TEXT NOT NULL, instance TEXT NOT NULL, locality TEXT NOT NULL,
     provider TEXT NOT NULL, aggregation TEXT NOT NULL, generic_id TEXT NOT NULL,
     start_ms BIGINT NOT NULL, end_ms BIGINT NOT NULL, provider_version TEXT NOT NULL,
     bins BIGINT NOT NULL, epsilon TEXT NOT NULL, hamming_weight BIGINT, clients BIGINT, sums TEXT,
     suppressed_bins TEXT NOT NULL, leader_digest TEXT, helper_digest TEXT, conflict TEXT,
     changed_ms BIGINT NOT NULL)`,
  `CREATE INDEX IF NOT EXISTS portal_result_start ON portal_result (locality, start_ms)`,
  `CREATE INDEX IF NOT EXISTS portal_result_changed ON portal_result (changed_ms)`,
  `CREATE INDEX IF NOT EXISTS portal_result_series
     ON portal_result (instance, aggregation, start_ms)`,
  `CREATE TABLE IF NOT EXISTS portal_key (
     id TEXT PRIMARY KEY, authority TEXT NOT NULL, localities TEXT NOT NULL, digest TEXT NOT NULL,
     created_ms BIGINT NOT NULL, expires_ms BIGINT, revoked_ms BIGINT)`,
  `CREATE TABLE IF NOT EXISTS portal_audit (
     id TEXT PRIMARY KEY, time_ms BIGINT NOT NULL, action TEXT NOT NULL, outcome TEXT NOT NULL,
     key_id TEXT, authority TEXT, remote TEXT NOT NULL, what TEXT NOT NULL,
     records BIGINT NOT NULL)`,
  `CREATE INDEX IF NOT EXISTS portal_audit_time ON portal_audit (time_ms)`,
];

export function createPortalTables(database: Database): Promise<void> {
  return createTables(database, TABLES);
}
