/** Whom a fault of processors is at, and what names in their stores are about. */

import { readWindowBase, taskPrefix } from '@priolab/nodes';
import type { ProcessorRole, Task } from '@priolab/roles';

import { windowKey } from '../book.ts';
import type { FaultContext } from '../fault.ts';

const ROLES: readonly ProcessorRole[] = ['leader', 'helper'];

/** Which processors a fault is at: both, where the scenario names none. */
export function rolesOf({ item }: FaultContext): readonly ProcessorRole[] {
  const { at } = item;
  if (at === undefined || at === '*') return ROLES;
  return ROLES.filter((role) => at === role || at === `processor/${role}`);
}

/** One processor: the one that the scenario names, else the leader. */
export function roleOf(context: FaultContext): ProcessorRole {
  return rolesOf(context)[0] ?? 'leader';
}

/** The task that an object's name belongs to. */
export function taskOfKey({ parties }: FaultContext, key: string): Task | undefined {
  return [...parties.tasks.values()].find((task) => key.startsWith(taskPrefix(task)));
}

/** The window (`windowKey`) of a sum or a set of batches, by the name of one of its objects. */
export interface SumName {
  readonly task: Task;
  readonly windowStartMs: number;
  readonly window: string;
  /** What comes after the window's own name: `.sum_0.packets` and so on. */
  readonly ending: string;
}

export function sumNameOf(context: FaultContext, key: string): SumName | undefined {
  return windowNameOf(context, key, '.sum_');
}

/** The same of what a processor says of a window: which batches it has in full. */
export function setNameOf(context: FaultContext, key: string): SumName | undefined {
  return windowNameOf(context, key, '.set_');
}

function windowNameOf(context: FaultContext, key: string, mark: string): SumName | undefined {
  const at = key.indexOf(mark);
  const task = taskOfKey(context, key);
  const windowStartMs = at === -1 ? undefined : readWindowBase(key.slice(0, at));
  if (task === undefined || windowStartMs === undefined) return undefined;
  return { task, windowStartMs, window: windowKey(task, windowStartMs), ending: key.slice(at) };
}
