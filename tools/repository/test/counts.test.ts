/** The last line of `.ci/run`: nothing that failed or was skipped may look like a pass. */

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { repositoryRoot } from '../src/files.ts';

/** The last line and exit code for test files (status, tests), after 3 steps that passed. */
function count(testFiles: readonly (readonly [string, readonly string[]])[], exitCode = 0) {
  const folder = mkdtempSync(join(tmpdir(), 'priolab-counts-'));
  const results = join(folder, 'results.json');
  const testResults = testFiles.map(([status, tests]) => ({
    name: 'some.test.ts',
    status,
    assertionResults: tests.map((testStatus) => ({ status: testStatus })),
  }));
  writeFileSync(results, JSON.stringify({ testResults }));
  const script = join(repositoryRoot, '.ci/counts.js');
  const run = spawnSync(process.execPath, [script, '3', '0', results, String(exitCode)], {
    encoding: 'utf8',
  });
  rmSync(folder, { recursive: true });
  return [run.stdout.trim().split('\n').at(-1), run.status];
}

test.each([
  ['passed', [['passed', ['passed', 'passed']]], 0, '5 passed, 0 failed, 0 skipped', 0],
  ['skipped', [['passed', ['passed', 'pending']]], 0, '4 passed, 0 failed, 1 skipped', 0],
  ['failed', [['failed', ['passed', 'failed']]], 1, '4 passed, 1 failed, 0 skipped', 1],
  ['a file that did not run', [['failed', []]], 1, '3 passed, 1 failed, 0 skipped', 1],
  ['an error outside', [['passed', ['passed']]], 1, '4 passed, 1 failed, 0 skipped', 1],
] as const)('%s', (_, testFiles, exitCode, line, status) => {
  expect(count(testFiles, exitCode)).toEqual([line, status]);
});

test('results that were never written are a failure', () => {
  const script = join(repositoryRoot, '.ci/counts.js');
  const absent = join(tmpdir(), 'priolab-no-such-results.json');
  const run = spawnSync(process.execPath, [script, '3', '0', absent, '1'], { encoding: 'utf8' });
  expect(run.stdout.trim().split('\n').at(-1)).toBe('3 passed, 1 failed, 0 skipped');
  expect(run.status).toBe(1);
});
