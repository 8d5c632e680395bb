/** Which long test files CI leaves out: each runs in one of the slices, and is there. */

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

import { repositoryRoot } from '../src/files.ts';
import { LONG_TESTS, SLICES, leftOut } from '../src/slices.ts';

/** As the configurations name their own folders. */
const projects = [...new Set(LONG_TESTS.map((file) => file.split('/').slice(0, 2).join('/')))];

/** Long files that run with a slice. */
function runWith(slice: number): string[] {
  const environment = { CI: '1', PRIOLAB_SLICE: String(slice) };
  const out = projects.flatMap((project) =>
    leftOut(project, environment).map((file) => `${project}/${file}`),
  );
  return LONG_TESTS.filter((file) => !out.includes(file));
}

test('each file is there, and named once', () => {
  expect(LONG_TESTS.filter((file) => !existsSync(join(repositoryRoot, file)))).toEqual([]);
  expect(new Set(LONG_TESTS).size).toBe(LONG_TESTS.length);
});

test('each file runs in one slice, and slices have about as many', () => {
  const runs = Array.from({ length: SLICES }, (_, slice) => runWith(slice));
  expect(runs.flat().sort()).toEqual([...LONG_TESTS].sort());
  const counts = runs.map((files) => files.length);
  expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
});

test.each([2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12])(
  'of a table of which a file runs every %i-th case, all have their turn',
  (every) => {
    const seen = new Set<string>();
    for (let slice = 0; slice < SLICES * every; slice += 1) {
      for (const file of runWith(slice)) seen.add(`${file} ${slice % every}`);
    }
    expect(seen.size).toBe(LONG_TESTS.length * every);
  },
);

test('the costliest do not meet: one of them a slice', () => {
  const costly = LONG_TESTS.slice(0, SLICES);
  for (let slice = 0; slice < SLICES; slice += 1) {
    expect(runWith(slice).filter((file) => costly.includes(file))).toHaveLength(1);
  }
});

test('outside of CI none is left out, nor without a slice', () => {
  for (const project of projects) {
    expect(leftOut(project, { PRIOLAB_SLICE: '1' })).toEqual([]);
    expect(leftOut(project, { CI: '1' })).toEqual([]);
  }
});
