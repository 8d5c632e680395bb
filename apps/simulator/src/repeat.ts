/** The command line that repeats a run. */

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { CAPSULE_FILE } from '@priolab/harness';

import { quote } from './quote.ts';

/** The command that repeats a run, and the capsule that it needs, if it does. */
export interface Repeat {
  readonly replay: string;
  readonly capsule?: string;
}

/** Runs what a capsule in a folder holds. */
export function replayCommand(folder: string): string {
  return `npx priolab replay ${quote(join(folder, CAPSULE_FILE))}`;
}

/** Of a stored run, whose scenario's file may be gone or changed: its folder is enough. */
export function repeatOfStored(folder: string): Repeat {
  const file = join(folder, CAPSULE_FILE);
  if (existsSync(file)) {
    return { replay: replayCommand(folder), capsule: readFileSync(file, 'utf8') };
  }
  return { replay: `npx priolab run ${quote(join(folder, 'scenario.json'))}` };
}
