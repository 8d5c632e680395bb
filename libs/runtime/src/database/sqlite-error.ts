/**
 * What SQLite's result codes (https://sqlite.org/rescode.html) mean to who called. The messages of
 * SQLite name tables and columns, never values.
 */

import { TransportError, type TransportErrorCode } from '../transport-error.ts';
import { SqlError } from './database.ts';

interface Meaning {
  readonly code: TransportErrorCode;
  readonly retryable: boolean;
  readonly says: string;
}

const MEANINGS: ReadonlyMap<number, Meaning> = new Map([
  [3, { code: 'refused', retryable: false, says: 'no permission for' }],
  [5, { code: 'unavailable', retryable: true, says: 'another process uses' }],
  [6, { code: 'unavailable', retryable: true, says: 'another connection uses' }],
  [7, { code: 'unavailable', retryable: true, says: 'out of memory in' }],
  [8, { code: 'refused', retryable: false, says: 'no write access to' }],
  [10, { code: 'unavailable', retryable: true, says: 'the disk failed under' }],
  [11, { code: 'corrupt', retryable: false, says: 'malformed content in' }],
  [13, { code: 'full', retryable: true, says: 'no space left for' }],
  [14, { code: 'refused', retryable: false, says: 'can not open' }],
  [26, { code: 'corrupt', retryable: false, says: 'no SQLite content in' }],
]);
const SQLITE_IOERR = 10;
const SQLITE_CONSTRAINT = 19;

/**
 * The error to throw for one that SQLite threw; `mayCommit` where it may come from a commit.
 * Anything else that was thrown is returned as it is.
 */
export function sqliteError(
  error: unknown,
  { path, sql, mayCommit }: { path: string; sql: string; mayCommit: boolean },
): unknown {
  const resultCode = resultCodeOf(error);
  if (resultCode === undefined) return error;
  const { message } = error as Error;
  // The lower byte is the primary code.
  const primary = resultCode & 0xff;
  const meaning = MEANINGS.get(primary);
  if (meaning === undefined) {
    const code = primary === SQLITE_CONSTRAINT ? 'constraint' : 'statement';
    return new SqlError(code, `SQLite refuses the statement "${sql}": ${message}`);
  }
  const { code, retryable, says } = meaning;
  // A sync that failed leaves open what is on the disk.
  const definite = !(mayCommit && primary === SQLITE_IOERR);
  return new TransportError(code, `${says} database ${path}: ${message} (${resultCode})`, {
    retryable,
    definite,
  });
}

function resultCodeOf(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('errcode' in error)) return undefined;
  return typeof error.errcode === 'number' ? error.errcode : undefined;
}
