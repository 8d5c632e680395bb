/** Ingestion batches of our ingestors, read back as the real servers read them. */

import { KeyPair, createSeedTree, sha256 } from '@priolab/crypto';
import { describe, expect, test } from 'vitest';

import {
  batchPath,
  checkPacketDigest,
  createBatchSigner,
  createBatchVerifier,
  decodeContainer,
  openHeader,
  readBatchPath,
  records,
  sealIngestionBatch,
  uuidText,
} from '../../../src/messages/enpa/index.ts';
import { readPlain } from './plain-reader.ts';
import { DAY, createDeployment, scalarOf, sealedList, someBits } from '../../fixture.ts';

const DAY_MS = 86_400_000;
const keyPair = new KeyPair(scalarOf(createSeedTree('ingestion batch').child('key')));
const signer = createBatchSigner({ keyId: 'ingestor-key', keyPair });
const verifier = createBatchVerifier(new Map([['ingestor-key', keyPair.publicKey]]));

function seal(count: number) {
  const { task, receive, uploads } = createDeployment();
  const [pair] = receive(uploads(someBits(count, 3))).batches;
  const batch = pair!.leader;
  const parameters = {
    name: task.metric.id,
    bins: 3,
    epsilon: task.epsilon,
    prime: task.shape.modulus,
    numberOfServers: 2,
    hammingWeight: null,
  };
  const sealed = sealIngestionBatch({
    batch,
    parameters,
    batchTime: DAY * DAY_MS + 60_000,
    startTime: DAY * DAY_MS,
    endTime: (DAY + 1) * DAY_MS,
    timeUnit: 'seconds',
    signer,
    syncOf: (key) => sha256(new TextEncoder().encode(key)).slice(0, 16),
    encryptionKeyId: 'packet-key',
    versionConfiguration: null,
  });
  return { batch, parameters, sealed };
}

describe('sealIngestionBatch', () => {
  test('three objects in write order, which read back as what the ingestor gave', () => {
    const { batch, parameters, sealed } = seal(5);
    const base = batchPath(sealed.name);
    const keys = sealed.objects.map(({ key }) => key);
    expect(keys).toEqual([`${base}.batch.avro`, `${base}.batch`, `${base}.batch.sig`]);
    expect(readBatchPath(keys[0]!)).toMatchObject({
      aggregation: 'test-metric',
      time: DAY * DAY_MS + 60_000,
      batchUuid: uuidText(batch.batchId),
    });
    const [packets, header, signature] = sealed.objects.map(({ bytes }) => bytes);
    const opened = openHeader(
      records.ingestionHeader,
      { signature: signature!, header: header! },
      verifier,
    );
    checkPacketDigest(opened.header, sha256(packets!));
    expect(opened.header).toMatchObject({
      ...parameters,
      batchUuid: uuidText(batch.batchId),
      batchStartTime: DAY * 86_400,
      batchEndTime: (DAY + 1) * 86_400,
    });
    const read = decodeContainer(records.dataSharePacket, packets!);
    expect(read.map(({ uuid }) => uuid)).toEqual(
      Array.from({ length: 5 }, (_, i) => uuidText(batch.reportIds, 16 * i)),
    );
    expect(read.map(({ encryptedPayload }) => Uint8Array.from(encryptedPayload))).toEqual(
      sealedList(batch),
    );
    expect(read.map(({ rPit }) => rPit)).toEqual([...batch.queryRandomness]);
    expect(read[0]).toMatchObject({ encryptionKeyId: 'packet-key', deviceNonce: null });
  });

  test('a reader that shares no code with the writer finds the same', () => {
    const { batch, parameters, sealed } = seal(5);
    const [packets, headers, signatures] = sealed.objects.map(
      ({ bytes }) => readPlain(bytes).records,
    );
    const expected = sealedList(batch).map((share, i) => ({
      uuid: uuidText(batch.reportIds, 16 * i),
      encrypted_payload: share,
      encryption_key_id: 'packet-key',
      r_pit: batch.queryRandomness[i],
      version_configuration: null,
      device_nonce: null,
    }));
    expect(packets).toEqual(expected);
    const [packetFile, header] = sealed.objects.map(({ bytes }) => bytes);
    expect(headers).toEqual([
      {
        batch_uuid: uuidText(batch.batchId),
        name: 'test-metric',
        bins: 3,
        epsilon: parameters.epsilon,
        prime: 4_293_918_721,
        number_of_servers: 2,
        hamming_weight: null,
        batch_start_time: DAY * 86_400,
        batch_end_time: (DAY + 1) * 86_400,
        packet_file_digest: sha256(packetFile!),
      },
    ]);
    const der = signatures![0]!['batch_header_signature'] as Uint8Array;
    expect(verifier.verify('ingestor-key', header!, der)).toBe('good');
    expect(signatures).toEqual([
      {
        batch_header_signature: der,
        key_identifier: 'ingestor-key',
        batch_header: null,
        packets: null,
      },
    ]);
  });

  test('twice gives the same bytes', () => {
    expect(seal(3).sealed).toEqual(seal(3).sealed);
  });

  test('no reports: no packet object, and the digest of nothing', () => {
    const { batch, parameters } = seal(1);
    const { objects } = sealIngestionBatch({
      batch: { ...batch, count: 0 },
      parameters,
      batchTime: DAY * DAY_MS,
      startTime: 0,
      endTime: 1,
      timeUnit: 'milliseconds',
      signer,
      syncOf: () => new Uint8Array(16),
      encryptionKeyId: null,
      versionConfiguration: 'config-1',
    });
    const [header, signature] = objects.map(({ bytes }) => bytes);
    expect(objects).toHaveLength(2);
    const parts = { signature: signature!, header: header! };
    const opened = openHeader(records.ingestionHeader, parts, verifier);
    checkPacketDigest(opened.header, sha256(new Uint8Array(0)));
    expect(opened.header.batchEndTime).toBe(1);
  });
});

test('uuidText takes 16 bytes at an offset', () => {
  const bytes = Uint8Array.from({ length: 20 }, (_, i) => i);
  expect(uuidText(bytes.subarray(1), 2)).toBe('03040506-0708-090a-0b0c-0d0e0f101112');
});
