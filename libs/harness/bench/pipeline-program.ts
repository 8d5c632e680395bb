/**
 * The worker's program of `workers.bench.ts`: every shard is the same block through the pipeline,
 * but shard 0, which does nothing: its result says that all threads are ready.
 */

import type { BackendName } from '@priolab/crypto';
import type { CreateShardRunner } from '@priolab/runtime';

import { createPipeline, setUp } from './pipeline-block.ts';

export interface WorkerInit {
  readonly bins: number;
  readonly blockSize: number;
  readonly backend: BackendName;
  readonly workers: number;
  /** Shared: how many threads are ready. */
  readonly ready: Int32Array;
}

/** Until the compiler has seen enough of the code. */
const WARM_UP_RUNS = 3;

export const createShardRunner: CreateShardRunner<WorkerInit, number> = (init) => {
  const { bins, blockSize, backend, workers, ready } = init;
  const run = createPipeline(setUp(bins, blockSize, backend));
  for (let i = 0; i < WARM_UP_RUNS; i++) run();
  Atomics.add(ready, 0, 1);
  Atomics.notify(ready, 0);
  for (let count = 0; (count = Atomics.load(ready, 0)) < workers;) Atomics.wait(ready, 0, count);
  return { run: (shard) => (shard === 0 ? 0 : run()) };
};
