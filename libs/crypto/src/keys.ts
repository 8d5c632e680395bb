/**
 * P-256 keys in the forms that ENPA's parties exchange, all turned into 65-byte points and 32-byte
 * scalars. Sources: ENPA section 4 "Key forms" (base64 of point || scalar), RFC 5208 and RFC 5915
 * (PKCS#8), RFC 5480 (SubjectPublicKeyInfo), RFC 5280 (certificates).
 *
 * Every decoder throws `CryptoError`: `invalid-key` for bytes that are no key or whose halves
 * don't match, `unsupported-key` for RSA, P-384 and the like, `invalid-point`, `invalid-scalar`.
 */

import { createECDH, createPrivateKey, createPublicKey, ECDH, X509Certificate } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { fromHex, toHex } from './bytes.ts';
import { CryptoError } from './errors.ts';
import { checkScalar, isUncompressed } from './scalars.ts';
import { POINT_SIZE, SCALAR_SIZE } from './backend.ts';

const CURVE = 'prime256v1';
const KEY_PAIR_SIZE = POINT_SIZE + SCALAR_SIZE;
/** SEQUENCE { SEQUENCE { id-ecPublicKey, prime256v1 }, BIT STRING of the 65-byte point }. */
const SPKI_PREFIX = fromHex('3059301306072a8648ce3d020106082a8648ce3d030107034200');
/** PKCS#8 up to the scalar: version 0, algorithm, ECPrivateKey { version 1, OCTET STRING 32. */
const PKCS8_PREFIX = fromHex(
  '308187020100301306072a8648ce3d020106082a8648ce3d030107046d306b0201010420',
);
/** ... and between the scalar and the point: [1] BIT STRING of 65 bytes. */
const PKCS8_MIDDLE = fromHex('a144034200');
/** What `util.inspect` looks up; named so, because this library can't import `node:util`. */
const INSPECT = Symbol.for('nodejs.util.inspect.custom');

/** A P-256 key pair. Printing it, as an object or as JSON, shows the public half only. */
export class KeyPair {
  /** The 65-byte uncompressed point; not to be modified. */
  readonly publicKey: Uint8Array;
  readonly #scalar: Uint8Array;

  /** Copies `scalar` (32 bytes); throws `invalid-scalar` unless it is in [1, n-1]. */
  constructor(scalar: Uint8Array) {
    checkScalar('private scalar', scalar);
    this.#scalar = Uint8Array.from(scalar);
    const agreement = createECDH(CURVE);
    agreement.setPrivateKey(this.#scalar);
    this.publicKey = new Uint8Array(agreement.getPublicKey());
  }

  /** A copy of the 32-byte private scalar. */
  get scalar(): Uint8Array {
    return Uint8Array.from(this.#scalar);
  }

  toJSON(): { publicKey: string; scalar: string } {
    return { publicKey: toHex(this.publicKey), scalar: '[redacted]' };
  }

  [INSPECT](): string {
    return `KeyPair { publicKey: ${toHex(this.publicKey)}, scalar: [redacted] }`;
  }
}

/** The facilitator's private form: base64 of point || scalar, 97 bytes. */
export function encodeKeyPair(keyPair: KeyPair): string {
  return Buffer.concat([keyPair.publicKey, keyPair.scalar]).toString('base64');
}

/**
 * Reads the 97-byte base64 form. libprio-rs checks nothing here; we refuse a point that doesn't
 * belong to its scalar, since every report sealed to it would be lost.
 */
export function decodeKeyPair(base64: string): KeyPair {
  const bytes = fromBase64(base64);
  if (bytes.length !== KEY_PAIR_SIZE) {
    throw new CryptoError('invalid-key', `${KEY_PAIR_SIZE} bytes`, `${bytes.length}`);
  }
  return matchingKeyPair(bytes.subarray(POINT_SIZE), bytes.subarray(0, POINT_SIZE));
}

/** The facilitator's public form: base64 of the 65-byte point. */
export function encodePublicKey(point: Uint8Array): string {
  checkPoint(point);
  return Buffer.from(point).toString('base64');
}

/** Reads the public form, or the public half of the private form, as the facilitator does. */
export function decodePublicKey(base64: string): Uint8Array {
  const bytes = fromBase64(base64);
  if (bytes.length !== POINT_SIZE && bytes.length !== KEY_PAIR_SIZE) {
    const expected = `${POINT_SIZE} or ${KEY_PAIR_SIZE} bytes`;
    throw new CryptoError('invalid-key', expected, `${bytes.length}`);
  }
  return checkPoint(bytes.slice(0, POINT_SIZE));
}

/** PKCS#8 DER of a key pair, 138 bytes, unencrypted, with the public key. */
export function keyPairToPkcs8(keyPair: KeyPair): Uint8Array {
  const parts = [PKCS8_PREFIX, keyPair.scalar, PKCS8_MIDDLE, keyPair.publicKey];
  return new Uint8Array(Buffer.concat(parts));
}

/** Reads an unencrypted PKCS#8 DER private key. */
export function keyPairFromPkcs8(der: Uint8Array): KeyPair {
  return keyPairFromKeyObject(
    attempt('a PKCS#8 private key', () =>
      createPrivateKey({ key: Buffer.from(der), format: 'der', type: 'pkcs8' }),
    ),
  );
}

/**
 * What a signing key file holds: base64 of the PKCS#8 DER, as the facilitator's flags and the
 * secrets of ISRG's clusters have it (prio_server_keys: *_SIGNING_PRIVATE_KEY).
 */
export function encodeSigningKey(keyPair: KeyPair): string {
  return Buffer.from(keyPairToPkcs8(keyPair)).toString('base64');
}

/** Reads the base64 form of PKCS#8. */
export function decodeSigningKey(base64: string): KeyPair {
  return keyPairFromPkcs8(fromBase64(base64));
}

/** A new key pair from OpenSSL's randomness, for keys that outlive a run. */
export function generateKeyPair(): KeyPair {
  const agreement = createECDH(CURVE);
  agreement.generateKeys();
  // Short scalars come without their leading zeros (ENPA 9.2 no. 35: such keys were lost once).
  const digits = agreement.getPrivateKey('hex').padStart(2 * SCALAR_SIZE, '0');
  return new KeyPair(fromHex(digits));
}

/** Reads an unencrypted PEM private key, PKCS#8 or SEC 1 ('EC PRIVATE KEY'). */
export function keyPairFromPem(pem: string): KeyPair {
  return keyPairFromKeyObject(attempt('a PEM private key', () => createPrivateKey(pem)));
}

/** SubjectPublicKeyInfo DER of a 65-byte point, 91 bytes. */
export function publicKeyToSpki(point: Uint8Array): Uint8Array {
  checkPoint(point);
  return new Uint8Array(Buffer.concat([SPKI_PREFIX, point]));
}

/** SubjectPublicKeyInfo PEM of a 65-byte point, with a final newline. */
export function publicKeyToPem(point: Uint8Array): string {
  const base64 = Buffer.from(publicKeyToSpki(point)).toString('base64');
  const lines = base64.match(/.{1,64}/g)!.join('\n');
  return `-----BEGIN PUBLIC KEY-----\n${lines}\n-----END PUBLIC KEY-----\n`;
}

/** Reads a SubjectPublicKeyInfo DER public key; the point must be uncompressed. */
export function publicKeyFromSpki(der: Uint8Array): Uint8Array {
  const prefix = SPKI_PREFIX.length;
  if (der.length === prefix + POINT_SIZE && toHex(der.subarray(0, prefix)) === toHex(SPKI_PREFIX)) {
    return checkPoint(der.slice(prefix));
  }
  // No other encoding is taken; OpenSSL only tells which error it is.
  const key = attempt('a 91-byte P-256 public key', () =>
    createPublicKey({ key: Buffer.from(der), format: 'der', type: 'spki' }),
  );
  checkAlgorithm(key);
  throw new CryptoError('unsupported-key', 'a named curve, uncompressed point', 'another encoding');
}

/** Reads a 'PUBLIC KEY' PEM; text around the block is refused. */
export function publicKeyFromPem(pem: string): Uint8Array {
  const match = /^-----BEGIN PUBLIC KEY-----([\s\S]*)-----END PUBLIC KEY-----$/.exec(pem.trim());
  if (match === null) throw new CryptoError('invalid-key', 'a PUBLIC KEY in PEM', 'other text');
  return publicKeyFromSpki(fromBase64(match[1]!.replaceAll(/\s/g, '')));
}

/**
 * The public key of a certificate in PEM, as devices get it. Neither its signature nor its dates
 * are checked: the simulator's certificates vouch for nothing.
 */
export function publicKeyFromCertificate(pem: string): Uint8Array {
  const key = attempt('a certificate in PEM', () => new X509Certificate(pem).publicKey);
  checkAlgorithm(key);
  return pointOf(key);
}

function keyPairFromKeyObject(key: KeyObject): KeyPair {
  checkAlgorithm(key);
  const scalar = Buffer.from(key.export({ format: 'jwk' }).d!, 'base64url');
  return matchingKeyPair(new Uint8Array(scalar), pointOf(key));
}

function matchingKeyPair(scalar: Uint8Array, point: Uint8Array): KeyPair {
  const keyPair = new KeyPair(scalar);
  if (toHex(keyPair.publicKey) !== toHex(point)) {
    throw new CryptoError('invalid-key', 'the public key of the scalar', 'another point');
  }
  return keyPair;
}

function pointOf(key: KeyObject): Uint8Array {
  const { x, y } = key.export({ format: 'jwk' });
  const coordinates = [Buffer.from(x!, 'base64url'), Buffer.from(y!, 'base64url')];
  return new Uint8Array(Buffer.concat([Uint8Array.of(4), ...coordinates]));
}

function checkAlgorithm(key: KeyObject): void {
  const curve = key.asymmetricKeyDetails?.namedCurve;
  if (key.asymmetricKeyType !== 'ec' || curve !== CURVE) {
    const got = curve ?? key.asymmetricKeyType ?? 'no public-key algorithm';
    throw new CryptoError('unsupported-key', 'a P-256 key', got);
  }
}

/** Returns `point`, or throws `invalid-point` where it is not on the curve. */
function checkPoint(point: Uint8Array): Uint8Array {
  if (!isUncompressed(point)) {
    throw new CryptoError('invalid-point', 'an uncompressed point', `${point.length} bytes`);
  }
  try {
    ECDH.convertKey(point, CURVE);
  } catch (error) {
    throw new CryptoError('invalid-point', 'a point on P-256', 'another', error);
  }
  return point;
}

/** Runs a parser of OpenSSL; whatever it throws becomes `invalid-key`. */
function attempt<T>(expected: string, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    throw new CryptoError('invalid-key', expected, 'bytes that OpenSSL refuses', error);
  }
}

/** Strict base64: Buffer alone would skip foreign characters. */
export function fromBase64(base64: string): Uint8Array {
  const bytes = Buffer.from(base64, 'base64');
  if (bytes.toString('base64') !== base64) {
    throw new CryptoError('invalid-key', 'padded base64', 'other text');
  }
  return new Uint8Array(bytes);
}
