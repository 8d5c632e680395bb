/**
 * `priolab ab`: one world through two variants, and the card that says which is better in what. The
 * variants differ in settings, in files or in the checkout that runs them; the seed is the same.
 */

import { availableParallelism } from 'node:os';
import { join } from 'node:path';

import { EXIT, compareRuns, prepareWorkers, resolveScenario } from '@priolab/harness';
import type { CostRecord, RunSummary } from '@priolab/harness';
import { createInterrupt } from '@priolab/runtime';

import { numberMistake, parse } from '../arguments.ts';
import { checkoutMistake, runArm } from '../arm.ts';
import type { ArmJob } from '../arm.ts';
import { cardMistakes, cardOptions, showCard, writeCard } from '../card.ts';
import { loadValue } from '../load.ts';
import { planWithProgress } from '../prepare.ts';
import { checkFolder, comparisonFolder } from '../run-folder.ts';
import { settingsMistake, settingsOf } from '../settings.ts';
import { printable } from '../streams.ts';

const options = {
  a: { type: 'string', multiple: true, default: [] as string[] },
  b: { type: 'string', multiple: true, default: [] as string[] },
  'a-at': { type: 'string' },
  'b-at': { type: 'string' },
  seed: { type: 'string' },
  reports: { type: 'string' },
  workers: { type: 'string' },
  repeat: { type: 'string', default: '1' },
  out: { type: 'string', default: 'runs' },
  ...cardOptions,
} as const;

type Arguments = ReturnType<typeof parse<typeof options>>;

export async function ab(args: readonly string[]): Promise<number> {
  const parsed = parse('ab', args, options, mistakesIn);
  const { values } = parsed;
  const workers = values.workers === undefined ? availableParallelism() : Number(values.workers);
  prepareWorkers(workers);
  const interrupt = createInterrupt();
  try {
    const jobs = await jobsOf(parsed, interrupt.signal);
    if (jobs === undefined) return EXIT.interrupted;
    const runs = await runAll(jobs, {
      workers,
      times: Number(values.repeat),
      signal: interrupt.signal,
    });
    if (runs === undefined) {
      console.error('interrupted: nothing is compared');
      return EXIT.interrupted;
    }
    const unlike = runs.find(({ otherDigest }) => otherDigest !== undefined);
    if (unlike !== undefined) {
      const digests = `${unlike.summary.identity.resultDigest} and ${unlike.otherDigest}`;
      console.error(printable(`${unlike.name}: run twice, it gave two results: ${digests}`));
      return EXIT.nondeterminism;
    }
    const [a, b] = runs as [Repeated, Repeated];
    const comparison = compareRuns(a, b, {
      isOneBuild: jobs.every(({ at }) => at === undefined),
    });
    const { folder } = jobs[0];
    writeCard('ab', join(folder, '..'), comparison);
    return showCard(comparison, values, join(folder, '..'));
  } finally {
    interrupt.dispose();
  }
}

function mistakesIn({ values, positionals }: Arguments): (string | undefined)[] {
  const { seed, reports, workers, repeat } = values;
  const isSeed = seed === undefined || (seed.length >= 1 && seed.length <= 200);
  return [
    positionals.length === 1 || positionals.length === 2
      ? undefined
      : `expected one scenario or two, got ${positionals.length}: priolab ab <file> --b path=value`,
    isSeed ? undefined : `--seed: got ${seed.length} characters; allowed: 1 to 200`,
    ...(values.a ?? []).map((text) => settingsMistake('--a', text)),
    ...(values.b ?? []).map((text) => settingsMistake('--b', text)),
    checkoutMistake('--a-at', values['a-at']),
    checkoutMistake('--b-at', values['b-at']),
    numberMistake('--reports', reports, { min: 1, max: 1_000_000_000 }),
    numberMistake('--workers', workers, { min: 0, max: 256 }),
    numberMistake('--repeat', repeat, { min: 1, max: 100 }),
    ...cardMistakes(values),
  ];
}

/** Both sides, checked and planned; undefined where that was interrupted. */
async function jobsOf(
  { values, positionals }: Arguments,
  signal: AbortSignal,
): Promise<readonly [ArmJob, ArmJob] | undefined> {
  const { seed, out } = values;
  const reports = values.reports === undefined ? undefined : Number(values.reports);
  const [first, second = first] = positionals as [string, string?];
  const sides = [
    { side: 'a', file: first, texts: values.a, at: values['a-at'] },
    { side: 'b', file: second, texts: values.b, at: values['b-at'] },
  ];
  const loaded = [];
  for (const { side, file, texts, at } of sides) {
    const value = await loadValue(file, { seed, reports, settings: settingsOf(texts) });
    const scenario = resolveScenario(value, [file, ...texts].join(' '));
    const plan = await planWithProgress(file, scenario, signal);
    if (plan === undefined) return undefined;
    const name = [file, ...texts, ...(at === undefined ? [] : [`at ${at}`])].join(' ');
    loaded.push({ side, name, value, scenario, plan, at });
  }
  const [a, b] = loaded as [(typeof loaded)[number], (typeof loaded)[number]];
  const folder = comparisonFolder(out, {
    a: a.scenario,
    b: b.scenario,
    at: [a.at, b.at],
  });
  checkFolder(out, folder);
  return [
    { ...a, folder: join(folder, 'a') },
    { ...b, folder: join(folder, 'b') },
  ];
}

interface Repeated {
  readonly name: string;
  readonly summary: RunSummary;
  readonly costs: CostRecord[];
  /** Of a further run, where its results were not those of the first. */
  otherDigest?: string;
}

/**
 * a, b, a, b, ...: what drifts meets both alike. Where they are repeated, the first of each only
 * warms up. Undefined where it was interrupted.
 */
async function runAll(
  jobs: readonly [ArmJob, ArmJob],
  { times, ...settings }: { workers: number; times: number; signal: AbortSignal },
): Promise<Repeated[] | undefined> {
  const runs: Repeated[] = [];
  for (let time = 0; time < (times === 1 ? 1 : times + 1); time++) {
    for (const [i, job] of jobs.entries()) {
      const summary = await runArm(job, settings);
      if (summary.interrupted || settings.signal.aborted) return undefined;
      const known = runs[i];
      if (known === undefined) {
        runs.push({ name: job.name, summary, costs: times === 1 ? [summary.cost] : [] });
        continue;
      }
      known.costs.push(summary.cost);
      const { resultDigest } = summary.identity;
      if (resultDigest !== known.summary.identity.resultDigest) known.otherDigest = resultDigest;
    }
  }
  return runs;
}
