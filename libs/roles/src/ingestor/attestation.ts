/**
 * Is an upload from a real device? The certificate of each device key is checked once and
 * remembered; the signature is checked for every upload. One vendor's ingestor trusts one vendor's
 * authority. Source: ENPA section 7.2.
 */

import { POINT_SIZE, SIGNATURE_SIZE, copyBytes } from '@priolab/crypto';
import type { CryptoBackend, VerifyingKeys } from '@priolab/crypto';

import { CERTIFICATE_MESSAGE_SIZE, writeCertificateMessages } from '../device/identity.ts';
import {
  CERTIFICATE_AT,
  CERTIFICATE_DAY_AT,
  CREDENTIAL_SIZE,
  DEVICE_KEY_AT,
  readUint32,
} from '../messages/upload.ts';
import { reasonCode } from '../reasons.ts';
import type { UploadBlock } from '../blocks.ts';
import type { Vendor } from '../task.ts';

const BAD_CERTIFICATE = reasonCode('bad-certificate');
const BAD_SIGNATURE = reasonCode('bad-signature');
/** In `keyOf`: a credential that was refused. */
const REFUSED = -1;

export interface Attestation {
  /**
   * Sets `status` of each slot not refused earlier whose certificate or signature is bad. All
   * uploads with status 0 must be long enough to be read (the ingestor has checked it).
   * @param signedSize bytes of each upload that its signature covers; of uploads to several tasks,
   *   one number an upload
   */
  check(
    uploads: UploadBlock,
    day: number,
    signedSize: number | Uint32Array,
    status: Uint8Array,
  ): void;
  /** Forgets all certificates: a new partition begins. */
  clear(): void;
}

export interface AttestationOptions {
  readonly backend: CryptoBackend;
  readonly vendor: Vendor;
  /** The vendor authority's public key, 65 bytes. */
  readonly authorityKey: Uint8Array;
  /** Credentials remembered; when more come, all are forgotten and checked anew. */
  readonly credentialCapacity: number;
  /** Largest block, in uploads. */
  readonly capacity: number;
}

export function createAttestation(options: AttestationOptions): Attestation {
  const { backend, capacity } = options;
  const deviceKeys = backend.verifyingKeys();
  const book = createCredentialBook({ ...options, deviceKeys });
  const keyIndex = new Int32Array(capacity);
  const signedSizes = new Uint32Array(capacity);
  const signatures = new Uint8Array(capacity * SIGNATURE_SIZE);

  return {
    check(uploads, day, signedSize, status) {
      const { count, bytes, offsets } = uploads;
      book.resolve(uploads, day, status, keyIndex);
      for (let i = 0; i < count; i++) {
        if (status[i] !== 0) continue;
        if (keyIndex[i] === REFUSED) {
          status[i] = BAD_CERTIFICATE;
          continue;
        }
        const size = typeof signedSize === 'number' ? signedSize : signedSize[i]!;
        signedSizes[i] = size;
        const at = offsets[i]! + size;
        copyBytes(SIGNATURE_SIZE, bytes, at, signatures, i * SIGNATURE_SIZE);
      }
      backend.verify({
        count,
        keys: deviceKeys,
        keyIndex,
        messages: bytes,
        offsets,
        sizes: signedSizes,
        signatures: { bytes: signatures, offset: 0, stride: SIGNATURE_SIZE },
        status,
        failure: BAD_SIGNATURE,
      });
    },
    clear: () => book.clear(),
  };
}

interface CredentialBook {
  /** The device key's index in `deviceKeys`, or REFUSED, for each slot with status 0. */
  resolve(uploads: UploadBlock, day: number, status: Uint8Array, keyIndex: Int32Array): void;
  clear(): void;
}

/**
 * Credentials seen in this partition, good and bad, by their full bytes: an open-addressing table.
 * Certificates new in a block are checked together, as one block.
 */
function createCredentialBook(
  options: AttestationOptions & { readonly deviceKeys: VerifyingKeys },
): CredentialBook {
  const { backend, vendor, authorityKey, deviceKeys, capacity } = options;
  const limit = Math.max(options.credentialCapacity, capacity);
  let slotCount = 16;
  while (slotCount < limit * 2) slotCount *= 2;
  const table = new Int32Array(slotCount).fill(-1);
  const credentials = new Uint8Array(limit * CREDENTIAL_SIZE);
  const keyOf = new Int32Array(limit);
  let size = 0;
  let bookDay = -1;

  const authority = backend.verifyingKeys();
  authority.add(authorityKey);
  const authorityIndex = new Int32Array(limit);
  const messages = new Uint8Array(limit * CERTIFICATE_MESSAGE_SIZE);
  const sizes = new Uint32Array(limit).fill(CERTIFICATE_MESSAGE_SIZE);
  const offsets = sizes.map((item, i) => i * item);
  const certificateStatus = new Uint8Array(limit);

  const clear = (): void => {
    table.fill(-1);
    size = 0;
    deviceKeys.clear();
  };

  /** The credential's number; a new one is entered as not yet checked. */
  const lookUp = (bytes: Uint8Array, at: number): number => {
    const mask = slotCount - 1;
    let slot = Math.imul(readUint32(bytes, at + 1), 0x9e3779b1) >>> 0;
    for (slot &= mask; table[slot] !== -1; slot = (slot + 1) & mask) {
      if (equalBytes(credentials, table[slot]! * CREDENTIAL_SIZE, bytes, at)) return table[slot]!;
    }
    table[slot] = size;
    copyBytes(CREDENTIAL_SIZE, bytes, at, credentials, size * CREDENTIAL_SIZE);
    return size++;
  };

  const checkNew = (first: number, day: number): void => {
    if (first === size) return;
    writeCertificateMessages(messages, { vendor, day }, credentials, first, size - first);
    for (let c = first; c < size; c++) {
      const dayAt = c * CREDENTIAL_SIZE + CERTIFICATE_DAY_AT - DEVICE_KEY_AT;
      const certifiedDay = readUint32(credentials, dayAt);
      certificateStatus[c] = certifiedDay === day ? 0 : BAD_CERTIFICATE;
    }
    const from = first * CERTIFICATE_MESSAGE_SIZE;
    backend.verify({
      count: size - first,
      keys: authority,
      keyIndex: authorityIndex,
      messages: messages.subarray(from),
      offsets,
      sizes,
      signatures: {
        bytes: credentials,
        offset: first * CREDENTIAL_SIZE + CERTIFICATE_AT - DEVICE_KEY_AT,
        stride: CREDENTIAL_SIZE,
      },
      status: certificateStatus.subarray(first),
      failure: BAD_CERTIFICATE,
    });
    for (let c = first; c < size; c++) {
      const point = credentials.subarray(c * CREDENTIAL_SIZE, c * CREDENTIAL_SIZE + POINT_SIZE);
      keyOf[c] = certificateStatus[c] === 0 ? deviceKeys.add(point) : REFUSED;
    }
  };

  return {
    resolve({ count, bytes, offsets: uploadOffsets }, day, status, keyIndex) {
      // A certificate holds for one day: what was good yesterday is checked anew.
      if (day !== bookDay || size + count > limit) clear();
      bookDay = day;
      const first = size;
      for (let i = 0; i < count; i++) {
        if (status[i] === 0) keyIndex[i] = lookUp(bytes, uploadOffsets[i]! + DEVICE_KEY_AT);
      }
      checkNew(first, day);
      for (let i = 0; i < count; i++) if (status[i] === 0) keyIndex[i] = keyOf[keyIndex[i]!]!;
    },
    clear,
  };
}

function equalBytes(a: Uint8Array, aAt: number, b: Uint8Array, bAt: number): boolean {
  for (let k = 0; k < CREDENTIAL_SIZE; k++) if (a[aAt + k] !== b[bAt + k]) return false;
  return true;
}
