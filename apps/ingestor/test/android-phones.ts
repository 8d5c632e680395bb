/** Android phones: reports that were sealed go into documents, signed by attested keys. */

import {
  createAndroidAttestor,
  createAndroidAuthority,
  encodeDocument,
} from '@priolab/attestation';
import type { AndroidUpload } from '@priolab/attestation';
import type { SeedBranch, Strided } from '@priolab/crypto';
import { FIELD_MODULUS } from '@priolab/prio';
import { DAY_MS } from '@priolab/roles';
import type { SealedBlock } from '@priolab/roles';
import { uuidText } from '@priolab/roles/enpa';

import { backend, scalarAt, scalarOf, seedTree } from './seeds.ts';

export const PACKAGE = 'org.example.exposure';
export const APK_DIGEST = new Uint8Array(32).fill(0xa9);

export interface Document {
  readonly target: string;
  readonly body: Uint8Array;
  readonly upload: AndroidUpload;
}

const signing = (name: string, nonce: string) => ({
  scalar: scalarOf(seedTree.child(name)),
  nonce: scalarOf(seedTree.child(nonce)),
});

/** Whom Google's verifier trusts. */
export const androidAuthority = createAndroidAuthority({
  root: signing('android root', 'android root nonce'),
  intermediate: signing('android intermediate', 'android intermediate nonce'),
  notBeforeMs: Date.UTC(2020, 0, 1),
  notAfterMs: Date.UTC(2030, 0, 1),
  backend,
});

const attestor = createAndroidAttestor({
  authority: androidAuthority,
  backend,
  packageName: PACKAGE,
  apkDigest: APK_DIGEST,
});

/** @param how.name of the reports; `uuid` in place of the first report's id */
export function makeDocuments(
  { report, leader, helper }: SealedBlock,
  how: { first: number; createdMs: number; name: string; uuid?: string },
): Document[] {
  const { task, count, reportIds } = report;
  const { metric, epsilon, state, shape } = task;
  const { first, createdMs, name } = how;
  const day = Math.floor(createdMs / DAY_MS);
  const keys = (purpose: string): SeedBranch =>
    seedTree.child('android', `day-${day}`, metric.id, purpose);
  const scalars = Array.from({ length: count }, (_, i) => scalarAt(keys('key'), first + i));
  const chains = attestor.attestAll(
    scalars.map((scalar, i) => ({
      publicKey: backend.privateKey(scalar).publicKey,
      nonce: scalarAt(keys('nonce'), first + i),
      metric: metric.id,
      nowMs: createdMs,
    })),
  );
  const { dimension: bins, leaderShareSize, helperShareSize } = shape;
  const unsigned = chains.map((certificateChain, i) => ({
    uuid: (i === 0 ? how.uuid : undefined) ?? uuidText(reportIds, 16 * i),
    metric: metric.id,
    createdMs,
    schemaVersion: 2,
    prioParams: { bins, prime: FIELD_MODULUS, epsilon, numberServers: 2 },
    shares: [
      { payload: cut(leader, leaderShareSize, i), encryptionKeyId: 'leader-key' },
      { payload: cut(helper, helperShareSize, i), encryptionKeyId: 'helper-key' },
    ],
    certificateChain,
  }));
  const signatures = attestor.signAll(
    unsigned.map((upload, i) => {
      const nonce = scalarAt(keys(`signature of ${name}`), first + i);
      return { upload, scalar: scalars[i]!, nonce };
    }),
  );
  return unsigned.map((one, i) => {
    const upload: AndroidUpload = { ...one, signature: signatures[i]! };
    return { ...encodeDocument(upload, { project: `enpa-${state}`, prefix: 7 }), upload };
  });
}

/** A sealed share, by itself. */
function cut({ bytes, offset, stride }: Strided, size: number, i: number): Uint8Array {
  return bytes.slice(offset + i * stride, offset + i * stride + size + 81);
}
