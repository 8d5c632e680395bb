/**
 * The engine without threads: every shard runs in this one, which is the easiest to debug. Between
 * shards it yields to the event loop, so that signals and timers are served.
 */

import { setImmediate as yieldToEventLoop } from 'node:timers/promises';
import { EngineError, type EngineReport, type ShardJob } from './engine.ts';
import { loadRunner } from './program.ts';

/** Runs a job in this thread, see `Engine.run`. */
export async function runInline<I, R>(job: ShardJob<I, R>): Promise<EngineReport> {
  const { shardCount, signal } = job;
  let completedCount = 0;
  if (shardCount > 0 && signal?.aborted !== true) {
    // A clone, as for a thread: a runner that writes to its init must not reach the caller's.
    const runner = await loadRunner(job.program.href, structuredClone(job.init)).catch(
      (error: unknown) => {
        throw new EngineError('init-failed', undefined, error);
      },
    );
    while (completedCount < shardCount && signal?.aborted !== true) {
      let result: R;
      try {
        result = runner.run(completedCount) as R;
      } catch (error) {
        throw new EngineError('shard-failed', completedCount, error);
      }
      job.onResult(completedCount, result);
      completedCount += 1;
      await yieldToEventLoop();
    }
  }
  return { completedCount, interrupted: completedCount < shardCount };
}
