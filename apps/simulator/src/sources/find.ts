/** Finds scenario files in folders, and guesses which one a name stands for. */

import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';

import { didYouMean } from '@priolab/harness';

/** Endings of the files that are found in a folder. */
export const SCENARIO_ENDINGS = [
  '.scenario.ts',
  '.scenario.yaml',
  '.scenario.yml',
  '.scenario.json',
] as const;

/** Scenario files below a folder, in order of their names. */
export function scenarioFilesIn(folder: string): string[] {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return names
    .filter((name) => SCENARIO_ENDINGS.some((ending) => name.endsWith(ending)))
    .sort()
    .map((name) => join(folder, name));
}

/** ` (did you mean "scenarios/smoke.scenario.ts"?)` where a scenario has that name, or nearly. */
export function guessFile(name: string): string {
  let files: string[];
  try {
    files = scenarioFilesIn('scenarios');
  } catch {
    return '';
  }
  const bare = nameOf(name);
  const same = files.find((file) => nameOf(file) === bare);
  if (same !== undefined) return ` (did you mean "${same}"?)`;
  const near = /"(.+)"/.exec(didYouMean(bare, files.map(nameOf)))?.[1];
  const file = files.find((one) => near !== undefined && nameOf(one) === near);
  return file === undefined ? '' : ` (did you mean "${file}"?)`;
}

function nameOf(file: string): string {
  return basename(file).split('.')[0]!;
}
