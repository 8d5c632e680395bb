/**
 * Where a run's files go: `<out>/<id>-<seed>-<digest8>/`. The digest is over the scenario and the
 * seed, so that no two of them share a folder, whatever characters the seed is made of.
 */

import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';

import {
  CAPSULE_FILE,
  LEDGER_FILE,
  RECORD_SCHEMA,
  checkSummary,
  digestOf,
  resolveScenario,
  runDigest,
} from '@priolab/harness';
import type { RunSummary, Scenario } from '@priolab/harness';
import { outputs, renderJunit } from '@priolab/report';
import type { WrittenFile } from '@priolab/report';

import { usage } from './arguments.ts';
import { followLatest } from './latest.ts';
import type { Repeat } from './repeat.ts';

export const SUMMARY_FILE = 'summary.json';
export const SCENARIO_FILE = 'scenario.json';

/** The folder of a run; two runs have the same only if their scenario and seed are the same. */
export function runFolder(out: string, scenario: Scenario): string {
  return join(out, folderName(scenario, runDigest(scenario)));
}

/** The folder of two runs that are held against each other; `at` is which builds make them. */
export function comparisonFolder(
  out: string,
  {
    a,
    b,
    at,
    worlds,
  }: {
    a: Scenario;
    b: Scenario;
    at: readonly (string | undefined)[];
    /** How many seeds, where there are several. */
    worlds: number | undefined;
  },
): string {
  const builds = at.map((one) => one ?? '');
  const both = [runDigest(a), runDigest(b), builds];
  if (worlds === undefined) return join(out, `ab-${folderName(a, digestOf(both))}`);
  const named = { id: a.id, seed: `1-to-${worlds}` };
  return join(out, `ab-${folderName(named, digestOf([...both, worlds]))}`);
}

function folderName({ id, seed }: Pick<Scenario, 'id' | 'seed'>, digest: string): string {
  const safe = (text: string): string => text.replaceAll(/[^A-Za-z0-9._]+/g, '-').slice(0, 60);
  return `${safe(id)}-${safe(String(seed))}-${digest.slice(0, 8)}`;
}

/** Finds out before a run whether its folder can be written; makes `out`, but not the folder. */
export function checkFolder(out: string, folder: string): void {
  attempt(folder, () => {
    makeFolder(out);
    const stat = statSync(folder, { throwIfNoEntry: false });
    if (stat !== undefined && !stat.isDirectory()) throw new Error('it is a file, not a folder');
    accessSync(stat === undefined ? out : folder, constants.W_OK | constants.X_OK);
  });
}

/**
 * A folder with those above it; one that is there is left alone. Node's own `recursive` never comes
 * back where the parent refuses with ENOENT, as /proc does.
 */
export function makeFolder(path: string): void {
  const parent = dirname(resolve(path));
  if (isFolder(path)) return;
  if (!existsSync(parent)) makeFolder(parent);
  try {
    mkdirSync(path);
  } catch (error) {
    // Another process may have made it in between.
    if (!isFolder(path)) throw error;
  }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

/**
 * A folder that an option names.
 * @throws UsageError where it can't be made
 */
export function makeFolderOf(command: string, option: string, path: string): void {
  try {
    makeFolder(path);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw usage(command, `can't write ${path}: ${reason}; choose another folder with ${option}`);
  }
}

/** Makes the folder, without what an earlier run left that would not fit the new one. */
export function openFolder(folder: string): void {
  attempt(folder, () => {
    makeFolder(folder);
    for (const name of [SUMMARY_FILE, CAPSULE_FILE, ...outputs.map(({ path }) => path)]) {
      rmSync(join(folder, name), { force: true, recursive: true });
    }
  });
}

/** Writes a run's record and says what is where. */
export function writeRun(
  folder: string,
  summary: RunSummary,
  { replay, capsule }: Repeat,
): WrittenFile[] {
  const write = (name: string, text: string): string => {
    const path = join(folder, name);
    attempt(path, () => writeFileSync(path, text));
    return path;
  };
  const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;
  return [
    { path: write(SUMMARY_FILE, json(summary)), what: 'everything, for programs' },
    {
      path: write(SCENARIO_FILE, json(summary.scenario)),
      what: 'the scenario with all defaults',
    },
    { path: write('junit.xml', renderJunit(summary, { replay })), what: 'for CI' },
    ...(capsule === undefined
      ? []
      : [
          {
            path: write(CAPSULE_FILE, capsule),
            what: 'to repeat it anywhere: priolab replay',
          },
        ]),
    { path: join(folder, LEDGER_FILE), what: 'the fate of every report: priolab where' },
  ];
}

/**
 * The folder of a run that is over, named by its path or by its name below `runs`; `latest` is the
 * newest one.
 */
export function findRun(command: string, run: string): string {
  const paths = [run, join('runs', run)].map(followLatest);
  const folder = paths.find((path) => existsSync(join(path, SUMMARY_FILE)));
  if (folder !== undefined) return folder;
  throw usage(command, `no run at ${run} or runs/${run}: expected a folder with ${SUMMARY_FILE}`);
}

/** A stored run with its scenario as this build reads it: with the defaults of later fields. */
export function readRunToCompare(command: string, folder: string): RunSummary {
  const { summary, scenario } = readRun(command, folder);
  return { ...summary, scenario };
}

/** A stored run, with all that a report believes of it checked, since files can be damaged. */
export function readRun(
  command: string,
  folder: string,
): { summary: RunSummary; scenario: Scenario } {
  const file = join(folder, SUMMARY_FILE);
  let value: { readonly schema?: unknown; readonly scenario?: unknown } | null;
  try {
    value = JSON.parse(readFileSync(file, 'utf8')) as typeof value;
  } catch (error) {
    throw usage(command, `${file} is no JSON: ${error instanceof Error ? error.message : ''}`);
  }
  if (value?.schema !== RECORD_SCHEMA) {
    throw usage(command, `${file}: got schema ${String(value?.schema)}; expected ${RECORD_SCHEMA}`);
  }
  const scenario = resolveScenario(value.scenario, file);
  return { summary: { ...checkSummary(value, file), scenario }, scenario };
}

function attempt(path: string, step: () => void): void {
  try {
    step();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw usage('run', `can't write ${path}: ${reason}; choose another folder with --out`);
  }
}
