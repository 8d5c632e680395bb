/** Memory of other processes over time, where the system tells it in /proc. */

import { readFileSync } from 'node:fs';

export interface MemoryOverTime {
  /** MiB, one number a look. */
  readonly mib: readonly number[];
}

const PAGE_SIZE = 4096;
const EVERY_MS = 500;

export function watchProcess(pid: number): { stop(): MemoryOverTime } {
  const mib: number[] = [];
  const look = (): void => {
    try {
      const pages = Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]);
      mib.push((pages * PAGE_SIZE) / 2 ** 20);
    } catch {
      // It is gone, or this system has no /proc.
    }
  };
  look();
  const timer = setInterval(look, EVERY_MS);
  return {
    stop() {
      clearInterval(timer);
      return { mib };
    },
  };
}
