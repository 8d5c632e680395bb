/**
 * Who a device is to its vendor's ingestor: a P-256 key, certified for one day by the vendor's
 * authority. A stand-in for the vendors' closed attestation, with the same costs and the same
 * guarantee: one key a device and day. (The byte-exact Android chain is another form.)
 * Source: ENPA section 7.2. The certificate is an ECDSA signature over
 *
 *   "priolab certificate v1" || u8 vendor || u32 day || u8 deviceKey[65]
 */

import { POINT_SIZE, SCALAR_SIZE, SIGNATURE_SIZE, fillScalars } from '@priolab/crypto';
import type { CryptoBackend, SeedBranch } from '@priolab/crypto';

import { writeUint32 } from '../messages/upload.ts';
import type { Vendor } from '../task.ts';

const LABEL = new TextEncoder().encode('priolab certificate v1');
const VENDOR_CODE: Readonly<Record<Vendor, number>> = { apple: 1, google: 2 };

const DAY_AT = LABEL.length + 1;
const KEY_AT = DAY_AT + 4;
export const CERTIFICATE_MESSAGE_SIZE = KEY_AT + POINT_SIZE;

/** Writes the bytes that a certificate signs: `CERTIFICATE_MESSAGE_SIZE` of them, at `at`. */
export function writeCertificateMessage(
  out: Uint8Array,
  at: number,
  content: { vendor: Vendor; day: number; keys: Uint8Array; keyAt: number },
): void {
  out.set(LABEL, at);
  out[at + LABEL.length] = VENDOR_CODE[content.vendor];
  writeUint32(out, at + DAY_AT, content.day);
  for (let k = 0; k < POINT_SIZE; k++) out[at + KEY_AT + k] = content.keys[content.keyAt + k]!;
}

/** The attestation keys and certificates of the devices of one shard, for one day. */
export interface IdentityBlock {
  readonly day: number;
  readonly count: number;
  /** 32, 65 and 64 bytes a device. */
  readonly scalars: Uint8Array;
  readonly keys: Uint8Array;
  readonly certificates: Uint8Array;
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
  const scalars = new Uint8Array(capacity * SCALAR_SIZE);
  const keys = new Uint8Array(capacity * POINT_SIZE);
  const certificates = new Uint8Array(capacity * SIGNATURE_SIZE);
  const nonces = new Uint8Array(capacity * SCALAR_SIZE);
  const messages = new Uint8Array(capacity * CERTIFICATE_MESSAGE_SIZE);
  const digests = new Uint8Array(capacity * 32);
  const status = new Uint8Array(capacity);
  const sizes = new Uint32Array(capacity).fill(CERTIFICATE_MESSAGE_SIZE);
  const offsets = sizes.map((size, i) => i * size);
  const packed = (bytes: Uint8Array, stride: number) => ({ bytes, offset: 0, stride });

  return {
    issue({ vendor, day, devices, count, randomness, authority }) {
      const dayName = `day-${day}`;
      fillScalars(
        randomness.child('attestation-key', dayName),
        devices,
        count,
        packed(scalars, SCALAR_SIZE),
      );
      backend.publicKeys(count, packed(scalars, SCALAR_SIZE), packed(keys, POINT_SIZE));
      for (let i = 0; i < count; i++) {
        const content = { vendor, day, keys, keyAt: i * POINT_SIZE };
        writeCertificateMessage(messages, i * CERTIFICATE_MESSAGE_SIZE, content);
      }
      backend.sha256(count, messages, offsets, sizes, packed(digests, 32));
      fillScalars(
        authority.randomness.child('certificate-nonce', dayName),
        devices,
        count,
        packed(nonces, SCALAR_SIZE),
      );
      backend.sign({
        count,
        scalars: packed(authority.scalar, 0),
        digests: packed(digests, 32),
        nonces: packed(nonces, SCALAR_SIZE),
        signatures: packed(certificates, SIGNATURE_SIZE),
        status,
      });
      return { day, count, scalars, keys, certificates };
    },
  };
}
