/**
 * What this process uses: CPU time and memory, over all of its threads.
 *
 * The kernel keeps one high-water mark of memory for the whole life of a process. So that several
 * runs in one process can each be told their own, a watch starts the mark anew where the kernel
 * allows it (Linux: `5` written to /proc/self/clear_refs, see proc(5)); elsewhere it looks at the
 * memory now and then, and says so. Either way it is the process that is measured: what it keeps of
 * earlier work, such as free memory in the allocator's arenas, counts.
 */

import { readFileSync, writeFileSync } from 'node:fs';

import { collectGarbage } from './engine/collect-garbage.ts';

const SAMPLE_EVERY_MS = 100;

/** The largest resident set of this process until now, in bytes; never shrinks but by a watch. */
export function peakRssBytes(): number {
  // libuv gives maxRSS in KiB on every platform.
  return process.resourceUsage().maxRSS * 1024;
}

/** The resident set of this process now, in bytes. */
export function rssBytes(): number {
  return process.memoryUsage.rss();
}

/** CPU time, user and system, that all threads of this process have used until now, in ms. */
export function cpuTimeMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/**
 * - `high-water`: the kernel's mark, exact
 * - `samples`: the largest of many looks; a peak between two looks is missed
 */
export type PeakSource = 'high-water' | 'samples';

/** The largest resident set within a time, in bytes. */
export interface MemoryPeak {
  readonly bytes: number;
  readonly source: PeakSource;
}

export interface MemoryWatch {
  /** Looks at the memory now; for computations that leave no room for timers. */
  look(): void;
  /** Ends the watch. */
  stop(): MemoryPeak;
}

/**
 * Watches the memory from now on. One watch at a time: a second one takes the mark away.
 *
 * @param reset starts the kernel's mark anew; false where that is not possible
 */
export function watchMemory(reset: () => boolean = resetHighWater): MemoryWatch {
  // What earlier work left behind is not what is watched.
  collectGarbage();
  if (reset()) {
    return {
      look() {},
      stop: () => ({ bytes: highWaterBytes() ?? peakRssBytes(), source: 'high-water' }),
    };
  }
  const markBefore = peakRssBytes();
  let largest = rssBytes();
  const look = (): void => {
    largest = Math.max(largest, rssBytes());
  };
  const timer = setInterval(look, SAMPLE_EVERY_MS).unref();
  return {
    look,
    stop() {
      clearInterval(timer);
      look();
      const mark = peakRssBytes();
      // A mark that rose, rose meanwhile: then it is exact after all.
      return mark > markBefore
        ? { bytes: mark, source: 'high-water' }
        : { bytes: largest, source: 'samples' };
    },
  };
}

/** Sets the mark to the present memory; false where the platform or its rights don't let us. */
function resetHighWater(): boolean {
  if (process.platform !== 'linux' || highWaterBytes() === undefined) return false;
  try {
    writeFileSync('/proc/self/clear_refs', '5');
    return true;
  } catch {
    return false;
  }
}

/** Linux: `VmHWM` of /proc/self/status; undefined where there is none. */
function highWaterBytes(): number | undefined {
  try {
    const kib = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
    return kib === undefined ? undefined : Number(kib) * 1024;
  } catch {
    return undefined;
  }
}
