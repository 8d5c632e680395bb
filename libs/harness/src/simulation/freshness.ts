/**
 * The eye of the oracle `fresh`: what upload servers take in, whatever becomes of it after that. It
 * looks at what they write into their inboxes, in the very moment in which they have read the time
 * that an upload bears. It is too old or too new where it is so by the true time, and by the clock
 * of its server too: a clock that is wrong is not the rule's fault.
 */

import { storeNames } from '@priolab/nodes';
import { CREATED_AT, readTimeMs } from '@priolab/roles';
import type { RemoteStores } from '@priolab/runtime';

import { VENDORS, machineNames } from '../faults/places.ts';
import type { SimulationRecord } from '../record/simulation-record.ts';

const INBOXES: ReadonlySet<string> = new Set(VENDORS.map(storeNames.inbox));
/** They keep their plans in inboxes. */
const BATCHERS: ReadonlySet<string> = new Set(VENDORS.map(machineNames.batcher));

/** To be called after all other policies are put on the stores: it looks at what is asked for. */
export function watchFreshness(options: {
  readonly stores: RemoteStores;
  /** The true time. */
  readonly nowMs: () => number;
  /** What a machine takes for it. */
  readonly clockMs: (machine: string) => number;
  readonly ageMsMax: number;
  readonly skewMsMax: number;
}): SimulationRecord['stale'] {
  const { stores, nowMs, clockMs, ageMsMax, skewMsMax } = options;
  const counts = { count: 0, of: 0 };
  // A write that is done again is of an upload that was looked at before.
  const asked = new Set<string>();
  stores.addPolicy(async (operation, next) => {
    const { kind, client, store, key, bytes } = operation;
    const name = `${store} ${key}`;
    const isUpload = kind === 'put' && INBOXES.has(store) && !BATCHERS.has(client);
    if (!isUpload || asked.has(name)) return next(operation);
    asked.add(name);
    const createdMs = readTimeMs(bytes!, CREATED_AT);
    const isStale = (timeMs: number): boolean =>
      createdMs < timeMs - ageMsMax || createdMs > timeMs + skewMsMax;
    counts.of += 1;
    if (isStale(nowMs()) && isStale(clockMs(client))) counts.count += 1;
    return next(operation);
  });
  return counts;
}
