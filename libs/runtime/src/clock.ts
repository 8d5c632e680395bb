/**
 * The clocks: the wall clock, a monotonic stopwatch and a virtual clock that a simulation moves.
 *
 * The only file besides the tools and apps that may ask the machine for the time; everything else
 * is given a `Clock` or a number, so that a simulated run doesn't depend on when it is run.
 */

import assert from 'node:assert/strict';

/** A source of the time, in ms since the Unix epoch (or since the start of a simulation). */
export interface Clock {
  nowMs(): number;
}

/** A clock that stands still until it is moved. */
export interface VirtualClock extends Clock {
  /** Moves the clock to `timeMs`, which must not lie before its present time. */
  advanceTo(timeMs: number): void;
}

/** The machine's clock, in ms since the Unix epoch; it can jump when the machine's time is set. */
export const wallClock: Clock = Object.freeze({ nowMs: () => Date.now() });

/** Ms (with a fraction) since an arbitrary start; never goes back, so differences are durations. */
export function monotonicMs(): number {
  return performance.now();
}

/** A clock that shows `startMs` until `advanceTo` moves it. */
export function createVirtualClock(startMs: number): VirtualClock {
  assert.ok(Number.isFinite(startMs), `the start of a clock must be finite, got ${startMs}`);
  let currentMs = startMs;
  return {
    nowMs: () => currentMs,
    advanceTo(timeMs) {
      assert.ok(timeMs >= currentMs, `a clock can't go back from ${currentMs} to ${timeMs} ms`);
      currentMs = timeMs;
    },
  };
}
