/**
 * Simulated time for code that awaits: a scheduler whose events may settle promises. Between two
 * events every promise that can go on does so, so that the order of things is that of the events
 * alone, and the same program on the same events is the same run.
 *
 * What runs on a timeline must await nothing but the timeline's own promises (sleeps, stores,
 * calls): a real timer or file would bring the machine's time into the run. What must be real all
 * the same takes place while time is held (`outside.ts`).
 */

import { createScheduler } from '../scheduler.ts';
import type { Scheduler } from '../scheduler.ts';

export interface Timeline extends Scheduler {
  /** Resolves `delayMs` from now. */
  sleep(delayMs: number): Promise<void>;
}

/** The simulation's own view: it makes time pass. */
export interface DrivenTimeline extends Timeline {
  readonly pendingCount: number;
  /**
   * Lets time pass up to and at `timeMs`; returns how many events ran.
   * @param onEvent called after each event; returning false stops there
   * @throws what `fail` was told, or what an event threw
   */
  driveUntil(timeMs: number, onEvent?: (nowMs: number) => boolean): Promise<number>;
  /** Ends the run with an error: for what goes wrong in code that nobody awaits. */
  fail(error: unknown): void;
  /** No event runs until the result is called: for what takes real time and no simulated time. */
  hold(): () => void;
}

export function createTimeline(startMs: number): DrivenTimeline {
  const scheduler = createScheduler(startMs);
  let failure: { readonly error: unknown } | undefined;
  let holds = 0;
  let goOn = (): void => {};
  /** Comes back when every promise that can go on has, and nothing holds the time any more. */
  const settled = async (): Promise<void> => {
    await settle();
    while (holds > 0 && failure === undefined) {
      await new Promise<void>((resolve) => {
        goOn = resolve;
      });
      await settle();
    }
  };
  return {
    nowMs: () => scheduler.nowMs(),
    at: (timeMs, action) => scheduler.at(timeMs, action),
    after: (delayMs, action) => scheduler.after(delayMs, action),
    cancel: (eventId) => scheduler.cancel(eventId),
    sleep: (delayMs) => new Promise((resolve) => scheduler.after(delayMs, resolve)),
    get pendingCount() {
      return scheduler.pendingCount;
    },
    fail(error) {
      failure ??= { error };
      goOn();
    },
    hold() {
      let isHeld = true;
      holds += 1;
      return () => {
        if (!isHeld) return;
        isHeld = false;
        holds -= 1;
        if (holds === 0) goOn();
      };
    },
    async driveUntil(timeMs, onEvent) {
      let ranCount = 0;
      await settled();
      while (failure === undefined && scheduler.runNext(timeMs)) {
        ranCount += 1;
        await settled();
        if (onEvent?.(scheduler.nowMs()) === false) return ranCount;
      }
      if (failure !== undefined) throw failure.error;
      scheduler.runUntil(timeMs);
      return ranCount;
    },
  };
}

/** Comes back when no promise can go on by itself: microtasks all run before a macrotask. */
function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
