/**
 * Scenarios as tests of a team's own suite: one test a scenario, in vitest or any runner whose
 * `test` takes a name and an async function. The test is green where the verdict is the expected
 * one and `check` throws nothing; else its error says first how to repeat the run, from a capsule
 * that it has written, and then what failed.
 *
 *   import { test } from 'vitest';
 *   import { scenarioTest } from '@priolab/harness';
 *   scenarioTest(test, { id: 'mine', ... });
 */

import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

import { CAPSULE_SIZE_MAX, capsuleOf, encodeCapsule } from '../capsule/capsule.ts';
import type { RunSummary } from '../record/run-record.ts';
import { runScenario } from '../run/run.ts';
import { runDigest } from '../scenario/digest.ts';
import { resolveScenario } from '../scenario/scenario.ts';
import { describeEnvironment } from './environment.ts';

/** What a test runner offers: vitest's `test`, for example. */
export type TestFunction = (name: string, run: () => Promise<void>) => unknown;

export interface ScenarioTestOptions {
  /** Default `pass`. */
  readonly verdict?: RunSummary['verdict'];
  readonly seed?: string;
  /** Worker threads of runs on the wall clock; default 0, in the test's own thread. */
  readonly workers?: number;
  /** Where the capsule of a failed test goes; default a new folder among the temporary ones. */
  readonly capsules?: string;
  /** Looks at the run, whatever its verdict: for assertions of one's own. */
  readonly check?: (summary: RunSummary) => void | Promise<void>;
}

/** A scenario did not end as its test expects; `cause` is what `check` threw, if it did. */
export class ScenarioTestError extends Error {
  override readonly name = 'ScenarioTestError';
  /** Of the run, as it is in the file; none where the scenario is too large for one. */
  readonly capsule: string | undefined;

  constructor(message: string, capsule: string | undefined, options?: ErrorOptions) {
    super(message, options);
    this.capsule = capsule;
  }
}

/**
 * Registers a test that runs the scenario.
 * @throws UsageError at once where the scenario is invalid, with all its problems
 */
export function scenarioTest(
  test: TestFunction,
  scenario: unknown,
  { verdict = 'pass', seed, workers = 0, capsules, check }: ScenarioTestOptions = {},
): void {
  const resolved = resolveScenario(scenario, 'scenario');
  const seeded = seed === undefined ? resolved : { ...resolved, seed };
  test(`scenario ${resolved.id}`, async () => {
    const environment = describeEnvironment();
    const summary = await runScenario({ scenario: seeded, workers, environment });
    const thrown: unknown[] = [];
    try {
      await check?.(summary);
    } catch (error) {
      thrown.push(error);
    }
    if (summary.verdict === verdict && thrown.length === 0) return;
    const capsule = encodeCapsule(capsuleOf(summary));
    const message = [
      headOf(summary, verdict),
      `  ${repeatOf(summary, capsule, capsules)}`,
      ...problemsIn(summary),
      ...thrown.map((error) => `  check: ${textOf(error)}`),
    ].join('\n');
    throw new ScenarioTestError(message, capsule, thrown.length === 0 ? {} : { cause: thrown[0] });
  });
}

function headOf({ identity, verdict }: RunSummary, expected: string): string {
  const { id, seed } = identity;
  const got = verdict === expected ? 'got it, but its check failed' : `got ${verdict}`;
  return `scenario ${id}, seed ${seed}: expected ${expected}, ${got}`;
}

/** Writes the capsule; where that fails, the test shall still say what it was to say. */
function repeatOf(
  { scenario }: RunSummary,
  capsule: string | undefined,
  folder: string | undefined,
): string {
  if (capsule === undefined) {
    return `no capsule: the scenario is too large for one (${CAPSULE_SIZE_MAX} bytes)`;
  }
  const name = scenario.id.replaceAll('/', '-').slice(0, 60);
  try {
    if (folder !== undefined) mkdirSync(folder, { recursive: true });
    const place = folder ?? mkdtempSync(join(tmpdir(), 'priolab-'));
    const path = resolve(place, `${name}-${runDigest(scenario).slice(0, 8)}.capsule.json`);
    writeFileSync(path, capsule);
    return `repeat this run: npx priolab replay ${quote(path)}`;
  } catch (error) {
    return `the capsule is in this error only, since it can't be written: ${textOf(error)}`;
  }
}

function quote(path: string): string {
  return /^[\w./:-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}

function problemsIn({ expectations }: RunSummary): string[] {
  const odd = expectations.filter((one) => one.verdict !== 'pass');
  return odd.map(({ id, verdict, observed, limit }) => {
    return `  ${verdict} ${id}: ${observed}; expected ${limit}`;
  });
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
