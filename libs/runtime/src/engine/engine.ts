/**
 * The seam between a sharded computation and the threads that run it.
 *
 * A job is a program module and a number of shards; an engine runs each shard once, somewhere, and
 * hands the results back in ascending order. What crosses threads is a shard number in and a small
 * result out. Every engine must give the same results: a runner may depend on its init and the
 * shard number only, never on which shards it ran before.
 */

/** Runs shards one after the other in one thread; it may keep buffers between them. */
export interface ShardRunner<R> {
  /**
   * The result of one shard, or a promise of it; must be cloneable by `structuredClone`. A thread
   * begins its next shard when this one is done.
   */
  run(shardIndex: number): R | Promise<R>;
  /** The buffers of a result that move to the receiver instead of being copied. */
  transferables?(result: R): ArrayBuffer[];
}

/** What a program module exports under the name `createShardRunner`; called once a thread. */
export type CreateShardRunner<I, R> = (init: I) => ShardRunner<R>;

/** One computation, cut into `shardCount` shards. */
export interface ShardJob<I, R> {
  /** The module that exports `createShardRunner: CreateShardRunner<I, R>`, as a file URL. */
  readonly program: URL;
  /** The same module for an engine that stays in this thread; left out: imported from there. */
  load?(): Promise<{ readonly createShardRunner: CreateShardRunner<I, R> }>;
  /** Given to each thread as its own `structuredClone`. */
  readonly init: I;
  readonly shardCount: number;
  /**
   * Called in ascending shard order without gaps, whatever the engine; it owns `result`. Where it
   * gives a promise the next result waits for that, and so do shards beyond the engine's window:
   * no result is made long before there is room for it.
   */
  onResult(shardIndex: number, result: R): void | Promise<void>;
  /** When aborted, no new shard is begun; those under way are finished and delivered. */
  readonly signal?: AbortSignal;
}

/** How far a job came: shards `0 ... completedCount - 1` were delivered. */
export interface EngineReport {
  readonly completedCount: number;
  /** True where the job's signal stopped it before its last shard. */
  readonly interrupted: boolean;
}

/** Runs jobs; it holds no threads between them. */
export interface Engine {
  /** Threads besides this one; 0 runs every shard in this thread. */
  readonly workerCount: number;
  /** Begins what a job of this program will need before its first shard; returns at once. */
  prepare?(program: URL): void;
  /**
   * Resolves when all shards are delivered, or after an abort. Rejects with an `EngineError` where
   * a shard or a thread fails, and with the thrown value itself where `onResult` throws or rejects;
   * by then all threads have ended and `onResult` is neither under way nor called again.
   */
  run<I, R>(job: ShardJob<I, R>): Promise<EngineReport>;
}

/**
 * - `init-failed`: the program can't be loaded, or its `createShardRunner` threw
 * - `shard-failed`: a shard threw, or its result can't be cloned
 * - `worker-failed`: a thread died of an error outside a shard, or ran out of memory
 * - `worker-exited`: a thread ended itself
 */
export type EngineErrorCode = 'init-failed' | 'shard-failed' | 'worker-failed' | 'worker-exited';

/** The computation broke; `cause` is what the thread threw, `shardIndex` what it was running. */
export class EngineError extends Error {
  readonly code: EngineErrorCode;
  /** Undefined where no shard was under way. */
  readonly shardIndex: number | undefined;

  constructor(code: EngineErrorCode, shardIndex: number | undefined, cause: unknown) {
    const where = shardIndex === undefined ? '' : ` in shard ${shardIndex}`;
    super(`${code}${where}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    this.name = 'EngineError';
    this.code = code;
    this.shardIndex = shardIndex;
  }
}
