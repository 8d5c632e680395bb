/**
 * Are these uploads from real devices? Those in the plain form are checked together, so that the
 * backend's lanes are used; Android's documents one by one. Who passed gets a name that is worth
 * nothing outside: a keyed digest of the device's key. Source: ENPA section 7.2.
 */

import type { AndroidVerifier } from '@priolab/attestation';
import { POINT_SIZE, copyBytes, sha256 } from '@priolab/crypto';
import type { CryptoBackend } from '@priolab/crypto';
import { DAY_MS, DEVICE_KEY_AT, createAttestation, reasonOf } from '@priolab/roles';
import type { Attestation, Reason, Vendor } from '@priolab/roles';

import { androidRefusal } from './firestore.ts';
import type { IngestorLimits } from './limits.ts';
import { refuse } from './upload-fate.ts';
import type { Candidate, Refusal } from './upload-fate.ts';

/** 16 bytes. */
export const SENDER_SIZE = 16;

export type Verdict = Refusal | { readonly kind: 'attested'; readonly sender: Uint8Array };

export interface Attester {
  /** In the order of the candidates, at most `groupMax` of them. */
  check(candidates: readonly Candidate[], nowMs: number): Verdict[];
}

export interface AttesterOptions {
  readonly vendor: Vendor;
  readonly backend: CryptoBackend;
  /** Of the plain form; left out: that form is not taken. */
  readonly authorityKey: Uint8Array | undefined;
  readonly android: AndroidVerifier | undefined;
  /** 32 bytes. */
  readonly senderSecret: Uint8Array;
  /** Longest upload in the plain form. */
  readonly sizeMax: number;
  readonly limits: IngestorLimits;
}

const DETAILS: Partial<Record<Reason, string>> = {
  'bad-certificate': 'expected a certificate of this vendor’s authority for that day',
  'bad-signature': 'expected a signature of the certified key over the upload',
};

export function createAttester(options: AttesterOptions): Attester {
  const { android, senderSecret } = options;
  const plain = createPlainCheck(options);
  const attested = (key: Uint8Array): Verdict => {
    const sender = sha256(Buffer.concat([senderSecret, key])).subarray(0, SENDER_SIZE);
    return { kind: 'attested', sender };
  };
  return {
    check(candidates, nowMs) {
      const reasons = plain(candidates, nowMs);
      return candidates.map(({ attested: proof }, i) => {
        if (proof.form === 'plain') {
          const reason = reasonOf(reasons[i]!);
          if (reason !== 'none') return refuse(reason, DETAILS[reason] ?? reason);
          return attested(proof.upload.subarray(DEVICE_KEY_AT, DEVICE_KEY_AT + POINT_SIZE));
        }
        const verdict = android!.verify(proof.upload, nowMs);
        return verdict.ok ? attested(verdict.keyHash) : androidRefusal(verdict);
      });
    },
  };
}

/** A reason code for each candidate in the plain form. */
function createPlainCheck(
  options: AttesterOptions,
): (candidates: readonly Candidate[], nowMs: number) => Uint8Array {
  const { backend, vendor, authorityKey, sizeMax, limits } = options;
  const { groupMax: capacity, credentialsMax: credentialCapacity } = limits;
  const status = new Uint8Array(capacity);
  const reasons = new Uint8Array(capacity);
  if (authorityKey === undefined) return () => reasons;
  const bytes = new Uint8Array(capacity * sizeMax);
  const offsets = Uint32Array.from({ length: capacity }, (_, i) => i * sizeMax);
  const sizes = new Uint32Array(capacity);
  const signedSizes = new Uint32Array(capacity);
  const slots = new Uint32Array(capacity);
  const byDay = new Map<number, Attestation>();

  const attestationOf = (day: number, nowMs: number): Attestation => {
    const known = byDay.get(day);
    if (known !== undefined) return known;
    const firstOpen = Math.floor((nowMs - limits.ageMsMax) / DAY_MS);
    for (const other of byDay.keys()) if (other < firstOpen) byDay.delete(other);
    const keys = { authorityKey, credentialCapacity, capacity };
    const attestation = createAttestation({ backend, vendor, ...keys });
    byDay.set(day, attestation);
    return attestation;
  };

  const checkDay = (candidates: readonly Candidate[], day: number, nowMs: number): void => {
    let count = 0;
    candidates.forEach(({ day: made, attested }, i) => {
      if (made !== day || attested.form !== 'plain') return;
      const { upload, signedSize } = attested;
      copyBytes(upload.length, upload, 0, bytes, offsets[count]!);
      sizes[count] = upload.length;
      signedSizes[count] = signedSize;
      status[count] = 0;
      slots[count++] = i;
    });
    const block = { count, bytes, offsets, sizes };
    attestationOf(day, nowMs).check(block, day, signedSizes, status);
    for (let k = 0; k < count; k++) reasons[slots[k]!] = status[k]!;
  };

  return (candidates, nowMs) => {
    const plain = candidates.filter(({ attested }) => attested.form === 'plain');
    for (const day of new Set(plain.map(({ day: made }) => made))) checkDay(candidates, day, nowMs);
    return reasons;
  };
}
