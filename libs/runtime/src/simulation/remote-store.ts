/**
 * A store as a machine reaches it in simulated time: every operation takes a while and passes the
 * policies, which may delay it, refuse it, change what is written or read, or hide what is there.
 */

import type { MemoryStore } from '../stores/memory-store.ts';
import type { ObjectStore } from '../stores/object-store.ts';
import type { Host } from './host.ts';
import type { Timeline } from './timeline.ts';

/** One operation of one machine on one store. */
export interface StoreOperation {
  readonly kind: 'put' | 'get' | 'stat' | 'list' | 'delete';
  /** Name of the machine that asks. */
  readonly client: string;
  readonly store: string;
  /** The key, or the prefix of a listing. */
  readonly key: string;
  /** What a put writes. */
  readonly bytes?: Uint8Array;
  readonly overwrite?: boolean;
}

/** What an operation gives back: that of `ObjectStore`, by kind. */
export type StoreAnswer = Awaited<ReturnType<ObjectStore[keyof ObjectStore]>>;

/**
 * Decides about an operation: passes it on with `next` (as it is, or changed; any number of times),
 * answers it itself, or throws a `TransportError`.
 */
export type StorePolicy = (
  operation: StoreOperation,
  next: (operation: StoreOperation) => Promise<StoreAnswer>,
) => Promise<StoreAnswer>;

export interface RemoteStores {
  /** The store `name` as `host` reaches it. */
  reach(name: string, host: Host): ObjectStore;
  /** The same for somebody who is no machine: an operator, an attacker. */
  reachAs(client: string, name: string): ObjectStore;
  /** What is really in it. */
  inside(name: string): MemoryStore;
  /** The last policy added sees an operation first. */
  addPolicy(policy: StorePolicy): void;
}

export function createRemoteStores(options: {
  readonly timeline: Timeline;
  readonly create: () => MemoryStore;
  /** Milliseconds that an operation takes; a function of the operation alone. */
  readonly latencyMs: (operation: StoreOperation) => number;
}): RemoteStores {
  const { timeline, create, latencyMs } = options;
  const stores = new Map<string, MemoryStore>();
  const policies: StorePolicy[] = [];

  const inside = (name: string): MemoryStore => {
    const known = stores.get(name) ?? create();
    stores.set(name, known);
    return known;
  };

  const perform = async (operation: StoreOperation): Promise<StoreAnswer> => {
    await timeline.sleep(latencyMs(operation));
    const store = inside(operation.store);
    const { kind, key, bytes, overwrite } = operation;
    switch (kind) {
      case 'put':
        return store.putNow(key, bytes!, overwrite);
      case 'get':
        return store.objects.get(key)?.bytes;
      case 'stat':
        return store.objects.get(key);
      case 'list':
        return store.listNow(key);
      case 'delete':
        return void store.deleteNow(key);
    }
  };

  const pass = (index: number, operation: StoreOperation): Promise<StoreAnswer> => {
    const policy = policies[index];
    if (policy === undefined) return perform(operation);
    return policy(operation, (next) => pass(index - 1, next));
  };

  return {
    inside,
    addPolicy: (policy) => void policies.push(policy),
    reach: (name, host) => reach(host.name, name, (promise) => host.wait(promise)),
    reachAs: (client, name) => reach(client, name, (promise) => promise),
  };

  function reach(
    client: string,
    store: string,
    wait: <T>(promise: Promise<T>) => Promise<T>,
  ): ObjectStore {
    const ask = <T>(operation: Omit<StoreOperation, 'client' | 'store'>): Promise<T> => {
      return wait(pass(policies.length - 1, { client, store, ...operation })) as Promise<T>;
    };
    return {
      put: (key, bytes, { overwrite = false } = {}) =>
        ask({ kind: 'put', key, bytes: new Uint8Array(bytes), overwrite }),
      get: (key) => ask({ kind: 'get', key }),
      stat: (key) => ask({ kind: 'stat', key }),
      list: (prefix) => ask({ kind: 'list', key: prefix }),
      delete: (key) => ask({ kind: 'delete', key }),
    };
  }
}
