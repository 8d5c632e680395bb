/**
 * Writes uploads (messages/upload.ts) and signs each with its device's attestation key.
 */

import { DIGEST_SIZE, POINT_SIZE, SCALAR_SIZE, SIGNATURE_SIZE } from '@priolab/crypto';
import type { CryptoBackend, Strided } from '@priolab/crypto';
import type { Prio2Shape } from '@priolab/prio';

import { DAY_MS, REPORT_ID_SIZE } from '../blocks.ts';
import type { SealedBlock, UploadBlock } from '../blocks.ts';
import {
  CERTIFICATE_AT,
  CERTIFICATE_DAY_AT,
  CREATED_AT,
  DEVICE_KEY_AT,
  LEADER_AT,
  LEADER_SIZE_AT,
  REPORT_ID_AT,
  TASK_ID_AT,
  UPLOAD_VERSION,
  uploadLayout,
  writeTimeMs,
  writeUint32,
} from '../messages/upload.ts';
import type { UploadLayout } from '../messages/upload.ts';
import type { IdentityBlock } from './identity.ts';

export type UploadWriter = (
  sealed: SealedBlock,
  identities: IdentityBlock,
  reportIds: Uint8Array,
  nonces: Strided,
) => UploadBlock;

function copy(from: Uint8Array, at: number, size: number, to: Uint8Array, toAt: number): void {
  to.set(from.subarray(at, at + size), toAt);
}

/** A writer with its own arena; the block it returns is valid until its next call. */
export function createUploadWriter(options: {
  backend: CryptoBackend;
  shape: Prio2Shape;
  capacity: number;
}): UploadWriter {
  const { backend, shape, capacity } = options;
  const layout = uploadLayout(shape);
  const bytes = new Uint8Array(capacity * layout.size);
  const sizes = new Uint32Array(capacity).fill(layout.size);
  const offsets = sizes.map((size, i) => i * size);
  const signedSizes = new Uint32Array(capacity).fill(layout.signatureAt);
  const digests = { bytes: new Uint8Array(capacity * DIGEST_SIZE), offset: 0, stride: DIGEST_SIZE };
  const scalars = { bytes: new Uint8Array(capacity * SCALAR_SIZE), offset: 0, stride: SCALAR_SIZE };
  const signatures = { bytes, offset: layout.signatureAt, stride: layout.size };
  const status = new Uint8Array(capacity);

  return (sealed, identities, reportIds, nonces) => {
    const { count, identityIndex } = sealed.report;
    for (let i = 0; i < count; i++) {
      const at = offsets[i]!;
      const identity = identityIndex[i]!;
      copy(reportIds, i * REPORT_ID_SIZE, REPORT_ID_SIZE, bytes, at + REPORT_ID_AT);
      writeBody(bytes, at, layout, sealed, i);
      copy(identities.keys, identity * POINT_SIZE, POINT_SIZE, bytes, at + DEVICE_KEY_AT);
      writeUint32(bytes, at + CERTIFICATE_DAY_AT, identities.day);
      const certificateAt = identity * SIGNATURE_SIZE;
      copy(identities.certificates, certificateAt, SIGNATURE_SIZE, bytes, at + CERTIFICATE_AT);
      copy(identities.scalars, identity * SCALAR_SIZE, SCALAR_SIZE, scalars.bytes, i * SCALAR_SIZE);
    }
    backend.sha256(count, bytes, offsets, signedSizes, digests);
    backend.sign({ count, scalars, digests, nonces, signatures, status });
    return { count, bytes, offsets, sizes };
  };
}

function writeBody(
  bytes: Uint8Array,
  at: number,
  layout: UploadLayout,
  { report, leader, helper }: SealedBlock,
  slot: number,
): void {
  const { leaderSealedSize, helperSealedSize } = layout;
  bytes[at] = UPLOAD_VERSION;
  bytes.set(report.task.id, at + TASK_ID_AT);
  writeTimeMs(bytes, at + CREATED_AT, report.day * DAY_MS + report.timesMs[slot]!);
  writeUint32(bytes, at + LEADER_SIZE_AT, leaderSealedSize);
  copy(leader.bytes, leader.offset + slot * leader.stride, leaderSealedSize, bytes, at + LEADER_AT);
  writeUint32(bytes, at + layout.helperSizeAt, helperSealedSize);
  const helperFrom = helper.offset + slot * helper.stride;
  copy(helper.bytes, helperFrom, helperSealedSize, bytes, at + layout.helperAt);
}
