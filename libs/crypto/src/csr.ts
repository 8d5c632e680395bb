/**
 * Certificate signing requests (PKCS#10) for P-256 keys: the form in which a processor publishes
 * the keys that packets are sealed to. Sources: RFC 2986, X.690 (DER), RFC 5758
 * (ecdsa-with-SHA256); ENPA section 6.6.
 *
 * Strict and by hand: a general X.509 library takes 0.2 s to load and verifies in promises. Every
 * reader throws `CryptoError`: `invalid-key`, `unsupported-key` (RSA, P-384) or `invalid-point`.
 */

import { createPrivateKey, createPublicKey, sign, verify } from 'node:crypto';

import { toHex } from './bytes.ts';
import { CryptoError } from './errors.ts';
import { fromBase64, keyPairToPkcs8, publicKeyFromSpki, publicKeyToSpki } from './keys.ts';
import type { KeyPair } from './keys.ts';

const SEQUENCE = 0x30;
const SET = 0x31;
const INTEGER = 0x02;
const BIT_STRING = 0x03;
const OBJECT_IDENTIFIER = 0x06;
const UTF8_STRING = 0x0c;
const PRINTABLE_STRING = 0x13;
const IA5_STRING = 0x16;
/** [0] IMPLICIT SET OF Attribute. */
const ATTRIBUTES = 0xa0;
/** 2.5.4.3 */
const COMMON_NAME = Uint8Array.of(0x55, 0x04, 0x03);
/** 1.2.840.10045.4.3.2 */
const ECDSA_WITH_SHA256 = Uint8Array.of(0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02);
/** ub-common-name of RFC 5280 appendix A. */
const NAME_LENGTH_MAX = 64;
/** The published requests have 241 to 245 bytes; a few alternative names are allowed for. */
const DER_SIZE_MAX = 8192;
const PEM_LENGTH_MAX = 2 * DER_SIZE_MAX;
const PEM = /^-----BEGIN CERTIFICATE REQUEST-----([^-]*)-----END CERTIFICATE REQUEST-----$/;

export interface Csr {
  /** The 65-byte uncompressed point. */
  readonly publicKey: Uint8Array;
  /** The first common name of the subject; undefined where it has none. */
  readonly commonName: string | undefined;
  /** The request is signed by the key it is about, with ECDSA and SHA-256: no one else's key. */
  readonly isSelfSigned: boolean;
}

/**
 * A request in PEM, signed with a nonce of OpenSSL's; no attributes, as ISRG's were.
 * @param options.commonName 1 to 64 characters, none of them a control character
 */
export function createCsr(options: { keyPair: KeyPair; commonName: string }): string {
  const { keyPair, commonName } = options;
  const { length } = Array.from(commonName);
  if (length < 1 || length > NAME_LENGTH_MAX || /\p{C}/u.test(commonName)) {
    const expected = `a common name of 1 to ${NAME_LENGTH_MAX} printable characters`;
    throw new CryptoError('invalid-key', expected, `${length} characters`);
  }
  // X.680 section 41.4: what a PrintableString may hold.
  const isPrintable = /^[A-Za-z0-9 '()+,\-./:=?]*$/.test(commonName);
  const name = encode(isPrintable ? PRINTABLE_STRING : UTF8_STRING, Buffer.from(commonName));
  const attribute = encode(SEQUENCE, encode(OBJECT_IDENTIFIER, COMMON_NAME), name);
  const info = encode(
    SEQUENCE,
    encode(INTEGER, Uint8Array.of(0)),
    encode(SEQUENCE, encode(SET, attribute)),
    publicKeyToSpki(keyPair.publicKey),
    encode(ATTRIBUTES),
  );
  const pkcs8 = Buffer.from(keyPairToPkcs8(keyPair));
  const key = createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' });
  const signature = sign('sha256', info, key);
  const algorithm = encode(SEQUENCE, encode(OBJECT_IDENTIFIER, ECDSA_WITH_SHA256));
  const der = encode(SEQUENCE, info, algorithm, encode(BIT_STRING, Uint8Array.of(0), signature));
  const lines = Buffer.from(der)
    .toString('base64')
    .match(/.{1,64}/g)!;
  const label = 'CERTIFICATE REQUEST';
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}

/** Reads a 'CERTIFICATE REQUEST' PEM, its body in lines or in one; text around it is refused. */
export function readCsr(pem: string): Csr {
  const match = pem.length > PEM_LENGTH_MAX ? null : PEM.exec(pem.trim());
  if (match === null) throw new CryptoError('invalid-key', 'a CERTIFICATE REQUEST', 'other text');
  return readCsrDer(fromBase64(match[1]!.replaceAll(/\s/g, '')));
}

/**
 * Reads CertificationRequest ::= SEQUENCE { certificationRequestInfo SEQUENCE { version INTEGER
 * (0), subject Name, subjectPKInfo, attributes [0] }, signatureAlgorithm, signature BIT STRING }.
 * Attributes are not looked into: nothing here depends on them.
 */
export function readCsrDer(der: Uint8Array): Csr {
  if (der.length > DER_SIZE_MAX) throw refusal(`${DER_SIZE_MAX} bytes at most`, der.length);
  const whole: Cursor = { bytes: der, at: 0, end: der.length };
  const request = contents(last(whole, SEQUENCE, 'a SEQUENCE'));
  const info = element(request, SEQUENCE, 'the request info');
  const algorithm = element(request, SEQUENCE, 'a signature algorithm');
  const signature = last(request, BIT_STRING, 'a signature');
  const inner = contents(info);
  const version = element(inner, INTEGER, 'a version');
  if (toHex(bytesOf(version)) !== '00') throw refusal('version 0', 'another');
  const subject = element(inner, SEQUENCE, 'a subject');
  const spki = element(inner, SEQUENCE, 'a public key');
  last(inner, ATTRIBUTES, 'attributes');
  const publicKey = publicKeyFromSpki(der.slice(spki.from, spki.end));
  const identifier = element(contents(algorithm), OBJECT_IDENTIFIER, 'a signature algorithm');
  const isSelfSigned =
    identifier.end === algorithm.end &&
    isSame(bytesOf(identifier), ECDSA_WITH_SHA256) &&
    isSignature(der.subarray(info.from, info.end), bytesOf(signature), publicKey);
  return { publicKey, commonName: commonNameIn(subject), isSelfSigned };
}

function isSignature(signed: Uint8Array, bits: Uint8Array, point: Uint8Array): boolean {
  // The first byte of a BIT STRING counts the unused bits.
  if (bits[0] !== 0) return false;
  const spki = Buffer.from(publicKeyToSpki(point));
  const key = createPublicKey({ key: spki, format: 'der', type: 'spki' });
  return verify('sha256', signed, key, bits.subarray(1));
}

/** Name ::= SEQUENCE OF SET OF SEQUENCE { type OBJECT IDENTIFIER, value }. */
function commonNameIn(subject: Element): string | undefined {
  let found: string | undefined;
  const names = contents(subject);
  while (names.at < names.end) {
    const attributes = contents(element(names, SET, 'a relative name'));
    while (attributes.at < attributes.end) {
      const attribute = contents(element(attributes, SEQUENCE, 'an attribute of the name'));
      const type = element(attribute, OBJECT_IDENTIFIER, 'the type of a name');
      const value = last(attribute, undefined, 'the value of a name');
      if (found === undefined && isSame(bytesOf(type), COMMON_NAME)) found = textOf(value);
    }
  }
  return found;
}

function textOf(value: Element): string {
  if (![UTF8_STRING, PRINTABLE_STRING, IA5_STRING].includes(value.tag)) {
    throw refusal('a common name in UTF-8 or ASCII', 'another string type');
  }
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytesOf(value));
  } catch {
    throw refusal('a common name in UTF-8', 'other bytes');
  }
}

/** One tag, length, value; it begins at `from`, its value at `start`. */
interface Element {
  readonly bytes: Uint8Array;
  readonly tag: number;
  readonly from: number;
  readonly start: number;
  readonly end: number;
}

/** What is still to be read of an element's value. */
interface Cursor {
  readonly bytes: Uint8Array;
  at: number;
  readonly end: number;
}

function contents({ bytes, start, end }: Element): Cursor {
  return { bytes, at: start, end };
}

function bytesOf({ bytes, start, end }: Element): Uint8Array {
  return bytes.subarray(start, end);
}

/** The next element, of a given tag if any; lengths as DER demands: definite and shortest. */
function element(cursor: Cursor, tag: number | undefined, what: string): Element {
  const { bytes, at, end } = cursor;
  const first = at + 1 < end ? bytes[at + 1]! : 0x80;
  const extra = first < 0x80 ? 0 : first - 0x80;
  const start = at + 2 + extra;
  const isLong = extra === 1 || extra === 2;
  if ((first >= 0x80 && !isLong) || start > end) throw refusal(what, 'a length that is not DER');
  let size = extra === 0 ? first : bytes[at + 2]!;
  if (extra === 2) size = 256 * size + bytes[at + 3]!;
  const isShortest = extra === 0 || size >= (extra === 1 ? 0x80 : 0x100);
  if (!isShortest || start + size > end) throw refusal(what, 'a length that is not DER');
  if (tag !== undefined && bytes[at] !== tag) throw refusal(what, 'something else');
  cursor.at = start + size;
  return { bytes, tag: bytes[at]!, from: at, start, end: start + size };
}

/** An element with nothing after it. */
function last(cursor: Cursor, tag: number | undefined, what: string): Element {
  const found = element(cursor, tag, what);
  if (cursor.at !== cursor.end) throw refusal(`nothing after ${what}`, 'more bytes');
  return found;
}

function encode(tag: number, ...parts: readonly Uint8Array[]): Uint8Array {
  const size = parts.reduce((sum, part) => sum + part.length, 0);
  const long = size < 0x100 ? [0x81, size] : [0x82, size >> 8, size & 0xff];
  const head = Uint8Array.of(tag, ...(size < 0x80 ? [size] : long));
  return new Uint8Array(Buffer.concat([head, ...parts]));
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return toHex(a) === toHex(b);
}

function refusal(expected: string, got: string | number): CryptoError {
  return new CryptoError('invalid-key', `a PKCS#10 request: ${expected}`, `${got}`);
}
