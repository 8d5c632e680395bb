/**
 * The stages of the pipeline, in the order in which a report passes them, and a stop-watch for
 * them, which also notes the work that each does. The time source is an argument: the harness reads
 * no clock.
 */

import { WORK_KINDS, emptyWork } from './work.ts';
import type { Work } from './work.ts';

export const STAGES = [
  'measure',
  'identity',
  'randomise',
  'prove',
  'split',
  'seal',
  'attest',
  'ingest',
  'open and evaluate',
  'decide and sum',
  'observe',
  'cross-check',
] as const;

export type Stage = (typeof STAGES)[number];

export interface StageTimer {
  /** Charges the time and the work since the last call (or since `start`) to a stage. */
  lap(stage: Stage): void;
  start(): void;
  /** Milliseconds for each of `STAGES`, in order. */
  readonly totalsMs: Float64Array;
  /** Stage by stage, a count for each of `WORK_KINDS`, in order. */
  readonly totalsWork: Float64Array;
}

/** @param work running counts, read at each lap */
export function createStageTimer(nowMs: () => number, work: Work = emptyWork()): StageTimer {
  const totalsMs = new Float64Array(STAGES.length);
  const totalsWork = new Float64Array(STAGES.length * WORK_KINDS.length);
  let lastMs = nowMs();
  let last = { ...work };
  return {
    totalsMs,
    totalsWork,
    start() {
      lastMs = nowMs();
      last = { ...work };
    },
    lap(stage) {
      const index = STAGES.indexOf(stage);
      WORK_KINDS.forEach((kind, k) => {
        totalsWork[index * WORK_KINDS.length + k]! += work[kind] - last[kind];
      });
      last = { ...work };
      const now = nowMs();
      totalsMs[index]! += now - lastMs;
      lastMs = now;
    },
  };
}
