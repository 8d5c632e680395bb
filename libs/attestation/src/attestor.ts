/**
 * What a simulated Android phone has done by its keystore: a key certified for one metric and day,
 * and a document signed with it. Runs once for every simulated report of Google's, so that a leaf
 * is a template in which only key, challenge and times are new.
 * Source: ENPA section 7.2; the form of the leaf and its key description is the published one's.
 */

import { POINT_SIZE, fromHex, publicKeyToSpki } from '@priolab/crypto';
import type { CryptoBackend } from '@priolab/crypto';

import { attestationChallenge, dayOf } from './challenge.ts';
import { ENUMERATED, INTEGER, NULL, OCTET_STRING, SEQUENCE, SET } from './der.ts';
import { contextTag, encode } from './der.ts';
import { APPLICATION_ID, ORIGIN, PURPOSE, SECURITY_LEVELS } from './key-description.ts';
import type { SecurityLevel } from './key-description.ts';
import { serializePayload } from './payload.ts';
import type { SignedPart } from './payload.ts';
import {
  certificateOf,
  extension,
  keyUsage,
  nameOf,
  signAll,
  tbsOf,
  utcTimeOf,
  validityOf,
} from './simulated-authority.ts';
import type { AndroidAuthority, SigningScalars } from './simulated-authority.ts';

const KEY_DESCRIPTION = fromHex('2b06010401d679020111');
/** Numbers of KeyMint's tags, and the values that the published key has. */
const ALGORITHM = 2;
const KEY_SIZE = 3;
const DIGEST = 5;
const EC_CURVE = 10;
const ORIGINATION_EXPIRES = 401;
const USAGE_EXPIRES = 402;
const NO_AUTH_REQUIRED = 503;
const CREATED = 701;
/** Collection frequency (24 h) less half an hour: how long a phone's key is good for. */
const KEY_LIFE_MS = 23.5 * 3_600_000;
const CHALLENGE_SIZE = 32;
/** Milliseconds since 1970 in as few bytes as DER has them, from 2004 to 6429. */
const TIME_SIZE = 6;

/** A key that a phone has made. */
export interface KeyRequest {
  /** 65 bytes. */
  readonly publicKey: Uint8Array;
  /** Of the authority's signature: 32 bytes in [1, n-1], not to be used again. */
  readonly nonce: Uint8Array;
  readonly metric: string;
  /** When; the key is for that day in UTC. From 2005 to 2049. */
  readonly nowMs: number;
}

/** A document, and the phone's key with a nonce for it. */
export interface DocumentRequest extends SigningScalars {
  readonly upload: SignedPart;
}

/** The same inputs give the same bytes, alone or with others; many at once are far cheaper. */
export interface AndroidAttestor {
  /** For each key its chain from the leaf to the root, three certificates. */
  attestAll(requests: readonly KeyRequest[]): readonly (readonly Uint8Array[])[];
  /** For each document its signature, in DER. */
  signAll(requests: readonly DocumentRequest[]): readonly Uint8Array[];
}

export interface AndroidAttestorOptions {
  readonly authority: AndroidAuthority;
  readonly backend: CryptoBackend;
  readonly packageName: string;
  /** SHA-256 of the certificate that the app is signed with. */
  readonly apkDigest: Uint8Array;
  /** 'strongbox' unless it says otherwise. */
  readonly securityLevel?: SecurityLevel | undefined;
}

export function createAndroidAttestor(options: AndroidAttestorOptions): AndroidAttestor {
  const { authority, backend, packageName } = options;
  const template = createTemplate(options);
  const { scalar, intermediate, root } = authority;
  return {
    attestAll(requests) {
      const jobs = requests.map(({ publicKey, nonce, metric, nowMs }) => {
        const challenge = attestationChallenge({ packageName, metric, day: dayOf(nowMs) });
        return { scalar, nonce, message: template({ publicKey, challenge, nowMs }) };
      });
      return signAll(backend, jobs).map((signature, index) => {
        return [certificateOf(jobs[index]!.message, signature), intermediate, root];
      });
    },
    signAll: (requests) =>
      signAll(
        backend,
        requests.map(({ upload, ...key }) => ({ ...key, message: serializePayload(upload) })),
      ),
  };
}

interface LeafParts {
  readonly publicKey: Uint8Array;
  readonly challenge: Uint8Array;
  readonly nowMs: number;
}

/** The signed part of a leaf as a function of what differs: made in full once, then patched. */
function createTemplate(options: AndroidAttestorOptions): (parts: LeafParts) => Uint8Array {
  // Parts of two samples that differ in every byte show where they are.
  const sampleKey = options.backend.privateKey(Uint8Array.from({ length: 32 }, () => 1)).publicKey;
  const sample = {
    publicKey: sampleKey,
    challenge: new Uint8Array(CHALLENGE_SIZE).fill(0xc5),
    nowMs: Date.UTC(2020, 1, 2, 3, 4, 5),
  };
  const bytes = leafOf(options, sample);
  const placesOf = (part: Uint8Array, count: number): readonly number[] => {
    const places: number[] = [];
    const all = Buffer.from(bytes);
    for (let at = all.indexOf(part); at >= 0; at = all.indexOf(part, at + 1)) places.push(at);
    if (places.length !== count) throw new RangeError('expected each part of a leaf where it is');
    return places;
  };
  const [keyAt] = placesOf(sample.publicKey, 1);
  const [challengeAt] = placesOf(sample.challenge, 1);
  const [notBeforeAt] = placesOf(utcTimeOf(sample.nowMs), 1);
  const [notAfterAt] = placesOf(utcTimeOf(sample.nowMs + KEY_LIFE_MS), 1);
  const [createdAt] = placesOf(timeOf(sample.nowMs), 1);
  const expiresAt = placesOf(timeOf(sample.nowMs + KEY_LIFE_MS), 2);
  return ({ publicKey, challenge, nowMs }) => {
    if (publicKey.length !== POINT_SIZE) throw new RangeError(`expected ${POINT_SIZE} bytes`);
    const leaf = Uint8Array.from(bytes);
    leaf.set(publicKey, keyAt);
    leaf.set(challenge, challengeAt);
    leaf.set(utcTimeOf(nowMs), notBeforeAt);
    leaf.set(utcTimeOf(nowMs + KEY_LIFE_MS), notAfterAt);
    leaf.set(timeOf(nowMs), createdAt);
    for (const at of expiresAt) leaf.set(timeOf(nowMs + KEY_LIFE_MS), at);
    return leaf;
  };
}

function leafOf(options: AndroidAttestorOptions, parts: LeafParts): Uint8Array {
  const { nowMs, publicKey } = parts;
  const description = descriptionOf(options, parts);
  return tbsOf({
    serial: Uint8Array.of(1),
    issuer: options.authority.name,
    validity: validityOf(nowMs, nowMs + KEY_LIFE_MS),
    subject: nameOf('Android Keystore Key'),
    spki: publicKeyToSpki(publicKey),
    extensions: [
      keyUsage(Uint8Array.of(7, 0x80)),
      extension(KEY_DESCRIPTION, new Uint8Array(), description),
    ],
  });
}

/** See `key-description.ts`; KeyMaster 4.1, attestation version 4. */
function descriptionOf(options: AndroidAttestorOptions, { challenge, nowMs }: LeafParts) {
  const { securityLevel = 'strongbox' } = options;
  const level = encode(ENUMERATED, Uint8Array.of(SECURITY_LEVELS.indexOf(securityLevel)));
  const expires = encode(INTEGER, timeOf(nowMs + KEY_LIFE_MS));
  const ofApp: Authorizations = [
    [ORIGINATION_EXPIRES, expires],
    [USAGE_EXPIRES, expires],
    [CREATED, encode(INTEGER, timeOf(nowMs))],
    [APPLICATION_ID, encode(OCTET_STRING, applicationOf(options))],
  ];
  const ofKey: Authorizations = [
    [PURPOSE, encode(SET, small(2), small(3))],
    [ALGORITHM, small(3)],
    [KEY_SIZE, encode(INTEGER, Uint8Array.of(1, 0))],
    [DIGEST, encode(SET, small(4))],
    [EC_CURVE, small(1)],
    [NO_AUTH_REQUIRED, encode(NULL)],
    [ORIGIN, small(0)],
  ];
  const isSoftware = securityLevel === 'software';
  return encode(
    SEQUENCE,
    small(4),
    level,
    small(41),
    level,
    encode(OCTET_STRING, challenge),
    encode(OCTET_STRING),
    listOf(isSoftware ? [...ofApp, ...ofKey] : ofApp),
    listOf(isSoftware ? [] : ofKey),
  );
}

type Authorizations = readonly (readonly [tag: number, value: Uint8Array])[];

function listOf(authorizations: Authorizations): Uint8Array {
  const ascending = authorizations.toSorted(([a], [b]) => a - b);
  return encode(SEQUENCE, ...ascending.map(([tag, value]) => encode(contextTag(tag), value)));
}

function applicationOf({ packageName, apkDigest }: AndroidAttestorOptions): Uint8Array {
  const name = encode(OCTET_STRING, Buffer.from(packageName, 'latin1'));
  const packages = encode(SET, encode(SEQUENCE, name, small(1)));
  return encode(SEQUENCE, packages, encode(SET, encode(OCTET_STRING, apkDigest)));
}

function small(value: number): Uint8Array {
  return encode(INTEGER, Uint8Array.of(value));
}

function timeOf(timeMs: number): Uint8Array {
  const bytes = Buffer.alloc(TIME_SIZE);
  bytes.writeUIntBE(timeMs, 0, TIME_SIZE);
  // Shorter numbers would be padded, which DER forbids; so would a set sign bit be another number.
  if (bytes[0] === 0 && bytes[1]! < 0x80) throw new RangeError('expected a time after 1987');
  return bytes;
}
