/**
 * The queue of tasks with leases, on a database: the verbs of `simulation/task-queue.ts`, and what
 * was promised outlives the process. A task is delivered at least once; who takes one holds it for
 * the lease. A holder whose lease has gone to another is told so: its word no longer counts.
 *
 * Tasks that can't succeed are set aside with a reason, and nothing but `retryRejected` brings them
 * back. Tasks that are done stay, so that none is added twice.
 *
 * PostgreSQL: any number of processes share the queue. SQLite: the one process that has the file,
 * so that leases found at the start are those of a process that is gone, and end.
 */

import type { Database, Queryable, Value } from './database.ts';
import { createTables } from './tables.ts';

export interface DurableQueue {
  /**
   * Adds a task, due at `nowMs` (of those due, the one that has been so longest is taken first);
   * one whose id is known, also as done or rejected, is not added again. With `tx`, as part of
   * that transaction.
   */
  add(id: string, kind: string, body: string, options?: AddOptions): Promise<boolean>;
  /** A task that is due, of one of these kinds; undefined where there is none now. */
  take(nowMs: number, kinds?: readonly string[]): Promise<Taken | undefined>;
  counts(): Promise<Record<TaskState, number>>;
  /** Ids of the tasks of a kind that are ready or leased. */
  unfinished(kind: string): Promise<string[]>;
  /** Ascending by id. */
  rejected(): Promise<RejectedTask[]>;
  /** Makes a rejected task ready, as if never delivered; false where it isn't rejected. */
  retryRejected(id: string): Promise<boolean>;
}

export interface AddOptions {
  readonly nowMs?: number;
  readonly tx?: Queryable;
}

export type TaskState = 'ready' | 'leased' | 'done' | 'rejected';

/** One delivery of one task. Each verb resolves with false where the lease is another's by now. */
export interface Taken {
  readonly id: string;
  readonly kind: string;
  readonly body: string;
  /** 1 at the first delivery. */
  readonly attempt: number;
  /** Holds the task for another lease from `nowMs`. */
  extend(nowMs: number): Promise<boolean>;
  /** With `tx`: its end and the caller's rows are one; where false, the caller should roll back. */
  done(tx?: Queryable): Promise<boolean>;
  /** It is delivered again after the delay. */
  giveBack(nowMs: number, delayMs: number, reason: string): Promise<boolean>;
  /** The same, and this delivery doesn't count: nothing was tried. */
  postpone(nowMs: number, delayMs: number): Promise<boolean>;
  reject(reason: string): Promise<boolean>;
}

export interface RejectedTask {
  readonly id: string;
  readonly kind: string;
  readonly attempt: number;
  readonly reason: string;
}

/**
 * `due_ms`: when a ready task may be taken, when a leased one's lease ends; null for the others.
 * `lease`: how often it was taken; a delivery is known by that, as `attempt` may begin anew.
 */
const TABLES = [
  `CREATE TABLE IF NOT EXISTS task (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    body TEXT NOT NULL,
    state TEXT NOT NULL,
    due_ms BIGINT,
    attempt BIGINT NOT NULL,
    lease BIGINT NOT NULL,
    reason TEXT
  )`,
  'CREATE INDEX IF NOT EXISTS task_due ON task (due_ms, id)',
  'CREATE INDEX IF NOT EXISTS task_state ON task (state, id)',
];

interface Delivered {
  readonly id: string;
  readonly kind: string;
  readonly body: string;
  readonly attempt: number;
  readonly lease: number;
}

/**
 * `attemptsMax`: a task delivered so often whose lease ran out each time is rejected, as one that
 * takes its process down.
 */
export async function createDurableQueue(
  database: Database,
  { leaseMs, attemptsMax }: { readonly leaseMs: number; readonly attemptsMax: number },
): Promise<DurableQueue> {
  await createTables(database, TABLES);
  if (database.kind === 'sqlite') {
    await database.execute(`UPDATE task SET state = 'ready', due_ms = 0 WHERE state = 'leased'`);
  }

  return {
    async add(id, kind, body, { nowMs = 0, tx = database } = {}) {
      const inserted = await tx.execute(
        `INSERT INTO task (id, kind, body, state, due_ms, attempt, lease)
          VALUES ($1, $2, $3, 'ready', $4, 0, 0) ON CONFLICT DO NOTHING`,
        [id, kind, body, nowMs],
      );
      return inserted === 1;
    },
    async take(nowMs, kinds) {
      for (;;) {
        const delivered = await lease(database, { nowMs, untilMs: nowMs + leaseMs, kinds });
        if (delivered === undefined) return undefined;
        const taken = createTaken(database, delivered, leaseMs);
        if (taken.attempt <= attemptsMax) return taken;
        await taken.reject(`delivered ${attemptsMax} times, and each time its lease ran out`);
      }
    },
    async counts() {
      const counts = { ready: 0, leased: 0, done: 0, rejected: 0 };
      const sql = 'SELECT state, count(*) AS number FROM task GROUP BY state';
      for (const row of await database.query<{ state: TaskState; number: number }>(sql)) {
        counts[row.state] = row.number;
      }
      return counts;
    },
    async unfinished(kind) {
      const tasks = await database.query<{ id: string }>(
        `SELECT id FROM task WHERE state IN ('ready', 'leased') AND kind = $1`,
        [kind],
      );
      return tasks.map(({ id }) => id);
    },
    async rejected() {
      const tasks = await database.query<RejectedTask>(
        `SELECT id, kind, attempt, reason FROM task WHERE state = 'rejected'`,
      );
      // Servers differ in how they order texts.
      return tasks.toSorted((a, b) => (a.id < b.id ? -1 : 1));
    },
    async retryRejected(id) {
      const changed = await database.execute(
        `UPDATE task SET state = 'ready', due_ms = 0, attempt = 0, reason = NULL
          WHERE id = $1 AND state = 'rejected'`,
        [id],
      );
      return changed === 1;
    },
  };
}

async function lease(
  database: Database,
  options: { nowMs: number; untilMs: number; kinds: readonly string[] | undefined },
): Promise<Delivered | undefined> {
  const { nowMs, untilMs, kinds } = options;
  if (kinds?.length === 0) return undefined;
  const places = kinds?.map((_, index) => `$${index + 3}`).join(', ');
  const ofKinds = places === undefined ? '' : `AND kind IN (${places})`;
  // Takers at the same moment pass over what another one is about to take or to end.
  const locking = database.kind === 'postgres' ? 'FOR UPDATE SKIP LOCKED' : '';
  const rows = await database.query<Delivered>(
    `UPDATE task SET state = 'leased', due_ms = $2, attempt = attempt + 1, lease = lease + 1
      WHERE id = (
        SELECT id FROM task WHERE due_ms <= $1 ${ofKinds} ORDER BY due_ms, id LIMIT 1 ${locking}
      ) RETURNING id, kind, body, attempt, lease`,
    [nowMs, untilMs, ...(kinds ?? [])],
  );
  return rows[0];
}

function createTaken(database: Database, delivered: Delivered, leaseMs: number): Taken {
  const { id, kind, body, attempt, lease: held } = delivered;
  /** Changes the task if it is still this delivery's. */
  const change = async (
    set: string,
    parameters: readonly Value[],
    tx: Queryable = database,
  ): Promise<boolean> => {
    const changed = await tx.execute(
      `UPDATE task SET ${set} WHERE id = $1 AND lease = $2 AND state = 'leased'`,
      [id, held, ...parameters],
    );
    return changed === 1;
  };
  return {
    id,
    kind,
    body,
    attempt,
    extend: (nowMs) => change('due_ms = $3', [nowMs + leaseMs]),
    done: (tx) => change(`state = 'done', due_ms = NULL, reason = NULL`, [], tx),
    giveBack: (nowMs, delayMs, reason) =>
      change(`state = 'ready', due_ms = $3, reason = $4`, [nowMs + delayMs, reason]),
    postpone: (nowMs, delayMs) =>
      change(`state = 'ready', due_ms = $3, attempt = attempt - 1`, [nowMs + delayMs]),
    reject: (reason) => change(`state = 'rejected', due_ms = NULL, reason = $3`, [reason]),
  };
}
