/**
 * Google's side of the attestation: whether an upload was signed by a key that a phone's secure
 * hardware made, for this app, this metric and this day. One such key is made a day and metric, so
 * the key's hash is what the ingestor counts by.
 * Source: ENPA section 7.2 (the real check is closed; this is what its traces tell) and Android's
 * "Verify hardware-backed key pairs with key attestation". Not looked at, because nothing says that
 * the real check did: whether the phone's boot was verified, versions and patch levels.
 */

import { createPublicKey, verify } from 'node:crypto';
import type { KeyObject } from 'node:crypto';

import { POINT_SIZE, sha256, toHex } from '@priolab/crypto';

import { createAuthorityChains } from './authority-chain.ts';
import type { AuthorityChain } from './authority-chain.ts';
import { isSignedBy, readCertificate } from './certificate.ts';
import type { Certificate } from './certificate.ts';
import { attestationChallenge, dayOf } from './challenge.ts';
import {
  ALL_APPLICATIONS,
  applicationOf,
  originOf,
  purposesOf,
  readKeyDescription,
} from './key-description.ts';
import type { AuthorizationList, KeyDescription, SecurityLevel } from './key-description.ts';
import { serializePayload } from './payload.ts';
import type { AndroidUpload } from './payload.ts';
import { Refusal, refusedOr } from './refusal.ts';
import type { Refused } from './refusal.ts';

/** A leaf and a root at least; the rules of the document want one between them. */
const CERTIFICATE_COUNT_MIN = 2;
const CERTIFICATE_COUNT_MAX = 10;
const KEPT_COUNT = 1024;
/** SEQUENCE { SEQUENCE { id-ecPublicKey, prime256v1 }, BIT STRING of the 65-byte point }. */
const P256_PREFIX = '3059301306072a8648ce3d020106082a8648ce3d030107034200';
/** KeyPurpose: Android's client asks for SIGN and VERIFY. */
const SIGN = 2;
const VERIFY = 3;
/** KeyOrigin: made in the keystore, not brought there. */
const GENERATED = 0;

export type AttestationFault =
  /** Not certificates, not each by the next, or not describing a key. */
  | 'chain'
  | 'root'
  | 'expired'
  | 'revoked'
  /** The key was made for another app, metric or day. */
  | 'challenge'
  /** Another app asked for the key, or one that others signed. */
  | 'application'
  | 'security-level'
  /** Not a P-256 key for signatures that the keystore made. */
  | 'key'
  /** The document is not signed by the key. */
  | 'signature';

export type RefusedAttestation = Refused<AttestationFault> & { readonly ok: false };

export interface VerifiedAttestation {
  readonly ok: true;
  /** SHA-256 of the 65-byte point: the same for all uploads of one key. */
  readonly keyHash: Uint8Array;
  readonly publicKey: Uint8Array;
  readonly securityLevel: SecurityLevel;
}

export interface AndroidVerifierOptions {
  /** DER certificates of trusted roots; only their public keys count. */
  readonly roots: readonly Uint8Array[];
  readonly packageName: string;
  /** SHA-256 of the certificates that the app may be signed with; undefined: not checked. */
  readonly apkDigests?: readonly Uint8Array[] | undefined;
  /** Keystores without a clock write dates of 1970 or 2001 into leaves. */
  readonly leafDates: 'check' | 'ignore';
  /** Keys outside of secure hardware; refused unless 'allow'. */
  readonly softwareKeys?: 'allow' | 'refuse' | undefined;
  /** Serial numbers of any certificate, lower-case hex; asked at each upload. */
  readonly revoked?: ReadonlySet<string> | undefined;
  /** Chains of authorities that are remembered; 0 to verify each again. */
  readonly keptChainCount?: number | undefined;
}

export interface AndroidVerifier {
  /**
   * Whether the upload is attested; never throws, whatever its bytes. The day is that of
   * `createdMs`, in UTC.
   * @param atMs when certificates must be valid: the time of the document's creation
   */
  verify(upload: AndroidUpload, atMs: number): VerifiedAttestation | RefusedAttestation;
}

/** @throws Refusal where a root is no certificate */
export function createAndroidVerifier(options: AndroidVerifierOptions): AndroidVerifier {
  const { roots, keptChainCount = KEPT_COUNT } = options;
  const authorities = createAuthorityChains({ roots, keptCount: keptChainCount });
  const digests = options.apkDigests && new Set(options.apkDigests.map(toHex));

  function verifyUpload(upload: AndroidUpload, atMs: number): VerifiedAttestation {
    const [leafDer, ...rest] = upload.certificateChain;
    const count = upload.certificateChain.length;
    if (leafDer === undefined || count < CERTIFICATE_COUNT_MIN || count > CERTIFICATE_COUNT_MAX) {
      throw refusal('chain', `expected 2 to ${CERTIFICATE_COUNT_MAX} certificates, got ${count}`);
    }
    const leaf = readCertificate(leafDer);
    const authority = authorities.verify(rest);
    checkIssuer(leaf, authority);
    checkRevoked([leaf.serial, ...authority.serials], options.revoked);
    checkDates('an authority', authority, atMs);
    if (options.leafDates === 'check') checkDates("the phone's", leaf, atMs);
    const description = readKeyDescription(leaf.keyDescription ?? new Uint8Array());
    const { point, key } = leafKeyOf(leaf);
    checkChallenge(description, upload, options.packageName);
    const securityLevel = checkLevel(description, options.softwareKeys === 'allow');
    checkUse(securityLevel === 'software' ? description.software : description.hardware);
    checkApplication(description, options.packageName, digests);
    const payload = serializePayload(upload);
    if (!verify('sha256', payload, { key, dsaEncoding: 'der' }, upload.signature)) {
      throw refusal('signature', "the document's signature does not verify");
    }
    return { ok: true, keyHash: sha256(point), publicKey: point, securityLevel };
  }

  return {
    verify(upload, atMs) {
      const answer = refusedOr<VerifiedAttestation, AttestationFault>(() =>
        verifyUpload(upload, atMs),
      );
      return 'ok' in answer ? answer : { ok: false, ...answer };
    },
  };
}

function checkIssuer(leaf: Certificate, authority: AuthorityChain): void {
  if (toHex(leaf.issuer) !== authority.issuer) {
    throw refusal('chain', "the leaf's issuer is not the next certificate's subject");
  }
  // Nothing that the leaf says is believed before this.
  if (!isSignedBy(leaf, authority.key)) {
    throw refusal('chain', "the leaf's signature does not verify");
  }
}

function checkRevoked(serials: readonly string[], revoked?: ReadonlySet<string>): void {
  if (revoked !== undefined && serials.some((serial) => revoked.has(serial))) {
    throw refusal('revoked', 'a certificate is on the list of revoked ones');
  }
}

function checkDates(
  whose: string,
  valid: { readonly notBeforeMs: number; readonly notAfterMs: number },
  atMs: number,
): void {
  if (atMs >= valid.notBeforeMs && atMs <= valid.notAfterMs) return;
  const when = atMs < valid.notBeforeMs ? 'not yet' : 'no longer';
  throw refusal('expired', `${whose} certificate is ${when} valid`);
}

function leafKeyOf({ spki, maySign }: Certificate): { point: Uint8Array; key: KeyObject } {
  const prefixSize = P256_PREFIX.length / 2;
  const isP256 = toHex(spki.subarray(0, prefixSize)) === P256_PREFIX;
  const point = spki.slice(prefixSize);
  if (!isP256 || point.length !== POINT_SIZE || point[0] !== 4 || !maySign) {
    throw refusal('key', 'expected a P-256 key that may sign');
  }
  const x = Buffer.from(point.subarray(1, 33)).toString('base64url');
  const y = Buffer.from(point.subarray(33)).toString('base64url');
  try {
    // JWK: importing DER costs 100 us more, in OpenSSL's search for a decoder.
    const jwk = { kty: 'EC', crv: 'P-256', x, y };
    return { point, key: createPublicKey({ key: jwk, format: 'jwk' }) };
  } catch {
    throw refusal('key', 'expected a point on P-256');
  }
}

function checkChallenge(
  { challenge }: KeyDescription,
  { metric, createdMs }: AndroidUpload,
  packageName: string,
): void {
  const expected = attestationChallenge({ packageName, metric, day: dayOf(createdMs) });
  if (toHex(challenge) !== toHex(expected)) {
    throw refusal('challenge', 'the key is attested for another app, metric or day');
  }
}

/** The lower of where the key is and where that was attested. */
function checkLevel(description: KeyDescription, allowsSoftware: boolean): SecurityLevel {
  const { attestationLevel, keyLevel } = description;
  const isSoftware = attestationLevel === 'software' || keyLevel === 'software';
  if (isSoftware && !allowsSoftware) {
    throw refusal('security-level', 'expected a key attested by secure hardware, got software');
  }
  if (isSoftware) return 'software';
  const isStrongBox = attestationLevel === 'strongbox' && keyLevel === 'strongbox';
  return isStrongBox ? 'strongbox' : 'trusted-environment';
}

/** A key brought into the keystore may be in many phones; one that encrypts is not this app's. */
function checkUse(list: AuthorizationList): void {
  const purposes = purposesOf(list);
  const isForSigning = purposes.includes(SIGN);
  if (!isForSigning || purposes.some((purpose) => purpose !== SIGN && purpose !== VERIFY)) {
    throw refusal('key', 'expected a key for signatures only');
  }
  if (originOf(list) !== GENERATED) throw refusal('key', 'expected a key made in the keystore');
}

function checkApplication(
  { software, hardware }: KeyDescription,
  packageName: string,
  allowed: ReadonlySet<string> | undefined,
): void {
  if (software.has(ALL_APPLICATIONS) || hardware.has(ALL_APPLICATIONS)) {
    throw refusal('application', 'a key for all applications');
  }
  const application = applicationOf(software);
  if (application === undefined || !application.packageNames.includes(packageName)) {
    throw refusal('application', 'a key of another application');
  }
  const { digests } = application;
  const isAllowed = digests.length > 0 && digests.every((digest) => allowed?.has(digest));
  if (allowed !== undefined && !isAllowed) {
    throw refusal('application', 'an application that others signed');
  }
}

function refusal(fault: AttestationFault, detail: string): Refusal<AttestationFault> {
  return new Refusal(fault, detail);
}
