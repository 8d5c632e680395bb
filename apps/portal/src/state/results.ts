/**
 * Results in SQL. A window is settled once: what is published or suppressed never changes, and a
 * later pair of sum parts that differs is noted as a conflict and kept out. What is held may still
 * be published. Windows of one series that overlap are not both published: the difference of two
 * sums over nearly the same people would tell them apart.
 */

import type { Clock } from '@priolab/runtime';
import type { Database, Queryable, Value } from '@priolab/runtime/database';

import { codesOf } from '../result/place.ts';
import type { Provider } from '../result/place.ts';
import { holdWindow, windowKey } from '../result/result.ts';
import type { Result, Source, Status } from '../result/result.ts';
import type { Audit } from './audit.ts';

/** Of both sum parts, where a result is made of such. */
export interface Digests {
  readonly leader: string;
  readonly helper: string;
}

/** `same`: nothing is new. `conflict`: it differs from what is settled, and that is noted now. */
export type Stored = Status | 'same' | 'conflict';

export interface Filters {
  /** Never empty. */
  readonly localities: readonly string[];
  /** Aggregation or generic IDs; undefined: all. */
  readonly datasets?: readonly string[] | undefined;
  /** Windows that begin at this time or later, and before that one. */
  readonly fromMs?: number | undefined;
  readonly toMs?: number | undefined;
  readonly status?: Status | undefined;
}

export interface DatasetRow {
  readonly aggregation: string;
  readonly genericId: string;
  readonly bins: number;
  readonly providers: readonly Provider[];
}

/** What has changed, for listeners. */
export interface Change {
  readonly key: string;
  readonly id: string;
  readonly locality: string;
  readonly status: Status;
  readonly changedMs: number;
}

export interface ResultState {
  /** @throws TransportError */
  store(result: Result, digests?: Digests): Promise<Stored>;
  /** Whether a window is settled. */
  statusOf(key: string): Promise<Status | undefined>;
  count(filters: Filters): Promise<{ readonly results: number; readonly bins: number }>;
  /** By start, then by name. */
  find(filters: Filters, limit: number): Promise<Result[]>;
  /** Of all localities, the newest first. */
  list(limit: number): Promise<Result[]>;
  datasets(localities: readonly string[]): Promise<DatasetRow[]>;
  /** What comes after that change, or would: by time, then by window's key. */
  changes(after: Pick<Change, 'changedMs' | 'key'>, limit: number): Promise<Change[]>;
}

export function createResultState(database: Database, clock: Clock, audit: Audit): ResultState {
  return {
    store: (result, digests) =>
      database.transaction((tx) => store(tx, { result, digests, audit, clock }), {
        serializable: true,
      }),
    async statusOf(key) {
      const rows = await database.query<{ status: Status }>(
        'SELECT status FROM portal_result WHERE window_key = $1',
        [key],
      );
      return rows[0]?.status;
    },
    async count(filters) {
      const { where, values } = clauseOf(filters);
      const [row] = await database.query<{ results: number; bins: number }>(
        `SELECT count(*) AS results, CAST(COALESCE(SUM(bins), 0) AS BIGINT) AS bins
           FROM portal_result WHERE ${where}`,
        values,
      );
      return row!;
    },
    async find(filters, limit) {
      const { where, values } = clauseOf(filters);
      const rows = await database.query<SqlRow>(
        `SELECT ${COLUMNS.join(', ')} FROM portal_result WHERE ${where}
           ORDER BY start_ms, window_key LIMIT $${values.length + 1}`,
        [...values, limit],
      );
      // Servers differ in how they order texts.
      const sorted = rows.toSorted(
        (a, b) => a.start_ms - b.start_ms || (a.window_key < b.window_key ? -1 : 1),
      );
      return sorted.map(readRow);
    },
    async list(limit) {
      const rows = await database.query<SqlRow>(
        `SELECT ${COLUMNS.join(', ')} FROM portal_result
           ORDER BY start_ms DESC, window_key DESC LIMIT $1`,
        [limit],
      );
      return rows.map(readRow);
    },
    async datasets(localities) {
      const { where, values } = clauseOf({ localities });
      const rows = await database.query<DatasetSqlRow>(
        `SELECT aggregation, generic_id, provider, MAX(bins) AS bins FROM portal_result
           WHERE ${where} GROUP BY aggregation, generic_id, provider`,
        values,
      );
      return datasetsOf(rows);
    },
    async changes({ changedMs: afterMs, key: afterKey }, limit) {
      const rows = await database.query<SqlRow>(
        `SELECT window_key, id, locality, status, changed_ms FROM portal_result
           WHERE changed_ms >= $1 AND (changed_ms > $1 OR window_key > $2)
           ORDER BY changed_ms, window_key LIMIT $3`,
        [afterMs, afterKey, limit],
      );
      return rows.map(({ window_key: key, id, locality, status, changed_ms: changedMs }) => {
        return { key, id, locality, status, changedMs };
      });
    },
  };
}

interface StoreInput {
  readonly result: Result;
  readonly digests: Digests | undefined;
  readonly audit: Audit;
  readonly clock: Clock;
}

async function store(
  tx: Queryable,
  { result, digests, audit, clock }: StoreInput,
): Promise<Stored> {
  const key = windowKey(result);
  const [known] = await tx.query<SqlRow>(
    `SELECT ${COLUMNS.join(', ')} FROM portal_result WHERE window_key = $1`,
    [key],
  );
  if (known !== undefined && known.status !== 'held') {
    if (digests === undefined) return 'same';
    return (await noteConflict(tx, known, digests, audit)) ? 'conflict' : 'same';
  }
  const other = result.status === 'held' ? undefined : await findOverlap(tx, result);
  const reason = { reason: 'window-overlaps', detail: `published before: ${other}` };
  const settled = other === undefined ? result : holdWindow(result, reason, result.source);
  const { status } = settled;
  if (known?.status === 'held' && status === 'held') {
    if (known.reason === settled.reason && known.detail === settled.detail) return 'same';
  }
  await tx.execute('DELETE FROM portal_result WHERE window_key = $1', [key]);
  const kept = status === 'held' ? undefined : digests;
  const values = writeRow(settled, kept, Math.round(clock.nowMs()));
  const places = values.map((_, index) => `$${index + 1}`).join(', ');
  await tx.execute(`INSERT INTO portal_result (${COLUMNS.join(', ')}) VALUES (${places})`, values);
  const what = {
    window: key,
    id: settled.id,
    reason: settled.reason ?? '',
    source: settled.source,
  };
  await audit.write({ action: 'settle', outcome: status, what }, tx);
  return status;
}

async function noteConflict(
  tx: Queryable,
  known: SqlRow,
  { leader, helper }: Digests,
  audit: Audit,
): Promise<boolean> {
  if (known.leader_digest === leader && known.helper_digest === helper) return false;
  // Of a simulation that is over there are no parts to compare.
  if (known.leader_digest === null) return false;
  const conflict = `${leader} ${helper}`;
  if (known.conflict === conflict) return false;
  await tx.execute('UPDATE portal_result SET conflict = $2 WHERE window_key = $1', [
    known.window_key,
    conflict,
  ]);
  const changed = [
    known.leader_digest === leader ? '' : 'leader',
    known.helper_digest === helper ? '' : 'helper',
  ].filter((side) => side !== '');
  const what = { window: known.window_key, id: known.id, changed, digests: conflict };
  await audit.write({ action: 'conflict', outcome: 'held', what }, tx);
  return true;
}

/** A window of the same series that is settled and has time in common with this one. */
async function findOverlap(tx: Queryable, result: Result): Promise<string | undefined> {
  const { instance, aggregation, startMs, endMs } = result;
  const rows = await tx.query<{ window_key: string }>(
    `SELECT window_key FROM portal_result
       WHERE instance = $1 AND aggregation = $2 AND status <> 'held'
         AND start_ms < $4 AND end_ms > $3 AND window_key <> $5 LIMIT 1`,
    [instance, aggregation, startMs, endMs, windowKey(result)],
  );
  return rows[0]?.window_key;
}

function clauseOf(filters: Filters): { readonly where: string; readonly values: readonly Value[] } {
  const values: Value[] = [];
  const place = (value: Value): string => `$${values.push(value)}`;
  const places = (list: readonly string[]): string => list.map(place).join(', ');
  const { localities, datasets, fromMs, toMs, status } = filters;
  const clauses = [`locality IN (${places(localities)})`];
  if (datasets !== undefined) {
    const names = places(datasets);
    clauses.push(`(aggregation IN (${names}) OR generic_id IN (${names}))`);
  }
  if (fromMs !== undefined) clauses.push(`start_ms >= ${place(fromMs)}`);
  if (toMs !== undefined) clauses.push(`start_ms < ${place(toMs)}`);
  if (status !== undefined) clauses.push(`status = ${place(status)}`);
  return { where: clauses.join(' AND '), values };
}

const COLUMNS = [
  'window_key', 'id', 'status', 'reason', 'detail', 'source', 'instance', 'locality', 'provider',
  'aggregation', 'generic_id', 'start_ms', 'end_ms', 'provider_version', 'bins', 'epsilon',
  'hamming_weight', 'clients', 'sums', 'suppressed_bins', 'leader_digest', 'helper_digest',
  'conflict', 'changed_ms',
] as const; // prettier-ignore

interface SqlRow {
  readonly window_key: string;
  readonly id: string;
  readonly status: Status;
  readonly reason: string | null;
  readonly detail: string;
  readonly source: Source;
  readonly instance: string;
  readonly locality: string;
  readonly provider: Provider;
  readonly aggregation: string;
  readonly generic_id: string;
  readonly start_ms: number;
  readonly end_ms: number;
  readonly provider_version: string;
  readonly bins: number;
  readonly epsilon: string;
  readonly hamming_weight: number | null;
  readonly clients: number | null;
  readonly sums: string | null;
  readonly suppressed_bins: string;
  readonly leader_digest: string | null;
  readonly helper_digest: string | null;
  readonly conflict: string | null;
  readonly changed_ms: number;
}

function writeRow(result: Result, digests: Digests | undefined, nowMs: number): Value[] {
  const { id, status, reason, detail, source, instance, place, aggregation } = result;
  const row: SqlRow = {
    window_key: windowKey(result),
    id,
    status,
    reason,
    detail,
    source,
    instance,
    locality: place.locality,
    provider: place.provider,
    aggregation,
    generic_id: result.genericId,
    start_ms: result.startMs,
    end_ms: result.endMs,
    provider_version: result.providerVersion,
    bins: result.bins,
    epsilon: String(result.epsilon),
    hamming_weight: result.hammingWeight,
    clients: result.clients,
    sums: result.sums === null ? null : JSON.stringify(result.sums),
    suppressed_bins: JSON.stringify(result.suppressedBins),
    leader_digest: digests?.leader ?? null,
    helper_digest: digests?.helper ?? null,
    conflict: null,
    changed_ms: nowMs,
  };
  return COLUMNS.map((column) => row[column]);
}

function readRow(row: SqlRow): Result {
  const { id, status, reason, detail, source, instance, locality, provider, aggregation } = row;
  return {
    id,
    status,
    reason,
    detail,
    source,
    instance,
    aggregation,
    place: { locality, ...codesOf(locality), provider },
    genericId: row.generic_id,
    startMs: row.start_ms,
    endMs: row.end_ms,
    providerVersion: row.provider_version,
    bins: row.bins,
    epsilon: Number(row.epsilon),
    hammingWeight: row.hamming_weight,
    clients: row.clients,
    sums: row.sums === null ? null : (JSON.parse(row.sums) as (number | null)[]),
    suppressedBins: JSON.parse(row.suppressed_bins) as number[],
  };
}

interface DatasetSqlRow {
  readonly aggregation: string;
  readonly generic_id: string;
  readonly provider: Provider;
  readonly bins: number;
}

function datasetsOf(rows: readonly DatasetSqlRow[]): DatasetRow[] {
  const byId = new Map<string, DatasetSqlRow[]>();
  for (const row of rows) {
    byId.set(row.aggregation, [...(byId.get(row.aggregation) ?? []), row]);
  }
  const list = [...byId.values()].map((same) => ({
    aggregation: same[0]!.aggregation,
    genericId: same[0]!.generic_id,
    bins: Math.max(...same.map(({ bins }) => bins)),
    providers: same.map(({ provider }) => provider).sort(),
  }));
  return list.sort((a, b) => (a.aggregation < b.aggregation ? -1 : 1));
}
