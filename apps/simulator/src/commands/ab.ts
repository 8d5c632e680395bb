/**
 * `priolab ab`: one world through two variants, and the card that says which is better in what. The
 * variants differ in settings, in files or in the checkout that runs them; the seed is the same.
 */

import { availableParallelism } from 'node:os';
import { join } from 'node:path';

import { EXIT, compareRuns, poolWorlds, prepareWorkers } from '@priolab/harness';
import type { RunComparison } from '@priolab/harness';
import { createInterrupt } from '@priolab/runtime';

import { numberMistake, parse } from '../arguments.ts';
import { checkoutMistake } from '../arm.ts';
import { cardMistakes, cardOptions, showCard, writeCard } from '../card.ts';
import { jobsOf, runPair } from '../pair.ts';
import type { Repeated, Variant } from '../pair.ts';
import { checkFolder, comparisonFolder } from '../run-folder.ts';
import { settingsMistake } from '../settings.ts';
import { printable } from '../streams.ts';

const options = {
  a: { type: 'string', multiple: true, default: [] as string[] },
  b: { type: 'string', multiple: true, default: [] as string[] },
  'a-at': { type: 'string' },
  'b-at': { type: 'string' },
  seed: { type: 'string' },
  seeds: { type: 'string' },
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
    const told = await compareAll(parsed, { workers, signal: interrupt.signal });
    if (typeof told === 'number') return told;
    writeCard('ab', told.folder, told.comparison);
    return showCard(told.comparison, values, told.folder);
  } finally {
    interrupt.dispose();
  }
}

interface Told {
  readonly folder: string;
  readonly comparison: RunComparison;
}

/** Both variants in every world that is asked for; an exit code where that is not to be had. */
async function compareAll(
  { values, positionals }: Arguments,
  settings: { readonly workers: number; readonly signal: AbortSignal },
): Promise<Told | number> {
  const { out } = values;
  const [first, second = first] = positionals as [string, string?];
  const variants: readonly [Variant, Variant] = [
    { side: 'a', file: first, texts: values.a, at: values['a-at'] },
    { side: 'b', file: second, texts: values.b, at: values['b-at'] },
  ];
  const reports = values.reports === undefined ? undefined : Number(values.reports);
  const isOneBuild = variants.every(({ at }) => at === undefined);
  const count = values.seeds === undefined ? undefined : Number(values.seeds);
  const seeds = count === undefined ? [values.seed] : seedsTo(count);
  const worlds: RunComparison[] = [];
  let folder: string | undefined;
  for (const [i, seed] of seeds.entries()) {
    const jobs = await jobsOf(variants, { seed, reports, signal: settings.signal });
    if (jobs === undefined) return interrupted();
    if (folder === undefined) {
      const [a, b] = [jobs[0].scenario, jobs[1].scenario];
      folder = comparisonFolder(out, { a, b, at: variants.map(({ at }) => at), worlds: count });
      checkFolder(out, folder);
    }
    const runs = await runPair(jobs, {
      ...settings,
      folder: count === undefined ? folder : join(folder, `seed-${seed}`),
      times: Number(values.repeat),
      // What comes second finds a warmer machine: each side does so in every other world.
      isSecondFirst: i % 2 === 1,
    });
    if (runs === undefined) return interrupted();
    if (tellUnlike(runs)) return EXIT.nondeterminism;
    const comparison = compareRuns(runs[0], runs[1], { isOneBuild });
    worlds.push(comparison);
    if (count !== undefined) {
      console.error(printable(`world ${i + 1} of ${count}: ${comparison.overall}`));
    }
  }
  return { folder: folder!, comparison: count === undefined ? worlds[0]! : poolWorlds(worlds) };
}

function seedsTo(count: number): string[] {
  return Array.from({ length: count }, (_, i) => String(i + 1));
}

function interrupted(): number {
  console.error('interrupted: nothing is compared');
  return EXIT.interrupted;
}

/** Says so where a side that was repeated gave other results. */
function tellUnlike(runs: readonly Repeated[]): boolean {
  const unlike = runs.find(({ otherDigest }) => otherDigest !== undefined);
  if (unlike === undefined) return false;
  const digests = `${unlike.summary.identity.resultDigest} and ${unlike.otherDigest}`;
  console.error(printable(`${unlike.name}: run twice, it gave two results: ${digests}`));
  return true;
}

function mistakesIn({ values, positionals }: Arguments): (string | undefined)[] {
  const { seed, seeds, reports, workers, repeat } = values;
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
    numberMistake('--seeds', seeds, { min: 2, max: 1000 }),
    seeds === undefined || seed === undefined
      ? undefined
      : '--seed and --seeds: expected one of them; --seeds 10 is seeds 1 to 10',
    seeds === undefined || repeat === '1'
      ? undefined
      : '--repeat and --seeds: expected one of them; other seeds are repetitions as well',
    numberMistake('--reports', reports, { min: 1, max: 1_000_000_000 }),
    numberMistake('--workers', workers, { min: 0, max: 256 }),
    numberMistake('--repeat', repeat, { min: 1, max: 100 }),
    ...cardMistakes(values),
  ];
}
