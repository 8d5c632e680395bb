/** Real work in simulated time: time stands still, and the order is that of the beginnings. */

import { expect, test } from 'vitest';

import { createOutside, createTimeline } from '../../src/index.ts';

/** Works that end after so many real milliseconds, begun by one event each; what was seen of it. */
async function run(delaysMs: readonly number[]): Promise<string[]> {
  const timeline = createTimeline(0);
  const outside = createOutside(timeline);
  const log: string[] = [];
  const work = (name: string, realMs: number): void => {
    const done = outside.begin();
    setTimeout(() => {
      done(() => {
        log.push(`${timeline.nowMs()} ${name}`);
        // Promises that follow go on before the next turn.
        void Promise.resolve().then(() => log.push(`${timeline.nowMs()} after ${name}`));
      });
    }, realMs);
  };
  timeline.at(10, () => delaysMs.forEach((realMs, k) => work(`work ${k}`, realMs)));
  timeline.at(10, () => log.push('10 next event'));
  timeline.at(11, () => log.push('11 last event'));
  expect(await timeline.driveUntil(100)).toBe(3);
  return log;
}

test('events wait, and results come in the order of the beginnings', async () => {
  const expected = [
    ...[0, 1, 2].flatMap((k) => [`10 work ${k}`, `10 after work ${k}`]),
    '10 next event',
    '11 last event',
  ];
  expect(await run([30, 0, 15])).toEqual(expected);
  expect(await run([0, 20, 5])).toEqual(expected);
});

test('work that follows from work is in its turn as well', async () => {
  const timeline = createTimeline(0);
  const outside = createOutside(timeline);
  const log: string[] = [];
  timeline.at(1, () => {
    const first = outside.begin();
    const second = outside.begin();
    setTimeout(() => second(() => log.push('second')), 0);
    setTimeout(
      () =>
        first(() => {
          const third = outside.begin();
          third(() => log.push('third'));
          log.push('first');
        }),
      10,
    );
  });
  timeline.at(2, () => log.push('event'));
  await timeline.driveUntil(5);
  expect(log).toEqual(['first', 'second', 'third', 'event']);
});

test('a failure ends the run even while time is held', async () => {
  const timeline = createTimeline(0);
  const outside = createOutside(timeline);
  timeline.at(1, () => {
    outside.begin();
    setTimeout(() => timeline.fail(new Error('the machine failed')), 5);
  });
  await expect(timeline.driveUntil(5)).rejects.toThrow('the machine failed');
});

test('what follows and throws ends the run', async () => {
  const timeline = createTimeline(0);
  const outside = createOutside(timeline);
  timeline.at(1, () => {
    const done = outside.begin();
    setTimeout(() => {
      done(() => {
        throw new Error('broken');
      });
    }, 0);
  });
  await expect(timeline.driveUntil(5)).rejects.toThrow('broken');
});

test('a hold is let go of once', async () => {
  const timeline = createTimeline(0);
  const first = timeline.hold();
  const second = timeline.hold();
  first();
  first();
  let isDone = false;
  const driven = timeline.driveUntil(5).then(() => (isDone = true));
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(isDone).toBe(false);
  second();
  await driven;
});
