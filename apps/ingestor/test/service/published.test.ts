/**
 * The one real upload that was published: taken as it is, with the clock at its time. Its leaf is
 * dated 2001, and nobody can open its shares: it is accepted and batched, no more.
 */

import { expect, describe, test } from 'vitest';

import { createAndroidVerifier, encodeDocument } from '@priolab/attestation';
import type { AndroidUpload } from '@priolab/attestation';
import { createTask, customMetric } from '@priolab/roles';
import { uuidText } from '@priolab/roles/enpa';
import { createVirtualClock } from '@priolab/runtime';
import { readVector, vectorsDir } from '@priolab/vectors';

import { openTestIngestor } from '../ingestor.ts';

interface Published {
  readonly doc_uuid: string;
  readonly created_unix_seconds: number;
  readonly schema_version: number;
  readonly prio_params: { readonly bins: number; readonly epsilon: number; readonly prime: number };
  readonly certificate_chain_b64_der: readonly string[];
  readonly signature_b64_der: string;
  readonly encrypted_data_shares: readonly {
    readonly encryption_key_id: string;
    readonly payload_b64: string;
  }[];
  readonly related_constants: { readonly package: string; readonly apk_cert_sha256_hex: string };
}

const bytes = (base64: string): Uint8Array => new Uint8Array(Buffer.from(base64, 'base64'));

function readPublished() {
  const vector = readVector<Published>('enpa/android_attested_document.json');
  const createdMs = 1000 * vector.created_unix_seconds;
  const { bins, epsilon, prime } = vector.prio_params;
  const metric = customMetric({ id: 'fakeMetric-v1', bins, layout: 'k-hot' });
  const windowMs = 8 * 3_600_000;
  const task = createTask({ metric, state: 'us-wa', vendor: 'google', epsilon, windowMs });
  const upload: AndroidUpload = {
    uuid: vector.doc_uuid,
    metric: metric.id,
    createdMs,
    schemaVersion: vector.schema_version,
    prioParams: { bins, epsilon, prime, numberServers: 2 },
    shares: vector.encrypted_data_shares.map(({ payload_b64, encryption_key_id }) => ({
      payload: bytes(payload_b64),
      encryptionKeyId: encryption_key_id,
    })),
    signature: bytes(vector.signature_b64_der),
    certificateChain: vector.certificate_chain_b64_der.map(bytes),
  };
  const { package: packageName, apk_cert_sha256_hex: digest } = vector.related_constants;
  const verifierOf = (leafDates: 'check' | 'ignore') =>
    createAndroidVerifier({
      roots: [upload.certificateChain.at(-1)!],
      packageName,
      apkDigests: [new Uint8Array(Buffer.from(digest, 'hex'))],
      leafDates,
    });
  return { task, upload, createdMs, verifierOf };
}

describe.skipIf(vectorsDir === undefined)('the published upload', () => {
  const open = async (leafDates: 'check' | 'ignore') => {
    const { task, upload, createdMs, verifierOf } = readPublished();
    const ingestor = await openTestIngestor({
      vendor: 'google',
      tasks: [task],
      clock: createVirtualClock(createdMs),
      options: { android: verifierOf(leafDates) },
    });
    return {
      ...ingestor,
      upload,
      document: encodeDocument(upload, { project: 'enpa-us-wa', prefix: 0 }),
    };
  };

  test('is accepted, and its batch written', async () => {
    const { create, service, batches, upload, document, close } = await open('ignore');
    expect((await create(document)).status).toBe(200);
    expect((await create(document)).status).toBe(200);
    await service.cut();
    expect(batches).toHaveLength(1);
    const { leader, helper } = batches[0]!;
    expect(uuidText(leader.reportIds)).toBe(upload.uuid);
    expect(leader.sealed.bytes).toEqual(upload.shares[0]!.payload);
    expect(helper.sealed.bytes).toEqual(upload.shares[1]!.payload);
    await close();
  });

  test('not where leaf dates count, not an hour later, not with a changed share', async () => {
    const strict = await open('check');
    expect((await strict.create(strict.document)).reason).toBe('bad-certificate');
    await strict.close();
    const later = await open('ignore');
    const [leader, helper] = later.upload.shares;
    const payload = leader!.payload.slice();
    payload[100]! ^= 1;
    const forged = { ...later.upload, shares: [{ ...leader!, payload }, helper!] };
    const place = { project: 'enpa-us-wa', prefix: 0 };
    expect((await later.create(encodeDocument(forged, place))).reason).toBe('bad-signature');
    later.clock.advanceTo(later.upload.createdMs + 3_600_001);
    expect((await later.create(later.document)).reason).toBe('stale');
    await later.close();
  });
});
