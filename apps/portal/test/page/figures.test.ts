/** The page's arithmetic: sums of what is shown, their errors, and what is left out. */

import { describe, expect, test } from 'vitest';

import type { Result } from '../../page/api.ts';
import { axisFor, shareOf } from '../../page/charts/axis.ts';
import { labelledDays, pieces, frameFor } from '../../page/charts/time-layout.ts';
import { clientsIn, isPartial, scaled, sumOver } from '../../page/figures.ts';
import { estimate, number, windowName } from '../../page/words.ts';

const DAY_MS = 86_400_000;
const START_MS = Date.UTC(2021, 11, 5);

function result(change: Partial<Result>): Result {
  return {
    id: 'a',
    status: 'published',
    aggregation_id: 'm-v1',
    generic_id: 'm',
    data_provider: 'apple',
    country_code: 'us',
    state_code: 'wa',
    aggregation_start_time: '2021-12-05T00:00:00.000Z',
    aggregation_end_time: '2021-12-06T00:00:00.000Z',
    epsilon: 8,
    total_individual_clients: 1000,
    sum: [10, 20, null],
    estimates: [9, -1, null],
    standard_error: 3,
    suppressed_bins: [2],
    ...change,
  };
}

const held = result({
  status: 'held',
  total_individual_clients: null,
  sum: null,
  estimates: null,
  standard_error: null,
  suppressed_bins: [],
});

describe('a sum', () => {
  test('adds estimates and variances over bins and windows', () => {
    const figure = sumOver([result({}), result({ standard_error: 4 })], [0, 1]);
    expect(figure).toEqual({ value: 16, error: Math.sqrt(50), raw: 60, counted: 4, withheld: 0 });
  });

  test('leaves out what is withheld, and counts it', () => {
    const figure = sumOver([result({}), held], [1, 2]);
    expect(figure).toMatchObject({ value: -1, counted: 1, withheld: 1 });
    expect(isPartial(figure)).toBe(true);
  });

  test('is none where all of it is withheld', () => {
    expect(sumOver([result({})], [2]).value).toBeUndefined();
    expect(sumOver([held], [0]).value).toBeUndefined();
  });

  test('is scaled with its error by the contributions of what is published', () => {
    const windows = [result({}), held];
    expect(clientsIn(windows)).toBe(1000);
    const figure = scaled(sumOver(windows, [0]), 500, 'per-1000');
    expect(figure).toMatchObject({ value: 18, error: 6, raw: 20 });
    expect(scaled(figure, 500, 'count')).toBe(figure);
  });
});

describe('an axis', () => {
  test.each([
    [[3, 14], { min: 0, max: 15, ticks: [0, 5, 10, 15] }],
    [[-1, 95], { min: -1.15, max: 100, ticks: [0, 20, 40, 60, 80, 100] }],
    [[-7, 22], { min: -10, max: 30, ticks: [-10, 0, 10, 20, 30] }],
    [[0.03], { min: 0, max: 0.03, ticks: [0, 0.01, 0.02, 0.03], decimals: 2 }],
    [[], { min: 0, max: 1, ticks: [0, 0.2, 0.4, 0.6, 0.8, 1] }],
    [[-3], { min: -3, max: 0, ticks: [-3, -2, -1, 0] }],
  ])('of %j holds zero and has round ticks', (values, expected) => {
    const axis = axisFor(values, 5);
    expect(axis).toMatchObject(expected);
    for (const value of values) {
      expect(shareOf(axis, value)).toBeGreaterThanOrEqual(0);
      expect(shareOf(axis, value)).toBeLessThanOrEqual(1);
    }
  });
});

describe('time', () => {
  const windows = [0, 1, 2, 4].map((day) => ({
    fromMs: START_MS + day * DAY_MS,
    toMs: START_MS + (day + 1) * DAY_MS,
  }));

  test('a line breaks where a window has no value and where time is missing', () => {
    const all = pieces(windows, () => true).map((piece) => piece.length);
    expect(all).toEqual([3, 1]);
    const second = windows[1]!;
    expect(pieces(windows, (window) => window !== second).map(({ length }) => length)).toEqual([
      1, 1, 1,
    ]);
  });

  test('each day has a label where there is room, some days where there is none', () => {
    const span = { fromMs: START_MS, toMs: START_MS + 14 * DAY_MS };
    expect(labelledDays(frameFor(1200, ['10']), span)).toHaveLength(14);
    expect(labelledDays(frameFor(320, ['10']), span).length).toBeLessThanOrEqual(5);
    expect(labelledDays(frameFor(320, ['10']), { ...span, toMs: START_MS + DAY_MS })).toEqual([
      START_MS,
    ]);
  });

  test('windows are named in UTC', () => {
    expect(windowName(START_MS, START_MS + DAY_MS)).toBe('5 Dec 2021');
    expect(windowName(START_MS, START_MS + DAY_MS / 3)).toBe('5 Dec 2021, 00:00 to 08:00');
  });
});

test('figures are as exact as their error, and have a minus that can be seen', () => {
  const figure = { value: -1234.56, error: 1, raw: 0, counted: 1, withheld: 0 };
  expect(estimate(figure)).toBe('\u22121,234.6 ± 2.0');
  expect(estimate({ ...figure, error: 50 })).toBe('\u22121,235 ± 98');
  expect(number(-0.01)).toBe('0');
});
