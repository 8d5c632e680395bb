/**
 * A queue of tasks with leases, as cloud queues have them: a task is delivered at least once. Who
 * takes one holds it for the lease; a task neither done nor given back by then is delivered again.
 * The queue outlives the machines that use it, and forgets a task only when it is done.
 */

import type { Host } from './host.ts';
import type { Timeline } from './timeline.ts';

/** One delivery of one task. */
export interface Delivery<T> {
  readonly id: string;
  readonly body: T;
  /** 1 at the first delivery. */
  readonly attempt: number;
  /** Holds the task for another lease from now. */
  extend(): void;
  done(): void;
  /** Gives it back; it is delivered again after the delay. */
  giveBack(delayMs: number): void;
}

export interface TaskQueue<T> {
  /** Adds a task; one whose id is known (waiting, taken or done) is not added again. */
  add(id: string, body: T): boolean;
  /** Waits for a task. */
  take(host: Host): Promise<Delivery<T>>;
  /** Tasks not done. */
  readonly openCount: number;
  openBodies(): T[];
  /** Deliveries after a task's first, and leases that ran out before it was done. */
  readonly redeliveredCount: number;
  readonly expiredCount: number;
  /** The last policy added sees a delivery first: it may deliver twice, later, or never. */
  addPolicy(policy: DeliveryPolicy): void;
  has(id: string): boolean;
}

/**
 * Decides about a task that is due: hands it over with `deliver`, any number of times. What is
 * handed over a second time is delivered even where the task has been done meanwhile, as a queue
 * does that has lost the word of it.
 */
export type DeliveryPolicy = (
  task: { readonly id: string; readonly attempt: number },
  deliver: () => void,
) => void;

interface Entry<T> {
  readonly id: string;
  readonly body: T;
  attempt: number;
  /** Counts leases and returns: an older holder's word no longer counts. */
  version: number;
  state: 'waiting' | 'taken' | 'done';
}

/** An entry that may be taken. */
interface Offer<T> {
  readonly entry: Entry<T>;
  readonly isExtra: boolean;
}

export function createTaskQueue<T>(options: {
  readonly timeline: Timeline;
  readonly leaseMs: number;
}): TaskQueue<T> {
  const { timeline, leaseMs } = options;
  const entries = new Map<string, Entry<T>>();
  const ready: Offer<T>[] = [];
  const takers: ((entry: Entry<T>) => boolean)[] = [];
  const policies: DeliveryPolicy[] = [];
  let openCount = 0;
  let redeliveredCount = 0;
  let expiredCount = 0;

  const match = (): void => {
    while (ready.length > 0 && takers.length > 0) {
      const { entry, isExtra } = ready[0]!;
      const isOver = entry.state === 'done' && !isExtra;
      // A machine that crashed while it waited takes nothing.
      if (isOver || takers.shift()!(entry)) ready.shift();
    }
  };

  const offer = (entry: Entry<T>): void => {
    let handedOver = 0;
    const pass = (index: number): void => {
      const policy = policies[index];
      if (policy === undefined) {
        ready.push({ entry, isExtra: handedOver++ > 0 });
        match();
      } else {
        policy({ id: entry.id, attempt: entry.attempt + 1 }, () => pass(index - 1));
      }
    };
    pass(policies.length - 1);
  };

  const again = (entry: Entry<T>): void => {
    if (entry.state === 'done') return;
    entry.state = 'waiting';
    entry.version += 1;
    offer(entry);
  };

  const deliver = (entry: Entry<T>): Delivery<T> => {
    if (entry.state !== 'done') entry.state = 'taken';
    entry.attempt += 1;
    if (entry.attempt > 1) redeliveredCount += 1;
    let version = (entry.version += 1);
    const hold = (): void => {
      const held = (version = entry.version += 1);
      timeline.after(leaseMs, () => {
        if (entry.version !== held || entry.state !== 'taken') return;
        expiredCount += 1;
        again(entry);
      });
    };
    hold();
    return {
      id: entry.id,
      body: entry.body,
      attempt: entry.attempt,
      extend() {
        if (entry.version === version && entry.state === 'taken') hold();
      },
      done() {
        if (entry.state === 'done') return;
        entry.state = 'done';
        openCount -= 1;
      },
      giveBack(delayMs) {
        if (entry.version !== version || entry.state !== 'taken') return;
        const returned = (entry.version += 1);
        timeline.after(delayMs, () => {
          if (entry.version === returned) again(entry);
        });
      },
    };
  };

  return {
    get openCount() {
      return openCount;
    },
    get redeliveredCount() {
      return redeliveredCount;
    },
    get expiredCount() {
      return expiredCount;
    },
    openBodies: () =>
      [...entries.values()].filter(({ state }) => state !== 'done').map(({ body }) => body),
    has: (id) => entries.has(id),
    addPolicy: (policy) => void policies.push(policy),
    add(id, body) {
      if (entries.has(id)) return false;
      const entry: Entry<T> = { id, body, attempt: 0, version: 0, state: 'waiting' };
      entries.set(id, entry);
      openCount += 1;
      timeline.after(0, () => offer(entry));
      return true;
    },
    take(host) {
      const taken = new Promise<Delivery<T>>((resolve) => {
        takers.push((entry) => {
          if (!host.isAlive) return false;
          resolve(deliver(entry));
          return true;
        });
        match();
      });
      return host.wait(taken);
    },
  };
}
