/** The benchmark runner: each row of the repository runs, and the numbers are what they say. */

import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { measure, type Measurement } from '../../src/benchmarks/measure.ts';
import { formatTable } from '../../src/benchmarks/report.ts';
import { findRows, type BenchRow } from '../../src/benchmarks/rows.ts';
import { repositoryRoot } from '../../src/files.ts';

function bench(...args: string[]) {
  const command = [join(repositoryRoot, 'tools/bench.js'), ...args];
  return spawnSync(process.execPath, command, { encoding: 'utf8' });
}

test('every row runs at smoke size', async () => {
  const rows = await findRows();
  const { status, stdout, stderr } = bench('--smoke', '--json');
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  const report = JSON.parse(stdout) as { machine: { node: string }; rows: Measurement[] };
  expect(report.rows.map(({ name }) => name)).toEqual(rows.map(({ name }) => name));
  expect(report.rows.every(({ sampleCount }) => sampleCount >= 1)).toBe(true);
  expect(report.machine.node).toBe(process.version);
  expect(new Set(rows.map(({ name }) => name)).size).toBe(rows.length);
});

test('a filter chooses rows; one that fits none is an error', () => {
  const chosen = bench('--smoke', '--filter', 'batch inversion');
  expect(chosen.stdout.split('\n').filter((line) => line.includes('|')).length).toBe(2);
  const none = bench('--filter', 'no such row');
  expect(none.status).toBe(2);
  expect(none.stderr).toContain('no such row');
});

/** A row whose run takes `costMs` (by run) of a clock that nothing else moves. */
function fakeRow(name: string, costsMs: readonly number[], order: string[] = []) {
  const clock = { nowMs: 0 };
  const row: BenchRow = {
    name,
    sizes: { smoke: 10, full: 20 },
    prepare: (size) => {
      let runCount = 0;
      return () => {
        clock.nowMs += costsMs[runCount++ % costsMs.length] as number;
        order.push(name);
        return size;
      };
    },
  };
  return { row, now: () => clock.nowMs };
}

test('cost an item: the median of the rounds; spread: their range', async () => {
  // One run for the checksum and one to warm up; then one sample a round: 2, 4 and 3 ms.
  const { row, now } = fakeRow('a', [9, 8, 2, 4, 3]);
  const found = await measure([row], { size: 'full', rounds: 3, roundMs: 0 }, now);
  expect(found).toEqual([
    {
      name: 'a',
      usPerItem: expect.closeTo(150, 9) as number,
      spread: expect.closeTo(2 / 3, 9) as number,
      sampleCount: 3,
      checksum: 20,
    },
  ]);
});

test('the rows take turns', async () => {
  const order: string[] = [];
  const a = fakeRow('a', [1], order);
  const b = fakeRow('b', [1], order);
  await measure([a.row, b.row], { size: 'smoke', rounds: 2, roundMs: 0 }, a.now);
  expect(order.join('')).toBe('ab'.repeat(4)); // checksums, warm-up, two rounds
});

test('a row whose checksum varies is refused', async () => {
  let runCount = 0;
  const row = { name: 'odd', sizes: { smoke: 1, full: 1 }, prepare: () => () => runCount++ };
  const effort = { size: 'smoke', rounds: 1, roundMs: 0 } as const;
  await expect(measure([row], effort)).rejects.toThrow('odd: checksum 1, before it was 0');
});

test('the table shows each row, and the machine', () => {
  const row = { name: 'a: b', usPerItem: 1.23456, spread: 0.1, sampleCount: 12, checksum: 7 };
  const machine = { cpu: 'Some CPU', cores: 2, node: 'v20.0.0', commit: 'abc+' };
  expect(formatTable([row, { ...row, usPerItem: 0, spread: Number.NaN }], machine)).toBe(
    [
      'row  | us per item | spread | samples',
      'a: b |        1.23 |   10 % |      12',
      'a: b |        0.00 |      - |      12',
      '',
      'Some CPU, 2 cores, node v20.0.0, commit abc+',
      '',
    ].join('\n'),
  );
});
