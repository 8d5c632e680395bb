/** What several faults do in the same way: machines that go and come, names that are read. */

import { readBatchBase } from '@priolab/nodes';

import type { FaultContext } from '../fault.ts';

/**
 * Takes a machine away and brings it back; one that is away already stays away. Healing brings back
 * those of the core (`simulate.ts`).
 */
export function crashFor(context: FaultContext, name: string, awayMs: number): void {
  const { machines, timeline } = context;
  const machine = machines.get(name);
  if (machine === undefined) throw new RangeError(`no machine ${name} in this deployment`);
  if (!machine.isUp) return;
  machine.crash();
  const backMs = byHealing(context, timeline.nowMs() + awayMs);
  context.stayUntil(backMs);
  timeline.at(backMs, () => machine.start());
}

/** Takes a machine down in the middle of its work, and starts it again later, or at healing. */
export function bounce(context: FaultContext, name: string, awayMs: number): void {
  const { machines, timeline } = context;
  const machine = machines.get(name)!;
  machine.crash();
  timeline.at(byHealing(context, timeline.nowMs() + awayMs), () => machine.start());
}

/**
 * What a machine that has died never hears. A promise for each: one for all would hold on to
 * whoever waits for it, and so to every run of a long search.
 */
export const never = <T>(): Promise<T> => new Promise(() => {});

/** The batch that a key of an object belongs to. */
export function batchOf(
  key: string,
): { readonly base: string; readonly batchId: string } | undefined {
  const base = key.replace(/\.(?:batch|validity_[01]|set_[01]|sum_[01])(?:\.\w+)?$/, '');
  const found = readBatchBase(base);
  return found === undefined ? undefined : { base, batchId: found.batchId };
}

/** Once, at the fault's time: for what has a beginning and no occasions. */
export function atItsTime(context: FaultContext, otherwiseMs: number, act: () => void): void {
  const { timeline, startMs, item } = context;
  const begin = (): void => {
    if (context.isOn()) act();
  };
  if (item.fromMs > 0 || item.when !== undefined) context.whenItBegins(begin);
  else timeline.at(startMs + otherwiseMs, begin);
}

/** A later step of a fault that has begun: left out once its time is over. */
export function stepAfter(context: FaultContext, delayMs: number, act: () => void): void {
  context.timeline.after(delayMs, () => {
    if (context.isOn()) act();
  });
}

/** When what would last until `otherwiseMs` is over: its fault's end, or healing, ends it. */
export function overAtMs({ startMs, item }: FaultContext, otherwiseMs: number): number {
  return Math.min(otherwiseMs, startMs + item.untilMs);
}

/** What was held up until `timeMs` comes then, or at healing. */
export function byHealing({ startMs, item }: FaultContext, timeMs: number): number {
  return Math.min(timeMs, startMs + item.healsAtMs);
}

/** The same of what was to happen at `timeMs` and is put off; what is late anyway stays so. */
export function putOff(context: FaultContext, timeMs: number, byMs: number): number {
  return Math.max(timeMs, byHealing(context, timeMs + byMs));
}

/** Whether what the fault would begin at `timeMs` comes too late: all is healed by then. */
export function isHealedBy({ startMs, item }: FaultContext, timeMs: number): boolean {
  return timeMs - startMs >= item.healsAtMs;
}

export const HOUR_MS = 3_600_000;
