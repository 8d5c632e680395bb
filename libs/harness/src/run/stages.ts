/**
 * The stages of the pipeline, in the order in which a report passes them, and a stop-watch for
 * them. The time source is an argument: the harness reads no clock.
 */

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
  /** Charges the time since the last call (or since `start`) to a stage. */
  lap(stage: Stage): void;
  start(): void;
  /** Milliseconds for each of `STAGES`, in order. */
  readonly totalsMs: Float64Array;
}

export function createStageTimer(nowMs: () => number): StageTimer {
  const totalsMs = new Float64Array(STAGES.length);
  let last = nowMs();
  return {
    totalsMs,
    start() {
      last = nowMs();
    },
    lap(stage) {
      const now = nowMs();
      totalsMs[STAGES.indexOf(stage)]! += now - last;
      last = now;
    },
  };
}
