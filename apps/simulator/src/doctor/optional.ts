/** What priolab does without, but some of its tests and tools do not; which versions are here. */

import { execFileSync } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

import { openDatabase } from '@priolab/runtime/database';

import { note, ok, problem } from './finding.ts';
import type { Finding } from './finding.ts';

type Environment = Readonly<Record<string, string | undefined>>;

const ANSWER_WITHIN_MS = 3000;
const BROWSERS = ['chromium', 'chromium-browser', 'google-chrome'] as const;

export async function checkPostgres({ PRIOLAB_POSTGRES: url }: Environment): Promise<Finding> {
  const start = 'eval "$(node tools/servers.js start)"';
  if (url === undefined || url === '') {
    const skipped = 'PRIOLAB_POSTGRES is not set: tests on PostgreSQL are skipped';
    return note(skipped, `where PostgreSQL is installed: ${start}`);
  }
  const where = withoutSecrets(url);
  if (!/^postgres(?:ql)?:\/\//.test(url)) {
    return problem(`PRIOLAB_POSTGRES is ${where}`, 'expected postgres://USER@HOST/DATABASE');
  }
  try {
    const database = await openDatabase(withoutSchema(url), { timeoutMs: ANSWER_WITHIN_MS });
    try {
      const [row] = await database.query('SHOW server_version');
      return ok(`PostgreSQL ${String(Object.values(row ?? {})[0])} at ${where}`);
    } finally {
      await database.close();
    }
  } catch {
    // The driver's own words may hold any part of the URL.
    const hint = `tests on PostgreSQL fail; unset PRIOLAB_POSTGRES, or: ${start}`;
    return problem(`no PostgreSQL answers at ${where}`, hint);
  }
}

/** A schema that is named is made: looking must change nothing. */
function withoutSchema(text: string): string {
  const url = new URL(text);
  url.searchParams.delete('schema');
  return url.href;
}

/** Scheme, host, port and database: user, password and parameters may be secret. */
export function withoutSecrets(text: string): string {
  if (!URL.canParse(text)) return 'no URL';
  const { protocol, host, pathname } = new URL(text);
  // Without a host all of it is the path, even a password.
  return host === '' ? `${protocol}...` : `${protocol}//${host}${pathname}`;
}

export function checkChromium({ PRIOLAB_CHROMIUM: named, PATH = '' }: Environment): Finding {
  const folders = PATH.split(delimiter).filter((folder) => folder !== '');
  const paths = BROWSERS.flatMap((name) => folders.map((folder) => join(folder, name)));
  const skipped = 'tests of pages in a browser and `npm run screenshots`';
  if (named !== undefined) {
    if (isProgram(named)) return ok(named);
    const found = `PRIOLAB_CHROMIUM names no program: ${named}`;
    return problem(found, `${skipped} fail; name one, or unset it`);
  }
  const found = paths.find(isProgram);
  if (found !== undefined) return ok(found);
  return note(`none on the PATH: ${skipped} are left out`, 'PRIOLAB_CHROMIUM names one elsewhere');
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** @param beside where they are looked for if nothing is said */
export function checkVectors(
  { PRIOLAB_VECTORS: named, PRIOLAB_REQUIRE_VECTORS: required }: Environment,
  beside: string,
): Finding {
  const folder = named ?? beside;
  if (existsSync(folder)) return ok(named === undefined ? 'beside the clone' : named);
  if (named !== undefined || required === '1') {
    return problem(`no folder ${named ?? 'of vectors beside the clone'}`, 'set PRIOLAB_VECTORS');
  }
  const found = 'published test vectors are not here: their tests are skipped';
  return note(found, 'golden files stand in; PRIOLAB_VECTORS names a folder that has them');
}

export function checkGit(commit: string): Finding {
  try {
    const version = execFileSync('git', ['--version'], { encoding: 'utf8', stdio: 'pipe' }).trim();
    if (commit !== 'unknown') return ok(`${version}, commit ${commit}`);
    return note(`${version}, no commit`, 'records of runs say "unknown" for their commit');
  } catch {
    return note('no git', 'records of runs say "unknown" for their commit');
  }
}
