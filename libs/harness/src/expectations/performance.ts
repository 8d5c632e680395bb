/**
 * Limits on speed and memory. Speed is judged in units of a calibration kernel timed in the same
 * run, so that a limit means the same on another machine; never in seconds.
 */

import type { ExpectationOutcome, RunRecord } from '../record/run-record.ts';

type Outcome = Omit<ExpectationOutcome, 'id'>;

/** Judged by what the machine can do, so that the same run may end otherwise elsewhere. */
export const machineOracles: ReadonlySet<string> = new Set(['throughput', 'memory']);

/** If the machine's speed changed by more than this during the run, the measurement is invalid. */
export const DRIFT_LIMIT = 1.5;
/** Fewer reports than this, and start-up is most of what is timed. */
const FEWEST_REPORTS = 5000;

function reportsDone({ fates }: RunRecord): number {
  return fates.reduce((sum, { outcome, count }) => sum + (outcome === 'pending' ? 0 : count), 0);
}

/** `throughput`: reports for each P-256 multiplication that the same CPU time would pay for. */
export function checkThroughput(record: RunRecord, atLeast: number): Outcome {
  const { rung } = record.fidelity;
  const { calibrationUs, cpuMs, reportsPerSecond } = record.cost;
  const { before, after } = calibrationUs;
  const n = reportsDone(record);
  const perUnit = (n * (before + after)) / 2000 / cpuMs;
  const kind = rung === 'full' ? '' : `${rung} `;
  const drift = Math.max(before, after) / Math.min(before, after);
  const limit = `at least ${atLeast} ${kind}reports for each P-256 multiplication`;
  const observed =
    `${perUnit.toFixed(4)} (${reportsPerSecond.toFixed(0)} ${kind}reports/s; one multiplication ` +
    `${before.toFixed(0)} us before, ${after.toFixed(0)} us after)`;
  if (n < FEWEST_REPORTS) {
    return { verdict: 'vacuous', observed: `too few reports to time: ${observed}`, limit, n };
  }
  if (!(drift <= DRIFT_LIMIT)) {
    const reason = `the machine's speed changed by a factor of ${drift.toFixed(2)}`;
    return { verdict: 'invalid', observed: `${reason}: ${observed}`, limit, n };
  }
  const verdict = perUnit >= atLeast ? 'pass' : 'fail';
  return { verdict, observed, limit, n, value: perUnit };
}

/** `memory`: the largest resident set of the process, workers included. */
export function checkMemory(record: RunRecord, atMostMiB: number): Outcome {
  const peakMiB = record.cost.peakRssBytes / 2 ** 20;
  const n = reportsDone(record);
  const verdict = n === 0 ? 'vacuous' : peakMiB <= atMostMiB ? 'pass' : 'fail';
  const observed = `${peakMiB.toFixed(0)} MiB`;
  return { verdict, observed, limit: `at most ${atMostMiB} MiB`, n, value: peakMiB };
}
