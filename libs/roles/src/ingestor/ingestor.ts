/**
 * One vendor's ingestion server for one task: takes uploads as bytes from outside, refuses what is
 * malformed, stale, not attested or a replay, picks r, and cuts what is left into batches, the same
 * reports in the same order to both processors. Identity and exact time stop here. It holds no
 * decryption key. Source: ENPA sections 1.2, 5.3, 7.3.
 *
 * Uploads are partitioned by device (a shard of devices and a day), as a load balancer with sticky
 * routing would: all uploads under one device key reach the same partition, so that the replay
 * guard is exact and can be freed when the partition closes.
 */

import type { CryptoBackend, SeedBranch } from '@priolab/crypto';
import type { Prio2Shape } from '@priolab/prio';

import { DAY_MS } from '../blocks.ts';
import type { ShareBatch, UploadBlock } from '../blocks.ts';
import {
  CREATED_AT,
  DEVICE_KEY_AT,
  LEADER_AT,
  REPORT_ID_AT,
  readTimeMs,
  uploadFault,
  uploadLayout,
} from '../messages/upload.ts';
import type { UploadLayout } from '../messages/upload.ts';
import { reasonCode } from '../reasons.ts';
import type { Task, Vendor } from '../task.ts';
import type { Attestation } from './attestation.ts';
import { createBatchCutter, createBatchIds } from './batch-cutter.ts';
import type { BatchCut } from './batch-cutter.ts';
import { createQueryRandomness } from './query-randomness.ts';
import { createReplayGuard } from './replay-guard.ts';
import type { ReplayGuard } from './replay-guard.ts';

/** What an ingestor made of a block of uploads. Views of its arena, valid until its next call. */
export interface Intake<Batch = ShareBatch> {
  /** A reason code for each upload; 0: forwarded. */
  readonly status: Uint8Array;
  readonly batches: readonly BatchPair<Batch>[];
}

export interface BatchPair<Batch = ShareBatch> {
  readonly leader: Batch;
  readonly helper: Batch;
  /** For each report of the batch, its slot in the upload block. Never sent to a processor. */
  readonly uploadSlots: Uint32Array;
}

export interface Ingestor {
  /** Opens a partition and forgets the one before. Batch ids are drawn under `index`. */
  openPartition(index: number): void;
  /** Takes in uploads to one task that were collected on `day`. */
  receive(task: Task, day: number, uploads: UploadBlock): Intake;
}

export interface IngestorOptions {
  readonly backend: CryptoBackend;
  readonly shape: Prio2Shape;
  readonly vendor: Vendor;
  /** Shared by all tasks of this vendor, so that a certificate is checked once a device and day. */
  readonly attestation: Attestation;
  /** The ingestor's own branch of the seed tree: r and batch ids. */
  readonly randomness: SeedBranch;
  /** Largest block, in uploads. */
  readonly capacity: number;
  /** Which points r it leaves out; left out: all roots of unity. */
  readonly rootCheck?: 'all-roots' | 'identity';
}

export function createIngestor(options: IngestorOptions): Ingestor {
  const { backend, shape, attestation, randomness, capacity } = options;
  const layout = uploadLayout(shape);
  const status = new Uint8Array(capacity);
  const queryRandomness = new Uint32Array(capacity);
  const senders = createReplayGuard(capacity);
  const ids = createReplayGuard(capacity);
  const createdMs = new Float64Array(capacity);
  const batchIds = createBatchIds(randomness.child('batch-id'));
  const { leaderSealedSize, helperSealedSize, helperAt } = layout;
  const sizes = { leaderSize: leaderSealedSize, helperSize: helperSealedSize };
  const cutBatches = createBatchCutter({ ...sizes, capacity });
  const secret = randomness.child('query-randomness').export();
  const { rootCheck = 'all-roots' } = options;
  const drawing = { backend, shape, secret, capacity, rootCheck };
  const drawQueryRandomness = createQueryRandomness(drawing);

  const sealedPair = ({ head, leader, helper, slots }: BatchCut): BatchPair => ({
    leader: { ...head, sealed: leader, sealedSize: leaderSealedSize },
    helper: { ...head, sealed: helper, sealedSize: helperSealedSize },
    uploadSlots: slots,
  });

  return {
    openPartition(index) {
      batchIds.openPartition(index);
      senders.clear();
      ids.clear();
    },

    receive(task, day, uploads) {
      if (uploads.count > capacity) {
        throw new RangeError(`block of ${uploads.count} uploads, capacity ${capacity}`);
      }
      checkForm(task, day, uploads, layout, status);
      attestation.check(uploads, day, layout.signatureAt, status);
      refuseReplays(uploads, { senders, ids }, status);
      drawQueryRandomness(uploads, status, queryRandomness);
      const { count, bytes, offsets } = uploads;
      for (let i = 0; i < count; i++) {
        if (status[i] === 0) createdMs[i] = readTimeMs(bytes, offsets[i]! + CREATED_AT);
      }
      const cuts = cutBatches({
        task,
        count,
        status,
        createdMs,
        queryRandomness,
        leader: { bytes, offsets, shift: LEADER_AT },
        helper: { bytes, offsets, shift: helperAt },
        reportIds: { bytes, offsets, shift: REPORT_ID_AT },
        batchIds,
      });
      return { status: status.subarray(0, count), batches: cuts.map(sealedPair) };
    },
  };
}

/** The cheap checks, in the order of the wire form. Nothing is read past what was checked. */
function checkForm(
  task: Task,
  day: number,
  { count, bytes, offsets, sizes }: UploadBlock,
  layout: UploadLayout,
  status: Uint8Array,
): void {
  for (let i = 0; i < count; i++) {
    status[i] = formFault(task, day, bytes, offsets[i]!, sizes[i]!, layout);
  }
}

const STALE = reasonCode('stale');
const REPLAYED = reasonCode('replayed');
const DUPLICATE_ID = reasonCode('duplicate-report-id');

function formFault(
  task: Task,
  day: number,
  bytes: Uint8Array,
  at: number,
  size: number,
  layout: UploadLayout,
): number {
  const fault = uploadFault(task.id, bytes, at, size, layout);
  if (fault !== 0) return fault;
  const createdMs = readTimeMs(bytes, at + CREATED_AT);
  if (createdMs < day * DAY_MS || createdMs >= (day + 1) * DAY_MS) return STALE;
  return 0;
}

/**
 * One upload a device key and partition (a metric and a day), and one a report id: the first valid
 * one wins. So who uses another's id, which nobody knows before it was sent, can't push it out.
 */
function refuseReplays(
  { count, bytes, offsets }: UploadBlock,
  { senders, ids }: { readonly senders: ReplayGuard; readonly ids: ReplayGuard },
  status: Uint8Array,
): void {
  for (let i = 0; i < count; i++) {
    if (status[i] !== 0) continue;
    const at = offsets[i]!;
    // The key's first 16 bytes after the 0x04 prefix: certified keys don't collide there.
    if (!senders.add(bytes, at + DEVICE_KEY_AT + 1)) status[i] = REPLAYED;
    else if (!ids.add(bytes, at + REPORT_ID_AT)) status[i] = DUPLICATE_ID;
  }
}
