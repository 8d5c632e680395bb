/** What other processes take, where the system tells it in /proc: memory over time, and CPU. */

import { readFileSync } from 'node:fs';

export interface Taken {
  /** MiB, one number a look. */
  readonly mib: readonly number[];
  /** Of all its threads, while it was watched. */
  readonly cpuMs: number;
}

const PAGE_SIZE = 4096;
/** USER_HZ of Linux, whatever the kernel's own. */
const TICK_MS = 10;
const EVERY_MS = 500;

export function watchProcess(pid: number): { stop(): Taken } {
  const mib: number[] = [];
  let [startMs, endMs] = [NaN, NaN];
  const look = (): void => {
    try {
      const pages = Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]);
      // A process that was killed has none, until its parent has asked for its end.
      if (pages > 0) mib.push((pages * PAGE_SIZE) / 2 ** 20);
      // After the name in parentheses: state is the third field, utime and stime the 14th and 15th.
      const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
        .replace(/^.*\) /, '')
        .split(' ');
      endMs = TICK_MS * (Number(fields[11]) + Number(fields[12]));
      if (Number.isNaN(startMs)) startMs = endMs;
    } catch {
      // It is gone, or this system has no /proc.
    }
  };
  look();
  const timer = setInterval(look, EVERY_MS);
  return {
    stop() {
      clearInterval(timer);
      look();
      return { mib, cpuMs: endMs - startMs };
    },
  };
}
