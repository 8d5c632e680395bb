/**
 * The eye of the oracle `idem`: what a party writes again must be what it wrote before, byte for
 * byte. Looks at every put of every machine before anything happens to it on its way: a store or a
 * network that spoils an object is not its writer's fault.
 */

import { sha256, toHex } from '@priolab/crypto';
import type { RemoteStores } from '@priolab/runtime';

/** Sees what parties write if called after all faults have put their policies. */
export function watchRewrites(stores: RemoteStores): {
  readonly changed: number;
  readonly count: number;
} {
  const counts = { changed: 0, count: 0 };
  const first = new Map<string, string>();
  // The last policy added is the outermost.
  stores.addPolicy((operation, next) => {
    if (operation.kind === 'put' && operation.overwrite !== true) {
      const name = `${operation.client} ${operation.store} ${operation.key}`;
      const digest = toHex(sha256(operation.bytes!));
      const known = first.get(name);
      if (known !== undefined) counts.count += 1;
      if (known !== undefined && known !== digest) counts.changed += 1;
      first.set(name, known ?? digest);
    }
    return next(operation);
  });
  return counts;
}
