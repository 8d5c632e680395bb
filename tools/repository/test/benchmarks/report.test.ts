/** A benchmark as text: each row, each number with its doubt, what is missing, and the machine. */

import { expect, test } from 'vitest';
import { formatJson, formatMarkdown, formatTable } from '../../src/benchmarks/report.ts';
import type { BenchReport } from '../../src/benchmarks/report.ts';

const row = { usPerItem: 1.23456, spread: 0.1, sampleCount: 12, checksum: 7, rounds: [1.2] };
const report: BenchReport = {
  machine: { cpu: 'Some CPU', cores: 2, node: 'v20.0.0', commit: 'abc+' },
  load: { before: 0.5, after: 1.25 },
  meaningful: true,
  rows: [
    { name: 'a: b', ...row, work: { aesBlocks: 246, sha256Blocks: 1.5 } },
    { name: 'a: c', ...row, usPerItem: 0, spread: Number.NaN, work: {} },
  ],
  wallRows: [
    {
      name: 'w',
      workers: 2,
      usPerItem: 500,
      itemsPerSecond: 2000,
      spread: 0.02,
      sampleCount: 5,
      rounds: [500],
      running: 0.75,
      othersCores: 0.5,
      doubt: 'machine busy: threads ran 75 % of the time',
    },
  ],
  absent: [{ name: 'a: d', reason: 'no such backend' }],
  ratios: [
    {
      name: 'x.vsY',
      about: 'x over y',
      unit: 'times',
      value: 3.25,
      spread: 0.04,
      sampleCount: 9,
      from: ['w'],
      goal: { atLeast: 3.2 },
      reached: true,
      doubt: 'machine busy',
    },
  ],
  figures: [{ name: 'x.us', about: 'a cost', missing: 'no such backend' }],
};

test('as tables', () => {
  expect(formatTable(report)).toMatchInlineSnapshot(`
    "Ratios and figures

    name  |                 value |              goal | spread | rounds | what
    x.vsY | 3.25 times (doubtful) | at least 3.2: yes |    4 % |      9 | x over y
    x.us  |               missing |                 - |      - |      - | a cost

    CPU time

    row  | us per item | spread | samples
    a: b |        1.23 |   10 % |      12
    a: c |        0.00 |      - |      12
    a: d |     missing |      - |       -

    Time on the wall

    row |         items/s | spread | rounds | running | other processes
    w   | 2000 (doubtful) |    2 % |      5 |    75 % |      0.50 cores

    Work per item, counted

    row  | k*G | k*Q fixed | k*Q variable | butterflies | SHA-256 blocks | AES blocks
    a: b |   - |         - |            - |           - |           1.50 |        246

    missing: x.us: no such backend
    missing: a: d: no such backend
    doubtful: w: machine busy: threads ran 75 % of the time
    Some CPU, 2 cores, node v20.0.0, commit abc+
    load average 0.50 before, 1.25 after
    "
  `);
});

test('as Markdown, the same', () => {
  const text = formatMarkdown(report);
  expect(text).toContain('### CPU time\n\n| row | us per item | spread | samples |\n| --- | --: |');
  expect(text).toContain('| x.vsY | 3.25 times (doubtful) | at least 3.2: yes | 4 % | 9 |');
  expect(text).toContain('\n- missing: a: d: no such backend\n');
});

test('as JSON, ratios and figures by name', () => {
  const json = JSON.parse(formatJson(report)) as {
    ratios: object;
    figures: object;
    rows: object[];
  };
  expect(json.ratios).toMatchObject({ 'x.vsY': { value: 3.25, spread: 0.04, sampleCount: 9 } });
  expect(json.figures).toEqual({ 'x.us': { about: 'a cost', missing: 'no such backend' } });
  expect(json.rows[0]).toMatchObject({ name: 'a: b', rounds: [1.2] });
});

test('at smoke size no number is held against its goal', () => {
  const text = formatTable({ ...report, meaningful: false });
  expect(text).toMatch(/^x\.vsY .*\| at least 3\.2 \|/m);
  expect(text).toContain('\nsmoke sizes: every row runs, and no number means anything\n');
});
