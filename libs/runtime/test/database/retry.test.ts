/** What becomes of a task that failed. */

import { expect, test } from 'vitest';
import { backoffMs, failureOf, fateOf, SqlError } from '../../src/database/index.ts';
import { TransportError } from '../../src/index.ts';

test('the delay doubles from 1 s to 30 s', () => {
  const delays = [1, 2, 3, 4, 5, 6, 7, 100, 2000].map(backoffMs);
  expect(delays).toEqual([1000, 2000, 4000, 8000, 16000, 30000, 30000, 30000, 30000]);
});

test('what may mend itself is tried five times', () => {
  const fates = [1, 2, 4, 5, 6].map((attempt) => fateOf('retryable', { attempt, attemptsMax: 5 }));
  expect(fates).toEqual([
    { kind: 'give-back', delayMs: 1000 },
    { kind: 'give-back', delayMs: 2000 },
    { kind: 'give-back', delayMs: 8000 },
    { kind: 'reject', why: 'failed 5 times' },
    { kind: 'reject', why: 'failed 6 times' },
  ]);
});

test('what can not is rejected at once', () => {
  const fate = fateOf('final', { attempt: 1, attemptsMax: 5 });
  expect(fate).toEqual({ kind: 'reject', why: 'can not succeed' });
});

test('an error says itself whether it may be retried', () => {
  const transportError = (retryable: boolean) =>
    new TransportError('unavailable', 'gone', { retryable, definite: true });
  expect(failureOf(transportError(true))).toBe('retryable');
  expect(failureOf(transportError(false))).toBe('final');
  expect(failureOf(new SqlError('statement', 'wrong'))).toBe('final');
  expect(failureOf(new Error('a bug'))).toBe('final');
  expect(failureOf({ retryable: true })).toBe('final');
});
