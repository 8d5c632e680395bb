/**
 * The files in `golden/`, made from a fixed seed by this repository's own devices and ingestor:
 * both processors' keys and one ingestion batch of eight reports, of which number 5 claims a bin of
 * 2.
 * `npx tsx test/write-golden.ts` writes them; a test says when they are out of date.
 */

import {
  KeyPair,
  createBackend,
  createSeedTree,
  encodeKeyPair,
  fillScalars,
  toHex,
} from '@priolab/crypto';
import type { SeedBranch } from '@priolab/crypto';
import { createPrio2 } from '@priolab/prio';
import {
  DAY_MS,
  createAttestation,
  createDevice,
  createIdentityIssuer,
  createIngestor,
  createTask,
  customMetric,
} from '@priolab/roles';
import type { ShareBatch, Task } from '@priolab/roles';

import { FORMATS } from '../src/index.ts';

export const COUNT = 8;
export const BAD_SLOT = 5;
const BINS = 5;
const DAY = 18_809;

function keyPairOf(branch: SeedBranch): KeyPair {
  const scalar = new Uint8Array(32);
  fillScalars(branch, new Uint32Array(1), 1, { bytes: scalar, offset: 0, stride: 32 });
  return new KeyPair(scalar);
}

export function keyDocument(privateKey: string) {
  return { format: FORMATS.key, privateKey };
}

/** A batch as a document; `sealed` in base64, in the order of the reports. */
export function batchDocument(batch: {
  task: Task;
  batchId: string;
  windowStartMs: number;
  reports: readonly { reportId: string; r: number; sealed: string }[];
}) {
  const { task, batchId, windowStartMs, reports } = batch;
  const { metric, state, vendor, epsilon, windowMs } = task;
  const taskForm = { metric: metric.id, bins: metric.bins, state, vendor, epsilon, windowMs };
  return { format: FORMATS.batch, task: taskForm, batchId, windowStartMs, reports };
}

function shareBatchDocument(batch: ShareBatch) {
  const { bytes, offset, stride } = batch.sealed;
  const reports = Array.from({ length: batch.count }, (_, i) => {
    const from = offset + i * stride;
    return {
      reportId: toHex(batch.reportIds.subarray(16 * i, 16 * i + 16)),
      r: batch.queryRandomness[i]!,
      sealed: Buffer.from(bytes.subarray(from, from + batch.sealedSize)).toString('base64'),
    };
  });
  return batchDocument({ ...batch, batchId: toHex(batch.batchId), reports });
}

/** Bits of the devices before noise. */
function bitsOf(device: number): number[] {
  return Array.from({ length: BINS }, (_, bin) => ((device + 1) >> (bin % 3)) & 1);
}

/** File name -> document, and the totals that the files must lead to. */
export function goldenFiles() {
  const seedTree = createSeedTree('priolab processor golden files');
  const backend = createBackend('node');
  const prio2 = createPrio2(BINS);
  const { proofLen, dimension } = prio2.shape;
  const metric = customMetric({ id: 'golden', bins: BINS, layout: 'k-hot' });
  const parameters = { state: 'us-ny', vendor: 'apple', epsilon: 2, windowMs: DAY_MS } as const;
  const task = createTask({ metric, ...parameters });
  const keys = {
    leader: keyPairOf(seedTree.child('leader')),
    helper: keyPairOf(seedTree.child('helper')),
  };
  const authority = keyPairOf(seedTree.child('authority'));

  // Devices, one of which lies.
  const device = createDevice({ backend, prio2, capacity: COUNT });
  const devices = Uint32Array.from({ length: COUNT }, (_, i) => i);
  const randomness = seedTree.child('devices');
  const measurements = {
    task,
    day: DAY,
    count: COUNT,
    devices,
    identityIndex: devices,
    timesMs: devices.map((i) => i * 3_600_000),
    bits: Uint32Array.from([...devices].flatMap(bitsOf)),
  };
  const report = device.randomise(measurements, randomness);
  report.proofs[BAD_SLOT * proofLen] = 2;
  device.prove(report, randomness);
  device.split(report, randomness);
  const publicKeys = { leader: keys.leader.publicKey, helper: keys.helper.publicKey };
  const sealed = device.seal(report, publicKeys, randomness);
  const identities = createIdentityIssuer(backend, COUNT).issue({
    vendor: task.vendor,
    day: DAY,
    devices,
    count: COUNT,
    randomness,
    authority: { scalar: authority.scalar, randomness: seedTree.child('nonces') },
  });
  const uploads = device.attest(sealed, identities, randomness);

  // Ingestor.
  const sizes = { credentialCapacity: COUNT, capacity: COUNT };
  const common = { backend, vendor: task.vendor, ...sizes };
  const attestation = createAttestation({ ...common, authorityKey: authority.publicKey });
  const ingestor = createIngestor({
    ...common,
    shape: prio2.shape,
    attestation,
    randomness: seedTree.child('ingestor'),
  });
  const [pair] = ingestor.receive(task, DAY, uploads).batches;

  const totals = Array.from({ length: dimension }, (_, bin) =>
    [...devices]
      .filter((slot) => slot !== BAD_SLOT)
      .reduce((sum, slot) => sum + report.proofs[slot * proofLen + bin]!, 0),
  );
  const files = {
    'leader-key.json': keyDocument(encodeKeyPair(keys.leader)),
    'helper-key.json': keyDocument(encodeKeyPair(keys.helper)),
    'leader-batch.json': shareBatchDocument(pair!.leader),
    'helper-batch.json': shareBatchDocument(pair!.helper),
  };
  return { files, totals };
}
