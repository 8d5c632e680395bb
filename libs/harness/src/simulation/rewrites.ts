/**
 * The eye of the oracle `idem`: what a party writes again must be what it wrote before, byte for
 * byte. It compares what parties ask for, before anything happens to it on its way: a store or a
 * network that spoils an object is not its writer's fault. And only what did arrive counts as
 * written: a writer that died before may think again. In stores of their own parties claim a name
 * by writing to it if it is free, and go by what stands there: that is no writing again.
 */

import { sha256, toHex } from '@priolab/crypto';
import { storeNames } from '@priolab/nodes';
import type { RemoteStores, StoreOperation } from '@priolab/runtime';

/** Stores that one party alone reads. */
const OWN: ReadonlySet<string> = new Set([
  storeNames.inbox('apple'),
  storeNames.inbox('google'),
  storeNames.state('leader'),
  storeNames.state('helper'),
]);

export interface Rewrites {
  readonly changed: number;
  readonly count: number;
}

/**
 * To be called before any other policy is put on the stores, as it looks at what arrives.
 * @returns to be called after all others, as it looks at what is asked for
 */
export function watchRewrites(stores: RemoteStores): () => Rewrites {
  const counts = { changed: 0, count: 0 };
  const asked = new Map<string, string>();
  const written = new Map<string, string>();
  const nameOf = ({ client, store, key }: StoreOperation): string => `${client} ${store} ${key}`;
  const isWrite = ({ kind, overwrite, store }: StoreOperation): boolean =>
    kind === 'put' && overwrite !== true && !OWN.has(store);
  // The first policy added is the innermost, the last one the outermost.
  stores.addPolicy((operation, next) => {
    const name = nameOf(operation);
    const digest = asked.get(name);
    if (isWrite(operation) && digest !== undefined && !written.has(name)) written.set(name, digest);
    return next(operation);
  });
  return () => {
    stores.addPolicy((operation, next) => {
      if (isWrite(operation)) {
        const name = nameOf(operation);
        const digest = toHex(sha256(operation.bytes!));
        const known = written.get(name);
        if (known !== undefined) counts.count += 1;
        if (known !== undefined && known !== digest) counts.changed += 1;
        asked.set(name, digest);
      }
      return next(operation);
    });
    return counts;
  };
}
