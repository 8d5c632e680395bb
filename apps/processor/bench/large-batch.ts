/**
 * An ingestion batch of any size in a deployment's buckets: one block of real reports, repeated
 * under new UUIDs until the packet object has the size that is asked for. Every packet opens and
 * every proof holds. For measurements.
 */

import { createServiceBackend, createSeedTree, createDigest } from '@priolab/crypto';
import { FIELD_MODULUS, createPrio2 } from '@priolab/prio';
import { createDevice, createTask } from '@priolab/roles';
import type { Metric, ProcessorRole } from '@priolab/roles';
import { createBatchSigner, createContainerWriter, records, sealHeader } from '@priolab/roles/enpa';
import type { DataSharePacket } from '@priolab/roles/enpa';
import { openStore } from '@priolab/runtime/stores';
import { readPacketKey, readSigningKey } from '@priolab/service';

import { batchNames, syncOf } from '../src/service/places.ts';
import { INGESTOR_KEY_ID } from '../test/deployment.ts';
import type { Deployment } from '../test/deployment.ts';

export interface LargeBatch {
  readonly aggregation: string;
  readonly batchUuid: string;
  readonly timeMs: number;
  readonly packetCount: number;
  /** Of the packet object. */
  readonly byteCount: number;
}

const DAY = 18_962;
const R = 998_314_904;

/** @param bytes of the packet object, at least; or `packets` in all */
export async function writeLargeBatch(
  deployment: Deployment,
  options: {
    readonly role: ProcessorRole;
    readonly bins: number;
    readonly bytes?: number;
    readonly packets?: number;
    readonly aggregation?: string;
  },
): Promise<LargeBatch> {
  const { role, bins } = options;
  const aggregation = options.aggregation ?? `bench-${bins}`;
  const batchUuid = '3f1c2a8e-0f5c-4c5e-9d35-6f6f0e5b1a11';
  const timeMs = Date.parse('2021-12-01T08:10:00Z');
  const payloads = sealedShares(deployment, role, aggregation, bins);
  const names = batchNames({ aggregation, batchUuid, timeMs });
  const writer = createContainerWriter(records.dataSharePacket, { sync: syncOf(names.packets) });
  const digest = createDigest();
  let packetCount = 0;
  let byteCount = 0;
  const isEnough = (): boolean =>
    options.packets === undefined
      ? byteCount >= (options.bytes ?? 0)
      : packetCount >= options.packets;
  const pieces = async function* (): AsyncGenerator<Uint8Array> {
    const take = (piece: Uint8Array): Uint8Array => {
      digest.update(piece);
      byteCount += piece.length;
      return piece;
    };
    yield take(writer.head());
    while (!isEnough()) {
      const rest = (options.packets ?? Infinity) - packetCount;
      const some = payloads.slice(0, Math.min(64, rest));
      const packets = some.map((_, i) => packetOf(packetCount + i, payloads));
      packetCount += packets.length;
      yield take(writer.block(packets));
    }
  };
  const store = openStore(deployment.path(`buckets/${role}-ingestion`), {});
  await store.write(names.packets, pieces(), { overwrite: true });
  const keyPair = readSigningKey(deployment.path('keys/ingestor.signing-key'));
  const header = {
    batchUuid,
    name: aggregation,
    bins,
    epsilon: 8,
    prime: FIELD_MODULUS,
    numberOfServers: 2,
    hammingWeight: null,
    batchStartTime: timeMs - 3_600_000,
    batchEndTime: timeMs,
    packetFileDigest: digest.finish(),
  };
  const signer = createBatchSigner({ keyId: INGESTOR_KEY_ID, keyPair });
  const form = { sync: syncOf(names.header) };
  const sealed = sealHeader(records.ingestionHeader, header, signer, form);
  await store.put(names.header, sealed.header, { overwrite: true });
  await store.put(names.signature, sealed.signature, { overwrite: true });
  return { aggregation, batchUuid, timeMs, packetCount, byteCount };
}

function packetOf(index: number, payloads: readonly Uint8Array[]): DataSharePacket {
  return {
    uuid: `00000000-0000-4000-8000-${index.toString(16).padStart(12, '0')}`,
    encryptedPayload: payloads[index % payloads.length]!,
    encryptionKeyId: null,
    rPit: R,
    versionConfiguration: null,
    deviceNonce: null,
  };
}

function sealedShares(
  { path }: Deployment,
  role: ProcessorRole,
  aggregation: string,
  bins: number,
): Uint8Array[] {
  const count = 64;
  const meaning = 'For measurements.';
  const cadence = 'daily';
  const metric: Metric = { id: aggregation, bins, layout: 'one-hot', cadence, maxOnes: 1, meaning };
  const vendor = 'apple';
  const task = createTask({ metric, state: 'us-wa', vendor, epsilon: 8, windowMs: 28_800_000 });
  const prio2 = createPrio2(bins);
  const backend = createServiceBackend('node');
  const device = createDevice({ backend, prio2, capacity: count });
  const devices = Uint32Array.from({ length: count }, (_, i) => i);
  const bits = new Uint32Array(count * bins);
  for (let i = 0; i < count; i++) bits[i * bins + (i % bins)] = 1;
  const timesMs = new Uint32Array(count);
  const block = { task, day: DAY, count, devices, identityIndex: devices, timesMs, bits };
  const randomness = createSeedTree('large batch');
  const report = device.randomise(block, randomness);
  device.prove(report, randomness);
  device.split(report, randomness);
  const keyOf = (one: ProcessorRole): Uint8Array =>
    readPacketKey(path(`keys/${one}.packet-key`)).publicKey;
  const keys = { leader: keyOf('leader'), helper: keyOf('helper') };
  const { leader, helper } = device.seal(report, keys, randomness);
  const { leaderShareSize, helperShareSize } = prio2.shape;
  const { bytes, offset, stride } = role === 'leader' ? leader : helper;
  const size = 81 + (role === 'leader' ? leaderShareSize : helperShareSize);
  return Array.from({ length: count }, (_, i) => {
    const at = offset + i * stride;
    return bytes.slice(at, at + size);
  });
}
