/**
 * A discrete-event scheduler: events run in the order of their times, those of one time in the
 * order in which they were scheduled, and the clock jumps from one to the next. So a simulated day
 * takes no longer than its events, and two runs with the same events are the same run.
 *
 * A binary heap orders (time, insertion number); the actions are kept beside it by number, so that
 * cancelling is a deletion from a map and the heap drops the entry when its time comes.
 */

import assert from 'node:assert/strict';
import { createVirtualClock, type Clock } from './clock.ts';

/** What simulated parties may use: they schedule and cancel, but don't run the events. */
export interface Scheduler extends Clock {
  /** Runs `action` at `timeMs`, not before now; the number that it returns cancels it. */
  at(timeMs: number, action: () => void): number;
  /** Runs `action` in `delayMs >= 0` from now. */
  after(delayMs: number, action: () => void): number;
  /** True where the event was still to come; it will not run. */
  cancel(eventId: number): boolean;
}

/** The simulation's view of its scheduler; an action that throws ends the run with its error. */
export interface SimulatedScheduler extends Scheduler {
  readonly pendingCount: number;
  /** Runs events, also those that events schedule, until none is left; returns how many ran. */
  runUntilEmpty(): number;
  /** Runs the next event, if there is one up to and at `timeMs`; tells whether one ran. */
  runNext(timeMs?: number): boolean;
  /** Runs the events up to and at `timeMs`, where the clock stands then; returns how many ran. */
  runUntil(timeMs: number): number;
}

interface Entry {
  readonly timeMs: number;
  readonly eventId: number;
}

/** A scheduler with an own virtual clock that shows `startMs`. */
export function createScheduler(startMs = 0): SimulatedScheduler {
  const clock = createVirtualClock(startMs);
  const heap: Entry[] = [];
  const actions = new Map<number, () => void>();
  let scheduledCount = 0;

  const at = (timeMs: number, action: () => void) => {
    assert.ok(
      Number.isFinite(timeMs) && timeMs >= clock.nowMs(),
      `an event at ${timeMs} ms would lie before the present, ${clock.nowMs()} ms`,
    );
    const eventId = scheduledCount++;
    actions.set(eventId, action);
    push(heap, { timeMs, eventId });
    return eventId;
  };
  const runNext = (untilMs = Infinity): boolean => {
    for (let next = heap[0]; next !== undefined && next.timeMs <= untilMs; next = heap[0]) {
      pop(heap);
      const action = actions.get(next.eventId);
      if (action === undefined) continue; // cancelled
      actions.delete(next.eventId);
      clock.advanceTo(next.timeMs);
      action();
      return true;
    }
    return false;
  };
  const runWhileDue = (untilMs: number) => {
    let ranCount = 0;
    while (runNext(untilMs)) ranCount += 1;
    return ranCount;
  };

  return {
    nowMs: () => clock.nowMs(),
    at,
    after: (delayMs, action) => at(clock.nowMs() + delayMs, action),
    cancel: (eventId) => actions.delete(eventId),
    get pendingCount() {
      return actions.size;
    },
    runNext,
    runUntilEmpty: () => runWhileDue(Infinity),
    runUntil(timeMs) {
      const ranCount = runWhileDue(timeMs);
      clock.advanceTo(timeMs);
      return ranCount;
    },
  };
}

function isBefore(a: Entry, b: Entry): boolean {
  return a.timeMs < b.timeMs || (a.timeMs === b.timeMs && a.eventId < b.eventId);
}

function push(heap: Entry[], entry: Entry): void {
  let index = heap.length;
  while (index > 0) {
    const parentIndex = (index - 1) >> 1;
    const parent = heap[parentIndex] as Entry;
    if (isBefore(parent, entry)) break;
    heap[index] = parent;
    index = parentIndex;
  }
  heap[index] = entry;
}

/** Removes the first entry of a heap that holds at least one. */
function pop(heap: Entry[]): void {
  const last = heap.pop() as Entry;
  const size = heap.length;
  if (size === 0) return;
  let index = 0;
  for (let child = 1; child < size; child = 2 * index + 1) {
    const right = child + 1;
    if (right < size && isBefore(heap[right] as Entry, heap[child] as Entry)) child = right;
    if (isBefore(last, heap[child] as Entry)) break;
    heap[index] = heap[child] as Entry;
    index = child;
  }
  heap[index] = last;
}
