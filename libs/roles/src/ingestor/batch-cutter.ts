/**
 * Cuts a block of accepted reports into batches: one pair for each aggregation window that occurs,
 * in window order, the same reports in the same order for both processors. Exact time ends here.
 * Source: ENPA sections 1.2, 7.3.
 */

import { copyBytes } from '@priolab/crypto';
import type { SeedBranch, Strided } from '@priolab/crypto';

import { BATCH_ID_SIZE, REPORT_ID_SIZE } from '../blocks.ts';
import type { BatchHead } from '../blocks.ts';
import type { Task } from '../task.ts';

const MAX_BATCHES_PER_PARTITION = 2 ** 20;

/** Where one kind of item lies: item i begins at `offsets[i] + shift`. */
export interface Scattered {
  readonly bytes: Uint8Array;
  readonly offsets: Uint32Array;
  readonly shift: number;
}

export interface CutRequest {
  readonly task: Task;
  readonly count: number;
  /** Reports whose status is not 0 are left out. */
  readonly status: Uint8Array;
  /** When each report was made, milliseconds since the Unix epoch. */
  readonly createdMs: Float64Array;
  readonly queryRandomness: Uint32Array;
  readonly leader: Scattered;
  readonly helper: Scattered;
  readonly reportIds: Scattered;
  readonly batchIds: BatchIds;
}

/** One window's reports, packed; views of the cutter's arena, valid until its next call. */
export interface BatchCut {
  readonly head: BatchHead;
  readonly leader: Strided;
  readonly helper: Strided;
  /** For each report of the batch, its slot in the block. */
  readonly slots: Uint32Array;
}

/** Batch ids by partition and number, never by the order of partitions. */
export interface BatchIds {
  openPartition(index: number): void;
  /** 16 fresh bytes. */
  next(task: Task): Uint8Array;
}

export function createBatchIds(randomness: SeedBranch): BatchIds {
  let partition = 0;
  let batchCount = 0;
  return {
    openPartition(index) {
      partition = index;
      batchCount = 0;
    },
    next(task) {
      if (batchCount === MAX_BATCHES_PER_PARTITION) throw new RangeError('too many batches');
      const index = partition * MAX_BATCHES_PER_PARTITION + batchCount++;
      return randomness.child(task.metric.id).bytes(index, BATCH_ID_SIZE);
    },
  };
}

/** @param options bytes of one share of each kind, and the largest block in reports */
export function createBatchCutter(options: {
  readonly leaderSize: number;
  readonly helperSize: number;
  readonly capacity: number;
}): (request: CutRequest) => BatchCut[] {
  const { leaderSize, helperSize, capacity } = options;
  const leader = new Uint8Array(capacity * leaderSize);
  const helper = new Uint8Array(capacity * helperSize);
  const reportIds = new Uint8Array(capacity * REPORT_ID_SIZE);
  const points = new Uint32Array(capacity);
  const slots = new Uint32Array(capacity);
  const windows = new Float64Array(capacity);

  const copy = (from: Scattered, slot: number, size: number, to: Uint8Array, index: number) => {
    copyBytes(size, from.bytes, from.offsets[slot]! + from.shift, to, index * size);
  };

  const take = (request: CutRequest, slot: number, index: number): void => {
    copy(request.leader, slot, leaderSize, leader, index);
    copy(request.helper, slot, helperSize, helper, index);
    copy(request.reportIds, slot, REPORT_ID_SIZE, reportIds, index);
    points[index] = request.queryRandomness[slot]!;
    slots[index] = slot;
  };

  const cut = (
    { task, batchIds }: CutRequest,
    windowStartMs: number,
    from: number,
    to: number,
  ) => ({
    head: {
      task,
      batchId: batchIds.next(task),
      windowStartMs,
      count: to - from,
      reportIds: reportIds.subarray(from * REPORT_ID_SIZE, to * REPORT_ID_SIZE),
      queryRandomness: points.subarray(from, to),
    },
    leader: { bytes: leader, offset: from * leaderSize, stride: leaderSize },
    helper: { bytes: helper, offset: from * helperSize, stride: helperSize },
    slots: slots.subarray(from, to),
  });

  return (request) => {
    const { task, count, status, createdMs } = request;
    const starts = new Set<number>();
    for (let i = 0; i < count; i++) {
      if (status[i] !== 0) continue;
      windows[i] = createdMs[i]! - (createdMs[i]! % task.windowMs);
      starts.add(windows[i]!);
    }
    const cuts: BatchCut[] = [];
    let end = 0;
    for (const windowStartMs of [...starts].sort((a, b) => a - b)) {
      const from = end;
      for (let i = 0; i < count; i++) {
        if (status[i] === 0 && windows[i] === windowStartMs) take(request, i, end++);
      }
      cuts.push(cut(request, windowStartMs, from, end));
    }
    return cuts;
  };
}
