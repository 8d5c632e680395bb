/**
 * What Android's keystore says in the leaf about the key it attests: the challenge it was made for,
 * where it is kept, what it may do, and the app that asked for it.
 * Source: Android's "Key and ID attestation", versions 1 to 400 (KeyDescription and
 * AttestationApplicationId); ENPA section 7.2.
 *
 *   KeyDescription ::= SEQUENCE { attestationVersion INTEGER, attestationSecurityLevel ENUMERATED,
 *     keyMintVersion INTEGER, keyMintSecurityLevel ENUMERATED, attestationChallenge OCTET STRING,
 *     uniqueId OCTET STRING, softwareEnforced AuthorizationList,
 *     hardwareEnforced AuthorizationList }
 */

import {
  ENUMERATED,
  INTEGER,
  OCTET_STRING,
  SEQUENCE,
  SET,
  contents,
  cursorOf,
  isAtEnd,
  last,
  next,
  nextOfAny,
  requireEnd,
  smallNumber,
  valueOf,
} from './der.ts';
import type { DerElement } from './der.ts';
import { Refusal } from './refusal.ts';

/** In the order of their codes in the extension. */
export const SECURITY_LEVELS = ['software', 'trusted-environment', 'strongbox'] as const;
export type SecurityLevel = (typeof SECURITY_LEVELS)[number];

/** Numbers of KeyMint's tags. */
export const PURPOSE = 1;
export const ALL_APPLICATIONS = 600;
export const ORIGIN = 702;
export const APPLICATION_ID = 709;

export interface KeyDescription {
  readonly attestationLevel: SecurityLevel;
  readonly keyLevel: SecurityLevel;
  readonly challenge: Uint8Array;
  readonly software: AuthorizationList;
  readonly hardware: AuthorizationList;
}

/** Elements by the number of their tag; looked into only where somebody asks. */
export type AuthorizationList = ReadonlyMap<number, DerElement>;

/** The apps that may use the key (one, but where several share a user id), and who signed them. */
export interface Application {
  readonly packageNames: readonly string[];
  /** SHA-256 of the signing certificates, in hex. */
  readonly digests: readonly string[];
}

/** @throws Refusal `chain` on anything but a KeyDescription in DER. */
export function readKeyDescription(der: Uint8Array): KeyDescription {
  const cursor = contents(last(cursorOf(der), SEQUENCE, 'a key description'));
  next(cursor, INTEGER, 'the version of the attestation');
  const attestationLevel = levelOf(next(cursor, ENUMERATED, 'the level of the attestation'));
  next(cursor, INTEGER, 'the version of the keystore');
  const keyLevel = levelOf(next(cursor, ENUMERATED, 'the level of the key'));
  const challenge = valueOf(next(cursor, OCTET_STRING, 'a challenge'));
  next(cursor, OCTET_STRING, 'a unique id');
  const software = listOf(next(cursor, SEQUENCE, 'what software enforces'));
  const hardware = listOf(last(cursor, SEQUENCE, 'what hardware enforces'));
  return { attestationLevel, keyLevel, challenge, software, hardware };
}

function levelOf(element: DerElement): SecurityLevel {
  const level = SECURITY_LEVELS[smallNumber(element, 'a security level')];
  if (level === undefined) throw new Refusal('chain', 'expected a security level of 0 to 2');
  return level;
}

/** Any order: some keystores write them in one of their own. */
function listOf(list: DerElement): AuthorizationList {
  const found = new Map<number, DerElement>();
  const cursor = contents(list);
  while (!isAtEnd(cursor)) {
    const element = nextOfAny(cursor, 'an authorization');
    const number = element.tag > 0xff ? element.tag & 0xffff : element.tag & 0x1f;
    if (found.has(number)) throw new Refusal('chain', 'expected an authorization once');
    found.set(number, element);
  }
  return found;
}

/** `purpose`, a SET OF INTEGER; empty where it is absent. */
export function purposesOf(list: AuthorizationList): readonly number[] {
  const element = list.get(PURPOSE);
  if (element === undefined) return [];
  const purposes: number[] = [];
  const cursor = contents(last(contents(element), SET, 'purposes'));
  while (!isAtEnd(cursor)) purposes.push(smallNumber(next(cursor, INTEGER, 'one'), 'a purpose'));
  return purposes;
}

/** `origin`: 0 where the keystore itself made the key; undefined where it is absent. */
export function originOf(list: AuthorizationList): number | undefined {
  const element = list.get(ORIGIN);
  if (element === undefined) return undefined;
  return smallNumber(last(contents(element), INTEGER, 'an origin'), 'an origin');
}

/**
 * AttestationApplicationId ::= SEQUENCE { packageInfos SET OF SEQUENCE { packageName OCTET STRING,
 * version INTEGER }, signatureDigests SET OF OCTET STRING }, in an OCTET STRING; undefined where
 * the list has none.
 */
export function applicationOf(list: AuthorizationList): Application | undefined {
  const element = list.get(APPLICATION_ID);
  if (element === undefined) return undefined;
  const wrapped = last(contents(element), OCTET_STRING, 'an application id');
  const cursor = contents(last(cursorOf(valueOf(wrapped)), SEQUENCE, 'an application id'));
  const packages = contents(next(cursor, SET, 'packages'));
  const signatures = contents(last(cursor, SET, 'digests of signatures'));
  const packageNames: string[] = [];
  while (!isAtEnd(packages)) {
    const info = contents(next(packages, SEQUENCE, 'a package'));
    const name = valueOf(next(info, OCTET_STRING, 'the name of a package'));
    next(info, INTEGER, 'the version of a package');
    requireEnd(info, 'a package');
    packageNames.push(Buffer.from(name).toString('latin1'));
  }
  const digests: string[] = [];
  while (!isAtEnd(signatures)) {
    const digest = next(signatures, OCTET_STRING, 'a digest');
    digests.push(Buffer.from(valueOf(digest)).toString('hex'));
  }
  return { packageNames, digests };
}
