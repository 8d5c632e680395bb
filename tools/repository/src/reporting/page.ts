/**
 * The page that a real run has left, clicked through by the browser tests of `libs/report`: they
 * visit it instead of one that only has its shape where PRIOLAB_RUN names the run's folder.
 */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from '../files.ts';

const TESTS = 'libs/report/test/browser/report.test.ts';

export interface PageResult {
  readonly sizeBytes: number;
  readonly passed: number;
  readonly failed: number;
  /** Without a Chromium nothing is visited. */
  readonly skipped: number;
}

/** @param run the folder of a run with its `report.html` @param scratch for the results */
export async function visitPage(run: string, scratch: string): Promise<PageResult> {
  const results = join(scratch, 'page.json');
  const vitest = join(repositoryRoot, 'node_modules/vitest/vitest.mjs');
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${results}`];
  const child = spawn(
    process.execPath,
    [vitest, 'run', '--project', '@priolab/report', TESTS, ...reporters],
    {
      cwd: repositoryRoot,
      env: { ...process.env, PRIOLAB_RUN: run, CI: '' },
      // What people read goes where the command's own progress goes.
      stdio: ['ignore', 2, 2],
    },
  );
  await once(child, 'close');
  const told = JSON.parse(readFileSync(results, 'utf8')) as {
    readonly numPassedTests: number;
    readonly numFailedTests: number;
    readonly numPendingTests: number;
    readonly success: boolean;
  };
  const { numPassedTests: passed, numFailedTests, numPendingTests: skipped, success } = told;
  // A file that can't even be loaded has no test that fails.
  const failed = success ? numFailedTests : Math.max(1, numFailedTests);
  return { sizeBytes: statSync(join(run, 'report.html')).size, passed, failed, skipped };
}

/** Whether that shows anything: all was visited, and nothing failed. */
export function isShown({ passed, failed, skipped }: PageResult): boolean {
  return passed > 0 && failed === 0 && skipped === 0;
}
