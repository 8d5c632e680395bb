/**
 * What a processor must not forget, in SQL: what it said about each batch, what came of it, which
 * reports a window has claimed, which batches a window is made of. Each row is written once, or its
 * change is one transaction; nothing is ever added to a running total, so that doing a step twice
 * changes nothing. Holds verifier shares, and sums of our shares sealed to our own packet key: a
 * block may hold a single report, whose share would otherwise stand here (`sealed-sums.ts`).
 */

import { createTables } from '@priolab/runtime/database';
import type { Database, Queryable, Value } from '@priolab/runtime/database';

/** Which batch; all that is written about it is found by this. */
export interface BatchName {
  readonly instance: string;
  readonly aggregation: string;
  /** 36 characters. */
  readonly batchUuid: string;
}

/** Which window. */
export interface WindowName {
  readonly instance: string;
  readonly aggregation: string;
  readonly startMs: number;
}

/**
 * `said`: noted what we say about it; `written`: all of that is where the peer reads it; `decided`:
 * the peer's word is joined.
 */
export type BatchState = 'said' | 'written' | 'decided';

export interface BatchRow extends BatchName {
  /** Time in its name. */
  readonly timeMs: number;
  readonly state: BatchState;
  /** The header's parameters as JSON (`encodeParameters`): equal for all batches of a sum. */
  readonly parameters: string;
  readonly reportCount: number;
  /** Of the packets that were taken in, 32 bytes. */
  readonly packetDigest: Uint8Array;
}

/** One block of a batch, in the batch's order. */
export interface ChunkRow {
  /** `count` times uuid[16] || status u8 || f u32 || g u32 || h u32. */
  readonly said: Uint8Array;
  /** Our share of the sum over the reports that we could evaluate, sealed; empty: not noted. */
  readonly sum: Uint8Array;
  /** A reason code a report, once decided. */
  readonly verdicts: Uint8Array | null;
}

export interface WindowRow {
  /** Batch UUIDs that we can sum, JSON. */
  readonly batches: string;
  /** `batch uuid[16] || report uuid[16]` of reports that an earlier batch or window claims. */
  readonly repeated: Uint8Array;
  readonly parameters: string;
  /** `claiming`: its batches are fixed, its reports are being claimed. */
  readonly state: 'claiming' | 'fixed' | 'summed' | 'held';
}

const SCHEMA = [
  `CREATE TABLE IF NOT EXISTS batch (
     instance TEXT NOT NULL, aggregation TEXT NOT NULL, batch_uuid TEXT NOT NULL,
     time_ms BIGINT NOT NULL, state TEXT NOT NULL, parameters TEXT NOT NULL,
     report_count BIGINT NOT NULL, packet_digest {blob} NOT NULL, is_open BIGINT NOT NULL,
     PRIMARY KEY (instance, aggregation, batch_uuid))`,
  `CREATE INDEX IF NOT EXISTS batch_open ON batch (instance, is_open, time_ms)`,
  `CREATE INDEX IF NOT EXISTS batch_by_time ON batch (instance, aggregation, time_ms)`,
  `CREATE TABLE IF NOT EXISTS chunk (
     instance TEXT NOT NULL, aggregation TEXT NOT NULL, batch_uuid TEXT NOT NULL,
     position BIGINT NOT NULL, said {blob} NOT NULL, sum {blob} NOT NULL, verdicts {blob},
     PRIMARY KEY (instance, aggregation, batch_uuid, position))`,
  `CREATE TABLE IF NOT EXISTS claim (
     instance TEXT NOT NULL, aggregation TEXT NOT NULL, report_id {blob} NOT NULL,
     batch_uuid TEXT NOT NULL, start_ms BIGINT NOT NULL,
     PRIMARY KEY (instance, aggregation, report_id))`,
  `CREATE INDEX IF NOT EXISTS claim_by_batch ON claim (instance, aggregation, batch_uuid)`,
  `CREATE TABLE IF NOT EXISTS window_set (
     instance TEXT NOT NULL, aggregation TEXT NOT NULL, start_ms BIGINT NOT NULL,
     end_ms BIGINT NOT NULL, batches TEXT NOT NULL, repeated {blob} NOT NULL,
     parameters TEXT NOT NULL, state TEXT NOT NULL, has_blocks BIGINT NOT NULL,
     PRIMARY KEY (instance, aggregation, start_ms))`,
];

const EMPTY = new Uint8Array(0);
/** Rows of one statement: few enough parameters for every engine. */
const ROWS_MAX = 500;

export type ProcessorState = Awaited<ReturnType<typeof openState>>;

export async function openState(database: Database) {
  const blob = database.kind === 'postgres' ? 'BYTEA' : 'BLOB';
  const tables = SCHEMA.map((statement) => statement.replaceAll('{blob}', blob));
  await createTables(database, tables);
  return {
    ...batchRows(database),
    ...blockRows(database),
    ...windowRows(database),
    ...claimRows(database),
  };
}

function batchRows(database: Database) {
  return {
    async batch(name: BatchName): Promise<BatchRow | undefined> {
      const rows = await database.query<SqlBatch>(
        `SELECT * FROM batch WHERE instance = $1 AND aggregation = $2 AND batch_uuid = $3`,
        keyOf(name),
      );
      return rows.map(batchOf)[0];
    },

    /** Batches whose time is in the window, in the order in which they are summed. */
    async batchesIn(window: WindowName, endMs: number): Promise<BatchRow[]> {
      const rows = await database.query<SqlBatch>(
        `SELECT * FROM batch WHERE instance = $1 AND aggregation = $2
           AND time_ms >= $3 AND time_ms < $4 ORDER BY time_ms, batch_uuid`,
        [window.instance, window.aggregation, window.startMs, endMs],
      );
      return rows.map(batchOf);
    },

    /** Times of batches whose window is not closed, oldest first. */
    async openTimes(instance: string): Promise<{ aggregation: string; timeMs: number }[]> {
      const rows = await database.query<{ aggregation: string; time_ms: number }>(
        `SELECT DISTINCT aggregation, time_ms FROM batch WHERE instance = $1 AND is_open = 1
         ORDER BY time_ms, aggregation`,
        [instance],
      );
      return rows.map((row) => ({ aggregation: row.aggregation, timeMs: Number(row.time_ms) }));
    },

    /**
     * Notes what we say about a batch, whose blocks are noted already.
     * @param blockCount blocks beyond it are of an attempt that did not come to its end
     * @returns false where its window was fixed meanwhile: then nothing is noted
     */
    async putSaid(
      row: Omit<BatchRow, 'state'>,
      { blockCount, startMs }: { readonly blockCount: number; readonly startMs: number },
    ): Promise<boolean> {
      return database.transaction(async (tx) => {
        const { instance, aggregation } = row;
        if ((await readWindow(tx, { instance, aggregation, startMs })) !== undefined) return false;
        await tx.execute(
          `INSERT INTO batch (instance, aggregation, batch_uuid, time_ms, state, parameters,
             report_count, packet_digest, is_open) VALUES ($1, $2, $3, $4, 'said', $5, $6, $7, 1)
           ON CONFLICT DO NOTHING`,
          [...keyOf(row), row.timeMs, row.parameters, row.reportCount, row.packetDigest],
        );
        await tx.execute(
          `DELETE FROM chunk WHERE instance = $1 AND aggregation = $2 AND batch_uuid = $3
             AND position >= $4`,
          [...keyOf(row), blockCount],
        );
        return true;
      });
    },

    async markWritten(name: BatchName): Promise<void> {
      await database.execute(
        `UPDATE batch SET state = 'written'
         WHERE instance = $1 AND aggregation = $2 AND batch_uuid = $3 AND state = 'said'`,
        keyOf(name),
      );
    },
  };
}

function blockRows(database: Database) {
  return {
    /** Notes blocks of a batch that is not noted yet; again after a crash, in place of what is. */
    async putBlocks(name: BatchName, from: number, blocks: readonly ChunkRow[]): Promise<void> {
      await database.transaction(async (tx) => {
        for (const [i, { said, sum }] of blocks.entries()) {
          await tx.execute(
            `INSERT INTO chunk (instance, aggregation, batch_uuid, position, said, sum)
             VALUES ($1, $2, $3, $4, $5, $6)
             ON CONFLICT (instance, aggregation, batch_uuid, position)
             DO UPDATE SET said = excluded.said, sum = excluded.sum`,
            [...keyOf(name), from + i, said, sum],
          );
        }
      });
    },

    /** One after the other, so that a large batch is never whole in memory. */
    async *chunks(name: BatchName): AsyncGenerator<ChunkRow> {
      for (let position = 0; ; position++) {
        const [row] = await database.query<ChunkRow>(
          `SELECT said, sum, verdicts FROM chunk
           WHERE instance = $1 AND aggregation = $2 AND batch_uuid = $3 AND position = $4`,
          [...keyOf(name), position],
        );
        if (row === undefined) return;
        yield row;
      }
    },

    /** Notes what came of a batch: verdicts a block. Done twice it is the same. */
    async putDecided(name: BatchName, verdicts: readonly Uint8Array[]): Promise<void> {
      await database.transaction(async (tx) => {
        for (const [position, codes] of verdicts.entries()) {
          await tx.execute(
            `UPDATE chunk SET verdicts = $5
             WHERE instance = $1 AND aggregation = $2 AND batch_uuid = $3 AND position = $4`,
            [...keyOf(name), position, codes],
          );
        }
        await tx.execute(
          `UPDATE batch SET state = 'decided'
           WHERE instance = $1 AND aggregation = $2 AND batch_uuid = $3`,
          keyOf(name),
        );
      });
    },

    /** Forgets a batch's blocks and claims; that it was taken in is never forgotten. */
    async forgetBlocks(name: BatchName): Promise<void> {
      for (const table of ['chunk', 'claim']) {
        await database.execute(
          `DELETE FROM ${table} WHERE instance = $1 AND aggregation = $2 AND batch_uuid = $3`,
          keyOf(name),
        );
      }
    },
  };
}

async function readWindow(on: Queryable, name: WindowName): Promise<WindowRow | undefined> {
  const [row] = await on.query<WindowRow>(
    `SELECT batches, repeated, parameters, state FROM window_set
     WHERE instance = $1 AND aggregation = $2 AND start_ms = $3`,
    windowKey(name),
  );
  return row;
}

function windowRows(database: Database) {
  return {
    window: (name: WindowName) => readWindow(database, name),

    /**
     * Fixes which batches a window is made of, and that none comes in any more.
     * @returns what is fixed from now on: this, or what was fixed before
     */
    beginWindow(
      name: WindowName,
      set: {
        readonly endMs: number;
        readonly batches: readonly string[];
        readonly parameters: string;
      },
    ): Promise<WindowRow> {
      const { endMs, batches, parameters } = set;
      return database.transaction(async (tx) => {
        await tx.execute(
          `INSERT INTO window_set (instance, aggregation, start_ms, end_ms, batches, repeated,
             parameters, state, has_blocks) VALUES ($1, $2, $3, $4, $5, $6, $7, 'claiming', 1)
           ON CONFLICT DO NOTHING`,
          [...windowKey(name), endMs, JSON.stringify(batches), EMPTY, parameters],
        );
        return (await readWindow(tx, name))!;
      });
    },

    /** Ends the claiming. @param repeated `batch uuid[16] || report uuid[16]`, one after another */
    async fixWindow(name: WindowName, repeated: Uint8Array): Promise<WindowRow> {
      await database.execute(
        `UPDATE window_set SET repeated = $4, state = 'fixed'
         WHERE instance = $1 AND aggregation = $2 AND start_ms = $3 AND state = 'claiming'`,
        [...windowKey(name), repeated],
      );
      return (await readWindow(database, name))!;
    },

    async closeWindow(
      name: WindowName & { readonly endMs: number },
      state: 'summed' | 'held',
    ): Promise<void> {
      const { instance, aggregation, startMs, endMs } = name;
      await database.transaction(async (tx) => {
        await tx.execute(
          `UPDATE window_set SET state = $4
           WHERE instance = $1 AND aggregation = $2 AND start_ms = $3`,
          [...windowKey(name), state],
        );
        await tx.execute(
          `UPDATE batch SET is_open = 0 WHERE instance = $1 AND aggregation = $2
             AND time_ms >= $3 AND time_ms < $4`,
          [instance, aggregation, startMs, endMs],
        );
      });
    },
  };
}

function claimRows(database: Database) {
  return {
    /** Claims reports for a batch; again, it is the same. @returns those that another batch has */
    claim: (name: BatchName & { readonly startMs: number }, ids: readonly Uint8Array[]) =>
      claim(database, name, ids),

    /** Forgets a batch that is refused after all. */
    async forgetClaims(name: BatchName): Promise<void> {
      await database.execute(
        `DELETE FROM claim WHERE instance = $1 AND aggregation = $2 AND batch_uuid = $3`,
        keyOf(name),
      );
    },

    /** Windows that are closed, began before `beforeMs` and still have their blocks. */
    async oldWindows(beforeMs: number): Promise<(WindowName & { readonly endMs: number })[]> {
      const rows = await database.query<SqlWindow>(
        `SELECT instance, aggregation, start_ms, end_ms FROM window_set
         WHERE start_ms < $1 AND has_blocks = 1 AND state IN ('summed', 'held')`,
        [beforeMs],
      );
      return rows.map(({ instance, aggregation, start_ms, end_ms }) => {
        return { instance, aggregation, startMs: Number(start_ms), endMs: Number(end_ms) };
      });
    },

    async markForgotten(name: WindowName): Promise<void> {
      await database.execute(
        `UPDATE window_set SET has_blocks = 0
         WHERE instance = $1 AND aggregation = $2 AND start_ms = $3`,
        windowKey(name),
      );
    },
  };
}

interface SqlBatch {
  readonly instance: string;
  readonly aggregation: string;
  readonly batch_uuid: string;
  readonly time_ms: number;
  readonly state: BatchState;
  readonly parameters: string;
  readonly report_count: number;
  readonly packet_digest: Uint8Array;
}

interface SqlWindow {
  readonly instance: string;
  readonly aggregation: string;
  readonly start_ms: number;
  readonly end_ms: number;
}

function batchOf(row: SqlBatch): BatchRow {
  return {
    instance: row.instance,
    aggregation: row.aggregation,
    batchUuid: row.batch_uuid,
    timeMs: Number(row.time_ms),
    state: row.state,
    parameters: row.parameters,
    reportCount: Number(row.report_count),
    packetDigest: row.packet_digest,
  };
}

function keyOf({ instance, aggregation, batchUuid }: BatchName): string[] {
  return [instance, aggregation, batchUuid];
}

function windowKey({ instance, aggregation, startMs }: WindowName): Value[] {
  return [instance, aggregation, startMs];
}

/** @returns those of `ids` that another batch has claimed */
async function claim(
  on: Queryable,
  name: BatchName & { readonly startMs: number },
  ids: readonly Uint8Array[],
): Promise<Uint8Array[]> {
  const repeated: Uint8Array[] = [];
  const { instance, aggregation, batchUuid, startMs } = name;
  for (let from = 0; from < ids.length; from += ROWS_MAX) {
    const some = ids.slice(from, from + ROWS_MAX);
    const rows = some.map((_, i) => `($1, $2, $${i + 5}, $3, $4)`).join(', ');
    await on.execute(
      `INSERT INTO claim (instance, aggregation, report_id, batch_uuid, start_ms)
       VALUES ${rows} ON CONFLICT DO NOTHING`,
      [instance, aggregation, batchUuid, startMs, ...some],
    );
    const places = some.map((_, i) => `$${i + 4}`).join(', ');
    const others = await on.query<{ report_id: Uint8Array }>(
      `SELECT report_id FROM claim WHERE instance = $1 AND aggregation = $2
         AND batch_uuid <> $3 AND report_id IN (${places})`,
      [instance, aggregation, batchUuid, ...some],
    );
    for (const { report_id } of others) repeated.push(report_id);
  }
  return repeated;
}
