/**
 * The peak memory of a process and all below it, from Linux' /proc: VmHWM, the largest resident
 * size that the kernel saw of each process, added over the processes alive at one time. Threads
 * belong to their process; a run's workers are threads.
 *
 * A process counts from the second look on: between fork and exec it has its parent's size, though
 * no memory of its own. So one that lives less than one look is left out.
 */

import { existsSync, readdirSync, readFileSync } from 'node:fs';

/** Between two looks at the tree. A peak is not missed in between: the kernel keeps it. */
const LOOK_EVERY_MS = 50;

export interface TreePeak {
  /** Largest sum of the peaks of processes alive together. */
  readonly bytes: number;
  /** Processes at that time. */
  readonly processCount: number;
}

export function canWatchProcesses(): boolean {
  return existsSync('/proc/self/status');
}

/** Watches the tree below `root` until the returned function is called. */
export function watchProcessTree(root: number): () => TreePeak {
  let peak: TreePeak = { bytes: 0, processCount: 0 };
  let before: ReadonlySet<number> = new Set([root]);
  const look = (): void => {
    const tree = processTree(root, readParents());
    const sizes = tree.filter((pid) => before.has(pid)).map(peakResidentBytes);
    const bytes = sizes.reduce((sum, size) => sum + size, 0);
    if (bytes > peak.bytes) peak = { bytes, processCount: sizes.length };
    before = new Set([root, ...tree]);
  };
  look();
  const timer = setInterval(look, LOOK_EVERY_MS);
  return () => {
    clearInterval(timer);
    return peak;
  };
}

/** `root` and all processes below it. */
export function processTree(root: number, parents: ReadonlyMap<number, number>): number[] {
  const tree = parents.has(root) ? [root] : [];
  for (const parent of tree) {
    for (const [pid, above] of parents) if (above === parent) tree.push(pid);
  }
  return tree;
}

/** Each process' parent. */
function readParents(): Map<number, number> {
  const parents = new Map<number, number>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const parent = /^PPid:\s+(\d+)$/m.exec(readStatus(Number(name)));
    if (parent !== null) parents.set(Number(name), Number(parent[1]));
  }
  return parents;
}

function peakResidentBytes(pid: number): number {
  const kibibytes = /^VmHWM:\s+(\d+) kB$/m.exec(readStatus(pid));
  return kibibytes === null ? 0 : Number(kibibytes[1]) * 1024;
}

/** Empty where the process is gone, or gone while it was read. */
function readStatus(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/status`, 'utf8');
  } catch {
    return '';
  }
}
