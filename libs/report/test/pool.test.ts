/** Pooling: sums over vendors and windows, independent errors, held cells left out. */

import { describe, expect, test } from 'vitest';

import { poolCells, relativeRms } from '../src/index.ts';
import { cell, heldCell, summaryWith } from './fixture.ts';

const METRIC = 'CodeVerified-v1';

describe('poolCells', () => {
  test('adds cells; standard errors add as variances', () => {
    const [row, ...others] = poolCells([
      cell('us-wa', 'apple', METRIC, 3),
      cell('us-wa', 'google', METRIC, -1),
    ]);
    expect(others).toEqual([]);
    expect(row).toMatchObject({ cellCount: 2, heldCount: 0, reports: 200, cheats: 0 });
    // A total off by 3 is an estimate off by 6: 1 - 2p is a half.
    expect(row!.totals).toMatchObject({ bin: 2, truth: 40, estimate: 44, error: 4, binCount: 3 });
    expect(row!.totals!.standardError).toBeCloseTo(Math.sqrt(150), 12);
    expect(row!.totals!.rmsError).toBeCloseTo(4, 12);
    expect(row!.totals!.worstZ).toBeCloseTo(4 / Math.sqrt(150), 12);
  });

  test('the worst bin and the mean square are over all bins, bin 0 included', () => {
    const published = cell('us-wa', 'apple', METRIC);
    const { totals } = poolCells([{ ...published, estimates: [70 - 12, 10, 20] }])[0]!;
    expect(totals).toMatchObject({ bin: 2, error: 0 });
    expect(totals!.rmsError).toBeCloseTo(12 / Math.sqrt(3), 12);
    expect(totals!.worstZ).toBeCloseTo(12 / Math.sqrt(75), 12);
  });

  test('sorts by state, then metric, whatever the order of cells', () => {
    const { cells } = summaryWith();
    const names = poolCells(cells).map(({ state, metric }) => `${state} ${metric}`);
    expect(names).toEqual([
      'us-ct CodeVerified-v1',
      'us-ct PeriodicExposureNotification-v1',
      'us-wa CodeVerified-v1',
      'us-wa PeriodicExposureNotification-v1',
    ]);
    expect(poolCells(cells.toReversed()).map(({ state, metric }) => `${state} ${metric}`)).toEqual(
      names,
    );
  });

  test('names that share a separator stay apart', () => {
    const plain = cell('a', 'apple', METRIC);
    const rows = poolCells([
      { ...plain, state: 'a","b', metric: 'c' },
      { ...plain, state: 'a', metric: 'b","c' },
    ]);
    expect(rows).toHaveLength(2);
  });

  test('held cells are counted with their reasons, and not added', () => {
    const [row] = poolCells([
      heldCell('us-wa', 'google', METRIC),
      cell('us-wa', 'apple', METRIC, 3),
      heldCell('us-wa', 'google', METRIC),
    ]);
    expect(row).toMatchObject({ cellCount: 3, heldCount: 2, heldReasons: ['counts-differ'] });
    expect(row).toMatchObject({ reports: 100, totals: { truth: 20, estimate: 26 } });
    const [allHeld] = poolCells([heldCell('us-wa', 'google', METRIC)]);
    expect(allHeld).not.toHaveProperty('totals');
    expect(allHeld!.reports).toBe(0);
  });

  test('accepted cheats are counted', () => {
    const published = cell('us-wa', 'apple', METRIC);
    const truth = { ...published.truth, honestCount: 93 };
    expect(poolCells([{ ...published, truth }])[0]!.cheats).toBe(7);
  });

  test('without noise z is absent, or infinite where there is an error', () => {
    const published = { ...cell('us-wa', 'apple', METRIC), standardError: 0 };
    const exact = poolCells([{ ...published, estimates: [70, 10, 20] }]);
    expect(exact[0]!.totals).not.toHaveProperty('worstZ');
    expect(relativeRms(exact)).toBeUndefined();
    expect(poolCells([{ ...published, estimates: [70, 10, 21] }])[0]!.totals!.worstZ).toBe(
      Infinity,
    );
  });

  test('one bin is its own headline', () => {
    const published = cell('us-wa', 'apple', METRIC);
    const truth = { ...published.truth, honestClean: [70] };
    const { totals } = poolCells([{ ...published, truth, estimates: [71] }])[0]!;
    expect(totals).toMatchObject({ bin: 0, truth: 70, estimate: 71, binCount: 1 });
  });
});

test('relativeRms weighs every bin alike', () => {
  const first = { ...cell('a', 'apple', METRIC), standardError: 2, estimates: [74, 14, 24] };
  const second = {
    ...cell('b', 'apple', 'PeriodicExposureNotification-v1'),
    standardError: 10,
    estimates: [80, 12, 5, 3],
  };
  // 3 bins off by 2 standard errors, 4 bins by none.
  expect(relativeRms(poolCells([first, second]))).toBeCloseTo(Math.sqrt((3 * 4) / 7), 12);
  expect(relativeRms([])).toBeUndefined();
});
