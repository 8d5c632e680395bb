/**
 * From the outcomes of all expectations to one verdict and one exit code.
 *
 * 0 pass; 1 correctness; 2 usage; 3 performance limit; 6 vacuous; 7 measurement invalid; 9 harness
 * bug; 130 interrupted. (4 privacy, 5 liveness and 8 nondeterminism come with their oracles.)
 * Several at once: the first of 9, 8, 4, 1, 5, 3, 6, 7 is returned; all stand in the record.
 */

import type { ExpectationOutcome, Verdict } from '../record/run-record.ts';

export const EXIT = {
  pass: 0,
  correctness: 1,
  usage: 2,
  performance: 3,
  vacuous: 6,
  invalid: 7,
  bug: 9,
  interrupted: 130,
} as const;

const PRECEDENCE = [EXIT.correctness, EXIT.performance, EXIT.vacuous, EXIT.invalid] as const;
const performanceIds: ReadonlySet<string> = new Set(['throughput', 'memory']);

export function exitCodeOf({ id, verdict }: ExpectationOutcome): number {
  switch (verdict) {
    case 'pass':
      return EXIT.pass;
    case 'fail':
      return performanceIds.has(id) ? EXIT.performance : EXIT.correctness;
    case 'vacuous':
      return EXIT.vacuous;
    case 'invalid':
      return EXIT.invalid;
  }
}

export function overallVerdict(
  outcomes: readonly ExpectationOutcome[],
  interrupted: boolean,
): { verdict: Verdict | 'interrupted'; exitCode: number } {
  const codes = new Set(outcomes.map(exitCodeOf));
  const code = PRECEDENCE.find((candidate) => codes.has(candidate)) ?? EXIT.pass;
  // What is wrong already is wrong, however early the run was stopped; the rest was cut short.
  if (interrupted && code !== EXIT.correctness) {
    return { verdict: 'interrupted', exitCode: EXIT.interrupted };
  }
  const verdicts = { 0: 'pass', 1: 'fail', 3: 'fail', 6: 'vacuous', 7: 'invalid' } as const;
  if (outcomes.length === 0) return { verdict: 'vacuous', exitCode: EXIT.vacuous };
  return { verdict: verdicts[code], exitCode: interrupted ? EXIT.interrupted : code };
}
