/** The command line that repeats a run. */

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { CAPSULE_FILE } from '@priolab/harness';

import { quote } from './quote.ts';
import { SCENARIO_FILE } from './run-folder.ts';

/** The command that repeats a run, and the capsule that it needs, if it does. */
export interface Repeat {
  readonly replay: string;
  readonly capsule?: string;
}

/** Runs what a capsule in a folder holds. */
export function replayCommand(folder: string): string {
  return `npx priolab replay ${quote(join(folder, CAPSULE_FILE))}`;
}

/** Runs the scenario that a run left in its folder. */
export function runAgainCommand(folder: string): string {
  return `npx priolab run ${quote(join(folder, SCENARIO_FILE))}`;
}

/**
 * By the run's folder alone, whose name is the same when the run is over and at any time later: so
 * what is rendered is the same too.
 */
export function repeatIn(folder: string, capsule: string | undefined): Repeat {
  if (capsule === undefined) return { replay: runAgainCommand(folder) };
  return { replay: replayCommand(folder), capsule };
}

/** Of a stored run, whose scenario's file may be gone or changed: its folder is enough. */
export function repeatOfStored(folder: string): Repeat {
  const file = join(folder, CAPSULE_FILE);
  return repeatIn(folder, existsSync(file) ? readFileSync(file, 'utf8') : undefined);
}
