/**
 * What reporting may take of a run's own: 5 % of its time and 5 % of its memory. Judged on medians.
 * Time counts as the larger of what it takes within the run and as a command of its own, which
 * starts, reads the record and checks it. Memory is how far the run's own peak rises; a command of
 * its own has the program and its libraries to load, so its size is told and not judged.
 */

import { median } from '../benchmarks/statistics.ts';
import type { CommandCost } from './command.ts';
import type { Measured, RunCost } from './measure.ts';

export const SHARE_MAX = 0.05;

export interface ReportingJudgement {
  /** On the wall; of runs with and without reports the shorter, lest a busy hour excuse much. */
  readonly runMs: number;
  /** From the written record to the last report, within the run. */
  readonly reportingMs: number;
  /** The command that makes all reports of a stored run. */
  readonly aloneMs: number;
  /** The larger of both, as a part of the run. */
  readonly timeShare: number;
  /** Of runs with reports, before they write anything. */
  readonly ownPeakBytes: number;
  /** How far the peak is above that at the process' end. */
  readonly riseBytes: number;
  readonly memoryShare: number;
  readonly alonePeakBytes: number;
  readonly shareMax: number;
  readonly quick: boolean;
  readonly small: boolean;
}

export function judgeReporting({ plain, reporting, alone }: Measured): ReportingJudgement {
  const runMs = Math.min(...[plain, reporting].map(medianWallMs));
  const reportingMs = median(reporting.map((run) => run.reportingMs));
  const aloneMs = medianWallMs(alone);
  const timeShare = Math.max(reportingMs, aloneMs) / runMs;
  const ownPeakBytes = median(reporting.map((run) => run.ownPeakBytes));
  const riseBytes = median(reporting.map(riseOf));
  const memoryShare = riseBytes / ownPeakBytes;
  return {
    runMs,
    reportingMs,
    aloneMs,
    timeShare,
    ownPeakBytes,
    riseBytes,
    memoryShare,
    alonePeakBytes: median(alone.map(({ peakBytes }) => peakBytes)),
    shareMax: SHARE_MAX,
    quick: timeShare <= SHARE_MAX,
    small: memoryShare <= SHARE_MAX,
  };
}

function medianWallMs(costs: readonly CommandCost[]): number {
  return median(costs.map(({ wallMs }) => wallMs));
}

export function riseOf({ peakBytes, ownPeakBytes }: RunCost): number {
  return Math.max(0, peakBytes - ownPeakBytes);
}
