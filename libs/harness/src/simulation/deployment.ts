/**
 * A deployment in simulated time: each vendor's upload servers and batch job, two processors, the
 * portal, as programs on machines that share nothing but stores, queues and the network.
 */

import {
  createNetwork,
  createMachine,
  createMemoryStore,
  createRemoteStores,
} from '@priolab/runtime';
import { createTaskQueue } from '@priolab/runtime';
import type { DrivenTimeline, Host, Machine, Network, RemoteStores } from '@priolab/runtime';
import type { TaskQueue } from '@priolab/runtime';
import { peerOf, persistent, runBatcher, runFront, runPortal, runProcessor } from '@priolab/nodes';
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

import type { Decorate, Hooks } from './fault.ts';
import { VENDORS } from './parties.ts';
import type { Parties } from './parties.ts';
import type { SimulationSettings } from './settings.ts';

export interface Deployment {
  readonly network: Network;
  readonly stores: RemoteStores;
  readonly queues: Readonly<Record<ProcessorRole, TaskQueue<Job>>>;
  readonly machines: ReadonlyMap<string, Machine>;
}

/** The transport under a deployment, ready before any party is. */
export function createTransport(options: {
  readonly timeline: DrivenTimeline;
  readonly settings: SimulationSettings;
  readonly randomness: SeedBranch;
}): Omit<Deployment, 'machines'> {
  const { timeline, settings, randomness } = options;
  const { latencyMs, jitterMs, leaseMs } = settings;
  const jitter = createJitter(randomness.child('latency'), jitterMs);
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
  const queue = (): TaskQueue<Job> => createTaskQueue({ timeline, leaseMs });
  return { network, stores, queues: { leader: queue(), helper: queue() } };
}

export function createDeployment(options: {
  readonly timeline: DrivenTimeline;
  readonly transport: Omit<Deployment, 'machines'>;
  readonly parties: Parties;
  readonly settings: SimulationSettings;
  readonly hooks: Hooks;
  readonly listener: Listener;
}): Deployment {
  const { timeline, transport, parties, settings, hooks, listener } = options;
  const { network, stores, queues } = transport;
  const machines = new Map<string, Machine>();
  const add = (name: string, program: (host: Host) => Promise<void>): void => {
    machines.set(name, createMachine({ name, timeline, program }));
  };
  const tasksOf = (vendor: Vendor): Task[] =>
    [...parties.tasks.values()].filter((task) => task.vendor === vendor);

  for (const vendor of VENDORS.filter((one) => tasksOf(one).length > 0)) {
    for (let i = 0; i < settings.replicas; i++) {
      const name = `ingestion/${vendor}/${i}`;
      add(name, (host) => {
        const { ageMsMax, skewMsMax, uploadsPerKeyMax } = settings;
        const limits = { ageMsMax, skewMsMax, uploadsPerKeyMax };
        const inbox = stores.reach(storeNames.inbox(vendor), host);
        const front = { network, inbox, tasks: parties.tasks, ...limits };
        return runFront(host, decorated(front, hooks.front, { name, vendor }));
      });
    }
    add(`ingestion/${vendor}/batcher`, (host) => {
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
        keepForMs: settings.keepForMs,
        listener,
      };
      return runBatcher(host, decorated(batcher, hooks.batcher, { vendor }));
    });
  }
  for (const role of ['leader', 'helper'] as const) {
    add(`processor/${role}`, (host) => {
      const desk: ProcessorDesk = {
        role,
        tasks: parties.tasks,
        ingestion: stores.reach(storeNames.ingestion(role), host),
        validity: stores.reach(storeNames.validity(role), host),
        peerValidity: stores.reach(storeNames.validity(peerOf(role)), host),
        state: stores.reach(storeNames.state(role), host),
        portal: stores.reach(storeNames.portal, host),
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
      };
      return runProcessor(host, decorated(desk, hooks.desk, { role }));
    });
  }
  add('portal', (host) => {
    const portal: PortalOptions = {
      tasks: parties.tasks,
      portal: stores.reach(storeNames.portal, host),
      results: stores.reach(storeNames.results, host),
      readers: {
        leader: parties.readerOf(['processor/leader']),
        helper: parties.readerOf(['processor/helper']),
      },
      scanEveryMs: settings.scanEveryMs,
      minBatch: () => settings.minBatch,
      ...{ combine, estimate, listener },
    };
    return runPortal(host, decorated(portal, hooks.portal, {}));
  });
  return { ...transport, machines };
}

function decorated<T, Where>(inner: T, decorators: readonly Decorate<T, Where>[], where: Where): T {
  return decorators.reduce((party, decorate) => decorate(party, where), inner);
}

function processorSettings(settings: SimulationSettings): ProcessorSettings {
  const { workers, scanEveryMs, graceMs, peerPatienceMs, keepForMs, minBatch, legacy } = settings;
  return {
    workers,
    scanEveryMs,
    graceMs,
    peerPatienceMs,
    keepForMs,
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

/** Whole milliseconds from 0 to `most`, a function of the name alone. */
function createJitter(branch: SeedBranch, most: number): (name: string) => number {
  const key = Buffer.from(branch.export());
  const seed = key.readUInt32LE(0);
  return (name) => {
    if (most === 0) return 0;
    let hash = seed;
    for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193);
    hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
    return ((hash ^ (hash >>> 13)) >>> 0) % (most + 1);
  };
}
