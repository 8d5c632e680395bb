/**
 * What is wrong or odd about a manifest before anyone relies on it, and whether it fits the private
 * keys of its owner. The 2021 deployment lost packets to a manifest with another key than the
 * processor held (ENPA 9.2 no. 31, prio-server #770) and batches to a key id that was not listed
 * (no. 34): both are errors here.
 */

import { publicKeyFromPem, toHex } from '@priolab/crypto';
import type { KeyPair } from '@priolab/crypto';

import { bucketKind } from './bucket-url.ts';
import { readIngestorManifest, readPortalManifest } from './documents.ts';
import { readProcessorGlobalManifest, readProcessorManifest } from './documents.ts';
import type { BatchSigningPublicKeys } from './documents.ts';
import type { OldProcessorManifest, ProcessorManifest } from './documents.ts';
import { ManifestError } from './manifest-node.ts';
import { SELF_SIGNED, attempt, readExpiration, readPacketKeys } from './manifest-keys.ts';
import { step } from './strict-json.ts';
import type { ManifestProblem } from './strict-json.ts';

export type ManifestKind = 'ingestor' | 'processor' | 'global' | 'portal';
export const manifestKinds: readonly ManifestKind[] = ['ingestor', 'processor', 'global', 'portal'];

export type FindingCode =
  /** Not what the readers take. */
  | 'malformed'
  | 'old-format'
  | 'no-keys'
  /** A key that can't be read. */
  | 'bad-key'
  | 'not-self-signed'
  | 'no-common-name'
  /** One public key under two ids. */
  | 'same-key'
  | 'bad-expiration'
  | 'no-expiration'
  | 'expired'
  /** Sealed to this key, packets could not be opened by their receiver. */
  | 'no-private-key'
  | 'unlisted-packet-key'
  /** The peer would not know the id under which we sign. */
  | 'unlisted-key-id'
  /** ... or would verify with another key. */
  | 'other-signing-key'
  | 'local-bucket'
  /** `s3://name/prefix`, most likely. */
  | 'odd-region'
  | 'needless-identity';

export interface Finding {
  readonly level: 'error' | 'warning';
  readonly code: FindingCode;
  readonly path: string;
  readonly message: string;
}

/** What a manifest is held against. */
export interface LintOptions {
  /** Without it no key is expired. */
  readonly nowMs?: number;
  /** The packet keys that its owner has. */
  readonly packetKeys?: readonly KeyPair[];
  /** The keys that its owner signs with, by the id they are used under. */
  readonly signingKeys?: ReadonlyMap<string, KeyPair>;
}

/** Errors and warnings, in the order of the document; none: nothing to say against it. */
export function lintManifest(
  kind: ManifestKind,
  text: string,
  options: LintOptions = {},
): Finding[] {
  const findings: Finding[] = [];
  const note: Note = (level, code, path, message) =>
    void findings.push({ level, code, path, message });
  try {
    lint[kind](text, options, note);
  } catch (error) {
    if (!(error instanceof ManifestError)) throw error;
    for (const problem of error.problems) noteProblem(note, 'malformed', problem);
  }
  return findings;
}

type Note = (level: Finding['level'], code: FindingCode, path: string, message: string) => void;

const lint: Readonly<Record<ManifestKind, (t: string, o: LintOptions, note: Note) => void>> = {
  ingestor(text, options, note) {
    lintSigningKeys(readIngestorManifest(text).batchSigningPublicKeys, options, note);
  },
  processor(text, options, note) {
    const manifest = readProcessorManifest(text);
    lintPlaces(manifest, note);
    lintSigningKeys(manifest.batchSigningPublicKeys, options, note);
    lintPacketKeys(manifest, options, note);
  },
  global(text) {
    readProcessorGlobalManifest(text);
  },
  portal(text, _, note) {
    const manifest = readPortalManifest(text);
    lintBucket('facilitator-sum-part-bucket', manifest.facilitatorSumPartBucket, note);
    lintBucket('pha-sum-part-bucket', manifest.phaSumPartBucket, note);
  },
};

function lintPlaces(manifest: ProcessorManifest | OldProcessorManifest, note: Note): void {
  if (manifest.format === 0) {
    note('warning', 'old-format', 'format', 'format 0 is of 2020: no server of 2021 reads it');
  }
  const places = [
    ['ingestion', manifest.ingestionBucket, manifest.ingestionIdentity],
    ['peer-validation', manifest.peerValidationBucket, manifest.peerValidationIdentity],
  ] as const;
  for (const [name, bucket, identity] of places) {
    lintBucket(`${name}-bucket`, bucket, note);
    if (identity !== undefined && bucketKind(bucket) === 'gs') {
      const message = 'a bucket at gs:// takes none: workflow-manager refuses to start with it';
      note('warning', 'needless-identity', `${name}-identity`, message);
    }
  }
}

function lintBucket(path: string, bucket: string, note: Note): void {
  const kind = bucketKind(bucket);
  if (kind === 'path') {
    note('warning', 'local-bucket', path, 'a local path: of use on one machine only');
  }
  if (kind === 's3' && !/^s3:\/\/[a-z]{2}(-[a-z]+)+-\d\//.test(bucket)) {
    note('warning', 'odd-region', path, 'no region of AWS: expected s3://region/name[/prefix]');
  }
}

function lintSigningKeys(
  keys: BatchSigningPublicKeys,
  { nowMs, signingKeys }: LintOptions,
  note: Note,
): void {
  const root = 'batch-signing-public-keys';
  if (keys.size === 0) note('error', 'no-keys', root, 'no key: no batch of its owner verifies');
  const points = new Map<string, string>();
  for (const [id, { publicKey, expiration }] of keys) {
    const path = step(root, id);
    const problems: ManifestProblem[] = [];
    const point = attempt(`${path}.public-key`, problems, () => publicKeyFromPem(publicKey));
    for (const problem of problems) noteProblem(note, 'bad-key', problem);
    lintExpiration(`${path}.expiration`, readExpiration(expiration), nowMs, note);
    if (point !== undefined) noteSame(points, id, toHex(point), path, note);
  }
  for (const [id, keyPair] of signingKeys ?? []) {
    const path = step(root, id);
    const isUnlisted = !keys.has(id);
    if (isUnlisted) note('error', 'unlisted-key-id', path, 'signed with, but not listed');
    const listed = points.get(id);
    if (listed !== undefined && listed !== toHex(keyPair.publicKey)) {
      note('error', 'other-signing-key', path, 'not the public half of the key signed with');
    }
  }
}

function lintExpiration(
  path: string,
  end: ReturnType<typeof readExpiration>,
  nowMs: number | undefined,
  note: Note,
): void {
  if (end === undefined) note('warning', 'no-expiration', path, 'empty: the key never expires');
  else if (end === 'unreadable') note('error', 'bad-expiration', path, 'not an RFC 3339 time');
  else if (nowMs !== undefined && end <= nowMs) {
    const message = `passed at ${new Date(end).toISOString()}: whoever enforces it refuses the key`;
    note('error', 'expired', path, message);
  }
}

function lintPacketKeys(
  manifest: ProcessorManifest | OldProcessorManifest,
  { packetKeys }: LintOptions,
  note: Note,
): void {
  const problems: ManifestProblem[] = [];
  const found = readPacketKeys(manifest, problems);
  if (found.length + problems.length === 0) {
    note('error', 'no-keys', 'packet-encryption-keys', 'no key: no packet can be sealed');
  }
  for (const problem of problems) noteProblem(note, 'bad-key', problem);
  const own = packetKeys?.map(({ publicKey }) => toHex(publicKey));
  const points = new Map<string, string>();
  for (const { id, path, key } of found) {
    const point = toHex(key.publicKey);
    if (!key.isSelfSigned) note('error', 'not-self-signed', path, `expected ${SELF_SIGNED}`);
    if (key.commonName === undefined) {
      note('warning', 'no-common-name', path, 'no common name: authorities refuse such requests');
    }
    noteSame(points, id, point, path, note);
    if (own?.includes(point) === false) {
      const message = 'none of the private keys given: packets sealed to it could not be opened';
      note('error', 'no-private-key', path, message);
    }
  }
  const listed = new Set(points.values());
  own?.forEach((point, index) => {
    if (listed.has(point)) return;
    // Normal while keys change: one is added before it is used, and kept after that.
    const message = `packet key ${index + 1} of those given is not listed`;
    note('warning', 'unlisted-packet-key', 'packet-encryption-keys', message);
  });
}

/** Adds the point of `id`, and notes another id that has the same. */
function noteSame(
  points: Map<string, string>,
  id: string,
  point: string,
  path: string,
  note: Note,
): void {
  if ([...points.values()].includes(point)) {
    note('warning', 'same-key', path, 'the key of another id as well');
  }
  points.set(id, point);
}

function noteProblem(note: Note, code: FindingCode, problem: ManifestProblem): void {
  note('error', code, problem.path, `expected ${problem.expected}, got ${problem.got}`);
}
