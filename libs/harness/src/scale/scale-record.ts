/**
 * What `priolab scale` leaves behind: `scale.json`, versioned and plain. Points are what was
 * measured, one run each; all else follows from them (`analyse.ts`). A field that is added keeps
 * the version; one that changes does not.
 */

import type { EnvironmentRecord } from '../record/run-record.ts';
import type { PeakSource } from '@priolab/runtime';
import type { Interval } from '../statistics/line.ts';

export const SCALE_SCHEMA = 'priolab-scale/1';

/** What is to be run: each count with each number of workers, `repeat` times. */
export interface ScaleGrid {
  /** Ascending. */
  readonly reports: readonly number[];
  readonly workers: readonly number[];
  readonly repeat: number;
}

/** One run of the grid. */
export interface GridCell {
  readonly reports: number;
  readonly workers: number;
  /** From 0. */
  readonly round: number;
}

/** One run, in a process of its own. */
export interface ScalePoint extends GridCell {
  readonly startedAt: string;
  readonly exitCode: number;
  readonly verdict: string;
  readonly resultDigest: string;
  /** From the start of the process to its end: start-up, planning, the run, its report. */
  readonly wallMs: number;
  /** The run's own (`cost` in `summary.json`): without start-up and planning. */
  readonly runMs: number;
  readonly cpuMs: number;
  readonly peakRssBytes: number;
  readonly peakRssSource: PeakSource;
  /** One P-256 multiplication, timed just before and just after, microseconds. */
  readonly calibrationUs: { readonly before: number; readonly after: number };
  /** Of the minute before. */
  readonly loadAverage: number;
  /** CPU time that a hypervisor gave to others meanwhile, where the system tells it. */
  readonly stolenMs?: number;
}

export type { Interval };

export type Linearity =
  | { readonly verdict: 'unknown'; readonly reason: string }
  /** No bend seen up to the largest count; one of more than `detectable` there would have been. */
  | { readonly verdict: 'not-seen'; readonly upTo: number; readonly detectable: number }
  /** From `at` on, which took `deviation` more than foretold (as a part of it). */
  | { readonly verdict: 'seen'; readonly at: number; readonly deviation: number };

export type MemoryVerdict = 'flat' | 'grows' | 'shrinks' | 'unknown';

export interface MemoryFit {
  /** The smallest count that lies on the line. */
  readonly from: number;
  readonly baseBytes: Interval;
  /** Bytes a report. */
  readonly slope: Interval;
  /**
   * `flat`: the interval holds 0 and ends below `boundBytes`; `unknown`: it ends above, or no part
   * of the grid is a line.
   */
  readonly verdict: MemoryVerdict;
  readonly boundBytes: number;
  readonly linearity: Linearity;
  /** Bytes of `extrapolated.reports` in one process, where it is known how fast memory grows. */
  readonly extrapolated?: Interval;
}

/** A cost as a line: fixed + reports x each, in ms or in P-256 multiplications. */
export interface CostLine {
  /** The smallest count that lies on it, and the runs from there on. */
  readonly from: number;
  readonly runs: number;
  readonly fixed: Interval;
  readonly each: Interval;
  /** Of one run about the line, as a part of it. */
  readonly scatter: number;
  /** What `extrapolated.reports` would take here, if nothing changed on the way. */
  readonly extrapolated: Interval;
}

export interface CostFit {
  readonly linearity: Linearity;
  /** Why there is no line. */
  readonly refused?: string;
  readonly line?: CostLine;
}

/** What the runs with one number of workers say. */
export interface WorkersRecord {
  readonly workers: number;
  /** ms, by the clock on the wall. */
  readonly wall: CostFit;
  /** ms of CPU, all threads. */
  readonly cpu: CostFit;
  /** CPU in P-256 multiplications that the machine did at the time of each run. */
  readonly multiplications: CostFit;
  readonly memory?: MemoryFit;
  /** Of the wall's cost a report, against the fewest workers of the grid; absent for these. */
  readonly speedUp?: Interval;
  readonly efficiency?: Interval;
  /** Amdahl's: the part of the work that more workers can't share; below 0 means none. */
  readonly serialShare?: Interval;
}

export interface ScaleAnalysis {
  /** One for each number of workers, ascending. */
  readonly byWorkers: readonly WorkersRecord[];
  readonly extrapolated: {
    /** Device metrics, a report each. */
    readonly reports: number;
    /** How many times the largest count that was run; absent where none was. */
    readonly factor?: number;
  };
  /** Level of every interval. */
  readonly confidence: number;
  /** How often a line may be called bent. */
  readonly alpha: number;
  readonly machine: {
    readonly calibrationUs: {
      readonly median: number;
      readonly low: number;
      readonly high: number;
    };
    readonly loadAverage: { readonly first: number; readonly high: number };
    /** As a part of the time on the wall of all runs, in cores. */
    readonly stolenCores?: number;
  };
  /** One line each: what a reader must know. */
  readonly notes: readonly string[];
  /**
   * `measured`; `invalid`: too few or too noisy for some of it; `interrupted`; `broken`: a run did
   * not end well; `nondeterministic`: runs of one count ended differently.
   */
  readonly verdict: 'measured' | 'invalid' | 'interrupted' | 'broken' | 'nondeterministic';
  readonly exitCode: number;
}

export interface ScaleRecord extends ScaleAnalysis {
  readonly schema: typeof SCALE_SCHEMA;
  readonly scenario: {
    readonly id: string;
    readonly about: string;
    readonly seed: string;
    /** Over the scenario, with its own number of reports, and the seed. */
    readonly digest: string;
    readonly backend: string;
    readonly fidelity: string;
  };
  readonly environment: Omit<EnvironmentRecord, 'workers'>;
  readonly grid: ScaleGrid;
  readonly points: readonly ScalePoint[];
}
