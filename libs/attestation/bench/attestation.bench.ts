/**
 * What an attested upload costs, on the phone's side and on the server's, in microseconds a
 * document (see `npm run bench`): with every signature of the chain checked, and with the
 * authorities remembered. The published chain has a P-384 and an RSA-4096 authority, ours P-256.
 */

import { backendNames, createBackend } from '@priolab/crypto';
import type { BackendName } from '@priolab/crypto';
import { vectorsDir } from '@priolab/vectors';

import {
  createAndroidAttestor,
  encodeDocument,
  readDocument,
  serializePayload,
} from '../src/index.ts';
import type { AndroidUpload, AndroidVerifier } from '../src/index.ts';
import { readPublished } from '../test/published.ts';
import {
  apkDigest,
  authority,
  metric,
  nowMs,
  packageName,
  phone,
  publicKey,
  scalarOf,
  uploadOf,
  verifierOf,
} from '../test/samples.ts';

interface BenchRow {
  readonly name: string;
  readonly sizes: { readonly smoke: number; readonly full: number };
  /** Sets up; the closure does the work once and returns a checksum. */
  prepare(size: number): () => number;
}

const SIZES = { smoke: 2, full: 64 };
/** A share of 1344 bins, as the risk histogram of 2021 had it. */
const SHARE_SIZE = 4 * (1344 + 3 + 2048) + 81;
const upload = uploadOf({
  shares: [SHARE_SIZE, 32 + 81].map((size) => ({
    payload: new Uint8Array(size).fill(7),
    encryptionKeyId: 'O1ZVwG0jbYC61PsIN33yU+TMLbtfZd5Pywv5TUt2G2o=',
  })),
});

/** FNV-1a, 32 bits. */
function checksum(bytes: Uint8Array): number {
  let hash = 0x811c9dc5;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}

function row(name: string, once: (index: number) => Uint8Array): BenchRow {
  const prepare = (size: number) => () => {
    let sum = 0;
    for (let index = 0; index < size; index++) sum = (sum + checksum(once(index))) >>> 0;
    return sum;
  };
  return { name: `attestation: ${name}`, sizes: SIZES, prepare };
}

function verification(name: string, one: AndroidUpload, verifier: AndroidVerifier): BenchRow {
  return row(name, () => {
    const answer = verifier.verify(one, one.createdMs);
    if (!answer.ok) throw new Error(answer.detail);
    return answer.keyHash;
  });
}

function verifications(): readonly BenchRow[] {
  const remembering = verifierOf();
  const forgetting = verifierOf({ keptChainCount: 0 });
  return [
    verification('verify, all signatures', upload, forgetting),
    verification('verify, authorities remembered', upload, remembering),
  ];
}

const PUBLISHED_ROWS = [
  'verify the published upload, all signatures',
  'verify the published upload, authorities remembered',
];

function publishedVerifications(): readonly BenchRow[] {
  if (vectorsDir === undefined) return [];
  const { upload: one, packageName } = readPublished();
  const roots = one.certificateChain.slice(-1);
  const options = { roots, packageName, apkDigests: undefined, leafDates: 'ignore' as const };
  const verifiers = [verifierOf({ ...options, keptChainCount: 0 }), verifierOf(options)];
  return PUBLISHED_ROWS.map((name, index) => verification(name, one, verifiers[index]!));
}

const place = { project: 'enpa-us', prefix: 42 };
const { target, body } = encodeDocument(upload, place);
const rules = { project: place.project, metrics: new Set([metric]), nowMs, binsMax: 1344 };

/** All of a run at once, as a block of simulated phones has it. */
function phoneRows(name: BackendName): readonly BenchRow[] {
  const backend = createBackend(name);
  const attestor = createAndroidAttestor({ authority, backend, packageName, apkDigest });
  const sumOf = (all: readonly Uint8Array[]) =>
    all.reduce((sum, bytes) => (sum + checksum(bytes)) >>> 0, 0);
  const nonces = (size: number) => Array.from({ length: size }, (_, i) => scalarOf(`nonce ${i}`));
  const attest = (size: number) => () => {
    const requests = nonces(size).map((nonce) => ({ publicKey, nonce, metric, nowMs }));
    return sumOf(attestor.attestAll(requests).map(([leaf]) => leaf!));
  };
  const sign = (size: number) => () =>
    sumOf(attestor.signAll(nonces(size).map((nonce) => ({ upload, scalar: phone, nonce }))));
  return [
    { name: `attestation: attest keys, ${name}`, sizes: SIZES, prepare: attest },
    { name: `attestation: sign documents, ${name}`, sizes: SIZES, prepare: sign },
  ];
}

export const rows: readonly BenchRow[] = [
  ...verifications(),
  ...publishedVerifications(),
  row('read a document', () => {
    const answer = readDocument(target, body, rules);
    if ('fault' in answer) throw new Error(answer.detail);
    return answer.signature;
  }),
  row('write a document', () => encodeDocument(upload, place).body.subarray(0, 64)),
  row('serialize the payload', () => serializePayload(upload).subarray(0, 64)),
  ...backendNames.filter((name) => name !== 'noble').flatMap(phoneRows),
];

export const absent =
  vectorsDir === undefined
    ? PUBLISHED_ROWS.map((name) => ({ name: `attestation: ${name}`, reason: 'no vectors' }))
    : [];
