/**
 * `<out>/latest`: a symbolic link to the folder of the newest run, for who does not want to copy
 * its name. Where links can't be made it is a file that holds the name. It is replaced in one step,
 * so that it always leads to a whole run.
 */

import {
  lstatSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, isAbsolute, join } from 'node:path';

export const LATEST = 'latest';

/** Names of folders of runs, as `runFolder` makes them. */
const NAME = /^[\w.-]+\n$/;
const NAME_LENGTH_MAX = 300;

/** Lets `latest` lead to a run's folder in `out`; else says why it can't. */
export function pointLatest(out: string, folder: string): string | undefined {
  const path = join(out, LATEST);
  const next = join(out, `.${LATEST}-${process.pid}`);
  try {
    if (!isOurs(path)) return `${path} is neither a link nor ours: it stays as it is`;
    rmSync(next, { force: true });
    makePointer(next, basename(folder));
    renameSync(next, path);
    return undefined;
  } catch (error) {
    rmSync(next, { force: true });
    return `can't write ${path}: ${error instanceof Error ? error.message : String(error)}`;
  }
}

function isOurs(path: string): boolean {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (stat === undefined || stat.isSymbolicLink()) return true;
  return stat.isFile() && pointedAt(path) !== undefined;
}

function makePointer(path: string, name: string): void {
  try {
    // A junction on Windows, which everybody may make there.
    symlinkSync(name, path, 'junction');
  } catch {
    writeFileSync(path, `${name}\n`);
  }
}

/** The folder that a path to `latest` leads to now; any other path as it is. */
export function followLatest(given: string): string {
  const path = given.replace(/(?<=[^/])\/+$/, '');
  if (basename(path) !== LATEST) return given;
  const stat = lstatSync(path, { throwIfNoEntry: false });
  const name = stat?.isSymbolicLink()
    ? readlinkSync(path)
    : stat?.isFile()
      ? pointedAt(path)
      : undefined;
  if (name === undefined) return given;
  return isAbsolute(name) ? name : join(dirname(path), name);
}

/** The name in a pointer that is a file; undefined where it is another file. */
function pointedAt(path: string): string | undefined {
  if (lstatSync(path).size > NAME_LENGTH_MAX) return undefined;
  const text = readFileSync(path, 'utf8');
  return NAME.test(text) ? text.trimEnd() : undefined;
}
