/**
 * Reports of known content, sealed to both processors, and the ingestion batches that hold them:
 * honest ones, and those that a test breaks at one place. For tests.
 */

import { createBackend, createSeedTree, fillScalars, sha256 } from '@priolab/crypto';
import { FIELD_MODULUS, createPrio2 } from '@priolab/prio';
import { createDevice, createTask, customMetric } from '@priolab/roles';
import type { ProcessorRole, ReportBlock } from '@priolab/roles';
import {
  batchPath,
  createBatchSigner,
  encodeContainer,
  ingestionEndings,
  records,
  sealHeader,
  uuidText,
} from '@priolab/roles/enpa';
import type { BatchSigner, DataSharePacket, IngestionHeader } from '@priolab/roles/enpa';
import type { StreamingStore } from '@priolab/runtime/stores';

import { syncOf } from '../../src/service/places.ts';
import { INGESTOR_KEY_ID, keyOf } from '../deployment.ts';

export const AGGREGATION = 'kittens-seen';
export const BINS = 4;
export const EPSILON = 12;
/** A point r that is no root of unity for any width. */
export const POINT = 998_314_904;
/** Within the window from 08:00 to 16:00. */
export const MORNING = Date.UTC(2021, 11, 1, 8, 10);

export interface Report {
  readonly uuid: string;
  readonly bits: readonly number[];
  readonly r: number;
  /** Sealed shares. */
  readonly leader: Uint8Array;
  readonly helper: Uint8Array;
}

/** What a cheating device does between its stages. */
export interface Cheats {
  readonly proved?: (report: ReportBlock) => void;
  readonly split?: (report: ReportBlock) => void;
  /** Names of key pairs to seal to; by default those of the deployment. */
  readonly keys?: Readonly<Record<ProcessorRole, string>>;
}

const backend = createBackend('wasm');
const seedTree = createSeedTree('processor tests');
const NO_NOISE = 64;

/** `count` reports whose ids, bits and shares follow from `name`. */
export function makeReports(name: string, count: number, cheats: Cheats = {}): Report[] {
  const prio2 = createPrio2(BINS);
  const metric = customMetric({ id: 'test-metric', bins: BINS, layout: 'k-hot' });
  const task = createTask({
    metric, state: 'us-wa', vendor: 'apple', epsilon: NO_NOISE, windowMs: 8 * 3_600_000,
  }); // prettier-ignore
  const device = createDevice({ backend, prio2, capacity: count });
  const devices = Uint32Array.from({ length: count }, (_, i) => i);
  const rows = Array.from({ length: count }, (_, i) =>
    Array.from({ length: BINS }, (_bin, k) => ((i * 5 + k * 3 + i * k + name.length) >> 1) & 1),
  );
  const randomness = seedTree.child(name);
  const report = device.randomise(
    {
      task,
      day: 18_962,
      count,
      devices,
      identityIndex: devices,
      timesMs: new Uint32Array(count),
      bits: Uint32Array.from(rows.flat()),
    },
    randomness,
  );
  device.prove(report, randomness);
  cheats.proved?.(report);
  device.split(report, randomness);
  cheats.split?.(report);
  const names = cheats.keys ?? { leader: 'leader packet', helper: 'helper packet' };
  const keys = { leader: keyOf(names.leader).publicKey, helper: keyOf(names.helper).publicKey };
  const { leader, helper } = device.seal(report, keys, randomness);
  const { leaderShareSize, helperShareSize } = prio2.shape;
  const cut = ({ bytes, offset, stride }: typeof leader, size: number, i: number): Uint8Array =>
    bytes.slice(offset + i * stride, offset + i * stride + size + 81);
  return rows.map((bits, i) => ({
    uuid: uuidText(report.reportIds, 16 * i),
    bits,
    r: POINT,
    leader: cut(leader, leaderShareSize, i),
    helper: cut(helper, helperShareSize, i),
  }));
}

/** A plaintext of any size, sealed to one processor. */
export function seal(plaintext: Uint8Array, role: ProcessorRole): Uint8Array {
  const sealed = new Uint8Array(plaintext.length + 81);
  const scalars = { bytes: new Uint8Array(32), offset: 0, stride: 32 };
  fillScalars(seedTree.child('odd shares'), new Uint32Array(1), 1, scalars);
  backend.seal({
    count: 1,
    recipient: keyOf(`${role} packet`).publicKey,
    scalars,
    plaintexts: { bytes: plaintext, offset: 0, stride: plaintext.length },
    plaintextSize: plaintext.length,
    sealed: { bytes: sealed, offset: 0, stride: sealed.length },
    status: new Uint8Array(1),
  });
  return sealed;
}

/** Adds one to an element of a report's proof vector: the proof does not hold any more. */
export function spoilProof(...indexes: readonly number[]): Cheats {
  return {
    proved({ proofs }) {
      const { proofLen } = createPrio2(BINS).shape;
      for (const i of indexes) proofs[i * proofLen] = (proofs[i * proofLen]! + 1) % FIELD_MODULUS;
    },
  };
}

export function totalsOf(reports: readonly Report[]): number[] {
  return Array.from({ length: BINS }, (_, k) =>
    reports.reduce((sum, { bits }) => sum + bits[k]!, 0),
  );
}

/** A UUID that follows from a name. */
export function uuidOf(name: string): string {
  return uuidText(sha256(new TextEncoder().encode(name)));
}

export interface BatchContent {
  readonly batchUuid: string;
  readonly reports: readonly Report[];
  readonly timeMs?: number;
  readonly aggregation?: string;
  /** Members of the header that are other than they should be. */
  readonly header?: Partial<IngestionHeader>;
  readonly packets?: (packets: DataSharePacket[]) => DataSharePacket[];
  readonly signer?: BatchSigner;
}

export const ingestor: BatchSigner = createBatchSigner({
  keyId: INGESTOR_KEY_ID,
  keyPair: keyOf('ingestor'),
});

/** The three objects of a batch for one processor, by key, in the order of writing. */
export function batchObjects(role: ProcessorRole, content: BatchContent): [string, Uint8Array][] {
  const { batchUuid, reports, timeMs = MORNING, aggregation = AGGREGATION } = content;
  const base = batchPath({ aggregation, time: timeMs, batchUuid });
  const made = reports.map((report) => ({
    uuid: report.uuid,
    encryptedPayload: report[role],
    encryptionKeyId: null,
    rPit: report.r,
    versionConfiguration: null,
    deviceNonce: null,
  }));
  const chosen = content.packets?.(made) ?? made;
  const key = `${base}${ingestionEndings.packets}`;
  const packets = encodeContainer(anyPacket, chosen, { sync: syncOf(key) });
  const header = {
    batchUuid,
    name: aggregation,
    bins: BINS,
    epsilon: EPSILON,
    prime: FIELD_MODULUS,
    numberOfServers: 2,
    hammingWeight: null,
    batchStartTime: timeMs - 3_600_000,
    batchEndTime: timeMs,
    packetFileDigest: sha256(packets),
    ...content.header,
  };
  const sealed = sealHeader(records.ingestionHeader, header, content.signer ?? ingestor, {
    sync: syncOf(base),
  });
  return [
    ...(packets.length === 0 ? [] : [[key, packets] as [string, Uint8Array]]),
    [`${base}${ingestionEndings.header}`, sealed.header],
    [`${base}${ingestionEndings.signature}`, sealed.signature],
  ];
}

/** Writes also what our own writer refuses: an r that is negative, or above 32 bits. */
const anyPacket: typeof records.dataSharePacket = {
  ...records.dataSharePacket,
  encode: (packet) =>
    records.dataSharePacket.codec.encode({
      uuid: packet.uuid,
      encrypted_payload: Buffer.from(packet.encryptedPayload),
      encryption_key_id: packet.encryptionKeyId,
      r_pit: packet.rPit,
      version_configuration: packet.versionConfiguration,
      device_nonce: packet.deviceNonce,
    }),
};

export async function putAll(
  store: StreamingStore,
  objects: readonly (readonly [string, Uint8Array])[],
): Promise<void> {
  for (const [key, bytes] of objects) await store.put(key, bytes, { overwrite: true });
}
