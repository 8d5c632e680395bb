/** Where priolab writes: runs, and the bundles that it starts from. */

import {
  accessSync,
  constants,
  existsSync,
  mkdtempSync,
  rmdirSync,
  statSync,
  statfsSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';

import { note, ok, problem } from './finding.ts';
import type { Finding } from './finding.ts';

const GIB = 2 ** 30;
const FREE_GOOD_GIB = 1;

/** Whether runs can be written below a folder, by doing so; leaves nothing behind. */
export function checkRuns(folder: string): Finding {
  const place = nearest(folder);
  const hint = 'choose another folder with --out';
  try {
    if (!statSync(place).isDirectory()) return problem(`${place} is no folder`, hint);
    rmdirSync(mkdtempSync(join(place, '.priolab-doctor-')));
  } catch (error) {
    return problem(`${place} can't be written to (${codeOf(error)})`, hint);
  }
  const { bavail, bsize } = statfsSync(place);
  const free = (bavail * bsize) / GIB;
  const found = `${folder} can be written to, ${free.toFixed(1)} GiB free`;
  return free >= FREE_GOOD_GIB
    ? ok(found)
    : note(found, 'a run of a million reports takes some MiB');
}

/** @param folder of the bundles, which need not be there yet */
export function checkBundles(folder: string): Finding {
  const place = nearest(folder);
  try {
    accessSync(place, constants.W_OK | constants.X_OK);
    return ok('bundles can be kept');
  } catch (error) {
    const found = `${place} can't be written to (${codeOf(error)})`;
    return note(found, 'every start takes half a second longer');
  }
}

/** The path itself, or what there is of the way to it. */
function nearest(path: string): string {
  const whole = resolve(path);
  return existsSync(whole) || dirname(whole) === whole ? whole : nearest(dirname(whole));
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? 'unknown';
}
