/**
 * Phones of one vendor with known bits, and the two processors that their reports are sealed to:
 * uploads in the plain form, documents for Firestore, and sums of what an ingestor made of them.
 * All from a seed. For tests and the load.
 */

import { createPrio2 } from '@priolab/prio';
import {
  DAY_MS,
  combine,
  createDevice,
  createIdentityIssuer,
  createProcessor,
  createTask,
  customMetric,
} from '@priolab/roles';
import type {
  BatchPair,
  IdentityBlock,
  ProcessorRole,
  SealedBlock,
  ShareBatch,
  Vendor,
} from '@priolab/roles';

import { makeDocuments } from './android-phones.ts';
import type { Document } from './android-phones.ts';
import { backend, scalarAt, scalarOf, seedTree } from './seeds.ts';

/** 1 December 2021. */
export const DAY = 18_962;
export const NOON = DAY * DAY_MS + DAY_MS / 2;
export const WINDOW_MS = 8 * 3_600_000;
export const BINS = 4;
/** No bit is flipped. */
export const EPSILON = 64;

export interface PhoneOptions {
  readonly vendor: Vendor;
  readonly metric?: string;
  readonly bins?: number;
  readonly epsilon?: number;
  readonly state?: string;
  /** Most devices in one call. */
  readonly capacity?: number;
}

export interface UploadOptions {
  /** Devices are `first`, `first + 1`, ... */
  readonly first?: number;
  readonly createdMs?: number;
  /** Another name gives other reports of the same devices. */
  readonly name?: string;
  /** Of a document; by default its report's id. */
  readonly uuid?: string;
  /** Whose key certifies; by default the vendor's authority. */
  readonly authority?: string;
  /** Whose certificates; by default the vendor's own. */
  readonly certifiedAs?: Vendor;
}

export type Phones = ReturnType<typeof createPhones>;

/** Public half of an authority that certifies plain uploads. */
export function authorityKeyOf(name: string): Uint8Array {
  return backend.privateKey(scalarOf(seedTree.child('authority', name))).publicKey;
}

/** The attestation key of a device of `us-wa` on the day of these tests. */
export function deviceScalar(vendor: Vendor, device: number): Uint8Array {
  const identities = seedTree.child(vendor, 'us-wa', 'identities');
  return scalarAt(identities.child('attestation-key', `day-${DAY}`), device);
}

export function createPhones(options: PhoneOptions) {
  const { vendor, bins = BINS, epsilon = EPSILON, state = 'us-wa', capacity = 16 } = options;
  const metric = customMetric({ id: options.metric ?? 'kittens-seen', bins, layout: 'k-hot' });
  const task = createTask({ metric, state, vendor, epsilon, windowMs: WINDOW_MS });
  const prio2 = createPrio2(bins);
  const privateKeys = {
    leader: backend.privateKey(scalarOf(seedTree.child('leader'))),
    helper: backend.privateKey(scalarOf(seedTree.child('helper'))),
  };
  const device = createDevice({ backend, prio2, capacity });
  const issuer = createIdentityIssuer(backend, capacity);
  const devicesFrom = (first: number, count: number): Uint32Array =>
    Uint32Array.from({ length: count }, (_, i) => first + i);

  const seal = (rows: readonly (readonly number[])[], how: UploadOptions): SealedBlock => {
    const { first = 0, createdMs = NOON, name = 'reports' } = how;
    const randomness = seedTree.child(vendor, state, name);
    const count = rows.length;
    const day = Math.floor(createdMs / DAY_MS);
    const report = device.randomise(
      {
        task,
        day,
        count,
        devices: devicesFrom(first, count),
        identityIndex: devicesFrom(0, count),
        timesMs: new Uint32Array(count).fill(createdMs - day * DAY_MS),
        bits: Uint32Array.from(rows.flat()),
      },
      randomness,
    );
    device.prove(report, randomness);
    device.split(report, randomness);
    const keys = { leader: privateKeys.leader.publicKey, helper: privateKeys.helper.publicKey };
    return device.seal(report, keys, randomness);
  };

  const identify = (count: number, how: UploadOptions): IdentityBlock => {
    const { first = 0, createdMs = NOON, authority = vendor, certifiedAs = vendor } = how;
    return issuer.issue({
      vendor: certifiedAs,
      day: Math.floor(createdMs / DAY_MS),
      devices: devicesFrom(first, count),
      count,
      randomness: seedTree.child(vendor, state, 'identities'),
      authority: {
        scalar: scalarOf(seedTree.child('authority', authority)),
        randomness: seedTree.child('authority nonces', vendor),
      },
    });
  };

  return {
    task,

    /** Uploads in the plain form, one array each. */
    uploads(rows: readonly (readonly number[])[], how: UploadOptions = {}): Uint8Array[] {
      const sealed = seal(rows, how);
      const randomness = seedTree.child(vendor, state, how.name ?? 'reports');
      const block = device.attest(sealed, identify(rows.length, how), randomness);
      return rows.map((_, i) => {
        const at = block.offsets[i]!;
        return block.bytes.slice(at, at + block.sizes[i]!);
      });
    },

    /** Documents for Firestore, with a key of each phone for that day and metric. */
    documents: (rows: readonly (readonly number[])[], how: UploadOptions = {}): Document[] =>
      makeDocuments(seal(rows, how), { first: 0, createdMs: NOON, name: 'reports', ...how }),

    /** What both processors and the portal make of batches. */
    totals(pairs: readonly BatchPair<ShareBatch>[]): { totals: number[]; count: number } {
      const sides = (['leader', 'helper'] as const).map((role: ProcessorRole) =>
        createProcessor({ role, backend, privateKey: privateKeys[role], prio2, capacity: 1024 }),
      );
      const [leader, helper] = [sides[0]!, sides[1]!];
      for (const pair of pairs) {
        const messages = [leader.verifyInit(pair.leader), helper.verifyInit(pair.helper)] as const;
        leader.verifyNext(messages[1]);
        helper.verifyNext(messages[0]);
        leader.aggregate();
        helper.aggregate();
      }
      const { results } = combine(leader.takeAggregateShares(), helper.takeAggregateShares());
      const totals = Array.from({ length: bins }, (_, k) =>
        results.reduce((sum, result) => sum + result.totals[k]!, 0),
      );
      return { totals, count: results.reduce((sum, { count }) => sum + count, 0) };
    },
  };
}

/** Bits that differ between devices and bins. */
export function someBits(count: number, bins = BINS): number[][] {
  return Array.from({ length: count }, (_, i) =>
    Array.from({ length: bins }, (_bin, k) => ((i * 5 + k * 3 + i * k) >> 1) & 1),
  );
}

export function columnSums(rows: readonly (readonly number[])[]): number[] {
  return rows[0]!.map((_, k) => rows.reduce((sum, row) => sum + row[k]!, 0));
}
