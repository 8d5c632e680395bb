/**
 * A machine that runs one program in simulated time and can crash, restart and stand still. What is
 * in the program's memory dies with a crash; what it has put into stores and queues stays.
 *
 * A program awaits only through its host (`wait`, `sleep`): after a crash those promises never
 * settle, so the old program ends where it stood, and during a pause they settle when it is over.
 * Programs need no code for any of this.
 */

import type { Clock } from '../clock.ts';
import type { DrivenTimeline } from './timeline.ts';

/** What a program sees of the machine that it runs on. */
export interface Host {
  readonly name: string;
  /** False once the machine has crashed: this program's host does nothing any more. */
  readonly isAlive: boolean;
  /** The machine's own clock: it may be wrong. */
  readonly clock: Clock;
  sleep(delayMs: number): Promise<void>;
  /** Hands on what `promise` brings, unless the machine has crashed by then. */
  wait<T>(promise: Promise<T>): Promise<T>;
  /** Starts something beside the program; an error in it ends the simulation. */
  spawn(task: () => Promise<void>): void;
}

/** The simulation's view of a machine. */
export interface Machine {
  readonly name: string;
  readonly isUp: boolean;
  /** How often it was started. */
  readonly starts: number;
  /** What its programs take for the time: it may be wrong. */
  readonly clock: Clock;
  /** Starts the program, as after switching on. */
  start(): void;
  /** Takes the memory away; the program does not run until `start`. */
  crash(): void;
  /** Stops the world until `resume`. */
  pause(): void;
  resume(): void;
  /** Adds to what its clock shows, from now on. */
  skewClock(byMs: number): void;
  /** The clock stands still (true) or goes on from the true time. */
  freezeClock(frozen: boolean): void;
}

export function createMachine(options: {
  readonly name: string;
  readonly timeline: DrivenTimeline;
  /** Sets up and runs the program; called at every start. */
  readonly program: (host: Host) => Promise<void>;
}): Machine {
  const { name, timeline, program } = options;
  let starts = 0;
  let isUp = false;
  let skewMs = 0;
  let frozenAt: number | undefined;
  let paused: (() => void)[] | undefined;

  const clock: Clock = { nowMs: () => frozenAt ?? timeline.nowMs() + skewMs };

  /** One life of the machine, from a start to the next crash. */
  const createHost = (): Host => {
    const born = starts;
    const isAlive = (): boolean => isUp && starts === born;
    const wait = <T>(promise: Promise<T>): Promise<T> =>
      new Promise((resolve, reject) => {
        const settle = (act: () => void): void => {
          const run = (): void => {
            if (isAlive()) act();
          };
          if (paused === undefined) run();
          else paused.push(run);
        };
        promise.then(
          (value) => settle(() => resolve(value)),
          (error: unknown) => settle(() => reject(error as Error)),
        );
      });
    return {
      name,
      clock,
      get isAlive() {
        return isAlive();
      },
      wait,
      sleep: (delayMs) => wait(timeline.sleep(delayMs)),
      spawn(task) {
        task().catch((error: unknown) => timeline.fail(error));
      },
    };
  };

  return {
    name,
    clock,
    get isUp() {
      return isUp;
    },
    get starts() {
      return starts;
    },
    start() {
      if (isUp) return;
      isUp = true;
      starts += 1;
      const host = createHost();
      host.spawn(() => program(host));
    },
    crash() {
      isUp = false;
      paused = undefined;
    },
    pause() {
      paused ??= [];
    },
    resume() {
      const waiting = paused ?? [];
      paused = undefined;
      for (const run of waiting) run();
    },
    skewClock(byMs) {
      skewMs += byMs;
    },
    freezeClock(frozen) {
      frozenAt = frozen ? (frozenAt ?? timeline.nowMs() + skewMs) : undefined;
    },
  };
}
