/** Simulated time for code that awaits: order, sleeps, failures. */

import { describe, expect, test } from 'vitest';

import { createTimeline } from '../../src/index.ts';

describe('timeline', () => {
  test('code that awaits goes on between events, in the order of the events', async () => {
    const timeline = createTimeline(1000);
    const log: string[] = [];
    const walk = async (name: string, stepMs: number): Promise<void> => {
      for (let step = 0; step < 3; step++) {
        await timeline.sleep(stepMs);
        log.push(`${timeline.nowMs()} ${name}`);
      }
    };
    void walk('a', 10);
    void walk('b', 15);
    const count = await timeline.driveUntil(2000);
    expect(log).toEqual(['1010 a', '1015 b', '1020 a', '1030 b', '1030 a', '1045 b']);
    expect(count).toBe(6);
    expect(timeline.nowMs()).toBe(2000);
  });

  test('an error that nobody awaits ends the run', async () => {
    const timeline = createTimeline(0);
    timeline.after(5, () => timeline.fail(new Error('broken')));
    timeline.after(6, () => {
      throw new Error('is never reached');
    });
    await expect(timeline.driveUntil(100)).rejects.toThrow('broken');
  });

  test('stops where it is told to', async () => {
    const timeline = createTimeline(0);
    for (let i = 1; i <= 5; i++) timeline.at(i, () => {});
    expect(await timeline.driveUntil(100, (nowMs) => nowMs < 3)).toBe(3);
    expect(timeline.nowMs()).toBe(3);
    expect(timeline.pendingCount).toBe(2);
  });
});
