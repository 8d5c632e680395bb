/**
 * Who a device is to its vendor's ingestor: a P-256 key, certified for one day by the vendor's
 * authority. A stand-in for the vendors' closed attestation, with the same costs and the same
 * guarantee: one key a device and day. (The byte-exact Android chain is another form.)
 * Source: ENPA section 7.2. The certificate is an ECDSA signature over
 *
 *   "priolab certificate v1" || u8 vendor || u32 day || u8 deviceKey[65]
 */

import { DIGEST_SIZE, POINT_SIZE, SCALAR_SIZE, copyBytes, fillScalars } from '@priolab/crypto';
import type { CryptoBackend, SeedBranch, Strided } from '@priolab/crypto';

import {
  CERTIFICATE_AT,
  CERTIFICATE_DAY_AT,
  CREDENTIAL_SIZE,
  DEVICE_KEY_AT,
  writeUint32,
} from '../messages/upload.ts';
import type { Vendor } from '../task.ts';

const LABEL = new TextEncoder().encode('priolab certificate v1');
const VENDOR_CODE: Readonly<Record<Vendor, number>> = { apple: 1, google: 2 };

const DAY_AT = LABEL.length + 1;
const KEY_AT = DAY_AT + 4;
const DAY_IN_CREDENTIAL = CERTIFICATE_DAY_AT - DEVICE_KEY_AT;
export const CERTIFICATE_MESSAGE_SIZE = KEY_AT + POINT_SIZE;

/**
 * Writes the bytes that certificates sign, `CERTIFICATE_MESSAGE_SIZE` each, for the keys of
 * credentials `first .. first + count - 1`; message c goes to position c.
 */
export function writeCertificateMessages(
  out: Uint8Array,
  signed: { vendor: Vendor; day: number },
  credentials: Uint8Array,
  first: number,
  count: number,
): void {
  const vendorCode = VENDOR_CODE[signed.vendor];
  for (let c = first; c < first + count; c++) {
    const at = c * CERTIFICATE_MESSAGE_SIZE;
    copyBytes(LABEL.length, LABEL, 0, out, at);
    out[at + LABEL.length] = vendorCode;
    writeUint32(out, at + DAY_AT, signed.day);
    copyBytes(POINT_SIZE, credentials, c * CREDENTIAL_SIZE, out, at + KEY_AT);
  }
}

/** The attestation keys and certificates of the devices of one shard, for one day. */
export interface IdentityBlock {
  readonly day: number;
  readonly count: number;
  /** 32 bytes a device. */
  readonly scalars: Uint8Array;
  /** `CREDENTIAL_SIZE` bytes a device: key, day and certificate as they go into an upload. */
  readonly credentials: Uint8Array;
}

/** Makes the devices' keys and has the vendor's authority certify them. */
export interface IdentityIssuer {
  /**
   * @param devices ascending device indexes, the first `count` are used
   * @param randomness the cell's device branch; the vendor's authority has its own
   * @returns a view of the issuer's arena, valid until the next call
   */
  issue(request: {
    vendor: Vendor;
    day: number;
    devices: Uint32Array;
    count: number;
    randomness: SeedBranch;
    authority: AuthoritySigner;
  }): IdentityBlock;
}

/** A vendor's certificate authority, signing side. */
export interface AuthoritySigner {
  /** 32-byte private scalar. */
  readonly scalar: Uint8Array;
  /** Where its nonces come from, for the cell at hand. */
  readonly randomness: SeedBranch;
}

export function createIdentityIssuer(backend: CryptoBackend, capacity: number): IdentityIssuer {
  const packed = (stride: number): Strided => ({
    bytes: new Uint8Array(capacity * stride),
    offset: 0,
    stride,
  });
  const scalars = packed(SCALAR_SIZE);
  const nonces = packed(SCALAR_SIZE);
  const digests = packed(DIGEST_SIZE);
  const keys = packed(CREDENTIAL_SIZE);
  const credentials = keys.bytes;
  const certificates = { ...keys, offset: CERTIFICATE_AT - DEVICE_KEY_AT };
  const messages = new Uint8Array(capacity * CERTIFICATE_MESSAGE_SIZE);
  const status = new Uint8Array(capacity);
  const sizes = new Uint32Array(capacity).fill(CERTIFICATE_MESSAGE_SIZE);
  const offsets = sizes.map((size, i) => i * size);

  return {
    issue({ vendor, day, devices, count, randomness, authority }) {
      const dayName = `day-${day}`;
      fillScalars(randomness.child('attestation-key', dayName), devices, count, scalars);
      backend.publicKeys(count, scalars, keys);
      for (let i = 0; i < count; i++) {
        writeUint32(credentials, i * CREDENTIAL_SIZE + DAY_IN_CREDENTIAL, day);
      }
      writeCertificateMessages(messages, { vendor, day }, credentials, 0, count);
      backend.sha256(count, messages, offsets, sizes, digests);
      const nonceBranch = authority.randomness.child('certificate-nonce', dayName);
      fillScalars(nonceBranch, devices, count, nonces);
      backend.sign({
        count,
        scalars: { bytes: authority.scalar, offset: 0, stride: 0 },
        digests,
        nonces,
        signatures: certificates,
        status,
      });
      return { day, count, scalars: scalars.bytes, credentials };
    },
  };
}
