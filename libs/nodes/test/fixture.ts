/** One task's parties from a seed, and machines on a timeline with stores behind them. */

import { createBackend, createSeedTree, fillScalars } from '@priolab/crypto';
import type { SeedBranch } from '@priolab/crypto';
import { createPrio2 } from '@priolab/prio';
import {
  DAY_MS,
  createAttestation,
  createDevice,
  createIdentityIssuer,
  createIngestor,
  createObjectReader,
  createObjectSigner,
  createTask,
  customMetric,
} from '@priolab/roles';
import type { Ingestor, ObjectSigner } from '@priolab/roles';
import { createMachine, createMemoryStore, createRemoteStores } from '@priolab/runtime';
import { createTimeline } from '@priolab/runtime';
import type { Host, StoreOperation } from '@priolab/runtime';

/** 1 July 2021, the day of all reports. */
export const DAY = 18_809;
export const DAY_START_MS = DAY * DAY_MS;
export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;

const BINS = 2;
const CAPACITY = 16;

export const task = createTask({
  metric: customMetric({ id: 'test-metric', bins: BINS, layout: 'k-hot' }),
  state: 'us-ca',
  vendor: 'google',
  epsilon: 8,
  windowMs: 8 * HOUR_MS,
});

const seedTree = createSeedTree('nodes tests');
const backend = createBackend('wasm');
const prio2 = createPrio2(BINS);

function scalarOf(name: string): Uint8Array {
  const bytes = new Uint8Array(32);
  const branch: SeedBranch = seedTree.child(...name.split('/'));
  fillScalars(branch, new Uint32Array(1), 1, { bytes, offset: 0, stride: 32 });
  return bytes;
}

const publicKeyOf = (name: string): Uint8Array => backend.privateKey(scalarOf(name)).publicKey;

export function signerOf(keyId: string): ObjectSigner {
  const randomness = seedTree.child('nonce', ...keyId.split('/'));
  return createObjectSigner({ backend, keyId, scalar: scalarOf(`key/${keyId}`), randomness });
}

export function readerOf(keyId: string) {
  const reader = createObjectReader(backend);
  reader.trust(keyId, publicKeyOf(`key/${keyId}`));
  return reader;
}

/** An ingestor that has seen nobody; each gives the same batches for the same uploads. */
export function freshIngestor(): Ingestor {
  const authorityKey = publicKeyOf('authority');
  const { vendor, shape } = task;
  const attestation = createAttestation({
    backend,
    vendor,
    authorityKey,
    credentialCapacity: CAPACITY,
    capacity: CAPACITY,
  });
  const randomness = seedTree.child('ingestor');
  return createIngestor({ backend, shape, vendor, attestation, randomness, capacity: CAPACITY });
}

/** Uploads of as many devices, one each. */
export function uploadsOf(count: number): Uint8Array[] {
  const devices = Uint32Array.from({ length: count }, (_, i) => i);
  const randomness = seedTree.child('devices');
  const identities = createIdentityIssuer(backend, CAPACITY).issue({
    vendor: task.vendor,
    day: DAY,
    devices,
    count,
    randomness,
    authority: { scalar: scalarOf('authority'), randomness: seedTree.child('authority-nonces') },
  });
  const device = createDevice({ backend, prio2, capacity: CAPACITY });
  const timesMs = devices.map((i) => 1000 * i);
  const bits = new Uint32Array(count * BINS).fill(1);
  const block = { task, day: DAY, count, devices, identityIndex: devices, timesMs, bits };
  const report = device.randomise(block, randomness);
  device.prove(report, randomness);
  device.split(report, randomness);
  const keys = { leader: publicKeyOf('leader'), helper: publicKeyOf('helper') };
  const sealed = device.seal(report, keys, randomness);
  const { bytes, offsets, sizes } = device.attest(sealed, identities, randomness);
  return Array.from(offsets.subarray(0, count), (at, i) => bytes.slice(at, at + sizes[i]!));
}

/** A machine with one program, at the start of the day, and the stores that it reaches. */
export function createSite(
  program: (host: Host, reach: (store: string) => ReturnType<Stores['reach']>) => Promise<void>,
) {
  const timeline = createTimeline(DAY_START_MS);
  const stores = createRemoteStores({
    timeline,
    create: () => createMemoryStore(timeline),
    latencyMs: () => 1,
  });
  const machine = createMachine({
    name: 'machine',
    timeline,
    program: (host) => program(host, (store) => stores.reach(store, host)),
  });
  const contentOf = (store: string): Record<string, string> =>
    Object.fromEntries(
      [...stores.inside(store).objects]
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([key, { bytes }]) => [key, Buffer.from(bytes).toString('hex')]),
    );

  return {
    timeline,
    stores,
    machine,
    /** What is in a store: keys in order, bytes in hex. */
    contentOf,
    /** Takes the machine down at its k-th write, before it or after it, for a minute. */
    killAtWrite(target: number, isAfter: boolean): { writes: number } {
      const seen = { writes: 0 };
      stores.addPolicy(async (operation: StoreOperation, next) => {
        if (operation.kind !== 'put' || seen.writes++ !== target) return next(operation);
        if (isAfter) await next(operation);
        machine.crash();
        timeline.after(MINUTE_MS, () => machine.start());
        return new Promise<never>(() => {});
      });
      return seen;
    },
  };
}

type Stores = ReturnType<typeof createRemoteStores>;
