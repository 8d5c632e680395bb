/** Whom a fault of processors is at, and what names in their stores are about. */

import { readBatchBase, readWindowBase, taskPrefix } from '@priolab/nodes';
import type { ProcessorRole, Task } from '@priolab/roles';

import { isNameAt, isSourceAt, machineNames } from '../../faults/places.ts';
import { windowKey } from '../book.ts';
import type { FaultContext } from '../fault.ts';

const ROLES: readonly ProcessorRole[] = ['leader', 'helper'];

/** Which processors a fault is at. */
export function rolesOf({ item }: FaultContext): readonly ProcessorRole[] {
  const isHere = (role: ProcessorRole): boolean =>
    isNameAt('processor', item.place, machineNames.processor(role));
  return ROLES.filter(isHere);
}

/** The one processor that a fault of one processor is at. */
export function roleOf(context: FaultContext): ProcessorRole {
  const [role, ...others] = rolesOf(context);
  if (role !== undefined && others.length === 0) return role;
  throw new RangeError(`${context.item.id}: expected one processor, got ${context.item.place}`);
}

/** Whether a batch is of a vendor or state that the fault is at, by the key of a part of it. */
export function isBatchAt(context: FaultContext, key: string): boolean {
  const task = taskOfKey(context, key);
  return task !== undefined && isSourceAt(context.item.place, task);
}

/** The task that an object's name belongs to. */
export function taskOfKey({ parties }: FaultContext, key: string): Task | undefined {
  return [...parties.tasks.values()].find((task) => key.startsWith(taskPrefix(task)));
}

/** When the window of a batch is summed, by the batch's name. */
export function dueMsOf(context: FaultContext, base: string): number {
  const { windowStartMs } = readBatchBase(base)!;
  return windowStartMs + taskOfKey(context, base)!.windowMs + context.settings.graceMs;
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
