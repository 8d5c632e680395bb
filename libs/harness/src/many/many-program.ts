/**
 * The worker's program of commands that run many small scenarios in simulated time: each shard is
 * one whole run, in one thread, and gives back what a table needs of it.
 */

import type { CreateShardRunner } from '@priolab/runtime';

import { capsuleOf, encodeCapsule } from '../capsule/capsule.ts';
import { EXIT } from '../expectations/verdict.ts';
import type { EnvironmentRecord, RunSummary, Verdict } from '../record/run-record.ts';
import { runScenario } from '../run/run.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { unexplainedOf } from './explained.ts';

export interface ManyInit {
  /** What to run: one scenario under many seeds, or a list. */
  readonly jobs:
    | { readonly kind: 'seeds'; readonly scenario: Scenario; readonly seeds: readonly string[] }
    | { readonly kind: 'list'; readonly scenarios: readonly Scenario[] };
  readonly environment: Omit<EnvironmentRecord, 'workers'>;
}

/** One run in short. */
export interface ManyResult {
  readonly id: string;
  readonly seed: string;
  readonly verdict: Verdict | 'interrupted';
  readonly exitCode: number;
  readonly digest: string;
  readonly wallMs: number;
  readonly faults: readonly {
    readonly id: string;
    readonly fired: number;
    /** When it first struck, since the run's start; none where it did not. */
    readonly firstMs?: number;
    readonly observed: string;
    readonly verdict: Verdict;
  }[];
  /** Expectations that did not pass. */
  readonly failed: readonly { readonly id: string; readonly verdict: Verdict; observed: string }[];
  /** Those among them that none of the run's faults explains. */
  readonly unexplained: readonly string[];
  /** The run to repeat; left out where everything is explained, and where it is too large. */
  readonly capsule?: string;
}

export const createShardRunner: CreateShardRunner<ManyInit, ManyResult> = ({
  jobs,
  environment,
}) => ({
  async run(index) {
    const scenario =
      jobs.kind === 'list'
        ? jobs.scenarios[index]!
        : { ...jobs.scenario, seed: jobs.seeds[index]! };
    try {
      return shortOf(await runScenario({ scenario, workers: 0, environment }));
    } catch (error) {
      // One run that breaks must not take the others with it: it is a finding of its own.
      return brokenRun(scenario, error);
    }
  },
});

function brokenRun(scenario: Scenario, error: unknown): ManyResult {
  const observed = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return {
    id: scenario.id,
    seed: String(scenario.seed),
    verdict: 'invalid',
    exitCode: EXIT.bug,
    digest: '',
    wallMs: 0,
    faults: [],
    failed: [{ id: 'broken', verdict: 'invalid', observed }],
    unexplained: ['broken'],
  };
}

export function shortOf(summary: RunSummary): ManyResult {
  const { identity, verdict, exitCode, cost, simulation, expectations } = summary;
  const failed = expectations.filter((one) => one.verdict !== 'pass');
  const unexplained = unexplainedOf(summary);
  const capsule = unexplained.length === 0 ? undefined : encodeCapsule(capsuleOf(summary));
  const faults = (simulation?.faults ?? []).map(({ id, fired }) => {
    const judged = expectations.find((one) => one.id === id);
    const first = simulation!.faultLog.find((entry) => entry.id === id);
    return {
      id,
      fired,
      ...(first === undefined ? {} : { firstMs: first.timeMs - simulation!.startMs }),
      observed: judged?.observed ?? '',
      verdict: judged?.verdict ?? 'pass',
    };
  });
  return {
    id: identity.id,
    seed: identity.seed,
    verdict,
    exitCode,
    digest: identity.resultDigest,
    wallMs: cost.wallMs,
    faults,
    failed: failed.map(({ id, verdict: of, observed }) => ({ id, verdict: of, observed })),
    unexplained,
    ...(capsule === undefined ? {} : { capsule }),
  };
}
