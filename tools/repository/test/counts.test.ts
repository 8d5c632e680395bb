/** The last line of `.ci/run`: nothing that failed or was skipped may look like a pass. */

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { repositoryRoot } from '../src/files.ts';

type TestFiles = readonly (readonly [status: string, tests: readonly string[], ms?: number])[];

/** The lines and exit code for test files, after 3 steps that passed. */
function lines(testFiles: TestFiles, exitCode = 0) {
  const folder = mkdtempSync(join(tmpdir(), 'priolab-counts-'));
  const results = join(folder, 'results.json');
  const testResults = testFiles.map(([status, tests, ms = 0], index) => ({
    name: join(repositoryRoot, `${index}.test.ts`),
    status,
    startTime: 1e12,
    endTime: 1e12 + ms,
    assertionResults: tests.map((testStatus) => ({ status: testStatus })),
  }));
  writeFileSync(results, JSON.stringify({ testResults }));
  const script = join(repositoryRoot, '.ci/counts.js');
  const run = spawnSync(process.execPath, [script, '3', '0', results, String(exitCode)], {
    encoding: 'utf8',
    cwd: repositoryRoot,
  });
  rmSync(folder, { recursive: true });
  return { told: run.stdout.trim().split('\n'), status: run.status };
}

test.each([
  ['passed', [['passed', ['passed', 'passed']]], 0, '5 passed, 0 failed, 0 skipped', 0],
  ['skipped', [['passed', ['passed', 'pending']]], 0, '4 passed, 0 failed, 1 skipped', 0],
  ['failed', [['failed', ['passed', 'failed']]], 1, '4 passed, 1 failed, 0 skipped', 1],
  ['a file that did not run', [['failed', []]], 1, '3 passed, 1 failed, 0 skipped', 1],
  ['an error outside', [['passed', ['passed']]], 1, '4 passed, 1 failed, 0 skipped', 1],
] as const)('%s', (_, testFiles, exitCode, line, status) => {
  const done = lines(testFiles, exitCode);
  expect([done.told.at(-1), done.status]).toEqual([line, status]);
});

test('the ten slowest files are named, the slowest first', () => {
  const files = Array.from(
    { length: 12 },
    (_, index) => ['passed', ['passed'], 100 * index] as const,
  );
  const { told } = lines(files);
  expect(told[0]).toBe('12 test files: 7 s of the workers, without imports; the slowest:');
  expect(told[1]).toBe('    1.1 s  11.test.ts');
  expect(told[10]).toBe('    0.2 s  2.test.ts');
  expect(told).toHaveLength(12);
});

test('results that were never written are a failure', () => {
  const script = join(repositoryRoot, '.ci/counts.js');
  const absent = join(tmpdir(), 'priolab-no-such-results.json');
  const run = spawnSync(process.execPath, [script, '3', '0', absent, '1'], { encoding: 'utf8' });
  expect(run.stdout.trim().split('\n').at(-1)).toBe('3 passed, 1 failed, 0 skipped');
  expect(run.status).toBe(1);
});
