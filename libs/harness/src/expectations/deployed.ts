/**
 * Runs whose uploads travelled to ingestors and whose totals came from a portal: whether every part
 * came to its end, and what it says where they made something else of the same uploads than the
 * parties in memory.
 *
 * A failure of `live`: a sum that is not there when nothing goes on any more, or a process that
 * ended. A deviation is a failure of `deployed`, and of what it is about: totals of `sum.exact`,
 * clients of `count.exact`, all others of `conserve`.
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
  'deployed',
] as const satisfies readonly PlainOracleId[];

export type DeviationKind = Exclude<keyof DeploymentRecord['deviations'], 'examples'>;

/** What `conserve` is about. */
export const lossKinds: readonly DeviationKind[] = ['refused', 'batches', 'reports', 'answers'];

/** `deployed`: what was sent is accounted for, and all is as in memory. */
export function checkDeployed(record: RunRecord): Omit<ExpectationOutcome, 'id'> {
  const limit = 'every upload answered, summed or refused, and all as in memory';
  const { deployment } = record;
  if (deployment === undefined) {
    return { verdict: 'vacuous', observed: 'nothing was sent: all is in memory', limit, n: 0 };
  }
  const { sent, stored, storedBefore, unanswered } = deployment.uploads;
  const refusedCount = sent - stored - storedBefore - unanswered;
  const observed =
    `${sent} uploads sent, ${stored} stored, ${storedBefore} there before, ` +
    `${refusedCount} refused, ${unanswered} unanswered; ${deployment.reports} in batches`;
  const deviation = deviationText(record, ['totals', 'clients', ...lossKinds]);
  if (deviation !== undefined) {
    return { verdict: 'fail', observed: `${observed}; ${deviation}`, limit, n: sent };
  }
  const isVacuous = sent === 0 || record.interrupted;
  return { verdict: isVacuous ? 'vacuous' : 'pass', observed, limit, n: isVacuous ? 0 : sent };
}

/** `live`: all sums are there, and the portal shows them. */
export function checkDeploymentEnds(
  { interrupted }: RunRecord,
  { windows, combined, missing, ended }: DeploymentRecord,
): Omit<ExpectationOutcome, 'id'> {
  const limit = 'both processors write their sum of every window, and the portal has it';
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

/** Whether a sum is not there because a party did not come to its end: a matter of `live`. */
export function isAbsent({ deployment }: RunRecord, { held }: CellRecord): boolean {
  return deployment !== undefined && held !== undefined && ABSENT.has(held.reason);
}

/** What to say of deviations of some kinds; undefined where there are none. */
export function deviationText(
  { deployment }: RunRecord,
  kinds: readonly DeviationKind[],
): string | undefined {
  if (deployment === undefined) return undefined;
  const { deviations } = deployment;
  const found = kinds.filter((kind) => deviations[kind] > 0);
  if (found.length === 0) return undefined;
  const counts = found.map((kind) => `${deviations[kind]} ${kind}`).join(', ');
  return `${deployment.kind} differs from memory in ${counts}: ${deviations.examples[0]}`;
}
