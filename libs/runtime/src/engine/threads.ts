/**
 * The engine with worker threads. Shards are dealt in ascending order to the thread with the fewest
 * under way, two each, so that a thread never waits for this one; results that come early are kept
 * in a window of bounded size until those before them have come, so memory doesn't grow with the
 * number of shards.
 */

import { Worker } from 'node:worker_threads';
import { collectBetweenWork } from './collect-garbage.ts';
import { EngineError, type EngineErrorCode, type EngineReport, type ShardJob } from './engine.ts';
import { decodeError, type WorkerInit, type WorkerMessage } from './messages.ts';
import { workerEntry, type WorkerEntry } from './worker-entry.ts';

const SHARDS_PER_WORKER = 2; // one runs, one waits
const WINDOW_PER_WORKER = 4; // shards dealt but not yet delivered, two of them under way

/** Small heaps, in MB: programs keep their data in ArrayBuffers, which don't count here. */
const HEAP = { maxYoungGenerationSizeMb: 4, maxOldGenerationSizeMb: 256 };

interface Thread {
  readonly worker: Worker;
  /** Shards dealt to the thread and not yet answered, in the order in which it runs them. */
  readonly underWay: number[];
}

/** Runs a job in `min(workerCount, job.shardCount)` threads, see `Engine.run`. */
export async function runThreads<I, R>(
  job: ShardJob<I, R>,
  workerCount: number,
): Promise<EngineReport> {
  const { shardCount, signal } = job;
  const interruptedAtStart = signal?.aborted === true;
  if (shardCount === 0 || interruptedAtStart) {
    return { completedCount: 0, interrupted: shardCount > 0 };
  }
  const threads: Thread[] = [];
  try {
    const entry = await findEntry(job.program);
    const completedCount = await new Promise<number>((resolve, reject) => {
      startThreads(job, entry, threads, Math.min(workerCount, shardCount));
      dealShards(job, threads, resolve, reject);
    });
    return { completedCount, interrupted: completedCount < shardCount };
  } finally {
    await Promise.all(threads.map(({ worker }) => worker.terminate()));
  }
}

async function findEntry(program: URL): Promise<WorkerEntry> {
  try {
    return await workerEntry(program);
  } catch (error) {
    throw new EngineError('init-failed', undefined, error); // the program can't be bundled
  }
}

/** Starts `threadCount` threads into `threads`, which then holds even those before a failure. */
function startThreads<I, R>(
  job: ShardJob<I, R>,
  entry: WorkerEntry,
  threads: Thread[],
  threadCount: number,
): void {
  const workerData: WorkerInit = { programUrl: entry.program.href, init: job.init };
  for (let i = 0; i < threadCount; i++) {
    try {
      // The loader and flags of this thread are not for the worker.
      const options = { workerData, resourceLimits: HEAP, execArgv: [] };
      threads.push({ worker: new Worker(entry.worker, options), underWay: [] });
    } catch (error) {
      throw new EngineError('init-failed', undefined, error); // the init can't be cloned
    }
  }
}

/** Deals all shards and delivers their results; resolves with the number delivered. */
function dealShards<I, R>(
  job: ShardJob<I, R>,
  threads: readonly Thread[],
  resolve: (completedCount: number) => void,
  reject: (reason: unknown) => void,
): void {
  const { shardCount, signal } = job;
  const window = WINDOW_PER_WORKER * threads.length;
  const early = new Map<number, R>();
  let dealtCount = 0;
  let deliveredCount = 0;
  let settled = false;

  const fail = (reason: unknown) => {
    settled = true;
    reject(reason);
  };
  const deal = () => {
    const stop = signal?.aborted === true ? dealtCount : shardCount;
    while (dealtCount < Math.min(stop, deliveredCount + window)) {
      const thread = leastBusy(threads);
      if (thread.underWay.length === SHARDS_PER_WORKER) return;
      thread.underWay.push(dealtCount);
      thread.worker.postMessage(dealtCount);
      dealtCount += 1;
    }
    // All that was dealt is delivered and nothing more was dealt: the end, or an abort.
    if (deliveredCount === dealtCount) {
      settled = true;
      resolve(deliveredCount);
    }
  };
  const deliver = () => {
    for (; early.has(deliveredCount); deliveredCount++) {
      const result = early.get(deliveredCount) as R;
      early.delete(deliveredCount);
      job.onResult(deliveredCount, result);
      collectBetweenWork();
    }
  };
  const receive = (thread: Thread, message: WorkerMessage) => {
    if (message.kind === 'failure') {
      const code = message.shardIndex === undefined ? 'init-failed' : 'shard-failed';
      fail(new EngineError(code, message.shardIndex, decodeError(message.error)));
      return;
    }
    thread.underWay.shift();
    early.set(message.shardIndex, message.result as R);
    deal(); // first, so that the threads work while the results are looked at
    try {
      deliver();
      deal();
    } catch (error) {
      fail(error);
    }
  };

  for (const thread of threads) {
    listen(
      thread.worker,
      (message) => {
        if (!settled) receive(thread, message);
      },
      (code, cause) => {
        if (!settled) fail(new EngineError(code, thread.underWay[0], cause));
      },
    );
  }
  deal();
}

function listen(
  worker: Worker,
  receive: (message: WorkerMessage) => void,
  lose: (code: EngineErrorCode, cause: unknown) => void,
): void {
  worker.on('message', receive);
  worker.on('messageerror', (error) => lose('worker-failed', error));
  worker.on('error', (error) => lose('worker-failed', error));
  worker.on('exit', (code) =>
    lose('worker-exited', new Error(`the thread ended with exit code ${code}`)),
  );
}

function leastBusy(threads: readonly Thread[]): Thread {
  return threads.reduce((a, b) => (b.underWay.length < a.underWay.length ? b : a));
}
