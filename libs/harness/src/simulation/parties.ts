/**
 * Who there is in a simulated deployment and what each holds: tasks, keys, the roles' arithmetic.
 * Every secret comes from the party's own branch of the seed tree.
 */

import { createBackend, createCountingBackend, fillScalars, toHex } from '@priolab/crypto';
import type { CryptoBackend, PrivateKey, SeedBranch } from '@priolab/crypto';
import { createPrio2 } from '@priolab/prio';
import type { Prio2 } from '@priolab/prio';
import {
  DAY_MS,
  createAttestation,
  createIngestor,
  createObjectReader,
  createObjectSigner,
  createProcessor,
} from '@priolab/roles';
import type {
  Attestation,
  Ingestor,
  ObjectReader,
  ObjectSigner,
  Processor,
  ProcessorKeys,
  ProcessorRole,
  Task,
  Vendor,
} from '@priolab/roles';

import type { PopulationPlan } from '../population/plan.ts';
import { branches, metricsOf, taskOf } from '../run/settings.ts';
import type { Work } from '../run/work.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { Hooks } from './fault.ts';
import type { SimulationSettings } from './settings.ts';
import { chargedIngestor, chargedProcessor } from './stage-work.ts';
import type { StageWork } from './stage-work.ts';

/** One generation of a processor's decryption key. */
export interface KeyGeneration {
  readonly keyId: string;
  readonly key: PrivateKey;
  /** Phones may learn of it from then on. */
  readonly fromMs: number;
  /** The processor forgets it then. */
  untilMs: number;
}

export interface Parties {
  readonly backend: CryptoBackend;
  readonly tasks: ReadonlyMap<string, Task>;
  taskFor(metricSlot: number, state: string, vendor: Vendor): Task;
  readonly rings: Readonly<Record<ProcessorRole, KeyGeneration[]>>;
  /** Public keys that a phone learns of at `timeMs`. */
  publicKeysAt(timeMs: number): ProcessorKeys;
  ingestorOf(vendor: Vendor, task: Task, day: number): Ingestor;
  processorOf(role: ProcessorRole, task: Task): Processor;
  signerOf(owner: string): ObjectSigner;
  /** The public key by which it is known. */
  signingKeyOf(owner: string): Uint8Array;
  /** Private keys drawn so far, for the oracle that looks for them where they must not be. */
  readonly privateKeys: readonly { readonly name: string; readonly scalar: Uint8Array }[];
  /** A reader that trusts these owners' keys. */
  readerOf(owners: readonly string[]): ObjectReader;
}

export function createParties(options: {
  readonly scenario: Scenario;
  readonly plan: PopulationPlan;
  readonly seedTree: SeedBranch;
  readonly settings: SimulationSettings;
  readonly hooks: Hooks;
  readonly work: Work;
  readonly stageWork: StageWork;
  readonly startMs: number;
  readonly endMs: number;
  /** The present, for keys that come and go. */
  readonly nowMs: () => number;
  /** Private scalars of the vendors' certificate authorities. */
  readonly authorityScalars: Readonly<Record<Vendor, Uint8Array>>;
}): Parties {
  const { scenario, plan, seedTree, settings, hooks, nowMs, authorityScalars } = options;
  const { stageWork } = options;
  const backend = createCountingBackend(createBackend(scenario.crypto.backend), options.work);
  // Servers sign and check one object at a time: OpenSSL does one fastest, with the same bytes.
  const single = createBackend(scenario.crypto.backend === 'noble' ? 'noble' : 'node');
  const trustsRoots = settings.legacy.has('root-check-by-identity');
  const metrics = metricsOf(scenario);
  const tasks = new Map<string, Task>();
  const byName = new Map<string, Task>();
  for (const { state, vendor } of plan.cells) {
    metrics.forEach((metric, slot) => {
      const task = taskOf(scenario, metric, state.id, vendor);
      tasks.set(toHex(task.id), task);
      byName.set(`${slot}/${state.id}/${vendor}`, task);
    });
  }
  const privateKeys: { readonly name: string; readonly scalar: Uint8Array }[] = [];
  const ringOf = (role: ProcessorRole): KeyGeneration[] =>
    createRing(options, role, (keyId, scalar) => {
      privateKeys.push({ name: `the private key ${keyId}`, scalar });
      return backend.privateKey(scalar);
    });
  const rings = { leader: ringOf('leader'), helper: ringOf('helper') };
  const attestations = lazily<Vendor, Attestation>((vendor) =>
    createAttestation({
      backend,
      vendor,
      authorityKey: backend.privateKey(authorityScalars[vendor]).publicKey,
      credentialCapacity: 4 * settings.batchSize,
      capacity: settings.batchSize,
    }),
  );
  const prio2s = lazily<number, Prio2>((bins) => createPrio2(bins));
  const usable = (role: ProcessorRole): KeyGeneration[] => {
    const now = nowMs();
    return rings[role].filter(({ fromMs, untilMs }) => fromMs <= now && now < untilMs).reverse();
  };
  const processors = lazily<string, Processor>((name) => {
    const [role, id] = name.split(' ') as [ProcessorRole, string];
    const task = tasks.get(id)!;
    const inner = createProcessor({
      role,
      backend,
      furtherKeys: () => usable(role).map(({ key }) => key),
      prio2: prio2s(task.metric.bins),
      capacity: 2 * settings.batchSize,
      unsafePoints: trustsRoots ? 'evaluate' : 'refuse',
    });
    const outer = hooks.processor.reduce(
      (party, decorate) => decorate(party, { role, task }),
      inner,
    );
    return chargedProcessor(outer, stageWork);
  });
  const signing = lazily<string, { scalar: Uint8Array; publicKey: Uint8Array }>((owner) => {
    const scalar = drawScalar(seedTree.child('signing-key', ...owner.split('/')), 0);
    privateKeys.push({ name: `the signing key of ${owner}`, scalar });
    return { scalar, publicKey: single.privateKey(scalar).publicKey };
  });

  return {
    backend,
    tasks,
    rings,
    privateKeys,
    taskFor: (slot, state, vendor) => byName.get(`${slot}/${state}/${vendor}`)!,
    signingKeyOf: (owner) => signing(owner).publicKey,
    publicKeysAt(timeMs) {
      const newest = (role: ProcessorRole): Uint8Array =>
        rings[role].findLast(({ fromMs }) => fromMs <= timeMs)!.key.publicKey;
      return { leader: newest('leader'), helper: newest('helper') };
    },
    ingestorOf(vendor, task, day) {
      const where = { vendor, task, day };
      const inner = createIngestor({
        backend: hooks.ingestorBackend.reduce((inner, decorate) => decorate(inner, where), backend),
        shape: task.shape,
        vendor,
        attestation: attestations(vendor),
        randomness: branches.ingestor(seedTree, vendor).child(task.state, task.metric.id),
        capacity: settings.batchSize,
        rootCheck: trustsRoots ? 'identity' : 'all-roots',
      });
      const outer = hooks.ingestor.reduce((party, decorate) => decorate(party, where), inner);
      return chargedIngestor(outer, stageWork);
    },
    processorOf: (role, task) => processors(`${role} ${toHex(task.id)}`),
    signerOf(owner) {
      const inner = createObjectSigner({
        backend: single,
        keyId: owner,
        scalar: signing(owner).scalar,
        randomness: seedTree.child('signing-nonce', ...owner.split('/')),
      });
      return hooks.signer.reduce((signer, decorate) => decorate(signer, { owner }), inner);
    },
    readerOf(owners) {
      const reader = createObjectReader(single);
      for (const owner of owners) reader.trust(owner, signing(owner).publicKey);
      return reader;
    },
  };
}

/**
 * How long a key is needed after another has taken its place. A share that came in at the last
 * moment of the overlap is opened once more when its window is summed: forgetting the key before
 * that loses the window.
 */
export function keyNeededMs({ overlapMs, ageMsMax, graceMs }: SimulationSettings): number {
  return overlapMs + ageMsMax + graceMs + DAY_MS;
}

/** A processor's keys over the run: one, or a new one every so often, each known for a while. */
function createRing(
  options: {
    readonly seedTree: SeedBranch;
    readonly settings: SimulationSettings;
    readonly startMs: number;
    readonly endMs: number;
  },
  role: ProcessorRole,
  keyOf: (keyId: string, scalar: Uint8Array) => PrivateKey,
): KeyGeneration[] {
  const { seedTree, settings, startMs, endMs } = options;
  const { rotateEveryMs } = settings;
  const neededMs = keyNeededMs(settings);
  const branch = branches.processor(seedTree, role).child('private-key');
  const count = rotateEveryMs === 0 ? 1 : 1 + Math.floor((endMs - startMs) / rotateEveryMs);
  return Array.from({ length: count }, (_, generation) => ({
    keyId: `${role}-${generation}`,
    key: keyOf(`${role}-${generation}`, drawScalar(branch, generation)),
    fromMs: generation === 0 ? -Infinity : startMs + generation * rotateEveryMs,
    untilMs: rotateEveryMs === 0 ? Infinity : startMs + (generation + 1) * rotateEveryMs + neededMs,
  }));
}

export function drawScalar(branch: SeedBranch, index: number): Uint8Array {
  const bytes = new Uint8Array(32);
  fillScalars(branch, Uint32Array.of(index), 1, { bytes, offset: 0, stride: 32 });
  return bytes;
}

function lazily<K, T>(make: (key: K) => T): (key: K) => T {
  const made = new Map<K, T>();
  return (key) => {
    const known = made.get(key) ?? make(key);
    made.set(key, known);
    return known;
  };
}
