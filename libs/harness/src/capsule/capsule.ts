/**
 * A capsule: all that is needed to see a run again, byte for byte, on any machine: the scenario
 * with its seed, the code that ran it, and what came of it. It holds digests, no report and no
 * secret but the seed, and stays below 50 kB however long the run was: a scenario that takes more
 * has none.
 *
 * A replay runs the scenario again and compares all but what depends on the machine. Where it
 * differs, the journal's marks say between which events the two runs parted.
 */

import { z } from 'zod';

import { machineOracles } from '../expectations/performance.ts';
import type { RunSummary } from '../record/run-record.ts';
import { canonicalJson } from '../scenario/canonical-json.ts';
import { problemsOf, UsageError } from '../scenario/problems.ts';
import { resolveScenario } from '../scenario/scenario.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { MARKS_MAX } from '../simulation/record.ts';

const CAPSULE_FORMAT = 'priolab-capsule/1';
export const CAPSULE_FILE = 'capsule.json';
export const CAPSULE_SIZE_MAX = 50_000;

const digest = z.string().regex(/^[0-9a-f]{64}$/, '64 hex digits');

const capsuleSchema = z.strictObject({
  format: z.literal(CAPSULE_FORMAT),
  scenario: z.unknown(),
  commit: z.string().max(100),
  backend: z.string().max(20),
  node: z.string().max(40),
  /** A moment from which randomness was drawn anew, and under which name. */
  fork: z.strictObject({ atMs: z.int().min(0), name: z.string().min(1).max(100) }).optional(),
  result: z.strictObject({
    digest,
    verdict: z.string().max(20),
    exitCode: z.int(),
    failed: z.array(z.string().max(100)).max(200),
  }),
  journal: z
    .strictObject({
      digest,
      count: z.int().min(0),
      marks: z.array(z.string().regex(/^[0-9a-f]{8}$/)).max(MARKS_MAX),
    })
    .optional(),
});

export type Capsule = Omit<z.output<typeof capsuleSchema>, 'scenario' | 'journal'> & {
  readonly scenario: Scenario;
  readonly journal?: NonNullable<RunSummary['simulation']>['journal'] | undefined;
};

/** The capsule of a run that was not cut short: what was can't be repeated. */
export function capsuleOf(summary: RunSummary): Capsule {
  const { scenario, identity, environment, simulation, verdict, exitCode } = summary;
  const failed = summary.expectations.filter((one) => one.verdict !== 'pass').map(({ id }) => id);
  return {
    format: CAPSULE_FORMAT,
    scenario,
    commit: environment.commit,
    backend: identity.backend,
    node: environment.node,
    ...(simulation?.fork === undefined ? {} : { fork: simulation.fork }),
    result: { digest: identity.resultDigest, verdict, exitCode, failed: failed.slice(0, 200) },
    ...(simulation === undefined ? {} : { journal: simulation.journal }),
  };
}

/**
 * To be read by people where that fits; else in one line, with as many of the marks as fit.
 * Undefined where it is too large without any.
 */
export function encodeCapsule(capsule: Capsule): string | undefined {
  const fits = (text: string): boolean => Buffer.byteLength(text) <= CAPSULE_SIZE_MAX;
  const inLines = `${JSON.stringify(JSON.parse(canonicalJson(capsule)), undefined, 1)}\n`;
  if (fits(inLines)) return inLines;
  let { journal } = capsule;
  for (;;) {
    const inOneLine = `${canonicalJson({ ...capsule, journal })}\n`;
    if (fits(inOneLine)) return inOneLine;
    if (journal === undefined || journal.marks.length === 0) return undefined;
    journal = { ...journal, marks: everySecond(journal.marks) };
  }
}

/** Evenly spread as before, twice as far apart. */
function everySecond(marks: readonly string[]): string[] {
  return marks.filter((_, i) => i % 2 === 1);
}

/** @throws UsageError where the text is no capsule, or its scenario is none */
export function decodeCapsule(text: string, file: string): Capsule {
  const fail = (message: string): UsageError => new UsageError(file, [{ path: '', message }]);
  if (text.length > CAPSULE_SIZE_MAX) throw fail(`expected at most ${CAPSULE_SIZE_MAX} bytes`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw fail('expected a capsule in JSON');
  }
  const parsed = capsuleSchema.safeParse(value);
  if (!parsed.success) {
    throw new UsageError(file, problemsOf(parsed.error, value, capsuleSchema));
  }
  return { ...parsed.data, scenario: resolveScenario(parsed.data.scenario, file) };
}

/** How a run compares with the capsule that it repeats. */
export interface Comparison {
  readonly same: boolean;
  /** One line for each difference. */
  readonly differences: readonly string[];
  /** One line for each limit on the machine that ended otherwise, which is no difference. */
  readonly ofMachine: readonly string[];
}

export function compareToCapsule(summary: RunSummary, capsule: Capsule): Comparison {
  const again = capsuleOf(summary);
  const differences: string[] = [];
  const differ = (what: string, expected: string, got: string): void => {
    if (expected !== got) differences.push(`${what}: expected ${expected}, got ${got}`);
  };
  differ('results', capsule.result.digest, again.result.digest);
  const [then, now] = [capsule, again].map(({ result: { failed } }) => splitFailed(failed));
  const isOfMachine = then!.ofMachine.length + now!.ofMachine.length > 0;
  // Where a limit on the machine did not hold, the verdict may be of that alone.
  if (!isOfMachine) differ('verdict', capsule.result.verdict, again.result.verdict);
  differ('failed', then!.others.join(', '), now!.others.join(', '));
  differ('journal', capsule.journal?.digest ?? 'none', again.journal?.digest ?? 'none');
  const parted = whereTheyPart(capsule, again);
  if (parted !== undefined) differences.push(parted);
  if (differences.length > 0) {
    const sides = [capsule, again].map(({ commit, node }) => `commit ${commit}, node ${node}`);
    if (sides[0] !== sides[1])
      differences.push(`the capsule is of ${sides[0]}; this is ${sides[1]}`);
  }
  const ofMachine = [
    ...without(then!.ofMachine, now!.ofMachine).map((id) => `${id} did not hold then, holds now`),
    ...without(now!.ofMachine, then!.ofMachine).map((id) => `${id} held then, does not now`),
  ];
  return { same: differences.length === 0, differences, ofMachine };
}

function splitFailed(failed: readonly string[]) {
  const others = failed.filter((id) => !machineOracles.has(id));
  return { others, ofMachine: without(failed, others) };
}

function without(all: readonly string[], some: readonly string[]): string[] {
  return all.filter((one) => !some.includes(one));
}

function whereTheyPart({ journal: a }: Capsule, { journal: b }: Capsule): string | undefined {
  if (a === undefined || b === undefined || a.digest === b.digest) return undefined;
  // Marks are evenly spread over the events of each run.
  if (a.count !== b.count) return `${a.count} events then, ${b.count} now`;
  let every = Math.max(1, Math.ceil(b.count / MARKS_MAX));
  let { marks } = b;
  // The capsule had no room for all of them.
  while (marks.length > a.marks.length) {
    marks = everySecond(marks);
    every *= 2;
  }
  let same = 0;
  while (same < a.marks.length && a.marks[same] === marks[same]) same += 1;
  const last = Math.min((same + 1) * every, b.count) - 1;
  return `the first difference is in events ${same * every} to ${last}`;
}
