/**
 * Prints the last lines of `.ci/run`, slowest test files and counts, and sets the exit code.
 * Usage: node counts.js STEPS_PASSED STEPS_FAILED [VITEST_JSON VITEST_EXIT_CODE]
 *
 * A test file that could not be run has no failed test of its own and counts as one; so does a run
 * that failed for another reason, or left no results. Skipped tests are listed, so that nobody
 * takes them for passed.
 */

import { readFileSync } from 'node:fs';
import { relative } from 'node:path';

const [stepsPassed, stepsFailed, resultsPath, exitCode = '0'] = process.argv.slice(2);
const counts = { passed: Number(stepsPassed), failed: Number(stepsFailed), skipped: 0 };

const SLOWEST = 10;

let testsFailed = 0;

function readTestFiles(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8')).testResults;
  } catch (error) {
    console.log(`no test results: ${error.message}`);
    testsFailed += 1;
    return [];
  }
}

/** Where the time of the tests went: what to look at first when it becomes too much. */
function tellSlowest(all) {
  const times = all.map(({ name, startTime, endTime }) => ({
    name,
    seconds: (endTime - startTime) / 1000,
  }));
  const sum = times.reduce((total, { seconds }) => total + seconds, 0);
  if (!(sum > 0)) return;
  console.log(
    `${all.length} test files: ${sum.toFixed(0)} s of the workers, without imports; the slowest:`,
  );
  for (const { name, seconds } of times.sort((a, b) => b.seconds - a.seconds).slice(0, SLOWEST)) {
    console.log(`${seconds.toFixed(1).padStart(7)} s  ${relative('', name)}`);
  }
}

const files = resultsPath === undefined ? [] : readTestFiles(resultsPath);
for (const file of files) {
  const count = { passed: 0, failed: 0, skipped: 0 };
  for (const { status } of file.assertionResults) {
    count[status === 'passed' || status === 'failed' ? status : 'skipped'] += 1;
  }
  if (file.status === 'failed' && count.failed === 0) count.failed = 1;
  if (count.skipped > 0) console.log(`${count.skipped} skipped in ${relative('', file.name)}`);
  counts.passed += count.passed;
  counts.skipped += count.skipped;
  testsFailed += count.failed;
}
tellSlowest(files);
// Something outside of any test, for example an unhandled rejection.
if (exitCode !== '0' && testsFailed === 0) testsFailed = 1;
counts.failed += testsFailed;

console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
process.exitCode = counts.failed === 0 ? 0 : 1;
