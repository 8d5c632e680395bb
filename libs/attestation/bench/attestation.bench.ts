/**
 * What an attested upload costs, on the phone's side and on the server's, in microseconds a
 * document (see `npm run bench`): with every signature of the chain checked, and with the
 * authorities remembered. The published chain has a P-384 and an RSA-4096 authority, ours P-256.
 */

import { vectorsDir } from '@priolab/vectors';

import { encodeDocument, readDocument, serializePayload } from '../src/index.ts';
import type { AndroidUpload, AndroidVerifier } from '../src/index.ts';
import { readPublished } from '../test/published.ts';
import {
  attestorOf,
  metric,
  nowMs,
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

function publishedVerifications(): readonly BenchRow[] {
  if (vectorsDir === undefined) return [];
  const { upload: one, packageName } = readPublished();
  const roots = one.certificateChain.slice(-1);
  const options = { roots, packageName, apkDigests: undefined, leafDates: 'ignore' as const };
  return [
    verification(
      'verify the published upload, all signatures',
      one,
      verifierOf({ ...options, keptChainCount: 0 }),
    ),
    verification('verify the published upload, authorities remembered', one, verifierOf(options)),
  ];
}

const place = { project: 'enpa-us', prefix: 42 };
const { target, body } = encodeDocument(upload, place);
const rules = { project: place.project, metrics: new Set([metric]), nowMs, binsMax: 1344 };
const attestor = attestorOf();

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
  row('attest a key', (index) => {
    const nonce = scalarOf(`nonce ${index}`);
    return attestor.attest({ publicKey, nonce, metric, nowMs })[0]!;
  }),
  row('sign a document', (index) =>
    attestor.signDocument(upload, { scalar: phone, nonce: scalarOf(`nonce ${index}`) }),
  ),
];

export const absent =
  vectorsDir === undefined
    ? [{ name: 'attestation: verify the published upload', reason: 'no vectors' }]
    : [];
