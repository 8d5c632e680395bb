/**
 * Which words commands take besides options, and where they come from: files, runs and the
 * catalogues. A test holds the table against the commands that there are.
 */

import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import { CAPSULE_FILE, deploymentNames, explainableTerms, faultIds } from '@priolab/harness';
import { outputs } from '@priolab/report';
import { manifestKinds } from '@priolab/roles/manifest';

import { SUMMARY_FILE } from '../run-folder.ts';
import { SCENARIO_ENDINGS, scenarioFilesIn } from '../sources/find.ts';
import { templateNames } from '../templates.ts';
import { shells } from './scripts.ts';

const RUNS = 'runs';

type Words = () => readonly string[];

/** Words in their order; the last of them may be repeated where a command takes several. */
interface Positionals {
  readonly each: readonly Words[];
  readonly repeats?: boolean;
}

const one = (...each: readonly Words[]): Positionals => ({ each });
const several = (words: Words): Positionals => ({ each: [words], repeats: true });
/** Words that nobody can guess, or none at all. */
const nothing: Positionals = { each: [] };

const manifestActions: Words = () => [...manifestKinds, 'lint'];

export const positionals: Readonly<Record<string, Positionals>> = {
  new: nothing,
  run: several(scenarios),
  list: several(scenarios),
  check: several(scenarios),
  explain: several(terms),
  report: one(runs),
  where: one(runs),
  replay: one(capsules),
  fork: one(capsules),
  fuzz: one(scenarios),
  scale: one(scenarios),
  ab: one(scenarios, scenarios),
  compare: one(runs, runs),
  faults: several(() => faultIds),
  keygen: nothing,
  manifest: one(manifestActions, () => manifestKinds),
  combine: nothing,
  portal: one(() => [...runs(), ...scenarios()]),
  schema: one(() => ['scenario', 'summary', 'scale', 'comparison']),
  watch: one(scenarios),
  doctor: nothing,
  completion: one(() => shells),
};

/** What may come after the words that are there; undefined where the table has no more of them. */
export function wordsOf(command: string, before: readonly string[]): readonly string[] | undefined {
  const { each, repeats = false } = positionals[command] ?? nothing;
  const at = repeats ? Math.min(before.length, each.length - 1) : before.length;
  if (command === 'manifest' && before.length > 0 && before[0] !== 'lint') return undefined;
  return each[at]?.();
}

const values: Readonly<Record<string, Words>> = {
  deployment: () => deploymentNames,
  from: templateNames,
  kind: () => ['packet', 'signing', 'both'],
  'fail-on': () => ['worse'],
  report: () => outputs.map(({ name }) => name),
};

/** Values of an option; none where they can't be listed. */
export function optionValues(name: string): readonly string[] {
  return Object.hasOwn(values, name) ? values[name]!() : [];
}

/** Those of the library, and those that lie here. */
function scenarios(): string[] {
  const here = namesIn('.').filter((name) =>
    SCENARIO_ENDINGS.some((ending) => name.endsWith(ending)),
  );
  return [...(existsSync('scenarios') ? scenarioFilesIn('scenarios') : []), ...here];
}

function runs(): string[] {
  return folderWith(SUMMARY_FILE);
}

function capsules(): string[] {
  return folderWith(CAPSULE_FILE);
}

function folderWith(file: string): string[] {
  const folders = namesIn(RUNS).map((name) => join(RUNS, name));
  return folders.filter((folder) => existsSync(join(folder, file)));
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function terms(): string[] {
  return explainableTerms().flatMap(({ terms: some }) => some);
}
