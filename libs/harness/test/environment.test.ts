/** The commit in a record: which files make it another one's. */

import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeEach, expect, test } from 'vitest';

import { commitOf } from '../src/adapter/environment.ts';

const made: string[] = [];
afterAll(() => {
  for (const folder of made) rmSync(folder, { recursive: true });
});

let clone: string;
const write = (path: string, text: string): void => writeFileSync(join(clone, path), text);

beforeEach(() => {
  clone = mkdtempSync(join(tmpdir(), 'priolab-commit-'));
  made.push(clone);
  for (const name of ['apps', 'libs', 'libs/a', 'scenarios']) mkdirSync(join(clone, name));
  for (const name of ['package.json', 'apps/a.ts', 'libs/a/a.ts', 'scenarios/a.ts']) {
    write(name, '1\n');
  }
  write('.gitignore', 'ignored\n');
  const who = ['-c', 'user.name=a', '-c', 'user.email=a@b.invalid', '-c', 'commit.gpgsign=false'];
  for (const args of [
    ['init', '-q'],
    ['add', '.'],
    [...who, 'commit', '-qm', 'a'],
  ]) {
    execFileSync('git', args, { cwd: clone });
  }
});

test('that of the checkout, from any folder of it; none elsewhere', () => {
  const commit = commitOf(clone);
  expect(commit).toMatch(/^[0-9a-f]{12}$/);
  expect(commitOf(join(clone, 'libs/a'))).toBe(commit);
  expect(commitOf(join(clone, 'nowhere'))).toBe('unknown');
});

test.each(['scenarios/mine.ts', 'notes.txt', 'libs/ignored'])(
  'a new file leaves it: %s',
  (path) => {
    write(path, '2\n');
    expect(commitOf(join(clone, 'libs/a'))).toMatch(/^[0-9a-f]{12}$/);
  },
);

test.each(['apps/b.ts', 'libs/a/b.ts', 'libs/a/a.ts', 'scenarios/a.ts', 'package.json'])(
  'new code or a change marks it: %s',
  (path) => {
    write(path, '2\n');
    expect(commitOf(join(clone, 'libs/a'))).toMatch(/^[0-9a-f]{12}\+$/);
  },
);
