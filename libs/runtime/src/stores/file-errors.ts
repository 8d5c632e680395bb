/** What the file system refused, as transport errors: which kind, and may trying again help. */

import { TransportError, type TransportErrorCode } from '../transport-error.ts';

const codes: Readonly<Record<string, TransportErrorCode>> = {
  ENOSPC: 'full',
  EDQUOT: 'full',
  EROFS: 'refused',
  EACCES: 'refused',
  EPERM: 'refused',
  EXDEV: 'refused',
  EFBIG: 'refused',
  EOPNOTSUPP: 'refused',
  ENOENT: 'not-found',
};

/**
 * @param definite nothing that others can see has happened
 * @returns anything else than an error of a system call as it is
 */
export function toTransportError(
  error: unknown,
  { what, definite }: { readonly what: string; readonly definite: boolean },
): unknown {
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (!(error instanceof Error) || code === undefined || syscall === undefined) return error;
  const kind = codes[code] ?? 'unavailable';
  // A full disk is emptied, a file table has room again; permissions stay as they are.
  const retryable = kind === 'full' || kind === 'unavailable';
  return new TransportError(kind, `${what}: ${syscall} failed with ${code}`, {
    retryable,
    definite,
    cause: error,
  });
}

/** Whether a call that fails so changed nothing; an I/O error does not tell. */
export function isDefinite(error: unknown): boolean {
  return hasCode(error, ...Object.keys(codes), 'EEXIST', 'ENOTDIR', 'EISDIR', 'ENAMETOOLONG');
}

/** Whether it is an error of a system call with one of these codes. */
export function hasCode(error: unknown, ...expected: readonly string[]): boolean {
  return error instanceof Error && expected.includes((error as NodeJS.ErrnoException).code ?? '');
}
