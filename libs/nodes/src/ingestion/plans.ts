/**
 * What a batch job is about to do, written down before it does it: a plan says which uploads go
 * together, in which order. Plans of a partition (the uploads to one task made on one day) are
 * numbered; a note beside each says that it was carried out to the end.
 */

import { toHex } from '@priolab/crypto';
import type { Task } from '@priolab/roles';

import { isTexts } from '../notes.ts';
import type { NoteKind } from '../notes.ts';

export const PLANS = 'plans/';
export const DONE = 'done/';

interface Place {
  readonly task: Task;
  readonly day: number;
}

/** Where the plans of a partition are. */
export function planPrefix({ task, day }: Place): string {
  return `${PLANS}${day}/${toHex(task.id)}/`;
}

export function planKey(place: Place, plan: number): string {
  return `${planPrefix(place)}${String(plan).padStart(6, '0')}`;
}

/** The note that a plan was carried out. */
export function doneKey({ task, day }: Place, plan: number): string {
  return `${DONE}${day}/${toHex(task.id)}/${plan}`;
}

/** The day of a key that `planKey` made, and the key of the plan's note. */
export function readPlanKey(key: string): { readonly day: number; readonly doneKey: string } {
  const [, day, task, plan] = key.split('/');
  return { day: Number(day), doneKey: `${DONE}${day}/${task}/${Number(plan)}` };
}

/** The uploads of a plan, in their order. */
export const PLAN: NoteKind<string[]> = { what: 'a plan: a list of uploads', isOne: isTexts };
