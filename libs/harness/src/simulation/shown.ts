/**
 * What people are shown: the published results as they lie in the store that dashboards read, so
 * that oracles judge what came out at the very end, under the state and window that it is under.
 */

import { readWindowBase, storeNames, taskPrefix } from '@priolab/nodes';
import type { Task } from '@priolab/roles';
import type { RemoteStores } from '@priolab/runtime';

import { windowKey } from './book.ts';

export interface ShownTotal {
  readonly totals: readonly number[];
  readonly count: number;
}

/** Windows with a total; what is held or kept back shows none. */
export function readShown(
  stores: RemoteStores,
  tasks: ReadonlyMap<string, Task>,
): Map<string, ShownTotal> {
  const shown = new Map<string, ShownTotal>();
  for (const [key, { bytes }] of stores.inside(storeNames.results).objects) {
    const task = [...tasks.values()].find((one) => key.startsWith(taskPrefix(one)));
    const windowStartMs = readWindowBase(key);
    if (task === undefined || windowStartMs === undefined) continue;
    const { totals, count } = noteOf(bytes);
    if (totals === undefined || count === undefined) continue;
    shown.set(windowKey(task, windowStartMs), { totals, count });
  }
  return shown;
}

/** What can't be read shows nothing. */
function noteOf(bytes: Uint8Array): Partial<ShownTotal> {
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8')) as Partial<ShownTotal>;
  } catch {
    return {};
  }
}
