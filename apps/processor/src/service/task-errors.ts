/**
 * How a task may fail: not now, or never. What is neither of these, nor an error of a store or of
 * the wire, is a bug; it is tried again as often as any task and then put aside.
 */

import { ManifestError } from '@priolab/roles/manifest';
import { EnpaError } from '@priolab/roles/enpa';
import { ProtocolAbort } from '@priolab/roles';
import { TransportError } from '@priolab/runtime';
import type { TransportErrorCode } from '@priolab/runtime';

/** Something else has to happen first: the task waits, which is no failed attempt. */
export class NotReady extends Error {
  override readonly name = 'NotReady';
  readonly code = 'not-ready';
}

/** A rule of ours refuses it for good. */
export class Refused extends Error {
  override readonly name = 'Refused';
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/**
 * Source: ENPA section 6.4 (table), 6.5 (worker loop). What a store or database refuses, somebody
 * can allow again, so that is tried as often as anything else before the task is put aside.
 */
export function isRetryable(error: unknown): boolean {
  // A key may be newer than the manifest that we have read.
  if (error instanceof EnpaError) return error.retryable || error.code === 'unknown-key';
  return !(
    error instanceof Refused ||
    error instanceof ProtocolAbort ||
    error instanceof ManifestError
  );
}

/** A store or database that is full or can't be reached: every task would fail the same way. */
export function isOutage(error: unknown): boolean {
  return error instanceof TransportError && error.retryable;
}

/** What operators can do about it; undefined where the error says all. */
export function adviceOn(error: unknown): string | undefined {
  return error instanceof TransportError ? ADVICE[error.code] : undefined;
}

const RESUMES = 'work goes on by itself';
const ADVICE: Readonly<Partial<Record<TransportErrorCode, string>>> = {
  full: `make room; ${RESUMES}`,
  unavailable: `see that it can be reached; ${RESUMES}`,
  timeout: `see that it answers in time; ${RESUMES}`,
  refused: 'allow the processor to read and write there; tasks that were put aside: tasks --retry',
  'not-found': 'make what is missing; tasks that were put aside: tasks --retry',
};
