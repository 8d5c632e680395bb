/**
 * Scenarios as tests of a team's own suite: one test a scenario, in vitest or any runner whose
 * `test` takes a name and an async function. The test is green where the verdict is the expected
 * one; else its error says what failed and holds the capsule that repeats it.
 *
 *   import { test } from 'vitest';
 *   import { scenarioTest } from '@priolab/harness';
 *   scenarioTest(test, { id: 'mine', ... });
 */

import { capsuleOf, encodeCapsule } from '../capsule/capsule.ts';
import type { EnvironmentRecord, RunSummary } from '../record/run-record.ts';
import { runScenario } from '../run/run.ts';
import { resolveScenario } from '../scenario/scenario.ts';

/** What a test runner offers: vitest's `test`, for example. */
export type TestFunction = (name: string, run: () => Promise<void>) => unknown;

export interface ScenarioTestOptions {
  /** Default `pass`. */
  readonly verdict?: RunSummary['verdict'];
  readonly seed?: string;
  /** Worker threads of runs on the wall clock; default 0, in the test's own thread. */
  readonly workers?: number;
  /** Looks at the run, whatever its verdict: for assertions of one's own. */
  readonly check?: (summary: RunSummary) => void | Promise<void>;
}

/** A scenario did not end as its test expects. */
export class ScenarioTestError extends Error {
  override readonly name = 'ScenarioTestError';
  /** Of the run, to be written to a file and given to `priolab replay`. */
  readonly capsule: string;

  constructor(message: string, capsule: string) {
    super(message);
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
  { verdict = 'pass', seed, workers = 0, check }: ScenarioTestOptions = {},
): void {
  const resolved = resolveScenario(scenario, 'scenario');
  const seeded = seed === undefined ? resolved : { ...resolved, seed };
  test(`scenario ${resolved.id}`, async () => {
    const summary = await runScenario({ scenario: seeded, workers, environment: UNKNOWN });
    await check?.(summary);
    if (summary.verdict === verdict) return;
    throw new ScenarioTestError(messageOf(summary, verdict), encodeCapsule(capsuleOf(summary)));
  });
}

/** A test says nothing of its machine: results don't depend on it. */
const UNKNOWN: Omit<EnvironmentRecord, 'workers'> = {
  node: 'unknown',
  platform: 'unknown',
  cpu: 'unknown',
  cores: 0,
  commit: 'unknown',
  startedAt: '1970-01-01T00:00:00.000Z',
};

function messageOf({ identity, verdict, expectations }: RunSummary, expected: string): string {
  const odd = expectations.filter((one) => one.verdict !== 'pass');
  const lines = odd.map(({ id, verdict: of, observed, limit }) => {
    return `  ${of} ${id}: ${observed}; expected ${limit}`;
  });
  const { id: name, seed } = identity;
  const head = `scenario ${name}, seed ${seed}: expected ${expected}, got ${verdict}`;
  return [head, ...lines].join('\n');
}
