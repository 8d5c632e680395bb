/**
 * The SQL that a service keeps its state in: the same statements on SQLite and on PostgreSQL. What
 * both take: `$1` placeholders, lower-case names, columns TEXT, BIGINT and BYTEA, ON CONFLICT DO
 * NOTHING, RETURNING. A statement or transaction that resolved is on the disk.
 *
 * What goes wrong with server, disk or file is a `TransportError`; a wrong statement, a `SqlError`.
 */

export type Value = string | number | bigint | Uint8Array | null;

/** Integers are numbers where those are exact and bigints elsewhere; truth is 1 or 0. */
export type Row = Record<string, Value>;

export interface Queryable {
  /** The rows of a statement; `$1` is the first parameter. @throws TransportError, SqlError */
  query<R extends object = Row>(sql: string, parameters?: readonly Value[]): Promise<R[]>;
  /** How many rows a statement has inserted, updated or deleted. */
  execute(sql: string, parameters?: readonly Value[]): Promise<number>;
}

export interface TransactionOptions {
  /**
   * On PostgreSQL, as if transactions ran one after the other, as they do on SQLite; one that can't
   * is `unavailable`. Without it each statement sees what others have committed by then.
   */
  readonly serializable?: boolean;
}

export interface Database extends Queryable {
  readonly kind: 'sqlite' | 'postgres';
  /**
   * All that `work` does through `tx`, or nothing where it throws. A statement that failed ends the
   * transaction, also if `work` catches what it threw. Inside, use `tx` only: on SQLite the
   * database itself waits until the transaction is over.
   *
   * @throws what `work` throws; TransportError, not `definite` where the commit's fate is unknown
   */
  transaction<T>(work: (tx: Queryable) => Promise<T>, options?: TransactionOptions): Promise<T>;
  /** Waits for what is under way. */
  close(): Promise<void>;
}

/** `constraint`: a row breaks a rule of its table; `statement`: any other fault of a statement. */
export type SqlErrorCode = 'constraint' | 'statement';

/** Our own fault, never worth a retry. It names no value: those may be secret. */
export class SqlError extends Error {
  override readonly name = 'SqlError';
  readonly code: SqlErrorCode;

  constructor(code: SqlErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** A number where that is exact. */
export function narrow(value: Value): Value {
  if (typeof value !== 'bigint') return value;
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}
