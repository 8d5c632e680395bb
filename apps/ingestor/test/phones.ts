/**
 * Phones of one vendor with known bits, and the two processors that their reports are sealed to:
 * uploads in the plain form, documents for Firestore, and sums of what an ingestor made of them.
 * All from a seed. For tests and the load.
 */

import {
  createAndroidAttestor,
  createAndroidAuthority,
  encodeDocument,
} from '@priolab/attestation';
import type { AndroidUpload } from '@priolab/attestation';
import { createBackend, createSeedTree, fillScalars } from '@priolab/crypto';
import type { SeedBranch, Strided } from '@priolab/crypto';
import { FIELD_MODULUS, createPrio2 } from '@priolab/prio';
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
import { uuidText } from '@priolab/roles/enpa';

/** 1 December 2021. */
export const DAY = 18_962;
export const NOON = DAY * DAY_MS + DAY_MS / 2;
export const WINDOW_MS = 8 * 3_600_000;
export const BINS = 4;
/** No bit is flipped. */
export const EPSILON = 64;
export const PACKAGE = 'org.example.exposure';
export const APK_DIGEST = new Uint8Array(32).fill(0xa9);

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

export interface Document {
  readonly target: string;
  readonly body: Uint8Array;
  readonly upload: AndroidUpload;
}

export type Phones = ReturnType<typeof createPhones>;

const backend = createBackend('wasm');
const seedTree = createSeedTree('ingestor tests');

export function scalarOf(branch: SeedBranch): Uint8Array {
  return scalarsOf(branch, 1).bytes;
}

/** Public half of an authority that certifies plain uploads. */
export function authorityKeyOf(name: string): Uint8Array {
  return backend.privateKey(scalarOf(seedTree.child('authority', name))).publicKey;
}

const signing = (name: string, nonce: string) => ({
  scalar: scalarOf(seedTree.child(name)),
  nonce: scalarOf(seedTree.child(nonce)),
});

/** The attestation key of a device of `us-wa` on the day of these tests. */
export function deviceScalar(vendor: Vendor, device: number): Uint8Array {
  const identities = seedTree.child(vendor, 'us-wa', 'identities');
  return scalarAt(identities.child('attestation-key', `day-${DAY}`), device);
}

/** Whom Google's verifier trusts. */
export const androidAuthority = createAndroidAuthority({
  root: signing('android root', 'android root nonce'),
  intermediate: signing('android intermediate', 'android intermediate nonce'),
  notBeforeMs: Date.UTC(2020, 0, 1),
  notAfterMs: Date.UTC(2030, 0, 1),
  backend,
});

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

    documents(rows: readonly (readonly number[])[], how: UploadOptions = {}): Document[] {
      const { first = 0, createdMs = NOON, name = 'reports' } = how;
      const { leader, helper, report } = seal(rows, how);
      const sizes = { leader: prio2.shape.leaderShareSize, helper: prio2.shape.helperShareSize };
      const cut = ({ bytes, offset, stride }: Strided, size: number, i: number): Uint8Array =>
        bytes.slice(offset + i * stride, offset + i * stride + size + 81);
      const day = Math.floor(createdMs / DAY_MS);
      const keys = (purpose: string): SeedBranch =>
        seedTree.child('android', `day-${day}`, metric.id, purpose);
      const attestor = createAndroidAttestor({
        authority: androidAuthority,
        backend,
        packageName: PACKAGE,
        apkDigest: APK_DIGEST,
      });
      return rows.map((_, i) => {
        const scalar = scalarAt(keys('key'), first + i);
        const upload: AndroidUpload = {
          uuid: how.uuid ?? uuidText(report.reportIds, 16 * i),
          metric: metric.id,
          createdMs,
          schemaVersion: 2,
          prioParams: { bins, prime: FIELD_MODULUS, epsilon, numberServers: 2 },
          shares: [
            { payload: cut(leader, sizes.leader, i), encryptionKeyId: 'leader-key' },
            { payload: cut(helper, sizes.helper, i), encryptionKeyId: 'helper-key' },
          ],
          signature: new Uint8Array(0),
          certificateChain: attestor.attest({
            publicKey: backend.privateKey(scalar).publicKey,
            nonce: scalarAt(keys('nonce'), first + i),
            metric: metric.id,
            nowMs: createdMs,
          }),
        };
        const nonce = scalarAt(keys(`signature of ${name}`), first + i);
        const signed = { ...upload, signature: attestor.signDocument(upload, { scalar, nonce }) };
        return {
          ...encodeDocument(signed, { project: `enpa-${state}`, prefix: 7 }),
          upload: signed,
        };
      });
    },

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

function scalarsOf(branch: SeedBranch, count: number): Strided {
  const scalars = { bytes: new Uint8Array(32 * count), offset: 0, stride: 32 };
  const indexes = Uint32Array.from({ length: count }, (_, i) => i);
  fillScalars(branch, indexes, count, scalars);
  return scalars;
}

function scalarAt(branch: SeedBranch, index: number): Uint8Array {
  const scalars = { bytes: new Uint8Array(32), offset: 0, stride: 32 };
  fillScalars(branch, Uint32Array.of(index), 1, scalars);
  return scalars.bytes;
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
