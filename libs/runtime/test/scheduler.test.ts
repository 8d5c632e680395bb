/** The scheduler against a plain model: a list sorted by (time, insertion). */

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createScheduler } from '../src/index.ts';

describe('order', () => {
  test('events run by time, ties by insertion, and the clock shows their time', () => {
    const scheduler = createScheduler(100);
    const seen: string[] = [];
    const note = (name: string) => () => void seen.push(`${name}@${scheduler.nowMs()}`);
    scheduler.after(50, note('c'));
    scheduler.at(120, note('a'));
    scheduler.at(150, note('d'));
    scheduler.at(120, note('b'));
    expect(scheduler.runUntilEmpty()).toBe(4);
    expect(seen).toEqual(['a@120', 'b@120', 'c@150', 'd@150']);
    expect(scheduler.nowMs()).toBe(150);
  });

  test('an event may schedule others, also at its own time', () => {
    const scheduler = createScheduler();
    const seen: number[] = [];
    scheduler.at(1, () => {
      seen.push(1);
      scheduler.after(0, () => void seen.push(3));
      scheduler.after(1, () => void seen.push(4));
    });
    scheduler.at(1, () => void seen.push(2));
    scheduler.runUntilEmpty();
    expect(seen).toEqual([1, 2, 3, 4]);
  });

  test('random schedules and cancellations run as the sorted list does', () => {
    const events = fc.array(fc.record({ timeMs: fc.nat(30), cancel: fc.boolean() }));
    fc.assert(
      fc.property(events, fc.nat(30), (plan, stopMs) => {
        const scheduler = createScheduler();
        const seen: number[] = [];
        const ids = plan.map(({ timeMs }, index) =>
          scheduler.at(timeMs, () => void seen.push(index)),
        );
        plan.forEach(({ cancel }, index) => {
          if (cancel) expect(scheduler.cancel(ids[index] as number)).toBe(true);
        });
        const expected = plan
          .map(({ timeMs, cancel }, index) => ({ timeMs, cancel, index }))
          .filter(({ cancel }) => !cancel)
          .sort((a, b) => a.timeMs - b.timeMs || a.index - b.index);
        const due = expected.filter(({ timeMs }) => timeMs <= stopMs);

        expect(scheduler.runUntil(stopMs)).toBe(due.length);
        expect(scheduler.nowMs()).toBe(stopMs);
        expect(seen).toEqual(due.map(({ index }) => index));
        expect(scheduler.pendingCount).toBe(expected.length - due.length);
        scheduler.runUntilEmpty();
        expect(seen).toEqual(expected.map(({ index }) => index));
      }),
      { seed: 20261124, numRuns: 300 },
    );
  });
});

describe('edges', () => {
  test('a cancelled event does not run and does not move the clock', () => {
    const scheduler = createScheduler();
    const id = scheduler.at(10, () => expect.unreachable());
    expect(scheduler.cancel(id)).toBe(true);
    expect(scheduler.cancel(id)).toBe(false);
    expect(scheduler.runUntilEmpty()).toBe(0);
    expect(scheduler.nowMs()).toBe(0);
  });

  test('an event that has run can no longer be cancelled', () => {
    const scheduler = createScheduler();
    const id = scheduler.at(1, () => undefined);
    scheduler.runUntilEmpty();
    expect(scheduler.cancel(id)).toBe(false);
  });

  test('an event in the past or at no time is refused', () => {
    const scheduler = createScheduler(5);
    expect(() => scheduler.at(4, () => undefined)).toThrow('before the present');
    expect(() => scheduler.after(-1, () => undefined)).toThrow('before the present');
    expect(() => scheduler.after(Number.NaN, () => undefined)).toThrow();
    expect(scheduler.pendingCount).toBe(0);
  });

  test('an action that throws ends the run; the rest can still be run', () => {
    const scheduler = createScheduler();
    const seen: number[] = [];
    scheduler.at(1, () => {
      throw new Error('broken event');
    });
    scheduler.at(2, () => void seen.push(2));
    expect(() => scheduler.runUntilEmpty()).toThrow('broken event');
    expect(scheduler.runUntilEmpty()).toBe(1);
    expect(seen).toEqual([2]);
  });
});
