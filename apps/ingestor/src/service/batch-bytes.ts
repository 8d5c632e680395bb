/**
 * Rows of one batch as the pair that both processors get. All of it follows from the rows and this
 * ingestor's secret: after a crash the same rows give the same batch, another set gives another id.
 *
 *   name = SHA-256(secret || task || window || digests of the uploads, in the order of the ids)
 *   id   = the first 16 bytes of it; for Google, as its pipeline named files, the UUIDv3 of
 *          "metric/yyyy/MM/dd/HH/mm/" and their text
 *
 * Source: ENPA sections 5.3 (r), 7.3 (names).
 */

import { DIGEST_SIZE, createDigest, nameUuid } from '@priolab/crypto';
import type { CryptoBackend } from '@priolab/crypto';
import { REPORT_ID_SIZE, createQueryRandomnessOfDigests, uploadLayout } from '@priolab/roles';
import type { BatchPair, ShareBatch, Task } from '@priolab/roles';
import { formatMinute, uuidText } from '@priolab/roles/enpa';

import type { BatchedRow } from './state.ts';

const ID_SIZE = 16;
/** Rows that r is drawn for at once. */
const DRAWN_AT_ONCE = 512;

export interface BatchSecrets {
  readonly queryRandomness: Uint8Array;
  readonly batchName: Uint8Array;
}

export interface BatchBuilder {
  add(rows: readonly BatchedRow[]): void;
  finish(): BatchPair<ShareBatch>;
}

/** @param count rows of the whole batch, which come in the order of their report ids */
export function createBatchBuilder(options: {
  readonly task: Task;
  readonly windowStartMs: number;
  readonly count: number;
  readonly backend: CryptoBackend;
  readonly secrets: BatchSecrets;
}): BatchBuilder {
  const { task, windowStartMs, count, backend, secrets } = options;
  const { leaderSealedSize, helperSealedSize } = uploadLayout(task.shape);
  const leader = new Uint8Array(count * leaderSealedSize);
  const helper = new Uint8Array(count * helperSealedSize);
  const reportIds = new Uint8Array(count * REPORT_ID_SIZE);
  const digests = new Uint8Array(count * DIGEST_SIZE);
  let filled = 0;

  const side = (bytes: Uint8Array, sealedSize: number, head: Head): ShareBatch => ({
    ...head,
    sealed: { bytes, offset: 0, stride: sealedSize },
    sealedSize,
  });

  return {
    add(rows) {
      for (const { reportId, digest, sealed } of rows) {
        if (filled === count) throw new RangeError(`a batch of ${count} rows, got more`);
        leader.set(sealed.subarray(0, leaderSealedSize), filled * leaderSealedSize);
        helper.set(sealed.subarray(leaderSealedSize), filled * helperSealedSize);
        reportIds.set(reportId, filled * REPORT_ID_SIZE);
        digests.set(digest, filled * DIGEST_SIZE);
        filled += 1;
      }
    },
    finish() {
      if (filled !== count) throw new RangeError(`a batch of ${count} rows, got ${filled}`);
      const head: Head = {
        task,
        batchId: batchId(task, windowStartMs, digests, secrets.batchName),
        windowStartMs,
        count,
        reportIds,
        queryRandomness: drawAll({ task, backend, secret: secrets.queryRandomness }, digests),
      };
      return {
        leader: side(leader, leaderSealedSize, head),
        helper: side(helper, helperSealedSize, head),
        uploadSlots: Uint32Array.from({ length: count }, (_, i) => i),
      };
    },
  };
}

type Head = Omit<ShareBatch, 'sealed' | 'sealedSize'>;

function drawAll(
  { task, backend, secret }: { task: Task; backend: CryptoBackend; secret: Uint8Array },
  digests: Uint8Array,
): Uint32Array {
  const { shape } = task;
  const count = digests.length / DIGEST_SIZE;
  const capacity = Math.min(DRAWN_AT_ONCE, count);
  const draw = createQueryRandomnessOfDigests({ backend, shape, secret, capacity });
  const points = new Uint32Array(count);
  for (let from = 0; from < count; from += capacity) {
    const size = Math.min(capacity, count - from);
    draw(size, digests.subarray(from * DIGEST_SIZE), points.subarray(from, from + size));
  }
  return points;
}

function batchId(
  task: Task,
  windowStartMs: number,
  digests: Uint8Array,
  secret: Uint8Array,
): Uint8Array {
  const window = new Uint8Array(8);
  new DataView(window.buffer).setBigUint64(0, BigInt(windowStartMs));
  const name = createDigest();
  for (const part of [secret, task.id, window, digests]) name.update(part);
  // Half of it is shown, so that nobody can go on from where the digest ended.
  const drawn = name.finish().slice(0, ID_SIZE);
  if (task.vendor !== 'google') return drawn;
  return nameUuid(`${task.metric.id}/${formatMinute(windowStartMs)}/${uuidText(drawn)}`);
}
