/** Machines: what a crash takes, what a pause holds back, what a wrong clock shows. */

import { describe, expect, test } from 'vitest';

import { createMachine, createTimeline } from '../../src/index.ts';
import type { Host } from '../../src/index.ts';

function ticking(stepMs: number) {
  const timeline = createTimeline(0);
  const log: string[] = [];
  const machine = createMachine({
    name: 'm',
    timeline,
    async program(host: Host) {
      for (let tick = 1; ; tick++) {
        await host.sleep(stepMs);
        log.push(`${timeline.nowMs()}:${tick}`);
      }
    },
  });
  return { timeline, machine, log };
}

describe('machine', () => {
  test('a crash takes the memory: the program begins again', async () => {
    const { timeline, machine, log } = ticking(10);
    machine.start();
    timeline.at(25, () => machine.crash());
    timeline.at(42, () => machine.start());
    await timeline.driveUntil(65);
    expect(log).toEqual(['10:1', '20:2', '52:1', '62:2']);
    expect(machine.starts).toBe(2);
  });

  test('a pause holds everything back, and nothing is lost', async () => {
    const { timeline, machine, log } = ticking(10);
    machine.start();
    timeline.at(15, () => machine.pause());
    timeline.at(33, () => machine.resume());
    await timeline.driveUntil(45);
    expect(log).toEqual(['10:1', '33:2', '43:3']);
  });

  test('a crash while it stands still leaves nothing to go on with', async () => {
    const { timeline, machine, log } = ticking(10);
    machine.start();
    timeline.at(15, () => machine.pause());
    timeline.at(25, () => machine.crash());
    timeline.at(30, () => machine.start());
    await timeline.driveUntil(45);
    expect(log).toEqual(['10:1', '40:1']);
  });

  test('clocks go wrong, stand still and go on', async () => {
    const timeline = createTimeline(1000);
    const shown: number[] = [];
    const machine = createMachine({
      name: 'm',
      timeline,
      async program({ clock, sleep }) {
        for (;;) {
          shown.push(clock.nowMs());
          await sleep(10);
        }
      },
    });
    machine.start();
    timeline.at(1005, () => machine.skewClock(-500));
    timeline.at(1015, () => machine.freezeClock(true));
    timeline.at(1035, () => machine.freezeClock(false));
    await timeline.driveUntil(1045);
    expect(shown).toEqual([1000, 510, 515, 515, 540]);
  });

  test('an error in a program ends the run', async () => {
    const timeline = createTimeline(0);
    const program = (): Promise<void> => Promise.reject(new Error('broken'));
    createMachine({ name: 'm', timeline, program }).start();
    timeline.at(1, () => {});
    await expect(timeline.driveUntil(10)).rejects.toThrow('broken');
  });
});
