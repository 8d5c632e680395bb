/**
 * What is put before the processors: three ingestion batches, in two windows, made once for all
 * runs, because fresh encryption would make other bytes. Among their packets are one that was in an
 * earlier batch, and one at each side that does not open.
 */

import { sha256 } from '@priolab/crypto';
import type { ProcessorRole } from '@priolab/roles';
import {
  createBatchSigner,
  decodeContainer,
  decodeOne,
  encodeContainer,
  records,
  sampleSum,
  sampleVector,
  sealHeader,
} from '@priolab/roles/enpa';
import type { DataSharePacket } from '@priolab/roles/enpa';
import { openStore } from '@priolab/runtime/stores';
import { readSigningKey } from '@priolab/service';

import { batchNames, syncOf } from '../../src/service/places.ts';
import { INGESTOR_KEY_ID, ROLES, createDeployment, ingestSample } from '../deployment.ts';

export const WINDOW = {
  startMs: Date.parse('2021-12-01T08:00Z'),
  endMs: Date.parse('2021-12-01T16:00Z'),
};
export const BINS = 4;

interface Planned {
  readonly aggregation: string;
  readonly batchUuid: string;
  readonly timeMs: number;
  readonly packets: number;
}

const HONEST: Planned = {
  aggregation: 'kittens-seen',
  batchUuid: '3f1c2a8e-0f5c-4c5e-9d35-6f6f0e5b1a11',
  timeMs: Date.parse('2021-12-01T08:10Z'),
  packets: 6,
};
const REPLAYING: Planned = {
  ...HONEST,
  batchUuid: '7d2f6b3a-11aa-4d0e-8a77-0c3b5f1e2d22',
  packets: 5,
};
const DAMAGED: Planned = {
  aggregation: 'puppies-seen',
  batchUuid: 'c0a1b2c3-2222-4333-8444-555566667777',
  timeMs: Date.parse('2021-12-01T08:20Z'),
  packets: 6,
};
const BATCHES = [HONEST, REPLAYING, DAMAGED];
/** Positions of packets that don't open, by who can't open them. */
const BROKEN: Readonly<Record<ProcessorRole, number>> = { leader: 2, helper: 4 };

/** What must come out for one aggregation. */
export interface Expected {
  readonly aggregation: string;
  readonly batchUuids: readonly string[];
  readonly totals: readonly number[];
  readonly clients: number;
}

export interface Ingested {
  /** Of each processor's ingestion bucket, in the order of writing. */
  readonly objects: Readonly<Record<ProcessorRole, readonly (readonly [string, Uint8Array])[]>>;
  readonly expected: readonly Expected[];
}

export const INTAKE_TASKS = BATCHES.length;
export const TASKS = INTAKE_TASKS + new Set(BATCHES.map(({ aggregation }) => aggregation)).size;

/** @param folder an empty one, for files that are not needed afterwards */
export async function makeBatches(folder: string): Promise<Ingested> {
  const { path } = await createDeployment(folder);
  for (const { aggregation, batchUuid: batch, packets, timeMs } of BATCHES) {
    const date = new Date(timeMs).toISOString().slice(0, 16).replaceAll(/[-T:]/g, '/');
    const form = { aggregation, batch, date, bins: String(BINS), packets: String(packets) };
    await ingestSample({ path }, form);
  }
  const keyPair = readSigningKey(path('keys/ingestor.signing-key'));
  const signer = createBatchSigner({ keyId: INGESTOR_KEY_ID, keyPair });
  const objects = { leader: [] as [string, Uint8Array][], helper: [] as [string, Uint8Array][] };
  for (const role of ROLES) {
    const store = openStore(path(`buckets/${role}-ingestion`), {});
    const get = async (key: string): Promise<Uint8Array> => (await store.get(key))!;
    const packetsOf = async (batch: Planned): Promise<DataSharePacket[]> =>
      decodeContainer(records.dataSharePacket, await get(batchNames(batch).packets));
    for (const batch of BATCHES) {
      const names = batchNames(batch);
      const list = await packetsOf(batch);
      if (batch === REPLAYING) list.push((await packetsOf(HONEST))[0]!);
      if (batch === DAMAGED) list[BROKEN[role]] = damaged(list[BROKEN[role]]!);
      const packets = encodeContainer(records.dataSharePacket, list, {
        sync: syncOf(names.packets),
      });
      const header = decodeOne(records.ingestionHeader, await get(names.header));
      const sealed = sealHeader(
        records.ingestionHeader,
        { ...header, packetFileDigest: sha256(packets) },
        signer,
        { sync: syncOf(names.header) },
      );
      objects[role].push([names.packets, packets]);
      objects[role].push([names.header, sealed.header], [names.signature, sealed.signature]);
    }
  }
  return { objects, expected: expected() };
}

function damaged(packet: DataSharePacket): DataSharePacket {
  const encryptedPayload = packet.encryptedPayload.slice();
  encryptedPayload[encryptedPayload.length - 1]! ^= 1;
  return { ...packet, encryptedPayload };
}

function expected(): Expected[] {
  const sumOf = ({ batchUuid, packets }: Planned): number[] => sampleSum(batchUuid, packets, BINS);
  const broken = ROLES.map((role) => sampleVector(DAMAGED.batchUuid, BROKEN[role], BINS));
  return [
    {
      aggregation: HONEST.aggregation,
      batchUuids: [HONEST.batchUuid, REPLAYING.batchUuid],
      totals: sumOf(HONEST).map((count, bin) => count + sumOf(REPLAYING)[bin]!),
      clients: HONEST.packets + REPLAYING.packets,
    },
    {
      aggregation: DAMAGED.aggregation,
      batchUuids: [DAMAGED.batchUuid],
      totals: sumOf(DAMAGED).map((count, bin) => count - broken[0]![bin]! - broken[1]![bin]!),
      clients: DAMAGED.packets - broken.length,
    },
  ];
}
