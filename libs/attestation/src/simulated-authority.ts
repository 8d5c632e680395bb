/**
 * A vendor of simulated phones: a root and an intermediate authority that certifies phones' keys,
 * as Google's root and a phone maker's keystore do. Deterministic: scalars, nonces are arguments.
 * Source: RFC 5280; the names and extensions are those of the published chain (ENPA section 8).
 */

import { DIGEST_SIZE, SCALAR_SIZE, SIGNATURE_SIZE, publicKeyToSpki, sha256 } from '@priolab/crypto';
import { fromHex, signatureToDer } from '@priolab/crypto';
import type { CryptoBackend } from '@priolab/crypto';

import {
  BIT_STRING,
  BOOLEAN,
  INTEGER,
  NULL,
  OBJECT_IDENTIFIER,
  OCTET_STRING,
  SEQUENCE,
  SET,
  UTC_TIME,
  UTF8_STRING,
  contextTag,
  encode,
} from './der.ts';

/** 2.5.4.3 */
const COMMON_NAME = fromHex('550403');
const BASIC_CONSTRAINTS = fromHex('551d13');
const KEY_USAGE = fromHex('551d0f');
/** 1.2.840.10045.4.3.2 */
const ECDSA_WITH_SHA256 = fromHex('2a8648ce3d040302');
const SECOND_MS = 1000;
/** UTCTime ends here. */
const YEAR_2050_MS = 2_524_608_000_000;

/** A private key and the nonce of the one signature that is wanted of it, 32 bytes each. */
export interface SigningScalars {
  readonly scalar: Uint8Array;
  readonly nonce: Uint8Array;
}

export interface AndroidAuthority {
  /** DER certificates: what verifiers trust, and what certifies phones. */
  readonly root: Uint8Array;
  readonly intermediate: Uint8Array;
  /** The intermediate's name, DER. */
  readonly name: Uint8Array;
  /** The intermediate's private scalar. */
  readonly scalar: Uint8Array;
}

/**
 * @param options.root the root's key; its nonce signs the root
 * @param options.intermediate the intermediate's key; its nonce is the root's, for this certificate
 * @param options.notBeforeMs from here both are valid, to `notAfterMs`; years 1950 to 2049
 */
export function createAndroidAuthority(options: {
  readonly root: SigningScalars;
  readonly intermediate: SigningScalars;
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
  readonly backend: CryptoBackend;
}): AndroidAuthority {
  const { root, intermediate, backend } = options;
  const validity = validityOf(options.notBeforeMs, options.notAfterMs);
  const rootName = nameOf('Priolab simulated root');
  const name = nameOf('Priolab simulated keystore');
  const certify = (subject: Uint8Array, of: Uint8Array, nonce: Uint8Array) => {
    const point = backend.privateKey(of).publicKey;
    const parts = { serial: serialOf(point), issuer: rootName, validity, subject };
    const tbs = tbsOf({ ...parts, spki: publicKeyToSpki(point), extensions: AUTHORITY_EXTENSIONS });
    const [signature] = signAll(backend, [{ scalar: root.scalar, nonce, message: tbs }]);
    return certificateOf(tbs, signature!);
  };
  return {
    root: certify(rootName, root.scalar, root.nonce),
    intermediate: certify(name, intermediate.scalar, intermediate.nonce),
    name,
    scalar: Uint8Array.from(intermediate.scalar),
  };
}

/** As StrongBox has it: with parameters, which RFC 5758 section 3.2 says to leave out. */
const ALGORITHM = encode(
  SEQUENCE,
  encode(OBJECT_IDENTIFIER, ECDSA_WITH_SHA256),
  encode(NULL, new Uint8Array()),
);
const TRUE = encode(BOOLEAN, Uint8Array.of(0xff));

/** cA, and the key usage keyCertSign. */
const AUTHORITY_EXTENSIONS = [
  extension(BASIC_CONSTRAINTS, TRUE, encode(SEQUENCE, TRUE)),
  keyUsage(Uint8Array.of(2, 0x04)),
];

/** @param bits the contents of the BIT STRING: how many bits are unused, then the bits */
export function keyUsage(bits: Uint8Array): Uint8Array {
  return extension(KEY_USAGE, TRUE, encode(BIT_STRING, bits));
}

/** @param critical `TRUE`, or no bytes where it is not */
export function extension(id: Uint8Array, critical: Uint8Array, value: Uint8Array): Uint8Array {
  return encode(SEQUENCE, encode(OBJECT_IDENTIFIER, id), critical, encode(OCTET_STRING, value));
}

export function nameOf(text: string): Uint8Array {
  const value = encode(UTF8_STRING, Buffer.from(text));
  return encode(
    SEQUENCE,
    encode(SET, encode(SEQUENCE, encode(OBJECT_IDENTIFIER, COMMON_NAME), value)),
  );
}

export function validityOf(notBeforeMs: number, notAfterMs: number): Uint8Array {
  return encode(
    SEQUENCE,
    encode(UTC_TIME, utcTimeOf(notBeforeMs)),
    encode(UTC_TIME, utcTimeOf(notAfterMs)),
  );
}

/** `yyMMddHHmmssZ` */
export function utcTimeOf(timeMs: number): Uint8Array {
  if (!(timeMs >= 0 && timeMs < YEAR_2050_MS)) throw new RangeError('expected a time before 2050');
  const seconds = new Date(Math.floor(timeMs / SECOND_MS) * SECOND_MS).toISOString();
  return Buffer.from(`${seconds.slice(2, 19).replaceAll(/\D/g, '')}Z`, 'latin1');
}

export function tbsOf(parts: {
  readonly serial: Uint8Array;
  readonly issuer: Uint8Array;
  readonly validity: Uint8Array;
  readonly subject: Uint8Array;
  readonly spki: Uint8Array;
  readonly extensions: readonly Uint8Array[];
}): Uint8Array {
  return encode(
    SEQUENCE,
    encode(contextTag(0), encode(INTEGER, Uint8Array.of(2))),
    encode(INTEGER, parts.serial),
    ALGORITHM,
    parts.issuer,
    parts.validity,
    parts.subject,
    parts.spki,
    encode(contextTag(3), encode(SEQUENCE, ...parts.extensions)),
  );
}

/** @param signature DER */
export function certificateOf(tbs: Uint8Array, signature: Uint8Array): Uint8Array {
  return encode(SEQUENCE, tbs, ALGORITHM, encode(BIT_STRING, Uint8Array.of(0), signature));
}

/** One message to be signed. */
export interface SigningJob extends SigningScalars {
  readonly message: Uint8Array;
}

/** ECDSA with the nonces given, in DER; many at once cost a backend far less than one by one. */
export function signAll(
  backend: CryptoBackend,
  jobs: readonly SigningJob[],
): readonly Uint8Array[] {
  const count = jobs.length;
  const packed = (size: number) => ({
    bytes: new Uint8Array(count * size),
    offset: 0,
    stride: size,
  });
  const scalars = packed(SCALAR_SIZE);
  const nonces = packed(SCALAR_SIZE);
  const digests = packed(DIGEST_SIZE);
  const signatures = packed(SIGNATURE_SIZE);
  for (const [index, { scalar, nonce, message }] of jobs.entries()) {
    if (scalar.length !== SCALAR_SIZE || nonce.length !== SCALAR_SIZE) {
      throw new RangeError(`expected scalars and nonces of ${SCALAR_SIZE} bytes`);
    }
    scalars.bytes.set(scalar, index * SCALAR_SIZE);
    nonces.bytes.set(nonce, index * SCALAR_SIZE);
    digests.bytes.set(sha256(message), index * DIGEST_SIZE);
  }
  backend.sign({ count, scalars, digests, nonces, signatures, status: new Uint8Array(count) });
  return jobs.map((_, index) => {
    const at = index * SIGNATURE_SIZE;
    return signatureToDer(signatures.bytes.subarray(at, at + SIGNATURE_SIZE));
  });
}

/** Eight bytes that differ from key to key; positive, without padding. */
function serialOf(point: Uint8Array): Uint8Array {
  const serial = sha256(point).slice(0, 8);
  serial[0] = (serial[0]! & 0x3f) | 0x40;
  return serial;
}
