/**
 * The two sides of a comparison in one world: planned, then run in turns. A side of another
 * checkout runs in a process of its own, and so does then the other side, since a process that has
 * worked already is faster than a new one.
 */

import { join } from 'node:path';

import { resolveScenario } from '@priolab/harness';
import type { CostRecord, RunSummary } from '@priolab/harness';

import { OWN_CHECKOUT, runArm } from './arm.ts';
import type { ArmJob } from './arm.ts';
import { loadValue } from './load.ts';
import { planWithProgress } from './prepare.ts';
import { settingsOf } from './settings.ts';

/** What a command line says of one side. */
export interface Variant {
  readonly side: 'a' | 'b';
  readonly file: string;
  /** In what it differs from its file: `path=value`. */
  readonly texts: readonly string[];
  /** The other checkout that runs it. */
  readonly at: string | undefined;
}

export interface WorldOptions {
  readonly seed: string | undefined;
  readonly reports: number | undefined;
  readonly signal: AbortSignal;
}

type Jobs = readonly [ArmJob, ArmJob];

/**
 * Both sides, checked and planned; undefined where that was interrupted.
 * @throws UsageError with what is wrong with a side
 */
export async function jobsOf(
  variants: readonly [Variant, Variant],
  { seed, reports, signal }: WorldOptions,
): Promise<Jobs | undefined> {
  const isApart = variants.some(({ at }) => at !== undefined);
  const jobs: ArmJob[] = [];
  for (const { side, file, texts, at } of variants) {
    const value = await loadValue(file, { seed, reports, settings: settingsOf(texts) });
    const scenario = resolveScenario(value, [file, ...texts].join(' '));
    const plan = await planWithProgress(file, scenario, signal);
    if (plan === undefined) return undefined;
    const name = [file, ...texts, ...(at === undefined ? [] : [`at ${at}`])].join(' ');
    jobs.push({
      side,
      name,
      value,
      scenario,
      plan,
      ...(isApart ? { at: at ?? OWN_CHECKOUT } : {}),
    });
  }
  return jobs as unknown as Jobs;
}

/** A side that was run, once or several times. */
export interface Repeated {
  readonly name: string;
  readonly summary: RunSummary;
  readonly costs: CostRecord[];
  /** Of a further run, where its results were not those of the first. */
  otherDigest?: string;
}

export interface PairOptions {
  /** Gets the folders `a` and `b`. */
  readonly folder: string;
  readonly workers: number;
  readonly times: number;
  readonly isSecondFirst: boolean;
  readonly signal: AbortSignal;
}

/**
 * a, b, a, b, ...: what drifts meets both alike. Where they are repeated, the first of each only
 * warms up. a's, then b's; undefined where it was interrupted.
 */
export async function runPair(
  jobs: Jobs,
  { folder, times, isSecondFirst, ...settings }: PairOptions,
): Promise<readonly [Repeated, Repeated] | undefined> {
  const runs: Partial<Record<string, Repeated>> = {};
  const order = isSecondFirst ? jobs.toReversed() : jobs;
  for (let time = 0; time < (times === 1 ? 1 : times + 1); time++) {
    for (const job of order) {
      const summary = await runArm(job, { folder: join(folder, job.side), ...settings });
      if (summary === undefined || summary.interrupted) return undefined;
      if (settings.signal.aborted) return undefined;
      const known = runs[job.side];
      if (known === undefined) {
        runs[job.side] = { name: job.name, summary, costs: times === 1 ? [summary.cost] : [] };
        continue;
      }
      known.costs.push(summary.cost);
      const { resultDigest } = summary.identity;
      if (resultDigest !== known.summary.identity.resultDigest) known.otherDigest = resultDigest;
    }
  }
  return [runs['a']!, runs['b']!];
}
