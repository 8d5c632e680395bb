/**
 * Where to kill: every step that an undisturbed run comes by, the first, the middle and the last
 * time of each, and some of them twice in a row.
 */

import type { ProcessorRole } from '@priolab/roles';

import { ROLES } from '../deployment.ts';
import type { KillPoint } from './run.ts';

export type StepCounts = Readonly<Record<ProcessorRole, ReadonlyMap<string, number>>>;

/** Killed again at the same step after the restart: every so many-th step. */
const TWICE_EVERY = 4;

export function killPoints(counts: StepCounts): KillPoint[] {
  const points: KillPoint[] = [];
  for (const role of ROLES) {
    for (const [step, count] of [...counts[role]].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
      const nths = new Set([1, Math.ceil(count / 2), count]);
      for (const nth of nths) points.push({ role, step, nth, times: 1 });
    }
  }
  const firsts = points.filter(({ nth }) => nth === 1);
  const twice = firsts.filter((_, index) => index % TWICE_EVERY === 0);
  return [...points, ...twice.map((point) => ({ ...point, times: 2 }))];
}

/** Whether every run comes by it; waiting for the peer, or once more, depends on the pace. */
export function mustCome({ step, nth }: KillPoint): boolean {
  return nth === 1 && step !== 'worker.settled';
}

/**
 * About `size` points, spread over all; another `slice` has others, so that each is tried by some
 * commit (as `libs/harness/test/ci-slice.ts`).
 */
export function sliceOf<T>(points: readonly T[], size: number, slice: number): T[] {
  const every = Math.max(1, Math.floor(points.length / size));
  return points.filter((_, index) => index % every === slice % every).slice(0, size);
}

export function nameOf({ role, step, nth, times }: KillPoint): string {
  return `${role} ${step}:${nth}${times > 1 ? ` x${times}` : ''}`;
}
