/**
 * The keys that a manifest publishes, as 65-byte points by key id. One that can't be read fails the
 * manifest, as it did the facilitator at its start: a peer that silently lacked a key would refuse
 * batches one by one. Source: ENPA sections 6.3 and 6.6.
 *
 * Expirations: the facilitator never looked at them, and the rotation of signing keys was switched
 * off while they passed, so that enforcing them would have stopped the deployment. What withdraws a
 * key is its absence from the manifest. Hence a key is refused for its age only where the caller
 * gives a time; `expiredSigningKeys` names those that a service should report.
 */

import { CryptoError, publicKeyFromCertificate, publicKeyFromPem } from '@priolab/crypto';
import { readCsr } from '@priolab/crypto/csr';

import type { BatchSigningPublicKeys } from './documents.ts';
import type { OldProcessorManifest, ProcessorManifest } from './documents.ts';
import { ManifestError } from './manifest-node.ts';
import { quoted, step } from './strict-json.ts';
import type { ManifestProblem } from './strict-json.ts';

const RFC3339 =
  /^\d{4}-(\d\d)-(\d\d)T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,9})?(Z|[+-]\d\d:[0-5]\d)$/;
const RFC3339_EXPECTED = 'an RFC 3339 time, or an empty string';

interface SigningKeysOwner {
  readonly batchSigningPublicKeys: BatchSigningPublicKeys;
}

/** When a key ends, in ms; undefined: never. */
type Expiration = number | undefined | 'unreadable';

/** Reads `expiration`: RFC 3339, or empty as in the oldest manifests. */
export function readExpiration(text: string): Expiration {
  if (text === '') return undefined;
  const [, month, day] = RFC3339.exec(text) ?? [];
  const ms = month === undefined ? NaN : Date.parse(text);
  if (Number.isNaN(ms)) return 'unreadable';
  // The engine takes 30 February for 2 March.
  const daysInMonth = new Date(Date.UTC(Number(text.slice(0, 4)), Number(month), 0)).getUTCDate();
  return Number(day) <= daysInMonth ? ms : 'unreadable';
}

/**
 * Keys that verify batch signatures.
 * @param nowMs leaves out keys whose expiration has passed; without it all are trusted
 * @throws ManifestError for keys that can't be read, and, given a time, for such expirations
 */
export function batchSigningKeys(
  { batchSigningPublicKeys }: SigningKeysOwner,
  nowMs?: number,
): Map<string, Uint8Array> {
  const problems: ManifestProblem[] = [];
  const keys = new Map<string, Uint8Array>();
  for (const [id, { publicKey, expiration }] of batchSigningPublicKeys) {
    const path = step('batch-signing-public-keys', id);
    const point = attempt(`${path}.public-key`, problems, () => publicKeyFromPem(publicKey));
    const end = nowMs === undefined ? undefined : readExpiration(expiration);
    if (end === 'unreadable') {
      const got = quoted(expiration);
      problems.push({ path: `${path}.expiration`, expected: RFC3339_EXPECTED, got });
    } else if (point !== undefined && (nowMs === undefined || end === undefined || end > nowMs)) {
      keys.set(id, point);
    }
  }
  return settled(keys, problems);
}

/** Ids of the keys whose expiration has passed. */
export function expiredSigningKeys(
  { batchSigningPublicKeys }: SigningKeysOwner,
  nowMs: number,
): string[] {
  return [...batchSigningPublicKeys].flatMap(([id, key]) => {
    const end = readExpiration(key.expiration);
    return typeof end === 'number' && end <= nowMs ? [id] : [];
  });
}

/**
 * Keys that packets are sealed to. A request must be signed by its own key, as an authority that
 * makes devices' certificates of it demands; certificates (format 0) are not judged.
 * @throws ManifestError for keys that can't be read
 */
export function packetEncryptionKeys(
  manifest: ProcessorManifest | OldProcessorManifest,
): Map<string, Uint8Array> {
  const problems: ManifestProblem[] = [];
  const keys = new Map<string, Uint8Array>();
  for (const { id, path, key } of readPacketKeys(manifest, problems)) {
    if (!key.isSelfSigned) problems.push({ path, expected: SELF_SIGNED, got: 'another' });
    keys.set(id, key.publicKey);
  }
  return settled(keys, problems);
}

export const SELF_SIGNED = "a signature by the request's own key";

/** A packet key that could be read. */
export interface PacketKey {
  readonly id: string;
  readonly path: string;
  /** Of a certificate (format 0) only the point is looked at. */
  readonly key: {
    readonly publicKey: Uint8Array;
    readonly isSelfSigned: boolean;
    readonly commonName: string | undefined;
  };
}

/** The packet keys of a manifest; those that can't be read are problems instead. */
export function readPacketKeys(
  manifest: ProcessorManifest | OldProcessorManifest,
  problems: ManifestProblem[],
): PacketKey[] {
  if (manifest.format === 0) {
    return [...manifest.packetEncryptionCertificates].flatMap(([id, { certificate }]) => {
      const path = `${step('packet-encryption-certificates', id)}.certificate`;
      const found = attempt(path, problems, () => publicKeyFromCertificate(certificate));
      if (found === undefined) return [];
      return [{ id, path, key: { publicKey: found, isSelfSigned: true, commonName: '' } }];
    });
  }
  return [...manifest.packetEncryptionKeys].flatMap(([id, { certificateSigningRequest }]) => {
    const path = `${step('packet-encryption-keys', id)}.certificate-signing-request`;
    const key = attempt(path, problems, () => readCsr(certificateSigningRequest));
    return key === undefined ? [] : [{ id, path, key }];
  });
}

/** The key, or undefined and one more problem. */
export function attempt<T>(
  path: string,
  problems: ManifestProblem[],
  read: () => T,
): T | undefined {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof CryptoError)) throw error;
    problems.push({ path, expected: error.expected, got: error.got });
    return undefined;
  }
}

function settled<T>(keys: T, problems: readonly ManifestProblem[]): T {
  if (problems.length > 0) throw new ManifestError(problems);
  return keys;
}
