/**
 * One metric's deployment from a seed: devices with their vendor's authority, an ingestor, two
 * processors. Real parties throughout; a test breaks what passes between them.
 */

import { createBackend, createSeedTree, fillScalars } from '@priolab/crypto';
import type { BackendName, CryptoBackend, SeedBranch, Strided } from '@priolab/crypto';
import { createPrio2 } from '@priolab/prio';

import {
  BATCH_ID_SIZE,
  DAY_MS,
  REPORT_ID_SIZE,
  createAttestation,
  createDevice,
  createIdentityIssuer,
  createIngestor,
  createProcessor,
  createTask,
  customMetric,
  reasonOf,
  uploadLayout,
} from '../src/index.ts';
import type {
  BatchPair,
  IdentityBlock,
  Intake,
  MeasurementBlock,
  ProcessorRole,
  Reason,
  ReportBlock,
  SealedBlock,
  ShareBatch,
  Task,
  UploadBlock,
  Vendor,
  VerifierShareBlock,
} from '../src/index.ts';

/** 1 July 2021, the day of all uploads unless a test says otherwise. */
export const DAY = 18_809;
export const HOUR_MS = 3_600_000;

export interface DeploymentOptions {
  readonly bins?: number;
  /** Devices, and the largest block. */
  readonly capacity?: number;
  readonly backend?: BackendName;
  /** From 32 on no bit is ever flipped. */
  readonly epsilon?: number;
  readonly windowMs?: number;
  readonly ingestorSeed?: string;
}

export interface UploadOptions {
  readonly day?: number;
  readonly timesMs?: readonly number[];
  readonly identities?: IdentityBlock;
  /** Devices of a report; by default 0, 1, 2 ... */
  readonly devices?: readonly number[];
  /** Another name gives other reports of the same devices. */
  readonly reportsName?: string;
  /** Called between the stages, to cheat. */
  readonly proved?: (report: ReportBlock) => void;
  readonly split?: (report: ReportBlock) => void;
}

export type Deployment = ReturnType<typeof createDeployment>;

export function scalarOf(branch: SeedBranch): Uint8Array {
  const bytes = new Uint8Array(32);
  fillScalars(branch, new Uint32Array(1), 1, { bytes, offset: 0, stride: 32 });
  return bytes;
}

export function createDeployment(options: DeploymentOptions = {}) {
  const { bins = 3, capacity = 16, epsilon = 8, windowMs = DAY_MS } = options;
  const seedTree = createSeedTree('roles tests');
  const backend = createBackend(options.backend ?? 'wasm');
  const metric = customMetric({ id: 'test-metric', bins, layout: 'k-hot' });
  const task = createTask({ metric, state: 'us-ca', vendor: 'google', epsilon, windowMs });
  const prio2 = createPrio2(bins);
  const privateKeys = {
    leader: backend.privateKey(scalarOf(seedTree.child('leader'))),
    helper: backend.privateKey(scalarOf(seedTree.child('helper'))),
  };
  const processor = (role: ProcessorRole) =>
    createProcessor({ role, backend, privateKey: privateKeys[role], prio2, capacity });
  const authorityKey = backend.privateKey(scalarOf(seedTree.child('authority'))).publicKey;
  const attestation = createAttestation({
    backend,
    vendor: task.vendor,
    authorityKey,
    credentialCapacity: 2 * capacity,
    capacity,
  });
  const ingestor = createIngestor({
    backend,
    shape: prio2.shape,
    vendor: task.vendor,
    attestation,
    randomness: seedTree.child(options.ingestorSeed ?? 'ingestor'),
    capacity,
  });
  ingestor.openPartition(0);
  const device = createDevice({ backend, prio2, capacity });
  const processorKeys = {
    leader: privateKeys.leader.publicKey,
    helper: privateKeys.helper.publicKey,
  };

  /** Identities of all devices, certified as asked for; each call has its own arena. */
  const identify = (request: { vendor?: Vendor; day?: number; authority?: string } = {}) =>
    createIdentityIssuer(backend, capacity).issue({
      vendor: request.vendor ?? task.vendor,
      day: request.day ?? DAY,
      devices: Uint32Array.from({ length: capacity }, (_, i) => i),
      count: capacity,
      randomness: seedTree.child('devices'),
      authority: {
        scalar: scalarOf(seedTree.child(request.authority ?? 'authority')),
        randomness: seedTree.child('authority-nonces'),
      },
    });
  const identities = identify();

  const measure = (bits: readonly (readonly number[])[], how: UploadOptions): MeasurementBlock => {
    const devices = Uint32Array.from(how.devices ?? bits.keys());
    return {
      task,
      day: how.day ?? DAY,
      count: bits.length,
      devices,
      identityIndex: devices,
      timesMs: Uint32Array.from(how.timesMs ?? bits.map((_, i) => 1000 * i + 7)),
      bits: Uint32Array.from(bits.flat()),
    };
  };

  /** All stages of the devices. Views of their arena, valid until the next call. */
  const report = (bits: readonly (readonly number[])[], how: UploadOptions = {}) => {
    const randomness = seedTree.child(how.reportsName ?? 'devices');
    const reports = device.randomise(measure(bits, how), randomness);
    device.prove(reports, randomness);
    how.proved?.(reports);
    device.split(reports, randomness);
    how.split?.(reports);
    const sealed: SealedBlock = device.seal(reports, processorKeys, randomness);
    const uploads = device.attest(sealed, how.identities ?? identities, randomness);
    return { reports, sealed, uploads };
  };

  return {
    backend,
    task,
    prio2,
    layout: uploadLayout(prio2.shape),
    device,
    ingestor,
    leader: processor('leader'),
    helper: processor('helper'),
    identify,
    report,
    /** Uploads of honest devices, one fresh array each. */
    uploads: (bits: readonly (readonly number[])[], how: UploadOptions = {}): Uint8Array[] =>
      toList(report(bits, how).uploads),
    receive: (uploads: readonly Uint8Array[], day = DAY): Intake =>
      ingestor.receive(task, day, toBlock(uploads)),
  };
}

/** Bits that differ between reports: bin k of report i is a bit of i * 5 + k * 3 + i * k. */
export function someBits(count: number, bins: number): number[][] {
  return Array.from({ length: count }, (_, i) =>
    Array.from({ length: bins }, (_bin, k) => ((i * 5 + k * 3 + i * k) >> 1) & 1),
  );
}

export function columnSums(rows: readonly (readonly number[])[], bins: number): number[] {
  return Array.from({ length: bins }, (_, k) => rows.reduce((sum, row) => sum + row[k]!, 0));
}

export function toList({ count, bytes, offsets, sizes }: UploadBlock): Uint8Array[] {
  return Array.from({ length: count }, (_, i) => bytes.slice(offsets[i]!, offsets[i]! + sizes[i]!));
}

export function toBlock(uploads: readonly Uint8Array[]): UploadBlock {
  const sizes = Uint32Array.from(uploads, (upload) => upload.length);
  const offsets = new Uint32Array(uploads.length);
  for (let i = 1; i < uploads.length; i++) offsets[i] = offsets[i - 1]! + sizes[i - 1]!;
  return { count: uploads.length, bytes: new Uint8Array(Buffer.concat(uploads)), offsets, sizes };
}

export function reasonsOf(status: Uint8Array): Reason[] {
  return Array.from(status, reasonOf);
}

export function flipped(bytes: Uint8Array, at: number, mask = 1): Uint8Array {
  const copy = bytes.slice();
  copy[at]! ^= mask;
  return copy;
}

export interface Exchange {
  readonly messages: Readonly<Record<ProcessorRole, VerifierShareBlock>>;
  readonly verdicts: Readonly<Record<ProcessorRole, Reason[]>>;
}

/** One batch through both processors, up to and including the sum. */
export function exchange(
  { leader, helper }: Pick<Deployment, 'leader' | 'helper'>,
  batch: Pick<BatchPair, 'leader' | 'helper'>,
): Exchange {
  const messages = {
    leader: leader.verifyInit(batch.leader),
    helper: helper.verifyInit(batch.helper),
  };
  const verdicts = {
    leader: reasonsOf(leader.verifyNext(messages.helper)),
    helper: reasonsOf(helper.verifyNext(messages.leader)),
  };
  leader.aggregate();
  helper.aggregate();
  return { messages, verdicts };
}

/** A batch of one processor from its sealed shares, as an ingestor would have written it. */
export function shareBatch(content: {
  task: Task;
  sealed: readonly Uint8Array[];
  r: number | readonly number[];
  batchNumber?: number;
}): ShareBatch {
  const { task, sealed, r, batchNumber = 1 } = content;
  const count = sealed.length;
  const sealedSize = sealed[0]!.length;
  return {
    task,
    batchId: new Uint8Array(BATCH_ID_SIZE).fill(batchNumber),
    windowStartMs: DAY * DAY_MS,
    count,
    reportIds: Uint8Array.from({ length: count * REPORT_ID_SIZE }, (_, i) => i >> 4),
    queryRandomness: Uint32Array.from(sealed, (_, i) => (typeof r === 'number' ? r : r[i]!)),
    sealed: { bytes: new Uint8Array(Buffer.concat(sealed)), offset: 0, stride: sealedSize },
    sealedSize,
  };
}

/** The sealed shares of a batch, one fresh array each. */
export function sealedList({ count, sealed, sealedSize }: ShareBatch): Uint8Array[] {
  const { bytes, offset, stride }: Strided = sealed;
  return Array.from({ length: count }, (_, i) =>
    bytes.slice(offset + i * stride, offset + i * stride + sealedSize),
  );
}

/** A backend with one operation replaced. */
export function withBackend(
  backend: CryptoBackend,
  replaced: Partial<CryptoBackend>,
): CryptoBackend {
  return { ...backend, ...replaced };
}
