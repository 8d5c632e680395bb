/** docs/RESULTS.md describes every table, column, unit and metric that there is, and no other. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { outputs } from '../src/index.ts';
import { measurementsOf } from '../src/measurements.ts';
import { tableList } from '../src/tables.ts';
import { timedRun } from './timed-fixture.ts';

const page = readFileSync(join(import.meta.dirname, '../../../docs/RESULTS.md'), 'utf8');

/** Rows of a Markdown table without the padding of its cells. */
const cellsOf = (line: string): string =>
  line
    .split('|')
    .map((cell) => cell.trim())
    .join('|');

test('every table with its columns, types and units', () => {
  const [, tables = ''] = /<!-- The tables below .*-->\n([^]*?)\n## /.exec(page) ?? [];
  const described = tables
    .split('\n')
    .filter((line) => line.startsWith('|') || line.startsWith('### '))
    .filter((line) => !/^\| (?:-|column )/.test(line))
    .map(cellsOf);
  const expected = tableList.flatMap(({ name, about, columns }) => [
    `### \`${name}\`: ${about}`,
    ...columns.map(
      ({ name: column, type, unit, about: what }) => `|\`${column}\`|${type}|${unit}|${what}|`,
    ),
  ]);
  expect(described).toEqual(expected);
});

test('every output with its file', () => {
  for (const { name, path, isFolder } of outputs) {
    expect(page).toMatch(new RegExp(`\\| \`${path}${isFolder ? '/' : ''}\` .*--${name}\``));
  }
});

test('every metric', () => {
  const named = [...page.matchAll(/`(priolab_[a-z_]+(?:<unit>)?)`/g)].map(([, name]) => name!);
  const { measurements } = measurementsOf(timedRun());
  for (const { name, kind } of measurements) {
    const family = kind === 'counter' ? name.replace(/^(priolab_[a-z]+_).*/, '$1<unit>') : name;
    expect(named).toContain(family);
  }
  const names = measurements.map(({ name }) => name);
  const open = ['priolab_wall_<unit>', 'priolab_simulated_<unit>'];
  expect(named.filter((name) => !names.includes(name) && !open.includes(name))).toEqual([]);
});
