/**
 * What a service keeps on disk besides objects: a database (SQLite or PostgreSQL by its URL) and a
 * durable queue of tasks on it.
 */

export {
  SqlError,
  type Database,
  type Queryable,
  type Row,
  type SqlErrorCode,
  type TransactionOptions,
  type Value,
} from './database.ts';
export { openDatabase, type OpenOptions } from './open.ts';
export { createTables, insertNew } from './tables.ts';
export {
  createDurableQueue,
  type AddOptions,
  type DurableQueue,
  type RejectedTask,
  type Taken,
  type TaskState,
} from './durable-queue.ts';
export { backoffMs, failureOf, fateOf, type Failure, type Fate } from './retry.ts';
