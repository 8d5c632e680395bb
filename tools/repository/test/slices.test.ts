/** Which long test files CI leaves out: each runs in one of the slices, and is there. */

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

import { repositoryRoot } from '../src/files.ts';
import { LONG_TESTS, SLICES, leftOut } from '../src/slices.ts';

test.each(Object.entries(LONG_TESTS))(
  '%s: each file is there, and in one slice',
  (project, files) => {
    for (const file of files)
      expect(existsSync(join(repositoryRoot, project, file)), file).toBe(true);
    const runs = Array.from({ length: SLICES }, (_, slice) => {
      const out = leftOut(project, { CI: '1', PRIOLAB_SLICE: String(slice) });
      return files.filter((file) => !out.includes(file));
    });
    expect(runs.flat().sort()).toEqual([...files].sort());
    for (const run of runs.slice(0, files.length)) expect(run.length).toBeGreaterThan(0);
  },
);

test('outside of CI none is left out, nor without a slice', () => {
  for (const project of Object.keys(LONG_TESTS)) {
    expect(leftOut(project, { PRIOLAB_SLICE: '1' })).toEqual([]);
    expect(leftOut(project, { CI: '1' })).toEqual([]);
  }
});
