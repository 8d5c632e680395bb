/**
 * Chooses the engine: this thread alone, or worker threads.
 */

import assert from 'node:assert/strict';
import type { Engine, ShardJob } from './engine.ts';
import { runInline } from './inline.ts';
import { runThreads } from './threads.ts';
import { workerEntry } from './worker-entry.ts';

/** An engine with `workerCount` threads besides this one; 0 runs every shard in this thread. */
export function createEngine(workerCount: number): Engine {
  assertCount('workerCount', workerCount);
  return {
    workerCount,
    prepare(program) {
      // What goes wrong here goes wrong again in `run`, which tells it.
      if (workerCount > 0) workerEntry(program).catch(() => {});
    },
    async run<I, R>(job: ShardJob<I, R>) {
      assertCount('shardCount', job.shardCount);
      return workerCount === 0 ? runInline(job) : runThreads(job, workerCount);
    },
  };
}

function assertCount(name: string, value: number): void {
  assert.ok(Number.isSafeInteger(value) && value >= 0, `${name} must be a count, got ${value}`);
}
