/**
 * A full garbage collection between shards.
 *
 * Programs keep their data in ArrayBuffers and leave small objects behind that hold native memory
 * (ciphers, keys). V8 sees a heap of some 12 MB and collects the survivors every ten seconds or
 * later; their native memory is not on its books and piles up to hundreds of MiB, more in longer
 * runs. V8 offers `gc` under a flag that may be set while it runs.
 */

import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Collects this thread's garbage: some ten milliseconds. */
export const collectGarbage: () => void = exposeCollector();

function exposeCollector(): () => void {
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  return typeof collect === 'function' ? (collect as () => void) : () => {};
}
