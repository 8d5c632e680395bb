/** Tables as CSV and Parquet, read back by other programs: the same values, whatever they hold. */

import { spawnSync } from 'node:child_process';

import { tableFromIPC } from 'apache-arrow';
import { readParquet } from 'parquet-wasm';
import { describe, expect, test } from 'vitest';

import { renderCsv } from '../src/csv.ts';
import { renderParquet } from '../src/parquet.ts';
import { tableList, tablesOf } from '../src/tables.ts';
import type { Table, Value } from '../src/tables.ts';
import { emptyRun } from './fixture.ts';
import { PAYLOADS, START_MS, filledWith, timedRun } from './timed-fixture.ts';

const names = tableList.map(({ name }) => name);
const tableOf = (name: string, summary = timedRun()): Table =>
  tablesOf(summary).find((table) => table.name === name)!;

/** Rows as objects without the two columns that say which run it is. */
function rowsOf(name: string, summary = timedRun()): Record<string, Value>[] {
  const { columns, rows } = tableOf(name, summary);
  return Array.from(rows, (row) =>
    Object.fromEntries(columns.map((column, k) => [column.name, row[k]!] as const).slice(2)),
  );
}

describe('tables', () => {
  test('a row for each bin of each cell, with truth, total, estimate and standard error', () => {
    const rows = rowsOf('cells');
    // 4 of each metric with 3 and 4 bins, and the held cell with 3.
    expect(rows).toHaveLength(4 * 3 + 4 * 4 + 3);
    expect(rows[1]).toEqual({
      state: 'us-wa',
      vendor: 'apple',
      metric: 'CodeVerified-v1',
      window_start: START_MS,
      held: null,
      batches: 1,
      leader: 93,
      helper: 93,
      leader_rejected: 6,
      helper_rejected: 6,
      bin: 1,
      truth: 10,
      truth_noisy: 33,
      total: 33,
      estimate: 16,
      standard_error: Math.sqrt(18.75) / 0.5,
    });
    expect(rows.at(-1)).toMatchObject({
      held: 'counts-differ',
      total: null,
      estimate: null,
      standard_error: null,
      truth: 20,
    });
  });

  test('expectations with what they rest on, and when', () => {
    const [noise, once, forged] = rowsOf('expectations');
    expect(noise).toMatchObject({
      alpha: 1e-6,
      value: 0.25,
      estimated: 'share of bits flipped',
      unit: null,
      low: 0.2112347,
      high: 0.2916,
      confidence: 0.999999,
      due: 0.25,
      judged_from: START_MS,
      judged_to: START_MS + 36 * 3_600_000,
    });
    expect(once).toMatchObject({ value: null, estimated: null, low: null, judged_from: null });
    expect(forged).toMatchObject({ value: 2, unit: 'reports', low: 0.01, high: null, due: 0.5 });
  });

  test('every series on its own clock', () => {
    const wall = rowsOf('series_wall');
    expect(wall).toHaveLength(4 * 3);
    expect(wall[4]).toEqual({
      elapsed: 250.5,
      time: Date.UTC(2025, 10, 24, 12) + 251,
      series: 'rejected.bad-signature',
      unit: 'reports',
      value: 1,
    });
    const simulated = rowsOf('series_simulated');
    expect(simulated).toHaveLength(2 * 3);
    expect(simulated[2]).toEqual({
      time: START_MS + 2 * 3_600_000,
      step: 3_600_000,
      series: 'uploads',
      unit: 'uploads',
      value: 5,
    });
  });

  test('faults, what they did, and when', () => {
    expect(rowsOf('faults').map(({ fault, at, fired }) => [fault, at, fired])).toEqual([
      ['net.drop', null, 5],
      ['net.drop', null, 7],
      ['mal.tamper_sum', 'leader', 3],
    ]);
    expect(rowsOf('fault_effects').map(({ kind, name, value }) => [kind, name, value])).toEqual([
      ['fate', 'accepted', 4],
      ['fate', 'lost', 1],
      ['refused', 'truncated', 2],
      ['measured', 'windows changed', 3],
      ['measured', 'share', 0.25],
    ]);
    expect(rowsOf('strikes')[0]).toEqual({
      time: START_MS + 5000,
      fault: 'net.drop',
      what: 'an upload is lost',
      reports: 1,
    });
  });

  test('fates of reports and of copies; by state they add up to the same', () => {
    const fates = rowsOf('fates');
    expect(fates.map(({ what, reason, count }) => [what, reason, count])).toContainEqual([
      'copy',
      'replayed',
      3,
    ]);
    const sum = (rows: Record<string, Value>[]): number =>
      rows.reduce((total, { count }) => total + Number(count), 0);
    const planned = fates.filter(({ what }) => what === 'report');
    expect(sum(rowsOf('fates_by_state'))).toBe(sum(planned));
  });

  test('what is no number in the record is no value in a table', () => {
    const [run] = rowsOf('run', emptyRun());
    expect(run).toMatchObject({ reports: 0, reports_per_second: null, wall_ms: 2500 });
  });

  test('an older record has the same tables, some of them without rows', () => {
    const { series: _s, fatesByState: _f, simulation: _m, ...older } = timedRun();
    expect(tablesOf(older).map(({ name }) => name)).toEqual(names);
    const sizes = Object.fromEntries(
      tablesOf(older).map(({ name, rows }) => [name, [...rows].length]),
    );
    expect(sizes).toMatchObject({
      series_wall: 0,
      series_simulated: 0,
      faults: 0,
      fates_by_state: 0,
      stages: 12,
    });
  });
});

/** What another program reads in a Parquet file: types and rows in the terms of a table. */
function readBack(file: Uint8Array): { columns: string[][]; rows: Value[][] } {
  const arrow = tableFromIPC(readParquet(file).intoIPCStream());
  const columns = arrow.schema.fields.map(({ name, type }) => [name, String(type)]);
  const vectors = columns.map(([name]) => arrow.getChild(name!)!);
  const rows = Array.from({ length: arrow.numRows }, (_, k) =>
    vectors.map((vector): Value => {
      const value: unknown = vector.get(k);
      if (typeof value === 'bigint') return Number(value);
      return value as Value;
    }),
  );
  return { columns, rows };
}

const ARROW = {
  text: 'Utf8',
  count: 'Int64',
  number: 'Float64',
  time: 'Timestamp<MILLISECOND, UTC>',
} as const;

describe("Parquet, read by the Arrow project's reader", () => {
  test.each(names)('%s: types and values', (name) => {
    const table = tableOf(name);
    const { columns, rows } = readBack(renderParquet(table));
    expect(columns).toEqual(table.columns.map(({ name: of, type }) => [of, ARROW[type]]));
    expect(rows).toEqual([...table.rows]);
    expect(rows.length).toBeGreaterThan(0);
  });

  test('no rows at all are refused: the reader takes no such file', () => {
    expect(() => renderParquet({ ...tableOf('strikes'), rows: [] })).toThrow(
      'table strikes: got no rows; expected at least one',
    );
  });

  test('large numbers, the epoch and before it, more rows than two groups hold', () => {
    const table = tableOf('strikes');
    const [row] = [...table.rows];
    const rows = Array.from({ length: 11_000 }, (_, k) => [
      row![0]!,
      `${k}`,
      k - 1000,
      'a',
      `${k % 3}`,
      Number.MAX_SAFE_INTEGER - k,
    ]);
    expect(readBack(renderParquet({ ...table, rows })).rows).toEqual(rows);
  });
});

/** A reader for RFC 4180 and nothing else: throws at whatever is not in its grammar. */
function parseCsv(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  const field = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/y;
  while (field.lastIndex < text.length) {
    const at = field.lastIndex;
    const match = field.exec(text);
    if (match === null) throw new Error(`no CSV at ${at}: ${text.slice(at, at + 40)}`);
    const [, quoted, bare, end] = match;
    row.push(quoted === undefined ? bare! : quoted.replaceAll('""', '"'));
    if (end === ',') continue;
    rows.push(row);
    row = [];
  }
  expect(row).toEqual([]);
  return rows;
}

/** The fields of a table as CSV has to give them back. */
function fieldsOf({ columns, rows }: Table): string[][] {
  const shown = Array.from(rows, (row) =>
    row.map((value, k) => {
      if (value === null) return '';
      if (columns[k]!.type === 'time') return new Date(Number(value)).toISOString();
      return String(value);
    }),
  );
  return [columns.map(({ name }) => name), ...shown];
}

const python = spawnSync('python3', ['--version']).status === 0;

describe('CSV', () => {
  test.each(names)('%s: read back as what Parquet holds', (name) => {
    const table = tableOf(name);
    const fields = parseCsv(renderCsv(table));
    expect(fields).toEqual(fieldsOf(table));
    const { rows } = readBack(renderParquet(table));
    expect(fields.slice(1)).toEqual(fieldsOf({ ...table, rows }).slice(1));
  });

  test.skipIf(!python)('the same by the reader of Python', () => {
    const all = tablesOf(timedRun());
    const script =
      'import csv, io, json, sys\n' +
      'files = json.load(sys.stdin)\n' +
      "read = lambda text: list(csv.reader(io.StringIO(text, newline=''), strict=True))\n" +
      'json.dump([read(text) for text in files], sys.stdout)\n';
    const input = JSON.stringify(all.map(renderCsv));
    const { stdout, stderr } = spawnSync('python3', ['-c', script], { input, encoding: 'utf8' });
    expect(stderr).toBe('');
    expect(JSON.parse(stdout)).toEqual(all.map(fieldsOf));
  });
});

/** What a spreadsheet would run: in a field, or after a separator of other countries. */
const FORMULA = /(?:^|;)\s*[=+\-@\uff1d\uff0b\uff0d\uff20]/u;

describe.each(PAYLOADS)('with %j in every text', (text) => {
  const tables = tablesOf(filledWith(text));

  test('CSV holds no formula and no control, Parquet the same texts', () => {
    for (const table of tables) {
      const csv = renderCsv(table);
      expect(csv.replaceAll('\r\n', '')).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]|::|##/u);
      const [, ...rows] = parseCsv(csv);
      const { rows: read } = readBack(renderParquet(table));
      expect(read).toEqual([...table.rows]);
      expect(rows).toHaveLength(read.length);
      rows.forEach((row, i) =>
        row.forEach((field, k) => {
          if (table.columns[k]!.type !== 'text') return;
          expect(field).not.toMatch(FORMULA);
          // Nothing but the apostrophes is changed.
          expect(field.replaceAll("'", '')).toBe(String(read[i]![k] ?? '').replaceAll("'", ''));
        }),
      );
    }
  });
});
