/** What is new in a run compared with the one before: expectations that turned, and results. */

import type { ExpectationOutcome, RunSummary } from '@priolab/harness';

export type Judged = Pick<RunSummary, 'expectations' | 'identity'>;

/**
 * One line for each expectation that turned, came, went or still does not pass, and one about the
 * results; without a run before, those that do not pass.
 */
export function changesBetween(before: Judged | undefined, after: Judged): string[] {
  const now = named(after.expectations);
  if (before === undefined) {
    return [...now].flatMap(([id, one]) => (one.verdict === 'pass' ? [] : [said(id, one)]));
  }
  const then = named(before.expectations);
  const turned: string[] = [];
  const still: string[] = [];
  for (const [id, one] of now) {
    const was = then.get(id)?.verdict;
    if (was === undefined) turned.push(`new  ${said(id, one)}`);
    else if (was !== one.verdict) turned.push(`${was} -> ${said(id, one)}`);
    else if (was !== 'pass') still.push(`still ${said(id, one)}`);
  }
  const gone = [...then].filter(([id]) => !now.has(id));
  return [
    ...turned,
    ...gone.map(([id, { verdict }]) => `gone  ${id} (was ${verdict})`),
    ...(turned.length + gone.length === 0 ? ['no verdict changed'] : []),
    ...still,
    resultsLine(before.identity, after.identity),
  ];
}

function resultsLine(before: Judged['identity'], after: Judged['identity']): string {
  if (before.resultDigest === after.resultDigest) return 'the same results, byte for byte';
  const isSame = before.scenarioDigest === after.scenarioDigest && before.seed === after.seed;
  return isSame ? 'other results of the same scenario and seed' : 'other results';
}

/** By id; those that share one, as `outcome` of two faults does, by their number too. */
function named(expectations: readonly ExpectationOutcome[]): Map<string, ExpectationOutcome> {
  const found = new Map<string, ExpectationOutcome>();
  for (const one of expectations) {
    let name = one.id;
    for (let i = 2; found.has(name); i++) name = `${one.id} (${i})`;
    found.set(name, one);
  }
  return found;
}

/** What passes needs no more words. */
function said(id: string, { verdict, observed }: ExpectationOutcome): string {
  return verdict === 'pass' ? `${verdict}  ${id}` : `${verdict}  ${id}: ${observed}`;
}
