/**
 * A worker's hand in a run whose uploads really travel: it keeps the bytes of every finished upload
 * of a shard, copies and late ones among them, with what the ingestor in memory said of each; and
 * it notes which reports the processors in memory refused. It changes nothing.
 */

import { DAY_MS, REPORT_ID_SIZE } from '@priolab/roles';
import type { ReportBlock, ShareBatch, UploadBlock, Vendor } from '@priolab/roles';

import type { Observer } from '../pipeline.ts';
import type { BlockEyes } from '../run/observe.ts';
import { createUploadArena } from './shard-uploads.ts';
import type { ShardUploads, UploadForm } from './shard-uploads.ts';

/** What a shard gave to the deployment, and what came of it in memory. */
export interface DeployedShard {
  readonly uploads: ShardUploads;
  readonly refused: readonly RefusedReports[];
}

/** Reports of one batch that the processors in memory refused. */
export interface RefusedReports {
  readonly metric: string;
  readonly windowStartMs: number;
  /** 16 bytes each. */
  readonly ids: Uint8Array;
}

export interface Outbox extends Observer, BlockEyes {
  /** What was seen since the last call. */
  take(): DeployedShard;
}

/** Makes the upload of a slot in the form in which it is sent. */
export interface UploadWriter {
  readonly form: UploadForm;
  /** Called for each block before its uploads are asked for. */
  open(report: ReportBlock, uploads: UploadBlock): void;
  /** Valid until the next call. */
  bytesOf(slot: number): Uint8Array;
}

export const plainUploads = (): UploadWriter => {
  let block: UploadBlock;
  return {
    form: 'plain',
    open: (_report, uploads) => void (block = uploads),
    bytesOf(slot) {
      const offset = block.offsets[slot]!;
      return block.bytes.subarray(offset, offset + block.sizes[slot]!);
    },
  };
};

/**
 * @param writerOf how devices of a vendor, of which a shard has one, write their uploads
 * @param shardReports most reports of a shard
 */
export function createOutbox(
  writerOf: (vendor: Vendor) => UploadWriter,
  shardReports: number,
): Outbox {
  /** The upload of each report, by position in the shard. */
  const indexOf = new Int32Array(shardReports);
  const arena = createUploadArena();
  let writer: UploadWriter | undefined;
  let refused: RefusedReports[] = [];
  let block: Parameters<BlockEyes['expect']>[0];
  let firstIndex = 0;
  let shardDay = -1;

  const addOwn = (report: ReportBlock, uploads: UploadBlock): void => {
    if (writer === undefined) shardDay = report.day;
    const own = (writer ??= writerOf(report.task.vendor));
    const startMs = report.day * DAY_MS;
    if (report.count > 0) own.open(report, uploads);
    for (let slot = 0; slot < report.count; slot++) {
      const index = arena.add(own.bytesOf(slot), startMs + report.timesMs[slot]!);
      indexOf[block.firstReport + slot] = index;
      if (slot === 0) firstIndex = index;
    }
  };
  const addCopies = (report: ReportBlock, copyCount: number): void => {
    const kind = report.day === shardDay ? 'copy' : 'next-day';
    for (let copy = 0; copy < copyCount; copy++) {
      const position = block.firstReport + block.deeds.copies[copy]!;
      const index = arena.repeat(indexOf[position]!, kind);
      if (copy === 0 && report.count === 0) firstIndex = index;
    }
  };

  return {
    expect: (next) => void (block = next),

    uploaded(report, _sealed, uploads) {
      addOwn(report, uploads);
      addCopies(report, uploads.count - report.count);
    },

    handedOver: () => {},

    takenIn({ status }) {
      status.forEach((code, slot) => arena.setReason(firstIndex + slot, code));
    },

    verified(pair, _messages, verdicts) {
      if (!('sealed' in pair.leader)) return;
      const ids = refusedIds(pair.leader, verdicts);
      const { task, windowStartMs } = pair.leader;
      if (ids.length > 0) refused.push({ metric: task.metric.id, windowStartMs, ids });
    },

    take() {
      const shard = { uploads: arena.take(writer?.form ?? 'plain'), refused };
      writer = undefined;
      refused = [];
      return shard;
    },
  };
}

/** Ids of the reports that either processor refused, one after the other. */
function refusedIds(
  { count, reportIds }: ShareBatch,
  { leader, helper }: Readonly<Record<'leader' | 'helper', Uint8Array>>,
): Uint8Array {
  const ids: Uint8Array[] = [];
  for (let i = 0; i < count; i++) {
    if (leader[i] === 0 && helper[i] === 0) continue;
    ids.push(reportIds.subarray(i * REPORT_ID_SIZE, (i + 1) * REPORT_ID_SIZE));
  }
  return new Uint8Array(Buffer.concat(ids));
}
