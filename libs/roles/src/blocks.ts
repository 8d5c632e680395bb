/**
 * What passes between the parties: blocks of reports of one task, as structures of arrays. A slot
 * is a report's position in its block. Arrays belong to the party that filled them (its arena) and
 * are valid until that party fills its next block; nobody writes into another's block.
 *
 *   MeasurementBlock -> ReportBlock -> UploadBlock -> two ShareBatches -> VerifierShareBlock
 *                                                                      -> AggregateShare
 */

import type { Strided } from '@priolab/crypto';

import type { Task } from './task.ts';

export const REPORT_ID_SIZE = 16;
export const BATCH_ID_SIZE = 16;
export const DAY_MS = 86_400_000;

/** What `count` devices measured on one day. */
export interface MeasurementBlock {
  readonly task: Task;
  /** Days since the Unix epoch, UTC. */
  readonly day: number;
  readonly count: number;
  /** Device index within its cell (state and vendor), ascending. */
  readonly devices: Uint32Array;
  /** Position of each device in the shard's `IdentityBlock`. */
  readonly identityIndex: Uint32Array;
  /** When the report is made: milliseconds since the start of `day`. */
  readonly timesMs: Uint32Array;
  /** count x bins, each 0 or 1: the truth, before noise. */
  readonly bits: Uint32Array;
}

/** The same, randomised, proved and split: plaintext shares, known to the devices alone. */
export interface ReportBlock {
  readonly task: Task;
  readonly day: number;
  readonly count: number;
  readonly devices: Uint32Array;
  readonly identityIndex: Uint32Array;
  readonly timesMs: Uint32Array;
  /** count x proofLen field elements: noisy bits, f0, g0, h0, packed h. */
  readonly proofs: Uint32Array;
  /** leaderShareSize bytes a report. */
  readonly leaderShares: Strided;
  /** Seeds, 32 bytes a report. */
  readonly helperShares: Strided;
  /** 16 random bytes a report. */
  readonly reportIds: Uint8Array;
}

/** Both shares of each report, encrypted, one to each processor. */
export interface SealedBlock {
  readonly report: ReportBlock;
  readonly leader: Strided;
  readonly helper: Strided;
}

/** Uploads as they reach an ingestor: bytes from outside, of any size. */
export interface UploadBlock {
  readonly count: number;
  readonly bytes: Uint8Array;
  /** Upload i is `bytes[offsets[i] .. offsets[i] + sizes[i])`. */
  readonly offsets: Uint32Array;
  readonly sizes: Uint32Array;
}

export type ProcessorRole = 'leader' | 'helper';

/** What a batch says beside its shares: no identity, no exact time. */
export interface BatchHead {
  readonly task: Task;
  /** 16 bytes, the same at both processors. */
  readonly batchId: Uint8Array;
  /** Start of the aggregation window, milliseconds since the Unix epoch. */
  readonly windowStartMs: number;
  readonly count: number;
  /** 16 bytes a report. */
  readonly reportIds: Uint8Array;
  /** r, one field element a report. */
  readonly queryRandomness: Uint32Array;
}

/** One ingestion batch as one processor sees it. */
export interface ShareBatch extends BatchHead {
  readonly sealed: Strided;
  readonly sealedSize: number;
}

/** A batch that saw no transport: the shares as the devices made them, not encrypted. */
export interface BareBatch extends BatchHead {
  readonly shares: Strided;
}

/** What one processor tells the other about a batch. */
export interface VerifierShareBlock {
  readonly batchId: Uint8Array;
  readonly count: number;
  readonly reportIds: Uint8Array;
  /** count x 3: f(r), g(r), h(r). */
  readonly values: Uint32Array;
  /** 0 = a message is there; anything else: this processor could not make one. */
  readonly status: Uint8Array;
}

/** A processor's sum over one task and window, or a part of it: what ENPA calls a sum part. */
export interface AggregateShare {
  readonly task: Task;
  readonly windowStartMs: number;
  /** bins field elements. */
  readonly sum: Uint32Array;
  /** Reports added. */
  readonly count: number;
  /** Reports examined and refused. */
  readonly rejectedCount: number;
  /** Hex, in the order of aggregation. */
  readonly batchIds: readonly string[];
  /** Hex SHA-256 over the ids of the reports added; absent where sums pass without messages. */
  readonly includedDigest?: string;
}
