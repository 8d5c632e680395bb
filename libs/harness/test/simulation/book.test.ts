/** The book of a simulated run: fates as windows are summed, summed again and published. */

import type { NodeEvent } from '@priolab/nodes';
import { REPORT_ID_AT } from '@priolab/roles';
import type { ProcessorRole, Task } from '@priolab/roles';
import { expect, test } from 'vitest';

import { createBook } from '../../src/simulation/book.ts';

const task = { id: new Uint8Array(32), windowMs: 1000, shape: { rootCount: 4 } } as Task;
const idOf = (report: number): Uint8Array => new Uint8Array(16).fill(report + 1);

function bookOf(reportCount: number) {
  const book = createBook();
  for (let number = 0; number < reportCount; number++) {
    const made = {
      device: number,
      sent: new Uint32Array(1),
      clean: new Uint32Array(1),
      createdMs: 0,
    };
    const view = { leader: [], helper: [] };
    book.enter({ number, task, windowStartMs: 0, view, ...made }, idOf(number));
  }
  return book;
}

type Said = Omit<Extract<NodeEvent, { kind: 'decided' }>, 'role'>;

/** Both processors accept the report in a batch. */
function accept(book: ReturnType<typeof bookOf>, report: number, batchId: string): void {
  const said: Said = {
    kind: 'decided',
    task,
    windowStartMs: 0,
    batchId,
    reportIds: idOf(report),
    queryRandomness: new Uint32Array(1),
    peerValues: new Uint32Array(3),
    status: new Uint8Array(1),
    unheld: [],
  };
  for (const role of ['leader', 'helper'] as const) book.note({ ...said, role }, 0);
}

function summed(
  windowStartMs: number,
  batchIds: readonly string[],
  role: ProcessorRole,
): NodeEvent {
  const counts = { count: 1, rejectedCount: 0 };
  return { kind: 'summed', role, task, windowStartMs, batchIds, unmatched: [], ...counts };
}

function suppressed(windowStartMs: number): NodeEvent {
  return { kind: 'suppressed', by: 'portal', task, windowStartMs, count: 1 };
}

const small = { outcome: 'rejected', hop: 'combiner', reason: 'below-minimum' };

test('a report goes with the window that its batch was summed in', () => {
  const book = bookOf(2);
  accept(book, 0, 'a');
  accept(book, 1, 'b');
  book.note(summed(0, ['a'], 'leader'), 0);
  book.note(suppressed(0), 0);
  expect(book.fateOf(0)).toEqual(small);
  expect(book.fateOf(1)).toMatchObject({ outcome: 'pending', hop: 'combiner' });
});

test('the last sum of a window counts, and the leader’s', () => {
  const book = bookOf(1);
  accept(book, 0, 'a');
  book.note(summed(0, ['a'], 'helper'), 0);
  book.note(suppressed(0), 0);
  expect(book.fateOf(0).outcome).toBe('pending');
  book.note(summed(0, ['a', 'b'], 'leader'), 0);
  expect(book.fateOf(0)).toEqual(small);
  book.note(summed(0, ['b'], 'leader'), 0);
  expect(book.fateOf(0).outcome).toBe('pending');
});

test('of a batch in two windows the one that was heard of first counts', () => {
  const book = bookOf(1);
  accept(book, 0, 'a');
  book.note(suppressed(1000), 0);
  book.note(summed(0, ['a'], 'leader'), 0);
  book.note(summed(1000, ['a'], 'leader'), 0);
  expect(book.fateOf(0)).toEqual(small);
});

test('open as long as any report is, whichever is closed first, and open again', () => {
  const book = bookOf(3);
  expect(bookOf(0).hasOpen()).toBe(false);
  for (const report of [2, 0, 1]) {
    expect(book.hasOpen()).toBe(true);
    book.outcomeOf(report, { kind: 'refused', reason: 1, attempts: 1 }, 0);
  }
  expect(book.hasOpen()).toBe(false);
  // It was stored all the same, and goes on.
  accept(book, 1, 'a');
  expect(book.hasOpen()).toBe(true);
});

test('a batch that one side could not use: its reason, not what the other makes of it', () => {
  const book = bookOf(2);
  const at = { task, windowStartMs: 0 };
  const enter = (report: number, batchId: string): void => {
    const upload = new Uint8Array(400);
    upload.set(idOf(report), REPORT_ID_AT);
    const batches = [{ batchId, windowStartMs: 0, uploadSlots: Uint32Array.of(0) }];
    const batched = { vendor: 'google', day: 0, uploads: [upload], status: new Uint8Array(1) };
    book.note({ kind: 'batched', ...at, ...batched, batches } as NodeEvent, 0);
  };
  enter(0, 'a');
  enter(1, 'b');
  const counts = { batchIds: [], count: 0, rejectedCount: 0 };
  book.note({ kind: 'summed', role: 'leader', ...at, unmatched: ['a', 'b'], ...counts }, 0);
  const unmatched = { outcome: 'rejected', hop: 'leader', reason: 'batch-unmatched' };
  expect(book.fateOf(0)).toEqual(unmatched);
  const refused = { kind: 'batch-refused', batchId: 'a', of: 'ingestion', detail: '' } as const;
  book.note({ ...refused, role: 'helper', reason: 'batch-digest' }, 0);
  expect(book.fateOf(0)).toEqual({ outcome: 'rejected', hop: 'helper', reason: 'batch-digest' });
  expect(book.fateOf(1)).toEqual(unmatched);
});
