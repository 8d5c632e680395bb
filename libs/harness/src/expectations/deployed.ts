/**
 * Runs whose processors are processes: whether these came to their end, and what it says where they
 * made something else of the same batches than the processors in memory.
 *
 * A failure of `live`: a sum that is not there when nothing goes on any more, or a process that
 * ended. A deviation is a failure of what it is about: totals of `sum.exact`, clients of
 * `count.exact`, refused reports and batches of `conserve`.
 */

import type {
  CellRecord,
  DeploymentRecord,
  ExpectationOutcome,
  RunRecord,
} from '../record/run-record.ts';
import type { PlainOracleId } from './oracles.ts';

/** Judged of every such run. */
export const reddenedByDeviations = [
  'sum.exact',
  'count.exact',
  'conserve',
] as const satisfies readonly PlainOracleId[];

/** `live`: all sums of both processes are there. */
export function checkProcesses(
  { interrupted }: RunRecord,
  { windows, combined, missing, ended }: DeploymentRecord,
): Omit<ExpectationOutcome, 'id'> {
  const limit = 'both processes write their sum of every window';
  const [first] = missing;
  const shown = first === undefined ? '' : `; not there: ${missing.slice(0, 3).join(', ')}`;
  const why = ended === undefined ? '' : `; ${ended}`;
  const observed = `${combined} of ${windows} pairs of sums${shown}${why}`;
  // Of a run that was stopped nobody knows what would have come.
  if (interrupted || windows === 0) return { verdict: 'vacuous', observed, limit, n: 0 };
  const isFailed = missing.length > 0 || ended !== undefined;
  return { verdict: isFailed ? 'fail' : 'pass', observed, limit, n: windows };
}

const ABSENT: ReadonlySet<string> = new Set(['no-leader-share', 'no-helper-share']);

/** Whether a sum is not there because a process did not come to its end: a matter of `live`. */
export function isAbsent({ deployment }: RunRecord, { held }: CellRecord): boolean {
  return deployment !== undefined && held !== undefined && ABSENT.has(held.reason);
}

/** What to say of deviations of some kinds; undefined where there are none. */
export function deviationText(
  { deployment }: RunRecord,
  kinds: readonly Exclude<keyof DeploymentRecord['deviations'], 'examples'>[],
): string | undefined {
  if (deployment === undefined) return undefined;
  const { deviations } = deployment;
  const found = kinds.filter((kind) => deviations[kind] > 0);
  if (found.length === 0) return undefined;
  const counts = found.map((kind) => `${deviations[kind]} ${kind}`).join(', ');
  return `processes differ from memory in ${counts}: ${deviations.examples[0]}`;
}
