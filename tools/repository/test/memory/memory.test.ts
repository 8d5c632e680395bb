/** The memory command: it sees a tree's memory, judges as it says, and runs the real thing. */

import { spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { repositoryRoot } from '../../src/files.ts';
import { judgeMemory, MIB } from '../../src/memory/judge.ts';
import { canWatchProcesses, processTree, watchProcessTree } from '../../src/memory/process-tree.ts';
import type { MemoryRun } from '../../src/memory/run.ts';

describe.skipIf(!canWatchProcesses())('a process tree', () => {
  /** Peak of a process that holds `ownMiB`, and lets another one hold `belowMiB` where not 0. */
  async function peakOf(ownMiB: number, belowMiB: number) {
    const hold = (size: number) => `let held = Buffer.alloc(${size * MIB}, 1);`;
    const below = `${hold(belowMiB)} setTimeout(() => held, 600)`;
    const start = `require('node:child_process').spawn(process.execPath, ['-e', '${below}']);`;
    const free = `held = 0; setTimeout(gc, 100);`;
    const script = `${hold(ownMiB)} ${free} ${belowMiB > 0 ? start : ''} setTimeout(() => 0, 900)`;
    const child = spawn(process.execPath, ['--expose-gc', '-e', script]);
    const stop = watchProcessTree(child.pid!);
    await new Promise((resolve) => child.once('close', resolve));
    return stop();
  }

  test('its peak counts what was held and freed, and what a process below holds', async () => {
    const bare = await peakOf(0, 0);
    const held = await peakOf(96, 0);
    const both = await peakOf(96, 64);
    expect([bare, held, both].map(({ processCount }) => processCount)).toEqual([1, 1, 2]);
    expect(held.bytes - bare.bytes).toBeGreaterThan(88 * MIB);
    expect(held.bytes - bare.bytes).toBeLessThan(112 * MIB);
    expect(both.bytes - held.bytes).toBeGreaterThan(64 * MIB);
  });

  test('a process that is not there has no memory', () => {
    expect(watchProcessTree(2 ** 30)()).toEqual({ bytes: 0, processCount: 0 });
  });
});

test('the tree is all that descends from the root', () => {
  const parents = new Map([
    [1, 0],
    [7, 1],
    [9, 7],
    [8, 9],
    [5, 1],
  ]);
  expect(processTree(7, parents)).toEqual([7, 9, 8]);
  expect(processTree(6, parents)).toEqual([]);
});

describe('the judgement', () => {
  const runs = (peaks: readonly number[], verdict = 'pass'): MemoryRun[] =>
    peaks.map((peak) => {
      const bytes = peak * MIB;
      const rest = { reports: 1, processCount: 1, wallMs: 1, verdict };
      return { peakBytes: bytes, ownPeakBytes: bytes, ...rest };
    });
  const judge = (base: readonly number[], large: readonly number[]) => {
    const { flat, small, correct } = judgeMemory(runs(base), runs(large));
    return { flat, small, correct };
  };

  test.each([
    ['48 MiB more', [200], [248], true],
    ['more than that', [200], [249], false],
    ['10 % more, where that is more', [600], [660], true],
    ['more than 10 %', [600], [661], false],
    ['less', [600], [100], true],
    ['medians count, not single runs', [200, 90, 210], [900, 230, 240], true],
    ['of two, their mean', [200, 200], [200, 298], false],
  ] as const)('growth: %s', (_name, base, large, flat) => {
    expect(judge(base, large)).toEqual({ flat, small: true, correct: true });
  });

  test('size: below a GiB', () => {
    expect(judge([1000], [1023.9])).toEqual({ flat: true, small: true, correct: true });
    expect(judge([1000], [1024])).toEqual({ flat: true, small: false, correct: true });
  });

  test('a run that counted wrong shows nothing', () => {
    expect(judgeMemory(runs([100]), runs([100], 'fail')).correct).toBe(false);
    expect(judgeMemory(runs([100], 'vacuous'), runs([100])).correct).toBe(true);
  });
});

describe.skipIf(!canWatchProcesses())('the command', () => {
  const memory = (...args: string[]) =>
    spawnSync(process.execPath, [join(repositoryRoot, 'tools/memory.js'), ...args], {
      encoding: 'utf8',
    });
  const tiny = ['--scenario', 'scenarios/smoke.scenario.ts', '--base', '20', '--runs', '1'];

  test('runs both sizes and prints what it measured', () => {
    const { status, stdout, stderr } = memory(...tiny, '--reports', '40', '--json');
    expect({ status, stderr }).toEqual({
      status: 0,
      stderr: 'run 1 of 1: 20 reports, then 40\n',
    });
    const { runs } = JSON.parse(stdout) as { runs: MemoryRun[] };
    expect(runs.map(({ reports }) => reports)).toEqual([20, 40]);
    for (const { peakBytes, ownPeakBytes } of runs) {
      expect(ownPeakBytes).toBeGreaterThan(40 * MIB);
      expect(peakBytes).toBeGreaterThanOrEqual(ownPeakBytes);
    }
  });

  test.each([
    [['--runs', '0'], 2, "--runs: expected a whole number from 1, got '0'"],
    [['--reports', 'many'], 2, "--reports: expected a whole number from 1, got 'many'"],
    [['--frob'], 2, '--frob'],
    [['--scenario', 'no-such.scenario.ts', '--runs', '1'], 1, 'no-such.scenario.ts'],
  ])('refuses %j', (args, code, words) => {
    const { status, stdout, stderr } = memory(...args);
    expect({ status, stdout }).toEqual({ status: code, stdout: '' });
    expect(stderr).toContain(words);
    expect(stderr).not.toContain('    at ');
  });
});
