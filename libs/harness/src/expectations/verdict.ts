/**
 * From the outcomes of all expectations to one verdict and one exit code.
 *
 * 0 pass; 1 correctness; 2 usage; 3 performance limit; 4 privacy; 5 liveness; 6 vacuous;
 * 7 measurement invalid; 8 nondeterminism; 9 harness bug; 130 interrupted.
 * Several at once: the first of 9, 8, 4, 1, 5, 3, 6, 7 is returned; all stand in the record. Before
 * them come 130 and 2, which say that not all was run.
 */

import type { ExpectationOutcome, Verdict } from '../record/run-record.ts';

export const EXIT = {
  pass: 0,
  correctness: 1,
  usage: 2,
  performance: 3,
  privacy: 4,
  liveness: 5,
  vacuous: 6,
  invalid: 7,
  nondeterminism: 8,
  bug: 9,
  interrupted: 130,
} as const;

/** What comes first where several expectations, or several runs, end differently. */
const PRECEDENCE = [
  EXIT.interrupted,
  EXIT.bug,
  EXIT.usage,
  EXIT.nondeterminism,
  EXIT.privacy,
  EXIT.correctness,
  EXIT.liveness,
  EXIT.performance,
  EXIT.vacuous,
  EXIT.invalid,
] as const;

/** Oracles whose failure is no plain wrong result. */
const FAILURES: Readonly<Record<string, (typeof PRECEDENCE)[number]>> = {
  throughput: EXIT.performance,
  memory: EXIT.performance,
  'consent.kept': EXIT.privacy,
  'leak.scan': EXIT.privacy,
  'minbatch.on_accepted': EXIT.privacy,
  tenant: EXIT.privacy,
  'view.indist': EXIT.privacy,
  live: EXIT.liveness,
  det: EXIT.nondeterminism,
};

/** The one code that stands for all of them; 0 where there is none. */
export function worstExit(codes: Iterable<number>): number {
  const found = new Set(codes);
  return PRECEDENCE.find((code) => found.has(code)) ?? EXIT.pass;
}

export function exitCodeOf({ id, verdict }: ExpectationOutcome): number {
  switch (verdict) {
    case 'pass':
      return EXIT.pass;
    case 'fail':
      return Object.hasOwn(FAILURES, id) ? FAILURES[id]! : EXIT.correctness;
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
  const code = worstExit(outcomes.map(exitCodeOf));
  // What is wrong already is wrong, however early the run was stopped; the rest was cut short.
  const isWrong = [EXIT.correctness, EXIT.privacy, EXIT.nondeterminism].some((one) => one === code);
  if (interrupted && !isWrong) {
    return { verdict: 'interrupted', exitCode: EXIT.interrupted };
  }
  const verdict = code === 0 ? 'pass' : code === 6 ? 'vacuous' : code === 7 ? 'invalid' : 'fail';
  if (outcomes.length === 0) return { verdict: 'vacuous', exitCode: EXIT.vacuous };
  return { verdict, exitCode: interrupted ? EXIT.interrupted : code };
}
