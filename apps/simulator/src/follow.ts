/** A run under the eyes of a user: progress on standard error, and Ctrl-C asks it to stop. */

import { describeEnvironment, runScenario } from '@priolab/harness';
import type { RunOptions, RunSummary } from '@priolab/harness';

import { deploymentOptions } from './deployment-options.ts';
import { createProgressLine } from './progress-line.ts';

type Followed = Omit<RunOptions, 'environment' | 'onProgress' | 'deployment' | 'signal'>;

/** @param of where services that are deployed have their files, and whether they stay */
export async function runFollowed(
  options: Followed & { readonly signal: AbortSignal },
  of: { readonly folder: string; readonly keep?: boolean },
): Promise<RunSummary> {
  const { signal } = options;
  const progress = createProgressLine(process.stderr);
  const waiting = createProgressLine(process.stderr, { doing: 'waiting for', unit: 'sums' });
  const clear = (): void => {
    progress.clear();
    waiting.clear();
  };
  const onStop = (): void => {
    clear();
    console.error('stopping when the shards under way are done; Ctrl-C again ends it at once');
  };
  signal.addEventListener('abort', onStop, { once: true });
  try {
    return await runScenario({
      ...options,
      environment: describeEnvironment(),
      onProgress: (state) => progress.update(state),
      deployment: deploymentOptions({
        ...of,
        onWaiting({ sumsDone, sumCount, elapsedMs }) {
          progress.clear();
          waiting.update({ reportsDone: sumsDone, reportCount: sumCount, elapsedMs });
        },
      }),
    });
  } finally {
    signal.removeEventListener('abort', onStop);
    clear();
  }
}
