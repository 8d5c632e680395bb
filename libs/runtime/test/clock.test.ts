/** The clocks: the machine's two tell the same time, the virtual one moves only when moved. */

import { expect, test } from 'vitest';
import { createVirtualClock, monotonicMs, wallClock } from '../src/index.ts';

test('the wall clock gives ms since the epoch', () => {
  const beforeMs = new Date().getTime();
  const nowMs = wallClock.nowMs();
  expect(nowMs).toBeGreaterThanOrEqual(beforeMs);
  expect(nowMs - beforeMs).toBeLessThan(10_000);
});

test('the stopwatch never goes back and measures ms', async () => {
  const startMs = monotonicMs();
  await new Promise((resolve) => setTimeout(resolve, 30));
  const elapsedMs = monotonicMs() - startMs;
  expect(elapsedMs).toBeGreaterThanOrEqual(25);
  expect(elapsedMs).toBeLessThan(10_000);
});

test('a virtual clock stands still until it is moved, and never goes back', () => {
  const clock = createVirtualClock(1000);
  expect(clock.nowMs()).toBe(1000);
  clock.advanceTo(1000);
  clock.advanceTo(2500);
  expect(clock.nowMs()).toBe(2500);
  expect(() => clock.advanceTo(2499)).toThrow("can't go back");
  expect(() => clock.advanceTo(Number.NaN)).toThrow();
  expect(clock.nowMs()).toBe(2500);
  expect(() => createVirtualClock(Infinity)).toThrow('finite');
});
