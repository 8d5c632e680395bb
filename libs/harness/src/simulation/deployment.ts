/**
 * A deployment in simulated time: each vendor's upload servers and batch job, two processors, the
 * portal, as programs on machines that share nothing but stores, queues and the network.
 */

import {
  createConnections,
  createNetwork,
  createMachine,
  createMemoryStore,
  createRemoteStores,
} from '@priolab/runtime';
import { TransportError, createTaskQueue } from '@priolab/runtime';
import type { Connections, DrivenTimeline, Host, Machine, Network } from '@priolab/runtime';
import type { RemoteStores, StorePolicy, TaskQueue } from '@priolab/runtime';
import {
  PEER_VERSIONS,
  peerOf,
  persistent,
  runBatcher,
  runFront,
  runPortal,
  runProcessor,
} from '@priolab/nodes';
import { createTurns, storeNames } from '@priolab/nodes';
import type {
  BatcherOptions,
  Job,
  Listener,
  PortalOptions,
  ProcessorDesk,
  ProcessorSettings,
} from '@priolab/nodes';
import type { SeedBranch } from '@priolab/crypto';
import { combine, estimate } from '@priolab/roles';
import type { ProcessorRole, Task, Vendor } from '@priolab/roles';

import { VENDORS, machineNames } from '../faults/places.ts';
import type { Decorate, Hooks } from './fault.ts';
import type { Parties } from './parties.ts';
import type { SimulationSettings } from './settings.ts';

export interface Deployment {
  readonly network: Network;
  readonly stores: RemoteStores;
  readonly queues: Readonly<Record<ProcessorRole, TaskQueue<Job>>>;
  readonly machines: ReadonlyMap<string, Machine>;
  /** Those of the upload servers, by machine. */
  readonly connections: ReadonlyMap<string, Connections>;
}

export type Transport = Omit<Deployment, 'machines' | 'connections'>;

/** The transport under a deployment, ready before any party is. */
export function createTransport(options: {
  readonly timeline: DrivenTimeline;
  readonly settings: SimulationSettings;
  /** The branch to draw from now. */
  readonly randomness: () => SeedBranch;
}): Transport {
  const { timeline, settings, randomness } = options;
  const { latencyMs, jitterMs, leaseMs } = settings;
  const jitter = createJitter(randomness, jitterMs);
  const network = createNetwork({
    timeline,
    latencyMs: ({ from, to, key, leg }) => latencyMs + jitter(`${from} ${to} ${key} ${leg}`),
  });
  const stores = createRemoteStores({
    timeline,
    create: () => createMemoryStore(timeline),
    latencyMs: ({ client, store, kind, key }) =>
      1 + jitter(`${client} ${store} ${kind} ${key}`) / 4,
  });
  stores.addPolicy(locked(stores, () => timeline.nowMs(), settings.keepForMs));
  const queue = (): TaskQueue<Job> => createTaskQueue({ timeline, leaseMs });
  return { network, stores, queues: { leader: queue(), helper: queue() } };
}

/** Stores that several parties share: what is there stays as it is, for as long as it is needed. */
const SHARED = /^(?:ingestion|validity)-|^portal$|^results$/;

/**
 * The lock of shared stores (object lock with a retention time, as clouds have it): nobody, not
 * even its writer, changes an object, or removes it before it is old enough.
 */
function locked(stores: RemoteStores, nowMs: () => number, keepForMs: number): StorePolicy {
  return (operation, next) => {
    const { kind, store, key, overwrite } = operation;
    const known = SHARED.test(store) ? stores.inside(store).objects.get(key) : undefined;
    if (known === undefined) return next(operation);
    const isYoung = nowMs() - known.writtenMs < keepForMs;
    const isRefused = (kind === 'delete' && isYoung) || (kind === 'put' && overwrite === true);
    if (!isRefused) return next(operation);
    const message = `${store}: ${key} is locked`;
    const outcome = { retryable: false, definite: true };
    return Promise.reject(new TransportError('refused', message, outcome));
  };
}

export function createDeployment(options: {
  readonly timeline: DrivenTimeline;
  readonly transport: Transport;
  readonly parties: Parties;
  readonly settings: SimulationSettings;
  readonly hooks: Hooks;
  readonly listener: Listener;
}): Deployment {
  const { timeline, transport, parties, settings, hooks, listener } = options;
  const { network, stores, queues } = transport;
  const machines = new Map<string, Machine>();
  const connections = new Map<string, Connections>();
  const add = (name: string, program: (host: Host) => Promise<void>): void => {
    machines.set(name, createMachine({ name, timeline, program }));
  };
  const tasksOf = (vendor: Vendor): Task[] =>
    [...parties.tasks.values()].filter((task) => task.vendor === vendor);

  for (const vendor of VENDORS.filter((one) => tasksOf(one).length > 0)) {
    for (let i = 0; i < settings.replicas; i++) {
      const name = machineNames.front(vendor, i);
      connections.set(name, createConnections({ timeline, ...settings }));
      add(name, (host) => {
        const { isEnabled, ageMsMax, skewMsMax, uploadsPerKeyMax } = settings;
        const limits = { isEnabled, ageMsMax, skewMsMax, uploadsPerKeyMax };
        const inbox = stores.reach(storeNames.inbox(vendor), host);
        // The other vendor's tasks are none of its own: nobody would batch them here.
        const tasks = new Map([...parties.tasks].filter(([, one]) => one.vendor === vendor));
        const front = { network, inbox, tasks, ...limits };
        return runFront(host, decorated(front, hooks.front, { name, vendor }));
      });
    }
    add(machineNames.batcher(vendor), (host) => {
      const reach = (name: string) => persistent(stores.reach(name, host), host);
      const batcher: BatcherOptions = {
        vendor,
        inbox: reach(storeNames.inbox(vendor)),
        outboxes: {
          leader: reach(storeNames.ingestion('leader')),
          helper: reach(storeNames.ingestion('helper')),
        },
        announced: reach(storeNames.announced(vendor)),
        tasks: tasksOf(vendor),
        ingestorOf: (task, day) => parties.ingestorOf(vendor, task, day),
        signer: parties.signerOf(`vendor/${vendor}`),
        everyMs: settings.batchEveryMs,
        batchSize: settings.batchSize,
        ageMsMax: settings.ageMsMax,
        keepForMs: () => settings.keepForMs,
        listener,
      };
      return runBatcher(host, decorated(batcher, hooks.batcher, { vendor }));
    });
  }
  for (const role of ['leader', 'helper'] as const) {
    add(machineNames.processor(role), (host) => {
      const desk: ProcessorDesk = {
        role,
        tasks: parties.tasks,
        ingestion: stores.reach(storeNames.ingestion(role), host),
        validity: stores.reach(storeNames.validity(role), host),
        peerValidity: stores.reach(storeNames.validity(peerOf(role)), host),
        state: stores.reach(storeNames.state(role), host),
        portal: stores.reach(storeNames.portal, host),
        audit: stores.reach(storeNames.audit, host),
        announced: {
          apple: stores.reach(storeNames.announced('apple'), host),
          google: stores.reach(storeNames.announced('google'), host),
        },
        turns: createTurns(),
        queue: queues[role],
        processorOf: (task) => parties.processorOf(role, task),
        signer: parties.signerOf(`processor/${role}`),
        ingestionReader: parties.readerOf(['vendor/apple', 'vendor/google']),
        peerReader: parties.readerOf([`processor/${peerOf(role)}`]),
        listener,
        settings: processorSettings(settings),
        versions: () => PEER_VERSIONS,
      };
      return runProcessor(host, decorated(desk, hooks.desk, { role }));
    });
  }
  add(machineNames.portal, (host) => {
    const portal: PortalOptions = {
      tasks: parties.tasks,
      portal: stores.reach(storeNames.portal, host),
      audit: stores.reach(storeNames.audit, host),
      results: stores.reach(storeNames.results, host),
      readers: {
        leader: parties.readerOf(['processor/leader']),
        helper: parties.readerOf(['processor/helper']),
      },
      scanEveryMs: settings.scanEveryMs,
      minBatch: settings.minBatch,
      patienceMs: settings.graceMs + settings.peerPatienceMs,
      combine,
      estimate,
      listener,
    };
    return runPortal(host, decorated(portal, hooks.portal, {}));
  });
  network.addPolicy((transmission, deliver) => {
    const room = connections.get(transmission.to);
    if (room === undefined) deliver(transmission);
    else room.policy(transmission, deliver);
  });
  return { ...transport, machines, connections };
}

function decorated<T, Where>(inner: T, decorators: readonly Decorate<T, Where>[], where: Where): T {
  return decorators.reduce((party, decorate) => decorate(party, where), inner);
}

function processorSettings(settings: SimulationSettings): ProcessorSettings {
  const { workers, leaseMs, scanEveryMs, graceMs, peerPatienceMs, keepForMs, minBatch, legacy } =
    settings;
  return {
    workers,
    leaseMs,
    scanEveryMs,
    graceMs,
    peerPatienceMs,
    keepForMs: () => keepForMs,
    minBatch,
    legacy: {
      peerIntersection: legacy.has('peer-intersection'),
      poisonDropsBatch: legacy.has('poison-drops-batch'),
      countInvalidProofs: legacy.has('count-invalid-proofs'),
      unequalEmptyBatches: legacy.has('unequal-empty-batches'),
      perBatchDedup: legacy.has('per-batch-dedup'),
    },
  };
}

/** Whole milliseconds from 0 to `most`, a function of the branch of the moment and the name. */
function createJitter(branchNow: () => SeedBranch, most: number): (name: string) => number {
  const seeds = new Map<SeedBranch, number>();
  const seedOf = (branch: SeedBranch): number => {
    const known =
      seeds.get(branch) ?? Buffer.from(branch.child('latency').export()).readUInt32LE(0);
    seeds.set(branch, known);
    return known;
  };
  return (name) => {
    if (most === 0) return 0;
    let hash = seedOf(branchNow());
    for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193);
    hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
    return ((hash ^ (hash >>> 13)) >>> 0) % (most + 1);
  };
}
