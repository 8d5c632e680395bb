/**
 * The engine with worker threads. Shards are dealt in ascending order to the thread with the fewest
 * under way, two each, so that a thread never waits for this one; results that come early are kept
 * in a window of bounded size until those before them have come, so memory doesn't grow with the
 * number of shards. A receiver that takes its time holds up the window, and so the dealing.
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
  let dealtCount = 0;
  let settled = false;

  const fail = (reason: unknown) => {
    if (settled) return;
    settled = true;
    delivery.end(() => reject(reason));
  };
  const deal = () => {
    if (settled) return;
    const stop = signal?.aborted === true ? dealtCount : shardCount;
    while (dealtCount < Math.min(stop, delivery.count + window)) {
      const thread = leastBusy(threads);
      if (thread.underWay.length === SHARDS_PER_WORKER) return;
      thread.underWay.push(dealtCount);
      thread.worker.postMessage(dealtCount);
      dealtCount += 1;
    }
    // All that was dealt is delivered and nothing more was dealt: the end, or an abort.
    if (delivery.count === dealtCount) {
      settled = true;
      resolve(delivery.count);
    }
  };
  const delivery = createDelivery(job, { onDelivered: deal, onFailure: fail });
  const receive = (thread: Thread, message: WorkerMessage) => {
    if (message.kind === 'failure') {
      const code = message.shardIndex === undefined ? 'init-failed' : 'shard-failed';
      fail(new EngineError(code, message.shardIndex, decodeError(message.error)));
      return;
    }
    thread.underWay.shift();
    deal(); // first, so that the threads work while the results are looked at
    delivery.add(message.shardIndex, message.result as R);
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

/** Gives results to the receiver one after the other, in order. */
interface Delivery<R> {
  /** How many it is done with. */
  readonly count: number;
  add(shardIndex: number, result: R): void;
  /** Nothing more is delivered; says when the receiver is done with what it has. */
  end(onEnd: () => void): void;
}

function createDelivery<I, R>(
  job: ShardJob<I, R>,
  on: { onDelivered(): void; onFailure(reason: unknown): void },
): Delivery<R> {
  const early = new Map<number, R>();
  let count = 0;
  let ended = false;
  let underWay: Promise<void> | undefined;

  const done = () => {
    count += 1;
    collectBetweenWork();
    if (!ended) on.onDelivered();
  };
  const goOn = () => {
    try {
      while (!ended && underWay === undefined && early.has(count)) {
        const result = early.get(count) as R;
        early.delete(count);
        const work = job.onResult(count, result);
        if (work === undefined) done();
        else wait(work);
      }
    } catch (error) {
      on.onFailure(error);
    }
  };
  const wait = (work: Promise<void>) => {
    underWay = work;
    work.then(() => {
      underWay = undefined;
      done();
      goOn();
    }, on.onFailure);
  };
  return {
    get count() {
      return count;
    },
    add(shardIndex, result) {
      early.set(shardIndex, result);
      goOn();
    },
    end(onEnd) {
      ended = true;
      early.clear();
      if (underWay === undefined) onEnd();
      else underWay.then(onEnd, onEnd);
    },
  };
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
