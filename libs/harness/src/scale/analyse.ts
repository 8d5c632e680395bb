/**
 * From the runs of a grid to what they say: cost a report, speed-up, memory, where it bends, and
 * how far that leads. A pure function of the points.
 *
 * Left out of fits: runs that did not end well, and runs during which the machine's own speed
 * changed (its calibrations before and after differ), which says nothing of the scenario. Where the
 * smallest counts do not lie on the line of the others, the line is that of the others, since it is
 * large numbers that it shall foretell. Refused rather than told, each cost by itself: what rests
 * on too few points, bends up to its end, or is not known to a quarter.
 */

import type { EnvironmentRecord } from '../record/run-record.ts';
import { DRIFT_LIMIT } from '../expectations/performance.ts';
import { EXIT, worstExit } from '../expectations/verdict.ts';
import { fitLine, ratioInterval } from '../statistics/line.ts';
import type { ErrorModel, Interval, Line, Observation } from '../statistics/line.ts';
import { straightness } from '../statistics/straight.ts';
import { amdahlShare } from './amdahl.ts';
import type {
  CostFit,
  Linearity,
  MemoryFit,
  MemoryVerdict,
  ScaleAnalysis,
  ScaleGrid,
  ScalePoint,
  WorkersRecord,
} from './scale-record.ts';
import { describeRuns } from './notes.ts';

export const CONFIDENCE = 0.95;
export const ALPHA = 0.01;
/** The size that is foretold: two billion device metrics, one report each. */
export const EXTRAPOLATED_REPORTS = 2_000_000_000;
/** Memory that a report may take and still be called none. */
export const FLAT_BYTES = 100;
const FEWEST_COUNTS = 3;
/** Half of the interval, as a part of the cost. */
const NOISE_LIMIT = 0.25;

/** Exit codes of runs that can be timed: right, too slow or large, or with too little data. */
const TIMED: ReadonlySet<number> = new Set([EXIT.pass, EXIT.performance, EXIT.vacuous]);

/** Whether a run shows something about the scenario's cost. */
export function isUsable({ exitCode, calibrationUs: { before, after } }: ScalePoint): boolean {
  return TIMED.has(exitCode) && driftOf([before, after]) <= DRIFT_LIMIT;
}

/** A run that makes going on useless: its result is wrong, or it has none. */
export function isBroken({ exitCode }: ScalePoint): boolean {
  return !TIMED.has(exitCode) && exitCode !== EXIT.invalid;
}

/** Largest over smallest. */
export function driftOf(values: readonly number[]): number {
  return Math.max(...values) / Math.min(...values);
}

export interface Measured {
  readonly grid: ScaleGrid;
  readonly points: readonly ScalePoint[];
  readonly interrupted: boolean;
  /** A run that left no record, which ended the grid: what it said. */
  readonly lost?: { readonly exitCode: number; readonly message: string };
  readonly cores: EnvironmentRecord['cores'];
}

export function analyseScale({ grid, points, interrupted, lost, cores }: Measured): ScaleAnalysis {
  const usable = points.filter(isUsable);
  const fits = grid.workers.map((workers) => {
    const own = usable.filter((point) => point.workers === workers);
    return { workers, own, wall: fitCost(own, wallOf, 'time on the wall') };
  });
  const first = fits[0];
  const byWorkers = fits.map(({ workers, own, wall }): WorkersRecord => {
    const memory = fitMemory(own);
    return {
      workers,
      wall: wall.fit,
      cpu: fitCost(own, cpuOf, 'CPU time').fit,
      multiplications: fitCost(own, multiplicationsOf, 'CPU in multiplications').fit,
      ...(memory === undefined ? {} : { memory }),
      ...(first === undefined || first.workers === workers
        ? {}
        : gains({ base: first.wall.line, baseWorkers: first.workers, line: wall.line, workers })),
    };
  });
  const refused = byWorkers.some(({ wall, cpu, multiplications }) =>
    [wall, cpu, multiplications].some((fit) => fit.refused !== undefined),
  );
  const broken = lost?.exitCode ?? points.find(isBroken)?.exitCode;
  const differs = differing(points);
  const exits = [
    { verdict: 'broken', when: broken !== undefined, code: broken },
    { verdict: 'nondeterministic', when: differs !== undefined, code: EXIT.nondeterminism },
    { verdict: 'interrupted', when: interrupted, code: EXIT.interrupted },
    { verdict: 'invalid', when: refused, code: EXIT.invalid },
  ] as const;
  const found = exits.find(({ when }) => when);
  const isSlow = points.some(({ exitCode }) => exitCode === EXIT.performance);
  const largest = grid.workers.at(-1)!;
  const described = describeRuns({ points, usable, cores, largest });
  const most = Math.max(...usable.map(({ reports }) => reports));
  return {
    byWorkers,
    extrapolated: {
      reports: EXTRAPOLATED_REPORTS,
      ...(most > 0 ? { factor: EXTRAPOLATED_REPORTS / most } : {}),
    },
    confidence: CONFIDENCE,
    alpha: ALPHA,
    machine: described.machine,
    notes: [...endings(points, lost?.message), ...described.notes],
    verdict: found?.verdict ?? 'measured',
    exitCode: worstExit([found?.code ?? EXIT.pass, isSlow ? EXIT.performance : EXIT.pass]),
  };
}

/** How runs ended that make the rest doubtful. */
function endings(points: readonly ScalePoint[], lost: string | undefined): string[] {
  const broken = points.filter(isBroken).map(({ reports, workers, verdict, exitCode }) => {
    const run = `the run of ${reports} reports with workers ${workers}`;
    return `${run} ended with ${verdict} (exit code ${exitCode}): nothing was run after it`;
  });
  const differs = differing(points);
  return [
    ...broken,
    ...(lost === undefined ? [] : [lost]),
    ...(differs === undefined
      ? []
      : [`runs of ${differs} reports ended with different results, expected the same bytes`]),
  ];
}

/** A count whose runs did not all end with the same results. */
export function differing(points: readonly ScalePoint[]): number | undefined {
  const digestOf = new Map<number, string>();
  for (const { reports, resultDigest } of points.filter((point) => !isBroken(point))) {
    const known = digestOf.get(reports) ?? resultDigest;
    if (known !== resultDigest) return reports;
    digestOf.set(reports, known);
  }
  return undefined;
}

const wallOf = ({ reports, wallMs }: ScalePoint): Observation => ({ x: reports, y: wallMs });
const cpuOf = ({ reports, cpuMs }: ScalePoint): Observation => ({ x: reports, y: cpuMs });
/** CPU time by what one multiplication took at that time. */
const multiplicationsOf = ({ reports, cpuMs, calibrationUs }: ScalePoint): Observation => ({
  x: reports,
  y: (2000 * cpuMs) / (calibrationUs.before + calibrationUs.after),
});

/** The line of one cost, or why there is none. */
function fitCost(
  own: readonly ScalePoint[],
  of: (point: ScalePoint) => Observation,
  name: string,
): { readonly fit: CostFit; readonly line?: Line } {
  const all = own.map(of);
  const counts = [...new Set(all.map(({ x }) => x))].sort((a, b) => a - b);
  const linearity = linearityOf(all, 'relative');
  const refuse = (reason: string) => ({ fit: { linearity, refused: `${name}: ${reason}` } });
  if (counts.length < FEWEST_COUNTS) {
    const got = `${counts.length} counts of reports with a run that can be used`;
    return refuse(`too few points: got ${got}, expected ${FEWEST_COUNTS} at least`);
  }
  const from = straightFrom(all, counts, 'relative');
  if (from === undefined) {
    return refuse(`not linear, nor are its ${FEWEST_COUNTS} largest counts`);
  }
  const part = all.filter(({ x }) => x >= from);
  const line = fitLine(part, 'relative');
  const each = line.slopeInterval(CONFIDENCE);
  const noise = noiseOf(each);
  if (!(noise <= NOISE_LIMIT)) {
    const known = Number.isFinite(noise) ? `to ${(100 * noise).toFixed(0)} %` : 'not at all';
    return refuse(`too noisy: a report's is known ${known}, expected 25 % or better`);
  }
  const fitted = {
    from,
    runs: part.length,
    fixed: line.interceptInterval(CONFIDENCE),
    each,
    scatter: line.scatter,
    extrapolated: line.prediction(EXTRAPOLATED_REPORTS, CONFIDENCE),
  };
  return { fit: { linearity, line: fitted }, line };
}

/** How well a cost a report is known, as a part of it. */
function noiseOf({ value, high }: Interval): number {
  return value > 0 ? (high - value) / value : Infinity;
}

/** The smallest count from which on all lie on a line. */
function straightFrom(
  all: readonly Observation[],
  counts: readonly number[],
  errors: ErrorModel,
): number | undefined {
  return counts.slice(0, counts.length - FEWEST_COUNTS + 1).find((from) => {
    const part = all.filter(({ x }) => x >= from);
    return straightness(part, errors, ALPHA).verdict !== 'bent';
  });
}

function linearityOf(observations: readonly Observation[], errors: ErrorModel): Linearity {
  const found = straightness(observations, errors, ALPHA);
  if (found.verdict === 'unknown') return found;
  if (found.verdict === 'bent') {
    return { verdict: 'seen', at: found.at, deviation: found.deviation };
  }
  const upTo = Math.max(...observations.map(({ x }) => x));
  return { verdict: 'not-seen', upTo, detectable: found.detectable };
}

/** What more workers are worth; nothing where either line is missing. */
function gains(parts: {
  readonly base: Line | undefined;
  readonly baseWorkers: number;
  readonly line: Line | undefined;
  readonly workers: number;
}): Pick<WorkersRecord, 'speedUp' | 'efficiency' | 'serialShare'> {
  const { base, baseWorkers, line, workers } = parts;
  if (base === undefined || line === undefined) return {};
  const speedUp = ratioInterval(base, line, CONFIDENCE);
  const share = baseWorkers / workers;
  const { value, low, high } = speedUp;
  return {
    speedUp,
    efficiency: { value: value * share, low: low * share, high: high * share },
    serialShare: amdahlShare(speedUp, baseWorkers, workers),
  };
}

const memoryOf = ({ reports, peakRssBytes }: ScalePoint): Observation => ({
  x: reports,
  y: peakRssBytes,
});

/** Like a cost: the smallest counts, where a heap is still settling, may lie below the line. */
function fitMemory(own: readonly ScalePoint[]): MemoryFit | undefined {
  const all = own.map(memoryOf);
  const counts = [...new Set(all.map(({ x }) => x))].sort((a, b) => a - b);
  if (counts.length < FEWEST_COUNTS) return undefined;
  const straight = straightFrom(all, counts, 'equal');
  const from = straight ?? counts[0]!;
  const line = fitLine(
    all.filter(({ x }) => x >= from),
    'equal',
  );
  const slope = line.slopeInterval(CONFIDENCE);
  const verdict = straight === undefined ? 'unknown' : memoryVerdict(slope);
  return {
    from,
    baseBytes: line.interceptInterval(CONFIDENCE),
    slope,
    verdict,
    boundBytes: FLAT_BYTES,
    linearity: linearityOf(all, 'equal'),
    ...(verdict === 'grows' && noiseOf(slope) <= NOISE_LIMIT
      ? { extrapolated: line.prediction(EXTRAPOLATED_REPORTS, CONFIDENCE) }
      : {}),
  };
}

function memoryVerdict({ low, high }: Interval): MemoryVerdict {
  if (low > 0) return 'grows';
  if (high < 0) return 'shrinks';
  return high <= FLAT_BYTES ? 'flat' : 'unknown';
}
