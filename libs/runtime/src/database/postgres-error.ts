/**
 * What PostgreSQL's SQLSTATEs (its manual, appendix A) and lost connections mean to who called. The
 * server's messages may quote values, so that only those on its own state are passed on.
 */

import { TransportError, type TransportErrorCode } from '../transport-error.ts';
import { SqlError } from './database.ts';

/** How far the work had come: nothing sent, in a transaction, or where it may have committed. */
export type Stage = 'connect' | 'transaction' | 'commit';

interface ServerError extends Error {
  readonly code: string;
  readonly severity: string;
  readonly constraint?: string;
}

/** By SQLSTATE, else by its class (the first two letters). */
const MEANINGS: Readonly<Record<string, readonly [code: TransportErrorCode, retryable: boolean]>> =
  {
    '08': ['unavailable', true],
    '25006': ['refused', false], // read_only_sql_transaction
    '25P03': ['timeout', true], // idle_in_transaction_session_timeout
    '28': ['refused', false], // invalid authorization
    '3D': ['refused', false], // no such database
    '40': ['unavailable', true], // serialization_failure, deadlock_detected
    '42501': ['refused', false], // insufficient_privilege
    '53': ['unavailable', true], // out of memory, too many connections
    '53100': ['full', true], // disk_full
    '55P03': ['timeout', true], // lock_not_available
    '57': ['unavailable', true], // shutdown, starting up
    '57014': ['timeout', true], // query_canceled, by statement_timeout
    '58': ['unavailable', true], // system_error, io_error
    XX001: ['corrupt', false], // data_corrupted
    XX002: ['corrupt', false], // index_corrupted
  };

function isServerError(error: unknown): error is ServerError {
  return error instanceof Error && 'severity' in error && 'code' in error;
}

/** Whether the connection can't be used again: all but a statement that the server refused. */
export function endsConnection(error: unknown): boolean {
  return !isServerError(error) || error.severity === 'FATAL' || error.severity === 'PANIC';
}

/** The error to throw for one that the client threw; `where` names the server, without password. */
export function postgresError(
  error: unknown,
  { where, sql, stage }: { where: string; sql: string; stage: Stage },
): unknown {
  if (error instanceof TypeError || error instanceof TransportError) return error;
  // What the server said before it went, or its silence, doesn't tell if it had committed.
  const definite = stage !== 'commit' || !endsConnection(error);
  if (!isServerError(error)) {
    const text = error instanceof Error ? error.message || codeOf(error) : String(error);
    const code = /timeout/i.test(text) && stage !== 'connect' ? 'timeout' : 'unavailable';
    return new TransportError(code, `lost PostgreSQL at ${where}: ${text}`, {
      retryable: true,
      definite,
    });
  }
  const [code, retryable] = MEANINGS[error.code] ?? MEANINGS[error.code.slice(0, 2)] ?? [];
  if (code === undefined) return statementError(error, sql);
  const message = `PostgreSQL at ${where}: ${error.message} (SQLSTATE ${error.code})`;
  return new TransportError(code, message, { retryable: retryable ?? false, definite });
}

/** An error for several addresses has no message of its own. */
const codeOf = (error: Error): string => ('code' in error ? String(error.code) : error.name);

function statementError(error: ServerError, sql: string): SqlError {
  const { code, constraint } = error;
  const said = `PostgreSQL refuses the statement "${sql}": SQLSTATE ${code}`;
  // Class 23: integrity constraint violation.
  if (code.startsWith('23'))
    return new SqlError('constraint', `${said}, ${constraint ?? 'unnamed'}`);
  // Class 42, syntax error or access rule violation, quotes names only.
  return new SqlError('statement', code.startsWith('42') ? `${said}, ${error.message}` : said);
}
