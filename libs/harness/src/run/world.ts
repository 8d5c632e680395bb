/**
 * All parties of one deployment, as one worker has them: for each metric a device, an ingestor a
 * vendor and two processors, with their keys from the seed tree. Tests break a world on purpose by
 * replacing a party; nothing here knows of that.
 */

import { createBackend, createCountingBackend, fillScalars } from '@priolab/crypto';
import type { BackendName, CryptoBackend, SeedBranch } from '@priolab/crypto';
import { createCountingPrio2, createPrio2 } from '@priolab/prio';
import type { Prio2 } from '@priolab/prio';
import {
  createAttestation,
  createDevice,
  createDirectIntake,
  createIdentityIssuer,
  createIngestor,
  createProcessor,
} from '@priolab/roles';
import type {
  Attestation,
  Device,
  DirectIntake,
  IdentityIssuer,
  Ingestor,
  Metric,
  Processor,
  ProcessorKeys,
  Vendor,
} from '@priolab/roles';

import { createTamperingDevice, noDeeds } from '../adversary/tampering.ts';
import type { DeedOccasions, Deeds } from '../adversary/tampering.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { blockCapacity, branches, metricsOf } from './settings.ts';
import { emptyWork } from './work.ts';
import type { Work } from './work.ts';

const VENDORS: readonly Vendor[] = ['apple', 'google'];

/** What handles the reports of one metric, from device to processors. */
export interface Line {
  readonly metric: Metric;
  readonly device: Device;
  /** What the device did beside the protocol, for the oracles. */
  readonly deeds: Deeds;
  readonly ingestors: Readonly<Record<Vendor, Ingestor>>;
  /** In the ingestors' place where reports go without transport. */
  readonly directIntakes: Readonly<Record<Vendor, DirectIntake>>;
  readonly leader: Processor;
  readonly helper: Processor;
  /** Largest block, in reports. */
  readonly capacity: number;
}

export interface World {
  readonly scenario: Scenario;
  readonly seedTree: SeedBranch;
  readonly identityIssuer: IdentityIssuer;
  /** Private scalars of the vendors' certificate authorities. */
  readonly authorityScalars: Readonly<Record<Vendor, Uint8Array>>;
  readonly attestations: Readonly<Record<Vendor, Attestation>>;
  readonly processorKeys: ProcessorKeys;
  readonly lines: readonly Line[];
  /** The same parties for reports without transport: no device does what takes an upload. */
  readonly linesWithoutTransport: readonly Line[];
  /** What all parties have computed so far. */
  readonly work: Work;
}

export interface WorldOptions {
  readonly scenario: Scenario;
  readonly seedTree: SeedBranch;
  readonly backend: BackendName;
  /** Most devices in a shard; sizes the tables of identities. */
  readonly shardParticipants: number;
  /** Largest block, in reports; by default as many as a worker's arena should hold. */
  readonly blockCapacity?: number;
  /** When devices may do what the scenario asks of them; left out: always. */
  readonly occasions?: DeedOccasions;
  /** For tests that break a part: replaces a party, its protocol code or its cryptography. */
  readonly replace?: {
    prio2?(party: Party, prio2: Prio2): Prio2;
    backend?(party: Party, backend: CryptoBackend): CryptoBackend;
    line?(line: Line): Line;
  };
}

export type Party = 'device' | 'ingestor' | 'leader' | 'helper';

export function createWorld(options: WorldOptions): World {
  const { scenario, seedTree, shardParticipants, occasions } = options;
  const work = emptyWork();
  const backend = createCountingBackend(createBackend(options.backend), work);
  const parts = partsOf(options, backend);
  const leaderKey = backend.privateKey(scalarOf(branches.processor(seedTree, 'leader')));
  const helperKey = backend.privateKey(scalarOf(branches.processor(seedTree, 'helper')));
  const authorityScalars = perVendor((vendor) => scalarOf(branches.authority(seedTree, vendor)));
  // Cheats send copies; and a block of theirs may bring as many strangers as a shard has devices,
  // which must not push those out.
  const isHonest = scenario.adversaries.length === 0;
  const credentialCapacity = (isHonest ? 1 : 4) * shardParticipants;
  const attestations = whenAsked((vendor) =>
    createAttestation({
      backend: parts.backend('ingestor'),
      vendor,
      authorityKey: backend.privateKey(authorityScalars[vendor]).publicKey,
      credentialCapacity,
      capacity: (isHonest ? 1 : 2) * shardParticipants,
    }),
  );

  const linesOf = (metric: Metric): { full: Line; bare: Line } => {
    const capacity = options.blockCapacity ?? blockCapacity(metric);
    const prio2 = createCountingPrio2(createPrio2(metric.bins), work);
    const { shape } = prio2;
    const honest = createDevice({
      backend: parts.backend('device'),
      prio2: parts.prio2('device', prio2),
      capacity,
    });
    const { adversaries } = scenario;
    const uploadCapacity = (isHonest ? 1 : 2) * capacity;
    const senders = (transport: boolean): Pick<Line, 'device' | 'deeds'> => {
      if (adversaries.length === 0) return { device: honest, deeds: noDeeds(capacity) };
      const device = createTamperingDevice(honest, {
        adversaries,
        shape,
        capacity,
        transport,
        ...(occasions === undefined ? {} : { occasions }),
      });
      return { device, deeds: device.deeds };
    };
    const ingestor = (vendor: Vendor): Ingestor =>
      createIngestor({
        backend: parts.backend('ingestor'),
        shape,
        vendor,
        attestation: attestations[vendor],
        randomness: branches.ingestor(seedTree, vendor).child(metric.id),
        capacity: uploadCapacity,
      });
    const directIntake = (vendor: Vendor): DirectIntake =>
      createDirectIntake({
        backend: parts.backend('ingestor'),
        shape,
        randomness: branches.ingestor(seedTree, vendor).child(metric.id, 'direct'),
        capacity,
      });
    const processor = (role: 'leader' | 'helper'): Processor =>
      createProcessor({
        role,
        backend: parts.backend(role),
        privateKey: role === 'leader' ? leaderKey : helperKey,
        prio2: parts.prio2(role, prio2),
        capacity: uploadCapacity,
      });
    const parties = {
      metric,
      ingestors: whenAsked(ingestor),
      directIntakes: whenAsked(directIntake),
      leader: processor('leader'),
      helper: processor('helper'),
      capacity,
    };
    return {
      full: parts.line({ ...parties, ...senders(true) }),
      bare: parts.line({ ...parties, ...senders(false) }),
    };
  };
  const lines = metricsOf(scenario).map(linesOf);

  return {
    scenario,
    seedTree,
    identityIssuer: createIdentityIssuer(parts.backend('device'), shardParticipants),
    authorityScalars,
    attestations,
    processorKeys: { leader: leaderKey.publicKey, helper: helperKey.publicKey },
    lines: lines.map(({ full }) => full),
    linesWithoutTransport: lines.map(({ bare }) => bare),
    work,
  };
}

function partsOf(options: WorldOptions, backend: CryptoBackend) {
  const { replace } = options;
  return {
    backend: (party: Party) => replace?.backend?.(party, backend) ?? backend,
    prio2: (party: Party, prio2: Prio2) => replace?.prio2?.(party, prio2) ?? prio2,
    line: (line: Line) => replace?.line?.(line) ?? line,
  };
}

/** Made when first asked for: a run needs one kind of intake in most fidelities. */
function whenAsked<T>(make: (vendor: Vendor) => T): Readonly<Record<Vendor, T>> {
  const made = new Map<Vendor, T>();
  const get = (vendor: Vendor): T => {
    const known = made.get(vendor) ?? make(vendor);
    made.set(vendor, known);
    return known;
  };
  return {
    get apple() {
      return get('apple');
    },
    get google() {
      return get('google');
    },
  };
}

function perVendor<T>(make: (vendor: Vendor) => T): Record<Vendor, T> {
  const [apple, google] = VENDORS.map(make) as [T, T];
  return { apple, google };
}

/** The private key that a branch stands for. */
export function scalarOf(branch: SeedBranch): Uint8Array {
  const bytes = new Uint8Array(32);
  const out = { bytes, offset: 0, stride: 32 };
  fillScalars(branch.child('private-key'), new Uint32Array(1), 1, out);
  return bytes;
}
