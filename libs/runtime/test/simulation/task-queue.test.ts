/** At least once: leases, returns, redelivery, and a task that is done stays done. */

import { describe, expect, test } from 'vitest';

import { createMachine, createTaskQueue, createTimeline } from '../../src/index.ts';
import type { Delivery, Host } from '../../src/index.ts';

function working(work: (delivery: Delivery<string>, host: Host) => Promise<void>, workers = 1) {
  const timeline = createTimeline(0);
  const queue = createTaskQueue<string>({ timeline, leaseMs: 100 });
  const log: string[] = [];
  const machine = createMachine({
    name: 'm',
    timeline,
    program(host) {
      for (let i = 0; i < workers; i++) {
        host.spawn(async () => {
          for (;;) {
            const delivery = await queue.take(host);
            log.push(`${timeline.nowMs()} ${delivery.id} ${delivery.attempt}`);
            await work(delivery, host);
          }
        });
      }
      return Promise.resolve();
    },
  });
  machine.start();
  return { timeline, queue, machine, log };
}

describe('task queue', () => {
  test('a task that is done is not delivered again, nor added again', async () => {
    const { timeline, queue, log } = working((delivery) => Promise.resolve(delivery.done()));
    expect(queue.add('a', 'x')).toBe(true);
    expect(queue.add('a', 'x')).toBe(false);
    await timeline.driveUntil(1000);
    expect(queue.add('a', 'x')).toBe(false);
    await timeline.driveUntil(2000);
    expect(log).toEqual(['0 a 1']);
    expect(queue.openCount).toBe(0);
  });

  test('what is open can be looked at, until it is done', async () => {
    const { timeline, queue } = working(async (delivery, host) => {
      await host.sleep(delivery.body === 'short' ? 10 : 50);
      delivery.done();
    }, 2);
    queue.add('a', 'short');
    queue.add('b', 'long');
    expect(queue.openBodies()).toEqual(['short', 'long']);
    await timeline.driveUntil(20);
    expect(queue.openBodies()).toEqual(['long']);
    await timeline.driveUntil(1000);
    expect(queue.openBodies()).toEqual([]);
  });

  test('a lease that runs out brings the task to another worker', async () => {
    const { timeline, queue, log } = working(async (delivery, host) => {
      await host.sleep(delivery.attempt === 1 ? 250 : 10);
      delivery.done();
    }, 2);
    queue.add('a', 'x');
    await timeline.driveUntil(1000);
    expect(log).toEqual(['0 a 1', '100 a 2']);
    expect(queue.openCount).toBe(0);
  });

  test('who extends keeps it', async () => {
    const { timeline, queue, log } = working(async (delivery, host) => {
      for (let i = 0; i < 4; i++) {
        await host.sleep(60);
        delivery.extend();
      }
      delivery.done();
    }, 2);
    queue.add('a', 'x');
    await timeline.driveUntil(1000);
    expect(log).toEqual(['0 a 1']);
  });

  test('given back it comes again after the pause', async () => {
    const { timeline, queue, log } = working((delivery) => {
      if (delivery.attempt < 3) delivery.giveBack(40);
      else delivery.done();
      return Promise.resolve();
    });
    queue.add('a', 'x');
    await timeline.driveUntil(1000);
    expect(log).toEqual(['0 a 1', '40 a 2', '80 a 3']);
  });

  test('a crash loses no task: it comes again when the lease is over', async () => {
    const { timeline, queue, machine, log } = working(async (delivery, host) => {
      await host.sleep(50);
      delivery.done();
    });
    queue.add('a', 'x');
    timeline.at(20, () => machine.crash());
    timeline.at(30, () => machine.start());
    await timeline.driveUntil(1000);
    expect(log).toEqual(['0 a 1', '100 a 2']);
  });

  test('a policy that delivers twice gives it to two workers at once', async () => {
    const { timeline, queue, log } = working(async (delivery, host) => {
      await host.sleep(10);
      delivery.done();
    }, 2);
    queue.addPolicy((_task, deliver) => {
      deliver();
      deliver();
    });
    queue.add('a', 'x');
    await timeline.driveUntil(1000);
    expect(log).toEqual(['0 a 1', '0 a 2']);
    expect(queue.openCount).toBe(0);
  });
});
