/**
 * Writes uploads (messages/upload.ts) and signs each with its device's attestation key. The sealed
 * shares are written into the uploads by the device itself, so that nothing large is copied.
 */

import { DIGEST_SIZE, SCALAR_SIZE, copyBytes } from '@priolab/crypto';
import type { CryptoBackend, Strided } from '@priolab/crypto';
import type { Prio2Shape } from '@priolab/prio';

import { DAY_MS, REPORT_ID_SIZE } from '../blocks.ts';
import type { ReportBlock, UploadBlock } from '../blocks.ts';
import {
  CREATED_AT,
  DEVICE_KEY_AT,
  CREDENTIAL_SIZE,
  LEADER_AT,
  LEADER_SIZE_AT,
  REPORT_ID_AT,
  TASK_ID_AT,
  UPLOAD_VERSION,
  uploadLayout,
  writeTimeMs,
  writeUint32,
} from '../messages/upload.ts';
import { TASK_ID_SIZE } from '../task.ts';
import type { IdentityBlock } from './identity.ts';

/** Uploads in an arena; what it returns is valid until the next call. */
export interface UploadWriter {
  /** Where in the uploads the sealed shares belong. */
  readonly leader: Strided;
  readonly helper: Strided;
  /** Writes all else around the sealed shares, and signs. */
  finish(report: ReportBlock, identities: IdentityBlock, nonces: Strided): UploadBlock;
}

export function createUploadWriter(options: {
  backend: CryptoBackend;
  shape: Prio2Shape;
  capacity: number;
}): UploadWriter {
  const { backend, shape, capacity } = options;
  const layout = uploadLayout(shape);
  const { size, signatureAt, leaderSealedSize, helperSizeAt, helperAt, helperSealedSize } = layout;
  const bytes = new Uint8Array(capacity * size);
  const sizes = new Uint32Array(capacity).fill(size);
  const offsets = sizes.map((_, i) => i * size);
  const signedSizes = new Uint32Array(capacity).fill(signatureAt);
  const digests = { bytes: new Uint8Array(capacity * DIGEST_SIZE), offset: 0, stride: DIGEST_SIZE };
  const scalars = { bytes: new Uint8Array(capacity * SCALAR_SIZE), offset: 0, stride: SCALAR_SIZE };
  const status = new Uint8Array(capacity);
  const inUploads = (offset: number): Strided => ({ bytes, offset, stride: size });
  const signatures = inUploads(signatureAt);

  const writeHead = ({ task, day, timesMs }: ReportBlock, at: number, slot: number): void => {
    bytes[at] = UPLOAD_VERSION;
    copyBytes(TASK_ID_SIZE, task.id, 0, bytes, at + TASK_ID_AT);
    writeTimeMs(bytes, at + CREATED_AT, day * DAY_MS + timesMs[slot]!);
    writeUint32(bytes, at + LEADER_SIZE_AT, leaderSealedSize);
    writeUint32(bytes, at + helperSizeAt, helperSealedSize);
  };

  return {
    leader: inUploads(LEADER_AT),
    helper: inUploads(helperAt),

    finish(report, identities, nonces) {
      const { count, identityIndex, reportIds } = report;
      const { credentials } = identities;
      for (let i = 0; i < count; i++) {
        const at = i * size;
        const identity = identityIndex[i]!;
        writeHead(report, at, i);
        copyBytes(REPORT_ID_SIZE, reportIds, i * REPORT_ID_SIZE, bytes, at + REPORT_ID_AT);
        const credentialAt = identity * CREDENTIAL_SIZE;
        copyBytes(CREDENTIAL_SIZE, credentials, credentialAt, bytes, at + DEVICE_KEY_AT);
        const scalarAt = identity * SCALAR_SIZE;
        copyBytes(SCALAR_SIZE, identities.scalars, scalarAt, scalars.bytes, i * SCALAR_SIZE);
      }
      backend.sha256(count, bytes, offsets, signedSizes, digests);
      backend.sign({ count, scalars, digests, nonces, signatures, status });
      return { count, bytes, offsets, sizes };
    },
  };
}
