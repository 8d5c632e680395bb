/**
 * What a reader must know of the machine and of runs before the numbers: what was left out and why,
 * who else was there, how steady it was. Sentences and figures, no judgement.
 */

import { DRIFT_LIMIT } from '../expectations/performance.ts';
import { EXIT } from '../expectations/verdict.ts';
import type { ScaleAnalysis, ScalePoint } from './scale-record.ts';

/** Work of others in the minute before the first run, in cores, that is worth a word. */
const BUSY_BEFORE = 0.5;
const STOLEN_CORES = 0.05;
/** Changes of the machine's speed from run to run that are worth a word. */
const UNSTEADY = 1.2;

export function describeRuns(parts: {
  readonly points: readonly ScalePoint[];
  readonly usable: readonly ScalePoint[];
  readonly cores: number;
  /** Workers, of the grid. */
  readonly largest: number;
}): Pick<ScaleAnalysis, 'machine' | 'notes'> {
  const { points, usable, cores, largest } = parts;
  const machine = machineOf(points);
  const { calibrationUs, loadAverage, stolenCores } = machine;
  const drift = calibrationUs.high / calibrationUs.low;
  const say = (when: boolean, text: string): string[] => (when ? [text] : []);
  const count = (of: (point: ScalePoint) => boolean): number => points.filter(of).length;
  const invalid = points.length - usable.length;
  const vacuous = count(({ exitCode }) => exitCode === EXIT.vacuous);
  const slow = count(({ exitCode }) => exitCode === EXIT.performance);
  const sampled = count(({ peakRssSource }) => peakRssSource === 'samples');
  const load = `load average ${loadAverage.first.toFixed(2)} before the first run`;
  return {
    machine,
    notes: [
      ...say(
        invalid > 0,
        `${invalid} of ${points.length} runs left out of the fits: not ended well, or the ` +
          `machine's speed changed by more than ${DRIFT_LIMIT} within them`,
      ),
      ...say(
        vacuous > 0,
        `${vacuous} runs have too few reports for something that the scenario expects (vacuous); ` +
          'they are timed like others',
      ),
      ...say(slow > 0, `${slow} runs miss a limit on speed or memory; they are timed like others`),
      ...say(
        loadAverage.first > BUSY_BEFORE,
        `the machine did other things too (${load}, ${loadAverage.high.toFixed(2)} at most, ` +
          `${cores} cores): times on the wall are too long`,
      ),
      ...say(
        (stolenCores ?? 0) > STOLEN_CORES,
        `the hypervisor gave ${stolenCores?.toFixed(2)} cores to others meanwhile`,
      ),
      ...say(
        drift > UNSTEADY,
        `the machine's speed was not steady: one P-256 multiplication took ` +
          `${calibrationUs.low.toFixed(0)} to ${calibrationUs.high.toFixed(0)} us`,
      ),
      ...say(
        largest > cores,
        `${largest} workers share ${cores} cores: speed-up ends there for want of cores`,
      ),
      ...say(
        sampled > 0,
        `memory of ${sampled} runs was looked at now and then: the peak may be higher`,
      ),
    ],
  };
}

function machineOf(points: readonly ScalePoint[]): ScaleAnalysis['machine'] {
  const units = points.flatMap(({ calibrationUs: { before, after } }) => [before, after]);
  const loads = points.map(({ loadAverage }) => loadAverage);
  const stolen = points.flatMap(({ stolenMs }) => (stolenMs === undefined ? [] : [stolenMs]));
  const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
  const wallMs = sum(points.map((point) => point.wallMs));
  return {
    calibrationUs: {
      median: median(units),
      low: units.length === 0 ? 0 : Math.min(...units),
      high: units.length === 0 ? 0 : Math.max(...units),
    },
    loadAverage: { first: loads[0] ?? 0, high: Math.max(0, ...loads) },
    ...(stolen.length === points.length && wallMs > 0 ? { stolenCores: sum(stolen) / wallMs } : {}),
  };
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  if (sorted.length === 0) return 0;
  return (sorted[Math.ceil(middle) - 1]! + sorted[Math.floor(middle)]!) / 2;
}
