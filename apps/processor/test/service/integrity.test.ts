/**
 * Batches that are not what they say: of the ingestor, and of the peer. Each is refused with its
 * reason, and the others are summed. Source: ENPA sections 6.1, 6.2, 6.4, 9.2 nos. 6, 20, 34, 43.
 */

import { expect, test } from 'vitest';

import { sha256 } from '@priolab/crypto';
import {
  createBatchSigner,
  decodeContainer,
  decodeOne,
  encodeContainer,
  records,
  sealHeader,
  sealSingle,
} from '@priolab/roles/enpa';
import type { RecordKind } from '@priolab/roles/enpa';

import { syncOf } from '../../src/service/places.ts';
import { INGESTOR_KEY_ID, ROLES, keyOf } from '../deployment.ts';
import { createRehearsal, expectSums } from './desks.ts';
import { BINS, MORNING, batchObjects, ingestor, makeReports, putAll, uuidOf } from './reports.ts';
import type { BatchContent } from './reports.ts';

type Objects = ReturnType<typeof batchObjects>;

const good = { batchUuid: uuidOf('good'), reports: makeReports('good', 3) };
const COUNT = 3;
const form = { sync: syncOf('any') };

/** Objects of an honest batch, changed before they are written. */
interface BadBatch {
  readonly content?: Partial<BatchContent>;
  readonly change?: (objects: Objects) => Objects;
  readonly code: string;
}

const otherBytes =
  (ending: RegExp) =>
  (objects: Objects): Objects =>
    objects.map(([key, bytes]) => [
      key,
      ending.test(key) ? bytes.with(-3, bytes.at(-3)! ^ 1) : bytes,
    ]);

/** The header object signed anew, whatever it is by now. */
function resigned(objects: Objects, header: Uint8Array): Objects {
  const signature = {
    batchHeaderSignature: ingestor.sign(header),
    keyIdentifier: INGESTOR_KEY_ID,
    batchHeader: null,
    packets: null,
  };
  const sealed = encodeContainer(records.batchSignature, [signature], form);
  return objects.map(([key, bytes]) => {
    if (key.endsWith('.batch')) return [key, header];
    return [key, key.endsWith('.sig') ? sealed : bytes];
  });
}

function headerTwice(objects: Objects): Objects {
  const [, bytes] = objects.find(([key]) => key.endsWith('.batch'))!;
  // The one block again.
  const sync = bytes.slice(-16);
  const from = Buffer.from(bytes).indexOf(sync) + 16;
  return resigned(objects, new Uint8Array(Buffer.concat([bytes, bytes.subarray(from)])));
}

const bad: Readonly<Record<string, BadBatch>> = {
  'signature of other bytes': {
    content: { signer: { keyId: INGESTOR_KEY_ID, sign: () => ingestor.sign(new Uint8Array(1)) } },
    code: 'invalid-signature',
  },
  'signature by another key under the known id': {
    content: { signer: createBatchSigner({ keyId: INGESTOR_KEY_ID, keyPair: keyOf('stranger') }) },
    code: 'invalid-signature',
  },
  'signature that is no DER': {
    content: { signer: { keyId: INGESTOR_KEY_ID, sign: () => new Uint8Array(8) } },
    code: 'invalid-signature',
  },
  'key id that is not in the manifest': {
    content: { signer: createBatchSigner({ keyId: 'other', keyPair: keyOf('ingestor') }) },
    code: 'unknown-key',
  },
  'packets of another digest': { change: otherBytes(/\.batch\.avro$/), code: 'digest-mismatch' },
  'no packet object': {
    change: (objects) => objects.filter(([key]) => !key.endsWith('.avro')),
    code: 'digest-mismatch',
  },
  'no header object': {
    change: (objects) => objects.filter(([key]) => !key.endsWith('.batch')),
    code: 'incomplete',
  },
  'header of another batch': {
    content: { header: { batchUuid: uuidOf('x') } },
    code: 'wrong-value',
  },
  'header of another aggregation': { content: { header: { name: 'dogs' } }, code: 'wrong-value' },
  'no bins': { content: { header: { bins: 0 } }, code: 'wrong-value' },
  'bins beyond the field': { content: { header: { bins: 2 ** 20 } }, code: 'wrong-value' },
  'another modulus': { content: { header: { prime: 4_293_918_720 } }, code: 'wrong-value' },
  'three servers': { content: { header: { numberOfServers: 3 } }, code: 'wrong-value' },
  'a Hamming weight above the bins': {
    content: { header: { hammingWeight: BINS + 1 } },
    code: 'wrong-value',
  },
  'a negative epsilon': { content: { header: { epsilon: -1 } }, code: 'wrong-value' },
  'no packets': { content: { reports: [] }, code: 'empty-batch' },
  'two headers in one object': { change: headerTwice, code: 'extra-data' },
  'a header that is no Avro': {
    change: (objects) => resigned(objects, new Uint8Array(40)),
    code: 'avro',
  },
};

test('ingestion batches that are not in order are refused, each with its reason', async () => {
  const rehearsal = await createRehearsal();
  await rehearsal.ingest(good);
  const codes = new Map<string, string>();
  for (const [name, { content, change, code }] of Object.entries(bad)) {
    const batchUuid = uuidOf(name);
    codes.set(batchUuid, code);
    for (const role of ROLES) {
      const all = { batchUuid, reports: makeReports(name, COUNT), ...content };
      const objects = batchObjects(role, all);
      await putAll(rehearsal.bucket(`${role}-ingestion`), change?.(objects) ?? objects);
    }
  }
  await rehearsal.settle();
  for (const role of ROLES) {
    const { queue } = await rehearsal.open(role);
    const rejected = (await queue.rejected()).map(({ id, reason }) => [
      id.slice(-36),
      reason.split(':', 1)[0],
    ]);
    expect(new Map(rejected as [string, string][])).toEqual(codes);
  }
  await expectSums(rehearsal, { counted: good.reports, batches: [good.batchUuid] });
  const text = await (await rehearsal.open('leader')).metrics.text();
  const refused = 'facilitator_invalid_ingestion_validation_batches{aggregation_id="kittens-seen"';
  // Each attempt counts: an unknown key has five, as it may become known, the others have one.
  expect(text).toContain(`${refused},reason="header"} 8`);
  expect(text).toContain(`${refused},reason="packet_file"} 2`);
});

test('a header with other bins than its shares have: each share is of a wrong size', async () => {
  const rehearsal = await createRehearsal();
  await rehearsal.ingest(good);
  const wide = { batchUuid: uuidOf('wide'), reports: makeReports('wide', COUNT) };
  await rehearsal.ingest({ ...wide, timeMs: MORNING + 60_000, header: { bins: 20 } });
  await rehearsal.settle();
  await expectSums(rehearsal, { counted: good.reports, batches: [good.batchUuid] });
  expect(rehearsal.told('leader', 'packets-refused')).toMatchObject([
    { batch: wide.batchUuid, reason: 'wrong-share-size', count: COUNT },
  ]);
  for (const role of ROLES) {
    expect(rehearsal.told(role, 'batch-left-out')).toMatchObject([{ batch: wide.batchUuid }]);
  }
});

/** What the older writers left out of the signature's schema. */
const twoFields: RecordKind<{ signature: Uint8Array; keyId: string }> = {
  ...records.batchSignature,
  schema: JSON.stringify({
    type: 'record',
    namespace: 'org.abetterinternet.prio.v1',
    name: 'PrioBatchSignature',
    fields: [
      { name: 'batch_header_signature', type: 'bytes' },
      { name: 'key_identifier', type: 'string' },
    ],
  }),
  read: () => {
    throw new Error('written only');
  },
  encode({ signature, keyId }) {
    const both = records.batchSignature.codec.encode({
      batch_header_signature: Buffer.from(signature),
      key_identifier: keyId,
      batch_header: null,
      packets: null,
    });
    // Each null is one byte, 0.
    return both.slice(0, -2);
  },
};

test('older and other forms are read: two fields, one object, no codec named', async () => {
  const rehearsal = await createRehearsal();
  const names = ['no codec', 'one object', 'two fields'] as const;
  const batches = names
    .map((name) => ({ name, batchUuid: uuidOf(name), reports: makeReports(name, COUNT) }))
    .sort((a, b) => (a.batchUuid < b.batchUuid ? -1 : 1));
  for (const role of ROLES) {
    for (const { name, ...content } of batches) {
      const store = rehearsal.bucket(`${role}-ingestion`);
      await putAll(store, changedForm(name, batchObjects(role, content)));
    }
  }
  await rehearsal.settle();
  await expectSums(rehearsal, {
    counted: batches.flatMap(({ reports }) => reports),
    batches: batches.map(({ batchUuid }) => batchUuid),
  });
});

function changedForm(name: 'no codec' | 'one object' | 'two fields', objects: Objects): Objects {
  const [packets, header, signature] = objects as [Objects[0], Objects[0], Objects[0]];
  const fields = records.ingestionHeader;
  if (name === 'two fields') {
    const item = { signature: ingestor.sign(header[1]), keyId: INGESTOR_KEY_ID };
    return [packets, header, [signature[0], encodeContainer(twoFields, [item], form)]];
  }
  const content = decodeOne(fields, header[1]);
  if (name === 'one object') {
    const batch = { header: content, packets: packets[1] };
    return [[signature[0], sealSingle(fields, batch, ingestor, form)]];
  }
  const bare = { ...form, metadata: ['avro.schema'] as const };
  const items = decodeContainer(records.dataSharePacket, packets[1]);
  const bytes = encodeContainer(records.dataSharePacket, items, bare);
  const sealed = sealHeader(
    fields,
    { ...content, packetFileDigest: sha256(bytes) },
    ingestor,
    bare,
  );
  return [
    [packets[0], bytes],
    [header[0], sealed.header],
    [signature[0], sealed.signature],
  ];
}
