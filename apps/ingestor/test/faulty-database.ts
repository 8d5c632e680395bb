/**
 * A database that stops at its n-th step, and a sink that does: with the step done, or not. After
 * it nothing is done any more, as if the process were gone.
 */

import { TransportError } from '@priolab/runtime';
import type { Database, Queryable } from '@priolab/runtime/database';

import type { BatchSink } from '../src/index.ts';

export interface Stop {
  /** From 1 on; Infinity: never. */
  readonly step: number;
  readonly isDone: boolean;
}

export function createStopping({ step, isDone }: Stop) {
  let steps = 0;
  const gone = (): TransportError =>
    new TransportError('unavailable', 'gone', { retryable: true, definite: false });
  const attempt = async <T>(work: () => Promise<T>): Promise<T> => {
    steps += 1;
    if (steps > step || (steps === step && !isDone)) throw gone();
    const result = await work();
    if (steps === step) throw gone();
    return result;
  };
  const statements = (inner: Queryable): Queryable => ({
    query: (sql, parameters) => attempt(() => inner.query(sql, parameters)),
    execute: (sql, parameters) => attempt(() => inner.execute(sql, parameters)),
  });
  return {
    steps: () => steps,
    database: (inner: Database): Database => ({
      kind: inner.kind,
      ...statements(inner),
      transaction: (work, options) =>
        attempt(() => inner.transaction((tx) => work(statements(tx)), options)),
      close: () => inner.close(),
    }),
    sink: (inner: BatchSink): BatchSink => ({
      write: (pair) => attempt(() => inner.write(pair)),
    }),
  };
}
