/** Runs many small scenarios on worker threads, in order, and hands over each result. */

import { createEngine } from '@priolab/runtime';

import type { ManyInit, ManyResult } from './many-program.ts';

const PROGRAM = new URL('./many-program.ts', import.meta.url);

export async function runMany(options: {
  readonly init: ManyInit;
  readonly workers: number;
  readonly signal?: AbortSignal | undefined;
  readonly onResult: (index: number, result: ManyResult) => void;
}): Promise<{ readonly interrupted: boolean }> {
  const { init, workers, signal, onResult } = options;
  const { jobs } = init;
  return createEngine(workers).run<ManyInit, ManyResult>({
    program: PROGRAM,
    load: () => import('./many-program.ts'),
    init,
    shardCount: jobs.kind === 'list' ? jobs.scenarios.length : jobs.seeds.length,
    ...(signal === undefined ? {} : { signal }),
    onResult,
  });
}
