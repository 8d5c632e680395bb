/**
 * The engine without threads: every shard runs in this one, which is the easiest to debug. Between
 * shards it yields to the event loop, so that signals and timers are served.
 */

import { setImmediate as yieldToEventLoop } from 'node:timers/promises';
import { collectBetweenWork } from './collect-garbage.ts';
import { EngineError, type EngineReport, type ShardJob, type ShardRunner } from './engine.ts';
import { createRunner, importProgram } from './program.ts';

/** Runs a job in this thread, see `Engine.run`. */
export async function runInline<I, R>(job: ShardJob<I, R>): Promise<EngineReport> {
  const { shardCount, signal } = job;
  const mayGoOn = () => signal?.aborted !== true;
  let completedCount = 0;
  if (shardCount > 0 && mayGoOn()) {
    const runner = await loadHere(job);
    while (completedCount < shardCount && mayGoOn()) {
      await job.onResult(completedCount, await runShard(runner, completedCount));
      completedCount += 1;
      collectBetweenWork();
      await yieldToEventLoop();
    }
  }
  return { completedCount, interrupted: completedCount < shardCount };
}

async function loadHere<I, R>(job: ShardJob<I, R>): Promise<ShardRunner<R>> {
  try {
    // A clone, as for a thread: a runner that writes to its init must not reach the caller's.
    const init = structuredClone(job.init);
    if (job.load !== undefined) return (await job.load()).createShardRunner(init);
    return createRunner(await importProgram(job.program.href), init) as ShardRunner<R>;
  } catch (error) {
    throw new EngineError('init-failed', undefined, error);
  }
}

async function runShard<R>(runner: ShardRunner<R>, shardIndex: number): Promise<R> {
  try {
    return await runner.run(shardIndex);
  } catch (error) {
    throw new EngineError('shard-failed', shardIndex, error);
  }
}
