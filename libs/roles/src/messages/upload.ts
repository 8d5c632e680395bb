/**
 * The upload in Priolab's plain form: what a device sends to its vendor's ingestor. (Google's
 * Firestore document with the Android attestation is another form.) Integers are big-endian:
 *
 *   struct Upload {
 *     u8  version = 1
 *     u8  taskId[16]
 *     u8  reportId[16]
 *     u64 createdMs             // exact time: never leaves the ingestor
 *     u8  deviceKey[65]         // P-256, uncompressed
 *     u32 certificateDay        // days since the Unix epoch
 *     u8  certificate[64]       // vendor CA's signature, see device/identity.ts
 *     u32 leaderSize;  u8 leader[leaderSize]
 *     u32 helperSize;  u8 helper[helperSize]
 *     u8  signature[64]         // by deviceKey, over every byte before it
 *   }
 */

import { POINT_SIZE, SEAL_OVERHEAD, SIGNATURE_SIZE } from '@priolab/crypto';
import type { Prio2Shape } from '@priolab/prio';

import { REPORT_ID_SIZE } from '../blocks.ts';
import { reasonCode } from '../reasons.ts';
import { TASK_ID_SIZE } from '../task.ts';

export const UPLOAD_VERSION = 1;
export const TASK_ID_AT = 1;
export const REPORT_ID_AT = TASK_ID_AT + TASK_ID_SIZE;
export const CREATED_AT = REPORT_ID_AT + REPORT_ID_SIZE;
export const DEVICE_KEY_AT = CREATED_AT + 8;
export const CERTIFICATE_DAY_AT = DEVICE_KEY_AT + POINT_SIZE;
export const CERTIFICATE_AT = CERTIFICATE_DAY_AT + 4;
export const LEADER_SIZE_AT = CERTIFICATE_AT + SIGNATURE_SIZE;
/** The device's credential: its key, the day and the certificate, one after the other. */
export const CREDENTIAL_SIZE = LEADER_SIZE_AT - DEVICE_KEY_AT;
export const LEADER_AT = LEADER_SIZE_AT + 4;

/** Where everything is in an upload of one task. All sizes and positions in bytes. */
export interface UploadLayout {
  readonly leaderSealedSize: number;
  readonly helperSealedSize: number;
  readonly helperSizeAt: number;
  readonly helperAt: number;
  /** The signature covers the bytes before it. */
  readonly signatureAt: number;
  readonly size: number;
}

export function uploadLayout(shape: Prio2Shape): UploadLayout {
  const leaderSealedSize = shape.leaderShareSize + SEAL_OVERHEAD;
  const helperSealedSize = shape.helperShareSize + SEAL_OVERHEAD;
  const helperSizeAt = LEADER_AT + leaderSealedSize;
  const helperAt = helperSizeAt + 4;
  const signatureAt = helperAt + helperSealedSize;
  const size = signatureAt + SIGNATURE_SIZE;
  return Object.freeze({
    leaderSealedSize,
    helperSealedSize,
    helperSizeAt,
    helperAt,
    signatureAt,
    size,
  });
}

const TRUNCATED = reasonCode('truncated');
const OVERSIZED = reasonCode('oversized');
const UNKNOWN_VERSION = reasonCode('unknown-version');
const WRONG_TASK = reasonCode('wrong-task');
const WRONG_SHARE_SIZE = reasonCode('wrong-share-size');

/**
 * What is wrong with an upload's form, in the order of the wire form, as a reason code; 0: nothing.
 * Nothing is read past what was checked.
 */
export function uploadFault(
  taskId: Uint8Array,
  bytes: Uint8Array,
  at: number,
  size: number,
  layout: UploadLayout,
): number {
  if (size > layout.size) return OVERSIZED;
  if (size < LEADER_AT) return TRUNCATED;
  if (bytes[at] !== UPLOAD_VERSION) return UNKNOWN_VERSION;
  for (let k = 0; k < TASK_ID_SIZE; k++) {
    if (bytes[at + TASK_ID_AT + k] !== taskId[k]) return WRONG_TASK;
  }
  if (readUint32(bytes, at + LEADER_SIZE_AT) !== layout.leaderSealedSize) return WRONG_SHARE_SIZE;
  if (size < layout.helperAt) return TRUNCATED;
  if (readUint32(bytes, at + layout.helperSizeAt) !== layout.helperSealedSize) {
    return WRONG_SHARE_SIZE;
  }
  if (size < layout.size) return TRUNCATED;
  return 0;
}

export function writeUint32(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >>> 24;
  bytes[at + 1] = (value >>> 16) & 0xff;
  bytes[at + 2] = (value >>> 8) & 0xff;
  bytes[at + 3] = value & 0xff;
}

export function readUint32(bytes: Uint8Array, at: number): number {
  return (
    ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0
  );
}

/** Times are exact integers below 2^53. */
export function writeTimeMs(bytes: Uint8Array, at: number, timeMs: number): void {
  writeUint32(bytes, at, Math.floor(timeMs / 2 ** 32));
  writeUint32(bytes, at + 4, timeMs >>> 0);
}

/** Reads any 64 bits; above 2^53 the value is rounded, which every time check refuses anyway. */
export function readTimeMs(bytes: Uint8Array, at: number): number {
  return readUint32(bytes, at) * 2 ** 32 + readUint32(bytes, at + 4);
}
