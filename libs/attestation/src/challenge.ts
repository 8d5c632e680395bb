/**
 * What ties an attested key to one app, one metric and one day: the challenge that the phone's
 * keystore puts into the certificate, and the name under which it keeps the key (a second key of
 * that name is not made, so a phone uploads a metric once a day).
 * Source: ENPA section 7.2.
 */

import { sha256 } from '@priolab/crypto';

export const DAY_MS = 86_400_000;
const UTF8 = new TextEncoder();

export interface KeyUse {
  /** Of the app: `com.google.android.apps.exposurenotification`. */
  readonly packageName: string;
  readonly metric: string;
  /** Days since the Unix epoch, UTC. */
  readonly day: number;
}

/** The UTC day of a time, in days since the Unix epoch. */
export function dayOf(timeMs: number): number {
  return Math.floor(timeMs / DAY_MS);
}

/** SHA-256("ENPA::attestation" || package || metric || yyyyMMdd), 32 bytes. */
export function attestationChallenge(use: KeyUse): Uint8Array {
  return digestOf('ENPA::attestation', use);
}

/** base64(SHA-256("ENPA::alias" || package || metric || yyyyMMdd)). */
export function keyAlias(use: KeyUse): string {
  return Buffer.from(digestOf('ENPA::alias', use)).toString('base64');
}

function digestOf(label: string, { packageName, metric, day }: KeyUse): Uint8Array {
  const date = new Date(day * DAY_MS).toISOString().slice(0, 10).replaceAll('-', '');
  return sha256(UTF8.encode(label + packageName + metric + date));
}
