/**
 * Long computations beside an event loop: steps are taken in slices of some milliseconds, and
 * signals, timers and output are served in between, and garbage is collected: planning draws its
 * bytes from ciphers, each time into a new buffer. The steps' result does not depend on it.
 */

import { setImmediate as yieldToEventLoop } from 'node:timers/promises';

import { collectBetweenWork, monotonicMs } from '@priolab/runtime';

const SLICE_MS = 20;

export interface SliceOptions<Step> {
  readonly signal?: AbortSignal | undefined;
  /** Called with the latest step at the end of each slice. */
  readonly onSlice?: ((step: Step, elapsedMs: number) => void) | undefined;
}

/** What the steps return; undefined where the signal stopped them. */
export async function inSlices<Step, Result>(
  steps: Generator<Step, Result, void>,
  { signal, onSlice }: SliceOptions<Step> = {},
): Promise<Result | undefined> {
  const startMs = monotonicMs();
  let sliceEndMs = startMs + SLICE_MS;
  for (;;) {
    if (signal?.aborted === true) return undefined;
    const step = steps.next();
    if (step.done === true) return step.value;
    const nowMs = monotonicMs();
    if (nowMs < sliceEndMs) continue;
    onSlice?.(step.value, nowMs - startMs);
    collectBetweenWork();
    await yieldToEventLoop();
    sliceEndMs = monotonicMs() + SLICE_MS;
  }
}
