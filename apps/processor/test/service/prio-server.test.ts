/**
 * Where the peer is a facilitator of 2021 our sum parts must say what its sum parts say. Both sides
 * are ours here, each taking the other for one; their words are the same on the wire.
 */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { sha256 } from '@priolab/crypto';
import {
  batchPath,
  createBatchSigner,
  decodeContainer,
  decodeOne,
  encodeContainer,
  ingestionEndings,
  pairSumParts,
  parseMinute,
  records,
  sampleSum,
  sealHeader,
} from '@priolab/roles/enpa';
import type { DataSharePacket, NamedSumPart, RecordKind } from '@priolab/roles/enpa';
import { openStore } from '@priolab/runtime/stores';
import { readSigningKey } from '@priolab/service';
import type { CommandInput } from '@priolab/service';

import { aggregateWindow, intakeBatch } from '../../src/commands.ts';
import { generateSample } from '../../src/sample.ts';
import { INGESTOR_KEY_ID, INSTANCE, ROLES, createDeployment } from '../deployment.ts';
import type { Deployment } from '../deployment.ts';

const AGGREGATION = 'kittens-seen';
const FIRST = '3f1c2a8e-0f5c-4c5e-9d35-6f6f0e5b1a11';
const SECOND = '7d2f6b3a-11aa-4d0e-8a77-0c3b5f1e2d22';
const DATE = '2021/12/01/08/10';
const START = '2021/12/01/08/00';
const BINS = 4;
const PACKETS = 3;

let folder: string;
let deployment: Deployment;

async function deploy(peer: string): Promise<void> {
  deployment = await createDeployment(folder, { settings: { peer } });
  for (const batch of [FIRST, SECOND]) await generateSample(input({ ...sample(), batch }));
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'priolab-interop-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function input(options: Record<string, string>): CommandInput {
  const { signal } = new AbortController();
  return { options, positionals: [], environment: {}, writeLog: () => {}, signal };
}

function sample(): Record<string, string> {
  const { path } = deployment;
  return {
    aggregation: AGGREGATION, date: DATE, bins: String(BINS), packets: String(PACKETS),
    'leader-bucket': path('buckets/leader-ingestion'),
    'leader-key': path('keys/leader.packet-key'),
    'helper-bucket': path('buckets/helper-ingestion'),
    'helper-key': path('keys/helper.packet-key'),
    'signing-key-id': INGESTOR_KEY_ID,
    'signing-key': path('keys/ingestor.signing-key'),
  }; // prettier-ignore
}

type Role = (typeof ROLES)[number];

const bucket = (name: string) => openStore(deployment.path(`buckets/${name}`), {});

async function packetsOf(role: Role, batchUuid: string): Promise<DataSharePacket[]> {
  const base = batchPath({ aggregation: AGGREGATION, batchUuid, time: parseMinute(DATE)! });
  const bytes = await bucket(`${role}-ingestion`).get(base + ingestionEndings.packets);
  return decodeContainer(records.dataSharePacket, bytes!);
}

/** The ingestor's batch again with other packets, signed by the ingestor. */
async function rewrite(
  role: Role,
  batchUuid: string,
  packets: readonly DataSharePacket[],
  kind: RecordKind<DataSharePacket> = records.dataSharePacket,
): Promise<void> {
  const store = bucket(`${role}-ingestion`);
  const base = batchPath({ aggregation: AGGREGATION, batchUuid, time: parseMinute(DATE)! });
  const form = { sync: new Uint8Array(16).fill(7) };
  const bytes = encodeContainer(kind, packets, form);
  const old = decodeOne(
    records.ingestionHeader,
    (await store.get(base + ingestionEndings.header))!,
  );
  const keyPair = readSigningKey(deployment.path('keys/ingestor.signing-key'));
  const signer = createBatchSigner({ keyId: INGESTOR_KEY_ID, keyPair });
  const header = { ...old, packetFileDigest: sha256(bytes) };
  const sealed = sealHeader(records.ingestionHeader, header, signer, form);
  const overwrite = { overwrite: true };
  await store.put(base + ingestionEndings.packets, bytes, overwrite);
  await store.put(base + ingestionEndings.header, sealed.header, overwrite);
  await store.put(base + ingestionEndings.signature, sealed.signature, overwrite);
}

const about = (role: Role) => ({
  config: deployment.config(role),
  instance: INSTANCE,
  aggregation: AGGREGATION,
});

async function takeIn(role: Role, batch: string): Promise<void> {
  await intakeBatch(input({ ...about(role), date: DATE, batch }));
}

async function sum(role: Role): Promise<NamedSumPart> {
  await aggregateWindow(input({ ...about(role), start: START }));
  const store = bucket(`${role}-sums`);
  const server = role === 'leader' ? 0 : 1;
  const base = `${INSTANCE}/${AGGREGATION}/202112010800-202112011600`;
  const part = decodeOne(records.sumPart, (await store.get(`${base}.sum_${server}`))!);
  const list = (await store.get(`${base}.invalid_uuid_${server}.avro`)) ?? new Uint8Array(0);
  const invalid = decodeContainer(records.invalidPacket, list).map(({ uuid }) => uuid);
  const name = { instance: INSTANCE, aggregation: AGGREGATION, start: 0, end: 1 };
  return { name, part, invalid };
}

describe('where the peer is a facilitator', () => {
  test('a report of an earlier batch is listed, as the facilitator lists it', async () => {
    await deploy('prio-server');
    let replayed = '';
    for (const role of ROLES) {
      const [copy] = await packetsOf(role, FIRST);
      replayed = copy!.uuid;
      await rewrite(role, SECOND, [...(await packetsOf(role, SECOND)), copy!]);
    }
    for (const role of ROLES) for (const batch of [FIRST, SECOND]) await takeIn(role, batch);
    deployment.setClock('2021-12-01T17:00:00Z');
    const parts = [await sum('leader'), await sum('helper')] as const;
    for (const { part, invalid } of parts) {
      expect(invalid).toEqual([replayed]);
      expect(part.batchUuids).toEqual([FIRST, SECOND]);
      expect(part.totalIndividualClients).toBe(2 * PACKETS);
    }
    const { totals, held } = pairSumParts([parts[0]], [parts[1]]);
    expect(held).toEqual([]);
    const [one, other] = [FIRST, SECOND].map((batch) => sampleSum(batch, PACKETS, BINS));
    expect([...totals[0]!.totals]).toEqual(one!.map((count, bin) => count + other![bin]!));
  });

  test('an r that is no u32 costs the batch, since validated it costs the window', async () => {
    await deploy('prio-server');
    await rewrite('leader', SECOND, await packetsOf('leader', SECOND), overflowing);
    await takeIn('leader', FIRST);
    await expect(takeIn('leader', SECOND)).rejects.toMatchObject({ code: 'malformed-packet' });
    const written = await bucket('helper-validations').list('');
    expect(written.filter((key) => key.includes(SECOND))).toEqual([]);
    expect(written.filter((key) => key.includes(FIRST))).toHaveLength(3);
  });
});

test('a window that is summed before its batches are taken in is not spoilt for them', async () => {
  await deploy('prio-server');
  deployment.setClock('2021-12-09T00:00:00Z');
  await expect(sum('leader')).rejects.toMatchObject({ code: 'not-ready' });
  await takeIn('leader', FIRST);
  expect(await bucket('helper-validations').list('')).toHaveLength(3);
});

test('where the peer is ours an r that is no u32 costs its packet alone', async () => {
  await deploy('priolab');
  await rewrite('leader', SECOND, await packetsOf('leader', SECOND), overflowing);
  await takeIn('leader', SECOND);
  const written = await bucket('helper-validations').list('');
  expect(written).toHaveLength(2); // none of its packets can be validated
});

/** Packets with r = -1, which our own record refuses to write. */
const overflowing: RecordKind<DataSharePacket> = {
  ...records.dataSharePacket,
  encode: ({ uuid, encryptedPayload }) =>
    records.dataSharePacket.codec.encode({
      uuid,
      encrypted_payload: Buffer.from(encryptedPayload),
      encryption_key_id: null,
      r_pit: -1,
      version_configuration: null,
      device_nonce: null,
    }),
};
