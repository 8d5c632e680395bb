/**
 * Full garbage collections between shards.
 *
 * Programs keep their data in ArrayBuffers and may leave small objects behind that hold native
 * memory (ciphers, keys). V8 sees a heap of some 12 MB and collects the survivors every ten seconds
 * or later; their native memory is not on its books and piles up to hundreds of MiB, more in longer
 * runs. V8 offers `gc` under a flag that may be set while it runs.
 */

import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** How much the process may grow between two collections: they cost some ten milliseconds. */
const GROWTH_BYTES = 16 * 2 ** 20;

const collect = exposeCollector();
let residentAfter = 0;

/** Collects this thread's garbage. */
export function collectGarbage(): void {
  collect();
  residentAfter = process.memoryUsage.rss();
}

/** Collects this thread's garbage if the process has grown since this thread did so last. */
export function collectIfGrown(): void {
  if (process.memoryUsage.rss() > residentAfter + GROWTH_BYTES) collectGarbage();
}

function exposeCollector(): () => void {
  setFlagsFromString('--expose-gc');
  const exposed: unknown = runInNewContext('gc');
  return typeof exposed === 'function' ? (exposed as () => void) : () => {};
}
