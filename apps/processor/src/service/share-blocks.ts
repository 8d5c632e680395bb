/**
 * The packets of an ingestion batch as blocks for the processor's arithmetic. What is wrong with
 * one packet is that packet's fault alone: it keeps its place and gets a reason. (The facilitator
 * of 2021 stopped at the first that did not decrypt, and both sides lost the batch.)
 * Source: ENPA section 6.1 (packets), 6.5 (order), 9.2 no. 53.
 */

import { SEAL_OVERHEAD } from '@priolab/crypto';
import { FIELD_MODULUS } from '@priolab/prio';
import { REPORT_ID_SIZE, createReplayGuard, reasonCode } from '@priolab/roles';
import type { ProcessorRole, ShareBatch, Task } from '@priolab/roles';
import { uuidText as uuidTextAt } from '@priolab/roles/enpa';
import type { DataSharePacket } from '@priolab/roles/enpa';

const WRONG_SIZE = reasonCode('wrong-share-size');
const DUPLICATE_ID = reasonCode('duplicate-report-id');
/** In place of an r that is no field element: refused as unsafe by the arithmetic. */
const NO_POINT = FIELD_MODULUS;

/** A block, and what was wrong with its packets before any arithmetic; 0: nothing. */
export interface ShareBlock {
  readonly batch: ShareBatch;
  readonly faults: Uint8Array;
}

export interface ShareBlocks {
  /** Takes a packet. @returns a block when one is full, valid until the next one is begun */
  add(packet: DataSharePacket): ShareBlock | undefined;
  /** What is left. */
  rest(): ShareBlock | undefined;
}

/** @param options `capacity`: packets in a block */
export function createShareBlocks(options: {
  readonly task: Task;
  readonly role: ProcessorRole;
  readonly batchUuid: string;
  readonly windowStartMs: number;
  readonly capacity: number;
}): ShareBlocks {
  const { task, role, batchUuid, windowStartMs, capacity } = options;
  const { leaderShareSize, helperShareSize } = task.shape;
  const sealedSize = SEAL_OVERHEAD + (role === 'leader' ? leaderShareSize : helperShareSize);
  const bytes = new Uint8Array(capacity * sealedSize);
  const reportIds = new Uint8Array(capacity * REPORT_ID_SIZE);
  const points = new Uint32Array(capacity);
  const faults = new Uint8Array(capacity);
  const seen = createReplayGuard(capacity);
  const batchId = uuidBytes(batchUuid);
  let count = 0;

  const take = (): ShareBlock => {
    const size = count;
    count = 0;
    return {
      batch: {
        task,
        batchId,
        windowStartMs,
        count: size,
        reportIds: reportIds.subarray(0, size * REPORT_ID_SIZE),
        queryRandomness: points.subarray(0, size),
        sealed: { bytes, offset: 0, stride: sealedSize },
        sealedSize,
      },
      faults: faults.subarray(0, size),
    };
  };

  return {
    add({ uuid, encryptedPayload, rPit }) {
      reportIds.set(uuidBytes(uuid), count * REPORT_ID_SIZE);
      const isRightSize = encryptedPayload.length === sealedSize;
      const at = count * sealedSize;
      if (isRightSize) bytes.set(encryptedPayload, at);
      else bytes.fill(0, at, at + sealedSize);
      points[count] = rPit >= 0 && rPit < FIELD_MODULUS ? rPit : NO_POINT;
      // Across the blocks of a batch; the arithmetic knows its own block only.
      const isNew = seen.add(reportIds, count * REPORT_ID_SIZE);
      faults[count] = isNew ? (isRightSize ? 0 : WRONG_SIZE) : DUPLICATE_ID;
      count += 1;
      return count === capacity ? take() : undefined;
    },
    rest: () => (count === 0 ? undefined : take()),
  };
}

export function uuidBytes(uuid: string): Uint8Array {
  return new Uint8Array(Buffer.from(uuid.replaceAll('-', ''), 'hex'));
}

/** Of 16 bytes; with no other argument, so that `map` can be given it. */
export function uuidText(bytes: Uint8Array): string {
  return uuidTextAt(bytes);
}
