/** The reporting command: it sees a command's cost, judges as it says, and runs the real thing. */

import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { repositoryRoot } from '../../src/files.ts';
import { MIB } from '../../src/memory/judge.ts';
import { canWatchProcesses } from '../../src/memory/process-tree.ts';
import { runCommand } from '../../src/reporting/command.ts';
import { judgeReporting, type ReportingJudgement } from '../../src/reporting/judge.ts';
import type { Measured } from '../../src/reporting/measure.ts';
import { isShown } from '../../src/reporting/page.ts';
import { formatJudgement, formatMeasured } from '../../src/reporting/report.ts';

/** Runs of 100 s and 200 MiB, unless told otherwise; one of each for each of the values. */
function measured(values: {
  readonly reportingMs?: readonly number[];
  readonly aloneMs?: readonly number[];
  readonly peakMiB?: readonly number[];
  /** Of the run without reports. */
  readonly plainMs?: number;
}): Measured {
  const { reportingMs = [0], aloneMs = [0], peakMiB = [200], plainMs = 100_000 } = values;
  const run = {
    exitCode: 0,
    wallMs: 100_000,
    cpuMs: 150_000,
    reports: 1000,
    ownPeakBytes: 200 * MIB,
    peakBytes: 200 * MIB,
    reportingMs: 0,
  };
  const count = Math.max(reportingMs.length, peakMiB.length);
  return {
    plain: [{ ...run, wallMs: plainMs }],
    reporting: Array.from({ length: count }, (_, i) => ({
      ...run,
      reportingMs: reportingMs[i % reportingMs.length]!,
      peakBytes: peakMiB[i % peakMiB.length]! * MIB,
    })),
    alone: aloneMs.map((wallMs) => ({ exitCode: 0, wallMs, cpuMs: wallMs, peakBytes: 150 * MIB })),
  };
}

describe('the judgement', () => {
  test.each([
    ['5 % of the time within the run', { reportingMs: [5000] }, true, true],
    ['more than that', { reportingMs: [5001] }, false, true],
    [
      '5 % of a run that took longer in a busy hour',
      { plainMs: 9e6, aloneMs: [5001] },
      false,
      true,
    ],
    ['5 % of a run that took less time', { plainMs: 90_000, aloneMs: [4501] }, false, true],
    ['5 % of the time by itself', { aloneMs: [5000] }, true, true],
    ['more than that', { aloneMs: [5001] }, false, true],
    ['a peak 5 % above its own', { peakMiB: [210] }, true, true],
    ['more than that', { peakMiB: [210.1] }, true, false],
    ['a peak that was before the run', { peakMiB: [190] }, true, true],
    ['medians count', { reportingMs: [1, 9000, 2], peakMiB: [200, 300, 201] }, true, true],
  ] as const)('%s', (_name, values, quick, small) => {
    const judgement = judgeReporting(measured(values));
    expect({ quick: judgement.quick, small: judgement.small }).toEqual({ quick, small });
  });

  test('a page is shown only where all of it was visited', () => {
    const page = { sizeBytes: 1, passed: 3, failed: 0, skipped: 0 };
    expect(isShown(page)).toBe(true);
    for (const less of [{ failed: 1 }, { skipped: 1 }, { passed: 0 }]) {
      expect(isShown({ ...page, ...less })).toBe(false);
    }
  });

  test('is written down with its figures', () => {
    const all = measured({ reportingMs: [1500], aloneMs: [2500], peakMiB: [212] });
    const machine = { cpu: 'a cpu', cores: 2, node: 'v20', commit: 'abc' };
    const page = { sizeBytes: 1_234_567, passed: 20, failed: 0, skipped: 1 };
    const text = formatJudgement(judgeReporting(all), page, machine);
    expect(text).toContain("time: pass: 2.5 % of the run's own 100.0 s, at most 5.0 %");
    expect(text).toContain("memory: fail: 6.0 % above the run's own 200 MiB (12 MiB)");
    expect(text).toContain('page: fail: 1.23 MB, 20 tests passed, 0 failed, 1 skipped');
    expect(formatJudgement(judgeReporting(all), undefined, machine)).toContain('not looked at');
    const rows = formatMeasured(all).split('\n');
    expect(rows[2]).toBe(
      'a run with all reports      |   100.0 | 150.0 |      1.50 |      212 |       12',
    );
  });
});

describe.skipIf(!canWatchProcesses())('the command', () => {
  const reporting = (...args: string[]) =>
    spawnSync(process.execPath, [join(repositoryRoot, 'tools/reporting.js'), ...args], {
      encoding: 'utf8',
    });
  const tiny = ['--scenario', 'scenarios/smoke.scenario.ts', '--reports', '60', '--no-page'];

  test('runs without and with reports, makes them once more, and judges', () => {
    const { status, stdout, stderr } = reporting(...tiny, '--json');
    expect(stderr).toBe('run 1 of 1: 60 reports, without and with what tells of it\n');
    const told = JSON.parse(stdout) as Measured & { readonly judgement: ReportingJudgement };
    const { plain, reporting: reported, alone, judgement } = told;
    expect([plain, reported, alone].map(({ length }) => length)).toEqual([1, 1, 1]);
    for (const { exitCode, cpuMs, peakBytes } of [...plain, ...reported, ...alone]) {
      expect(exitCode).toBe(0);
      expect(cpuMs).toBeGreaterThan(10);
      expect(peakBytes).toBeGreaterThan(40 * MIB);
    }
    expect(plain[0]!.reportingMs).toBe(0);
    expect(reported[0]!.reportingMs).toBeGreaterThan(0);
    expect(reported[0]!.ownPeakBytes).toBeGreaterThan(40 * MIB);
    // Whether so small a run takes more than its reports is the machine's affair.
    expect(status).toBe(judgement.quick && judgement.small ? 0 : 1);
  });

  test('a call that ends otherwise than expected is told in its own words', async () => {
    const call = runCommand(['report', 'no-such-run'], [0]);
    await expect(call).rejects.toThrow(/ended with code 2: [^]*no run at no-such-run/);
    expect((await runCommand(['report', 'no-such-run'], [0, 2])).exitCode).toBe(2);
  });

  test.each([
    [['--runs', '0'], 2, "--runs: expected a whole number from 1, got '0'"],
    [['--reports', 'many'], 2, "--reports: expected a whole number from 1, got 'many'"],
    [['--frob'], 2, '--frob'],
    [['--scenario', 'no-such.scenario.ts'], 1, 'no-such.scenario.ts'],
  ])('refuses %j', (args, code, words) => {
    const { status, stdout, stderr } = reporting(...args);
    expect({ status, stdout }).toEqual({ status: code, stdout: '' });
    expect(stderr).toContain(words);
    expect(stderr).not.toContain('    at ');
  });
});
