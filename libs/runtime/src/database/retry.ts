/**
 * What becomes of a task that failed (ENPA section 6.8, facilitator and workflow-manager): what may
 * mend itself is tried again, later each time, and set aside after so many deliveries; what can't
 * is set aside at once.
 */

export type Failure = 'retryable' | 'final';

export type Fate =
  | { readonly kind: 'give-back'; readonly delayMs: number }
  | { readonly kind: 'reject'; readonly why: string };

const DELAY_FIRST_MS = 1000;
const DELAY_MAX_MS = 30_000;

/** 1 s after the first delivery, twice as long after each other one, up to 30 s. */
export function backoffMs(attempt: number): number {
  return Math.min(DELAY_FIRST_MS * 2 ** (attempt - 1), DELAY_MAX_MS);
}

/** `attempt`: the delivery that failed, from 1 on. */
export function fateOf(
  failure: Failure,
  { attempt, attemptsMax }: { readonly attempt: number; readonly attemptsMax: number },
): Fate {
  if (failure === 'final') return { kind: 'reject', why: 'can not succeed' };
  if (attempt >= attemptsMax) return { kind: 'reject', why: `failed ${attempt} times` };
  return { kind: 'give-back', delayMs: backoffMs(attempt) };
}

/** An error that says so itself (`TransportError`, ...) may be retried; any other one is final. */
export function failureOf(error: unknown): Failure {
  const isRetryable = error instanceof Error && 'retryable' in error && error.retryable === true;
  return isRetryable ? 'retryable' : 'final';
}
