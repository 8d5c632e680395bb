/**
 * An X.509 certificate as far as a key attestation goes: what is signed, by whom, when it is valid,
 * whether its key may certify others, and Android's extension. OpenSSL verifies signatures; it does
 * not read here, because it takes bytes after the certificate and lengths that are not DER.
 * Source: RFC 5280 section 4.1; algorithms of RFC 5758 and RFC 4055.
 */

import { createPublicKey, verify } from 'node:crypto';
import type { KeyObject } from 'node:crypto';

import { toHex } from '@priolab/crypto';

import {
  BIT_STRING,
  BOOLEAN,
  GENERALIZED_TIME,
  INTEGER,
  NULL,
  OBJECT_IDENTIFIER,
  OCTET_STRING,
  SEQUENCE,
  UTC_TIME,
  booleanOf,
  contents,
  contextTag,
  cursorOf,
  isAtEnd,
  last,
  next,
  nextIf,
  nextOfAny,
  requireEnd,
  smallNumber,
  valueOf,
  wholeOf,
} from './der.ts';
import type { DerCursor, DerElement } from './der.ts';
import { Refusal } from './refusal.ts';

/** Hex of the object identifiers' contents. */
const BASIC_CONSTRAINTS = '551d13';
const KEY_USAGE = '551d0f';
/** 1.3.6.1.4.1.11129.2.1.17 */
const KEY_DESCRIPTION = '2b06010401d679020111';
const KNOWN = [BASIC_CONSTRAINTS, KEY_USAGE, KEY_DESCRIPTION];
/** Bits of the first octet of KeyUsage: digitalSignature (0) and keyCertSign (5). */
const DIGITAL_SIGNATURE = 0x80;
const KEY_CERT_SIGN = 0x04;
/** RFC 5280 section 4.1.2.2: 20 octets, and one for the sign. */
const SERIAL_SIZE_MAX = 21;
const RSA_BITS_MIN = 2048;

interface SignatureAlgorithm {
  readonly keyType: 'ec' | 'rsa';
  readonly hash: string;
}

/** SHA-1 is not among them. */
const ALGORITHMS: ReadonlyMap<string, SignatureAlgorithm> = new Map([
  ['2a8648ce3d040302', { keyType: 'ec', hash: 'sha256' }],
  ['2a8648ce3d040303', { keyType: 'ec', hash: 'sha384' }],
  ['2a8648ce3d040304', { keyType: 'ec', hash: 'sha512' }],
  ['2a864886f70d01010b', { keyType: 'rsa', hash: 'sha256' }],
  ['2a864886f70d01010c', { keyType: 'rsa', hash: 'sha384' }],
  ['2a864886f70d01010d', { keyType: 'rsa', hash: 'sha512' }],
]);

/** Bytes are views of what was read. */
export interface Certificate {
  readonly tbs: Uint8Array;
  readonly algorithm: SignatureAlgorithm;
  readonly signature: Uint8Array;
  /** Lower-case hex without leading zeros, as Google's list of revoked ones has it. */
  readonly serial: string;
  readonly issuer: Uint8Array;
  readonly subject: Uint8Array;
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
  readonly spki: Uint8Array;
  /** basicConstraints and, where there is one, keyUsage let it certify. */
  readonly isAuthority: boolean;
  /** How many authorities may stand below it; undefined: any number. */
  readonly pathLengthMax: number | undefined;
  /** keyUsage is absent or has digitalSignature. */
  readonly maySign: boolean;
  /** The DER inside Android's extension. */
  readonly keyDescription: Uint8Array | undefined;
}

/** @throws Refusal `chain` on anything but one certificate, version 3, in DER. */
export function readCertificate(der: Uint8Array): Certificate {
  const whole = contents(last(cursorOf(der), SEQUENCE, 'a certificate'));
  const tbs = next(whole, SEQUENCE, 'the signed part');
  const outer = next(whole, SEQUENCE, 'a signature algorithm');
  const signature = last(whole, BIT_STRING, 'a signature');

  const inner = contents(tbs);
  const version = contents(next(inner, contextTag(0), 'a version'));
  if (smallNumber(last(version, INTEGER, 'a version'), 'a version') !== 2) {
    throw refusal('expected version 3');
  }
  const serial = next(inner, INTEGER, 'a serial number');
  const algorithm = next(inner, SEQUENCE, 'a signature algorithm');
  // RFC 5280 section 4.1.1.2; otherwise the algorithm is not itself signed.
  if (toHex(wholeOf(algorithm)) !== toHex(wholeOf(outer))) {
    throw refusal('expected the same signature algorithm twice');
  }
  const issuer = next(inner, SEQUENCE, 'an issuer');
  const validity = contents(next(inner, SEQUENCE, 'a validity'));
  const notBeforeMs = timeOf(nextOfAny(validity, 'a time'));
  const notAfterMs = timeOf(nextOfAny(validity, 'a time'));
  requireEnd(validity, 'a validity');
  const subject = next(inner, SEQUENCE, 'a subject');
  const spki = next(inner, SEQUENCE, 'a public key');
  const extensions = contents(last(inner, contextTag(3), 'extensions'));
  return {
    tbs: wholeOf(tbs),
    algorithm: algorithmOf(contents(algorithm)),
    signature: bitsOf(signature),
    serial: serialOf(valueOf(serial)),
    issuer: wholeOf(issuer),
    subject: wholeOf(subject),
    notBeforeMs,
    notAfterMs,
    spki: wholeOf(spki),
    ...readExtensions(contents(last(extensions, SEQUENCE, 'extensions'))),
  };
}

/** AlgorithmIdentifier; some keystores write NULL where ECDSA has no parameters (RFC 5758). */
function algorithmOf(cursor: DerCursor): SignatureAlgorithm {
  const identifier = next(cursor, OBJECT_IDENTIFIER, 'an algorithm');
  const parameters = nextIf(cursor, NULL, 'parameters');
  if (parameters !== undefined && valueOf(parameters).length > 0) throw refusal('expected NULL');
  requireEnd(cursor, 'an algorithm');
  const algorithm = ALGORITHMS.get(toHex(valueOf(identifier)));
  if (algorithm === undefined) throw refusal('expected ECDSA or RSA with SHA-2');
  return algorithm;
}

function readExtensions(cursor: DerCursor) {
  const found = new Map<string, Uint8Array>();
  while (!isAtEnd(cursor)) {
    const extension = contents(next(cursor, SEQUENCE, 'an extension'));
    const id = toHex(valueOf(next(extension, OBJECT_IDENTIFIER, 'the id of an extension')));
    const critical = nextIf(extension, BOOLEAN, 'criticality');
    const isCritical = critical !== undefined && booleanOf(critical, 'criticality');
    const value = valueOf(last(extension, OCTET_STRING, 'the value of an extension'));
    // RFC 5280 section 4.2: one of a kind, and none that is critical and not understood.
    if (found.has(id)) throw refusal('expected an extension once');
    if (isCritical && !KNOWN.includes(id)) throw refusal('a critical extension that is not known');
    found.set(id, value);
  }
  const usage = keyUsageOf(found.get(KEY_USAGE));
  const { isAuthority, pathLengthMax } = basicConstraintsOf(found.get(BASIC_CONSTRAINTS));
  return {
    isAuthority: isAuthority && (usage & KEY_CERT_SIGN) !== 0,
    pathLengthMax,
    maySign: (usage & DIGITAL_SIGNATURE) !== 0,
    keyDescription: found.get(KEY_DESCRIPTION),
  };
}

/** SEQUENCE { cA BOOLEAN DEFAULT FALSE, pathLenConstraint INTEGER OPTIONAL }. */
function basicConstraintsOf(der: Uint8Array | undefined) {
  if (der === undefined) return { isAuthority: false, pathLengthMax: undefined };
  const cursor = contents(last(cursorOf(der), SEQUENCE, 'basic constraints'));
  const authority = nextIf(cursor, BOOLEAN, 'cA');
  const pathLength = nextIf(cursor, INTEGER, 'a path length');
  requireEnd(cursor, 'basic constraints');
  return {
    isAuthority: authority !== undefined && booleanOf(authority, 'cA'),
    pathLengthMax: pathLength && smallNumber(pathLength, 'a path length'),
  };
}

/** The first octet of KeyUsage; all bits where there is no such extension. */
function keyUsageOf(der: Uint8Array | undefined): number {
  if (der === undefined) return 0xff;
  const [unused = 0xff, bits = 0] = valueOf(last(cursorOf(der), BIT_STRING, 'a key usage'));
  if (unused > 7) throw refusal('expected bits of a key usage');
  return bits;
}

/** The contents of a BIT STRING of whole octets. */
function bitsOf(element: DerElement): Uint8Array {
  const bits = valueOf(element);
  if (bits[0] !== 0) throw refusal('expected a signature of whole octets');
  return bits.subarray(1);
}

function serialOf(bytes: Uint8Array): string {
  if (bytes.length < 1 || bytes.length > SERIAL_SIZE_MAX) throw refusal('expected a serial number');
  return toHex(bytes).replace(/^0+(?=.)/, '');
}

/** UTCTime `yyMMddHHmmssZ` (1950 to 2049) or GeneralizedTime `yyyyMMddHHmmssZ`. */
function timeOf(element: DerElement): number {
  const text = Buffer.from(valueOf(element)).toString('latin1');
  const isShort = element.tag === UTC_TIME && /^\d{12}Z$/.test(text);
  const isLong = element.tag === GENERALIZED_TIME && /^\d{14}Z$/.test(text);
  if (!isShort && !isLong) throw refusal('expected a time in UTC');
  const century = text < '5' ? '20' : '19';
  const digits = isShort ? century + text : text;
  const [, year, month, day, hour, minute, second] =
    /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/.exec(digits)!;
  const iso = `${year}-${month}-${day}T${hour}:${minute}:${second}`;
  const timeMs = Date.parse(`${iso}Z`);
  if (Number.isNaN(timeMs) || !new Date(timeMs).toISOString().startsWith(iso)) {
    throw refusal('expected a time of the calendar');
  }
  return timeMs;
}

/** The key of an authority, for `isSignedBy`. */
export function authorityKeyOf({ spki }: Certificate): KeyObject {
  let key: KeyObject;
  try {
    key = createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' });
  } catch {
    throw refusal('a public key that OpenSSL refuses');
  }
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = key;
  const isWeak = type === 'rsa' && (details?.modulusLength ?? 0) < RSA_BITS_MIN;
  if ((type !== 'ec' && type !== 'rsa') || isWeak) throw refusal('expected a key of EC or RSA');
  return key;
}

/** Whether `key` signed the certificate, with an algorithm for keys of its type. */
export function isSignedBy({ tbs, algorithm, signature }: Certificate, key: KeyObject): boolean {
  if (key.asymmetricKeyType !== algorithm.keyType) return false;
  try {
    return verify(algorithm.hash, tbs, { key, dsaEncoding: 'der' }, signature);
  } catch {
    // OpenSSL takes some keys that it can't use: RSA of too many bits.
    return false;
  }
}

function refusal(detail: string): Refusal<'chain'> {
  return new Refusal('chain', detail);
}
