/**
 * What must become of a report by its times: when it was made, what time it bears and when it is
 * sent. One place, so that every fault of clocks and absence is held to the same rules.
 */

import { DAY_MS } from '@priolab/roles';
import type { Task } from '@priolab/roles';

import type { AllowedFate, FaultContext } from '../fault.ts';

export function fatesByTime(
  { settings }: FaultContext,
  times: {
    readonly task: Task;
    /** By the true time: the phone's certificate is for this day. */
    readonly madeMs: number;
    /** As it says. */
    readonly createdMs: number;
    readonly sendAtMs: number;
  },
): readonly AllowedFate[] {
  const { task, madeMs, createdMs, sendAtMs } = times;
  const { ageMsMax, skewMsMax, timeoutMs, graceMs, batchEveryMs, scanEveryMs } = settings;
  const youngestMs = sendAtMs - createdMs;
  const oldestMs = youngestMs + timeoutMs;
  if (youngestMs > ageMsMax || oldestMs < -skewMsMax) return ['stale'];
  const maybeStale = oldestMs > ageMsMax || youngestMs < -skewMsMax ? ['stale'] : [];
  const isCertified = Math.floor(madeMs / DAY_MS) === Math.floor(createdMs / DAY_MS);
  if (!isCertified) return ['bad-certificate', ...maybeStale];
  const sumMs = createdMs - (createdMs % task.windowMs) + task.windowMs + graceMs;
  // A window is summed once; before that the report is batched, and the batch found.
  const maybeLate = sendAtMs + timeoutMs + batchEveryMs(task) + 2 * scanEveryMs > sumMs;
  return ['accepted', ...maybeStale, ...(maybeLate ? ['batch-late'] : [])];
}
