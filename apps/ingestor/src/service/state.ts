/**
 * What replicas of one ingestor share, in SQL: one row an accepted report, and one a batch. A row
 * is the replay guard (its keys), the store (its sealed shares) and the plan (its batch) at once,
 * so that what was promised to a phone can't come apart. Once its batch is written a row keeps
 * digests only, and those until uploads of its day are refused for their age.
 *
 * `sender` is a keyed digest of the device's key: rows can be told apart, and name nobody.
 */

import { createTables } from '@priolab/runtime/database';
import type { Database, Value } from '@priolab/runtime/database';

export interface ReportRow {
  /** Hex. */
  readonly task: string;
  readonly day: number;
  readonly sender: Uint8Array;
  readonly reportId: Uint8Array;
  readonly digest: Uint8Array;
  readonly windowStartMs: number;
  /** The leader's sealed share and the helper's, one after the other. */
  readonly sealed: Uint8Array;
}

export type StoreFate = 'stored' | 'stored-before' | 'replayed' | 'duplicate-report-id';

/** Reports of one task and window that are in no batch yet. */
export interface PendingGroup {
  readonly task: string;
  readonly windowStartMs: number;
  readonly count: number;
}

export interface PlannedBatch {
  /** Known to this state alone: what the batch is called outside follows from its reports. */
  readonly label: string;
  readonly task: string;
  readonly windowStartMs: number;
  readonly count: number;
}

export type BatchedRow = Pick<ReportRow, 'reportId' | 'digest' | 'sealed'>;

export interface IngestorState {
  /** In the order of the rows. @throws TransportError */
  store(rows: readonly ReportRow[]): Promise<StoreFate[]>;
  pending(): Promise<PendingGroup[]>;
  pendingCount(): Promise<number>;
  /** Gives a batch to reports that have none; undefined where there are none by now. */
  plan(group: PendingGroup, countMax: number): Promise<PlannedBatch | undefined>;
  /** Batches that are not known to be written, in the order of their windows. */
  planned(): Promise<PlannedBatch[]>;
  /** Whether it is not known to be written. */
  isPlanned(label: string): Promise<boolean>;
  /** A batch's reports in the order of their ids, after one of them; none once it is written. */
  rows(label: string, after: Uint8Array, countMax: number): Promise<BatchedRow[]>;
  /** Deletes the shares of a batch, which lie where they belong. */
  written(label: string): Promise<void>;
  /** Deletes what is known of days before this one and is in batches that are written. */
  forget(day: number): Promise<void>;
  /** Whether this replica may batch, until then. */
  takeLease(holder: string, nowMs: number, untilMs: number): Promise<boolean>;
  giveUpLease(holder: string): Promise<void>;
}

const TABLES = [
  `CREATE TABLE IF NOT EXISTS report (
    task TEXT NOT NULL,
    day BIGINT NOT NULL,
    sender BYTEA NOT NULL,
    report_id BYTEA NOT NULL,
    digest BYTEA NOT NULL,
    window_ms BIGINT NOT NULL,
    sealed BYTEA,
    batch TEXT,
    PRIMARY KEY (task, day, sender),
    UNIQUE (task, report_id)
  )`,
  `CREATE INDEX IF NOT EXISTS report_pending ON report (task, window_ms, report_id)
    WHERE batch IS NULL`,
  'CREATE INDEX IF NOT EXISTS report_batch ON report (batch, report_id) WHERE batch IS NOT NULL',
  `CREATE TABLE IF NOT EXISTS batch (
    label TEXT PRIMARY KEY,
    task TEXT NOT NULL,
    window_ms BIGINT NOT NULL,
    count BIGINT NOT NULL,
    state TEXT NOT NULL
  )`,
  `CREATE INDEX IF NOT EXISTS batch_planned ON batch (window_ms) WHERE state = 'planned'`,
  `CREATE TABLE IF NOT EXISTS lease (
    name TEXT PRIMARY KEY,
    holder TEXT NOT NULL,
    until_ms BIGINT NOT NULL
  )`,
];

const COLUMNS = ['task', 'day', 'sender', 'report_id', 'digest', 'window_ms', 'sealed'];
const LEASE = 'batching';

export async function openState(database: Database): Promise<IngestorState> {
  await createTables(database, TABLES);
  // The file belongs to one process: a lease that is found is of one that is gone.
  if (database.kind === 'sqlite') await database.execute('DELETE FROM lease');
  return {
    store: (rows) => store(database, rows),
    ...batching(database),

    async takeLease(holder, nowMs, untilMs) {
      const taken = await database.execute(
        `INSERT INTO lease (name, holder, until_ms) VALUES ($1, $2, $3)
          ON CONFLICT (name) DO UPDATE SET holder = $2, until_ms = $3
          WHERE lease.holder = $2 OR lease.until_ms <= $4`,
        [LEASE, holder, untilMs, nowMs],
      );
      return taken === 1;
    },
    async giveUpLease(holder) {
      await database.execute('DELETE FROM lease WHERE name = $1 AND holder = $2', [LEASE, holder]);
    },
  };
}

function batching(database: Database): Omit<IngestorState, 'store' | 'takeLease' | 'giveUpLease'> {
  return {
    pending: () =>
      database.query<PendingGroup>(
        `SELECT task, window_ms AS "windowStartMs", count(*) AS count FROM report
          WHERE batch IS NULL GROUP BY task, window_ms ORDER BY window_ms, task`,
      ),
    async pendingCount() {
      const rows = await database.query<{ count: number }>(
        `SELECT (SELECT count(*) FROM report WHERE batch IS NULL)
          + (SELECT coalesce(sum(count), 0) FROM batch WHERE state = 'planned') AS count`,
      );
      return rows[0]!.count;
    },
    plan: ({ task, windowStartMs }, countMax) =>
      database.transaction(async (tx) => {
        const label = crypto.randomUUID();
        // Asked again outside: another replica may have taken a row between the two.
        const count = await tx.execute(
          `UPDATE report SET batch = $1 WHERE batch IS NULL AND task = $2 AND report_id IN (
            SELECT report_id FROM report
              WHERE batch IS NULL AND task = $2 AND window_ms = $3 ORDER BY report_id LIMIT $4)`,
          [label, task, windowStartMs, countMax],
        );
        if (count === 0) return undefined;
        await tx.execute(
          `INSERT INTO batch (label, task, window_ms, count, state)
            VALUES ($1, $2, $3, $4, 'planned')`,
          [label, task, windowStartMs, count],
        );
        return { label, task, windowStartMs, count };
      }),
    planned: () =>
      database.query<PlannedBatch>(
        `SELECT label, task, window_ms AS "windowStartMs", count FROM batch
          WHERE state = 'planned' ORDER BY window_ms, label`,
      ),
    async isPlanned(label) {
      const sql = `SELECT 1 AS found FROM batch WHERE label = $1 AND state = 'planned'`;
      return (await database.query(sql, [label])).length > 0;
    },
    rows: (label, after, countMax) =>
      database.query<BatchedRow>(
        `SELECT report_id AS "reportId", digest, sealed FROM report
          WHERE batch = $1 AND report_id > $2 AND sealed IS NOT NULL
          ORDER BY report_id LIMIT $3`,
        [label, after, countMax],
      ),
    written: (label) =>
      database.transaction(async (tx) => {
        await tx.execute(`UPDATE batch SET state = 'written' WHERE label = $1`, [label]);
        await tx.execute('UPDATE report SET sealed = NULL WHERE batch = $1', [label]);
      }),
    forget: (day) =>
      database.transaction(async (tx) => {
        await tx.execute('DELETE FROM report WHERE day < $1 AND sealed IS NULL', [day]);
        await tx.execute(
          `DELETE FROM batch WHERE state = 'written' AND NOT EXISTS (
            SELECT 1 FROM report WHERE report.batch = batch.label)`,
        );
      }),
  };
}

/** One statement, so one commit, for all of them; what was there already is looked at after. */
async function store(database: Database, given: readonly ReportRow[]): Promise<StoreFate[]> {
  // In one order everywhere, or two replicas could wait for each other.
  const order = given.map((_, i) => i).sort((a, b) => compare(given[a]!, given[b]!));
  const values = order.flatMap((i) => valuesOf(given[i]!));
  const tuples = order.map((_, k) => `(${places(k * COLUMNS.length, COLUMNS.length)})`);
  const inserted = await database.query<{ digest: Uint8Array }>(
    `INSERT INTO report (${COLUMNS.join(', ')}) VALUES ${tuples.join(', ')}
      ON CONFLICT DO NOTHING RETURNING digest`,
    values,
  );
  if (inserted.length === given.length) return given.map(() => 'stored' as const);
  const fresh = new Set(inserted.map(({ digest }) => hex(digest)));
  // Of two with the same bytes in one group the first was stored, and the other before.
  const isNew = given.map(({ digest }) => fresh.delete(hex(digest)));
  const known = given.filter((_, i) => !isNew[i]);
  const digests = await digestsOf(database, known);
  return given.map((row, i) => {
    if (isNew[i]) return 'stored';
    const digest = digests.get(nameOf(row));
    // Nobody else's report has this key: it is the report's id that was taken.
    if (digest === undefined) return 'duplicate-report-id';
    return digest === hex(row.digest) ? 'stored-before' : 'replayed';
  });
}

async function digestsOf(
  database: Database,
  rows: readonly ReportRow[],
): Promise<ReadonlyMap<string, string>> {
  const tests = rows.map((_, k) => {
    const at = 3 * k;
    return `(task = $${at + 1} AND day = $${at + 2} AND sender = $${at + 3})`;
  });
  const found = await database.query<Pick<ReportRow, 'task' | 'day' | 'sender' | 'digest'>>(
    `SELECT task, day, sender, digest FROM report WHERE ${tests.join(' OR ')}`,
    rows.flatMap(({ task, day, sender }): Value[] => [task, day, sender]),
  );
  return new Map(found.map((row) => [nameOf(row), hex(row.digest)]));
}

const hex = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('hex');

const nameOf = ({ task, day, sender }: Pick<ReportRow, 'task' | 'day' | 'sender'>): string =>
  `${task}/${day}/${hex(sender)}`;

function valuesOf(row: ReportRow): Value[] {
  const { task, day, sender, reportId, digest, windowStartMs, sealed } = row;
  return [task, day, sender, reportId, digest, windowStartMs, sealed];
}

const places = (first: number, count: number): string =>
  Array.from({ length: count }, (_, k) => `$${first + k + 1}`).join(', ');

function compare(a: ReportRow, b: ReportRow): number {
  return Buffer.compare(a.sender, b.sender);
}
