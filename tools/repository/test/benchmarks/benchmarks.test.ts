/** The benchmark runner: each row of the repository runs, and the numbers are what they say. */

import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { figureDefinitions, ratioDefinitions, type Figure } from '../../src/benchmarks/figures.ts';
import { measure } from '../../src/benchmarks/measure.ts';
import type { BenchReport } from '../../src/benchmarks/report.ts';
import { findRows, type BenchRow } from '../../src/benchmarks/rows.ts';
import { repositoryRoot } from '../../src/files.ts';

function bench(...args: string[]) {
  const command = [join(repositoryRoot, 'tools/bench.js'), ...args];
  return spawnSync(process.execPath, command, { encoding: 'utf8' });
}

type Found = Figure | { readonly missing: string };
type JsonReport = Omit<BenchReport, 'ratios' | 'figures'> & {
  readonly ratios: Readonly<Record<string, Found>>;
  readonly figures: Readonly<Record<string, Found>>;
};

const names = (list: readonly { readonly name: string }[]) => list.map(({ name }) => name);

describe('at smoke size', () => {
  let done: ReturnType<typeof bench>;
  let report: JsonReport;
  beforeAll(() => {
    done = bench('--smoke', '--json');
    report = JSON.parse(done.stdout) as JsonReport;
  });

  test('every row runs, and has a name of its own', async () => {
    const all = await findRows();
    expect(done).toMatchObject({ status: 0, stderr: '' });
    expect(names(report.rows)).toEqual(names(all.rows));
    expect(names(report.wallRows)).toEqual(names(all.wallRows));
    expect(report.absent).toEqual(all.absent);
    const both = [...report.rows, ...report.wallRows];
    expect(both.every(({ sampleCount, rounds }) => sampleCount >= 1 && rounds.length === 1)).toBe(
      true,
    );
    expect(new Set(names(both)).size).toBe(both.length);
    expect(report.machine.node).toBe(process.version);
    expect(report.meaningful).toBe(false);
  });

  test('every ratio and figure is there, but for those of a backend that is not', () => {
    expect(Object.keys(report.ratios)).toEqual(names(ratioDefinitions));
    expect(Object.keys(report.figures)).toEqual(names(figureDefinitions));
    const reasons = report.absent.map(({ reason }) => reason);
    for (const found of Object.values({ ...report.ratios, ...report.figures })) {
      if ('missing' in found) expect(reasons).toContain(found.missing);
      else expect(found).toMatchObject({ sampleCount: 1, spread: 0 });
    }
  });
});

test('a filter chooses rows; one that fits none is an error', () => {
  const chosen = bench('--smoke', '--filter', 'batch inversion');
  expect(chosen.stdout).toMatch(/^field: batch inversion, per element \|/m);
  expect(chosen.stdout).not.toContain('ntt of 128 ');
  expect(chosen.stdout).toMatch(/^missing: proveVerify100.* was not measured \(--filter\)$/m);
  const none = bench('--filter', 'no such row');
  expect(none.status).toBe(2);
  expect(none.stderr).toContain('no such row');
});

test('rounds are a number', () => {
  const { status, stderr } = bench('--rounds', '0');
  expect({ status, stderr }).toEqual({
    status: 2,
    stderr: '--rounds: expected a number of rounds, 1 to 9999, got "0"\n',
  });
  const three = bench('--smoke', '--json', '--rounds', '3', '--filter', 'batch inversion');
  expect((JSON.parse(three.stdout) as JsonReport).rows[0]?.rounds.length).toBe(3);
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
  // One run for the checksum and a round to warm up; then one sample a round, 2, 4 and 3 ms, each
  // after a run that does not count.
  const { row, now } = fakeRow('a', [9, 8, 8, 7, 2, 7, 4, 7, 3]);
  const found = await measure([row], { size: 'full', rounds: 3, roundMs: 0 }, now);
  const near = (value: number) => expect.closeTo(value, 9) as number;
  expect(found).toEqual([
    {
      name: 'a',
      usPerItem: near(150),
      spread: near(2 / 3),
      sampleCount: 3,
      checksum: 20,
      rounds: [near(100), near(200), near(150)],
    },
  ]);
});

test('work is counted where a row can count it', async () => {
  const row = { ...fakeRow('a', [1]).row, work: () => ({ aesBlocks: 3 }) };
  const found = await measure([row], { size: 'smoke', rounds: 1, roundMs: 0 });
  expect(found[0]?.work).toEqual({ aesBlocks: 3 });
});

test('the rows take turns', async () => {
  const order: string[] = [];
  const a = fakeRow('a', [1], order);
  const b = fakeRow('b', [1], order);
  await measure([a.row, b.row], { size: 'smoke', rounds: 2, roundMs: 0 }, a.now);
  // Checksums; then a round to warm up and two that count, each row twice in each.
  expect(order.join('')).toBe(`ab${'aabb'.repeat(3)}`);
});

test.each(['now', 'later'])('a row whose checksum varies is refused (%s)', async (when) => {
  let runCount = 0;
  const run = () => (when === 'now' ? runCount++ : Promise.resolve(runCount++));
  const row = { name: 'odd', sizes: { smoke: 1, full: 1 }, prepare: () => run };
  const effort = { size: 'smoke', rounds: 1, roundMs: 0 } as const;
  await expect(measure([row], effort)).rejects.toThrow('odd: checksum 1, before it was 0');
});

test('--help helps, and an unknown option is no crash', () => {
  const helped = bench('--help');
  expect(helped).toMatchObject({ status: 0, stderr: '' });
  expect(helped.stdout).toContain('--filter TEXT');
  const wrong = bench('--fast');
  expect(wrong.status).toBe(2);
  expect(wrong.stderr).toMatch(/^bench: Unknown option '--fast'.*; see npm run bench -- --help$/m);
});
