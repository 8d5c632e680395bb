/**
 * What the runs show: memory must not grow with the number of reports, and must stay below a fixed
 * size. Judged on medians, since the garbage collector's timing moves single runs.
 */

import { median } from '../benchmarks/statistics.ts';
import type { MemoryRun } from './run.ts';

export const MIB = 2 ** 20;
/** A large run may take this share more than a small one, or this many bytes where that is more. */
const GROWTH_SHARE = 0.1;
const GROWTH_BYTES = 48 * MIB;
const LIMIT_BYTES = 1024 * MIB;

export interface MemoryJudgement {
  readonly basePeakBytes: number;
  readonly peakBytes: number;
  readonly growthBytes: number;
  readonly growthAllowedBytes: number;
  readonly limitBytes: number;
  /** Every run counted its reports right, or its memory says nothing. */
  readonly correct: boolean;
  readonly flat: boolean;
  readonly small: boolean;
}

export function judgeMemory(
  base: readonly MemoryRun[],
  runs: readonly MemoryRun[],
): MemoryJudgement {
  const basePeakBytes = median(base.map((run) => run.peakBytes));
  const peakBytes = median(runs.map((run) => run.peakBytes));
  const growthBytes = peakBytes - basePeakBytes;
  const growthAllowedBytes = Math.max(GROWTH_SHARE * basePeakBytes, GROWTH_BYTES);
  return {
    basePeakBytes,
    peakBytes,
    growthBytes,
    growthAllowedBytes,
    limitBytes: LIMIT_BYTES,
    correct: [...base, ...runs].every(({ verdict }) => verdict !== 'fail'),
    flat: growthBytes <= growthAllowedBytes,
    small: peakBytes < LIMIT_BYTES,
  };
}
