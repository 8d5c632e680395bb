/**
 * Garbage collections between shards.
 *
 * Programs keep their data in ArrayBuffers, and leave small objects behind that hold memory outside
 * the heap: buffers that came from another thread or from a cipher, ciphers, keys. V8 sees a heap
 * of some 12 MB and no hurry, while what they hold piles up to tens of MiB a thread, and what a
 * process has once taken it keeps. So the young are collected after every shard, which takes a
 * millisecond; those that outlived two such collections are collected for one hundredth of the
 * time. V8 offers `gc` under a flag that may be set while it runs.
 */

import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { monotonicMs } from '../clock.ts';

/** A full collection takes some ten milliseconds; the next waits a hundred times as long. */
const PAUSE_FACTOR = 100;

const collect = exposeCollector();
let nextFullMs = 0;

/** Collects all garbage of this thread. */
export function collectGarbage(): void {
  const startMs = monotonicMs();
  collect();
  const endMs = monotonicMs();
  nextFullMs = endMs + PAUSE_FACTOR * (endMs - startMs);
}

/** For after each piece of work: collects young garbage, and now and then all of it. */
export function collectBetweenWork(): void {
  if (monotonicMs() < nextFullMs) collect({ type: 'minor' });
  else collectGarbage();
}

function exposeCollector(): (options?: { readonly type: 'minor' }) => void {
  setFlagsFromString('--expose-gc');
  const exposed: unknown = runInNewContext('gc');
  return typeof exposed === 'function' ? (exposed as () => void) : () => {};
}
