/** Ratios and figures by hand: each round for itself, then the median; what is missing is said. */

import { expect, test } from 'vitest';
import { takeFigures } from '../../src/benchmarks/figures.ts';
import type { Figure, Measured, MissingFigure } from '../../src/benchmarks/figures.ts';
import type { Measurement } from '../../src/benchmarks/measure.ts';
import type { WallMeasurement } from '../../src/benchmarks/measure-wall.ts';
import type { Catalogue } from '../../src/benchmarks/rows.ts';

function row(name: string, ...rounds: number[]): Measurement {
  return { name, usPerItem: Number.NaN, spread: 0, sampleCount: 0, checksum: 0, rounds };
}

function wall(name: string, workers: number, ...rounds: number[]): WallMeasurement {
  const numbers = { usPerItem: 0, itemsPerSecond: 0, spread: 0, sampleCount: 0 };
  return { name, workers, ...numbers, rounds, running: 1, othersCores: 0 };
}

/** The catalogue that `measured` came from, and `others` that were not measured. */
function catalogue({ rows, wallRows }: Measured, others: readonly string[] = []): Catalogue {
  const sizes = { smoke: 1, full: 1 };
  const bench = (name: string) => ({ name, sizes, prepare: () => () => 0 });
  return {
    rows: [...rows.map(({ name }) => name), ...others].map(bench),
    wallRows: wallRows.map(({ name, workers }) => ({
      ...bench(name),
      workers,
      run: () => Promise.reject(new Error('not run')),
    })),
    absent: [],
  };
}

function take(measured: Measured, all = catalogue(measured)) {
  const { ratios, figures } = takeFigures(all, measured);
  return new Map([...ratios, ...figures].map((found) => [found.name, found]));
}

test('a ratio is taken round by round, so that a slow round cancels', () => {
  const rows = [
    row('pipeline, 100 bins, wasm', 100, 900, 110),
    row('pipeline, 100 bins, node', 320, 3600, 330),
  ];
  expect(take({ rows, wallRows: [] }).get('pipeline100.wasmVsNode')).toEqual({
    name: 'pipeline100.wasmVsNode',
    about: 'CPU time a report, 100 bins: node over wasm',
    unit: 'times',
    value: 3.2,
    spread: expect.closeTo((4 - 3) / 3.2, 9) as number,
    sampleCount: 3,
    from: ['pipeline, 100 bins, node', 'pipeline, 100 bins, wasm'],
    goal: { atLeast: 3.2 },
    reached: true,
  } satisfies Figure);
});

test('costs of several rows are added round by round', () => {
  const rows = [
    row('prio2: prove 100 bins', 1, 2, 3),
    row('prio2: verify 100 bins, both processors', 2, 2, 1),
    row('peer: @divviup/prio3: histogram of 100, shard and prepare both', 600, 400, 800),
  ];
  const found = take({ rows, wallRows: [] });
  expect(found.get('proveVerify100.microseconds')).toMatchObject({ value: 4, reached: false });
  expect(found.get('prio3Histogram100.vsProveVerify100')).toMatchObject({ value: 200 });
});

test('rate and speed-up of workers; the fastest backend stands for all; doubt is kept', () => {
  const measured = {
    rows: [row('pipeline, 100 bins, wasm', 1), row('pipeline, 1344 bins, wasm', 2)],
    wallRows: [
      wall('pipeline, 100 bins, wasm: 1 worker', 1, 250, 300),
      { ...wall('pipeline, 100 bins, wasm: 2 workers', 2, 125, 200), doubt: 'machine busy' },
    ],
  };
  const found = take(measured, catalogue(measured, ['pipeline, 100 bins, node']));
  expect(found.get('pipeline100.workers2Vs1')).toMatchObject({
    value: 1.75,
    doubt: 'machine busy',
  });
  expect(found.get('pipeline100.reportsPerSecond')).toMatchObject({ value: 6500, reached: false });
  expect(found.get('pipeline1344.vs100')).toMatchObject({ value: 2, reached: true });
});

test('what is not there is missing, with the reason, and never a number', () => {
  const measured = { rows: [row('pipeline, 100 bins, node', 1)], wallRows: [] };
  const all = {
    ...catalogue(measured, ['pipeline, 1344 bins, node']),
    absent: [{ name: 'pipeline, 100 bins, wasm', reason: 'backend wasm is not registered' }],
  };
  const found = take(measured, all);
  const missing = (name: string) => (found.get(name) as MissingFigure).missing;
  expect(missing('pipeline100.wasmVsNode')).toBe('backend wasm is not registered');
  expect(missing('pipeline1344.vs100')).toBe(
    'row "pipeline, 1344 bins, node" was not measured (--filter)',
  );
  expect(missing('proveVerify100.microseconds')).toBe('no row "prio2: prove 100 bins"');
  expect([...found.values()].every((each) => 'missing' in each)).toBe(true);
});
