/** How labels become dimensions: those that the portal really gives its datasets. */

import { expect, test } from 'vitest';

import { breakdownsOf, dimensionsOf } from '../../page/breakdown.ts';
import { datasetName } from '../../page/words.ts';
import { labelsOf } from '../../src/result/dataset.ts';

test('the risk histogram has four dimensions, and is shown along each of them', () => {
  const labels = labelsOf('histogramMetric-v2', 1344);
  const dimensions = dimensionsOf(labels)!;
  expect(dimensions.map(({ name, values }) => [name, values.length])).toEqual([
    ['Days since exposure', 7],
    ['Infectiousness', 3],
    ['Attenuation, dB', 8],
    ['Duration, s', 8],
  ]);
  expect(dimensions[2]!.values.slice(0, 2)).toEqual(['≤ 50.1', '50.1–55.1']);
  const breakdowns = breakdownsOf(labels);
  expect(breakdowns.map(({ name }) => name)).toEqual(dimensions.map(({ name }) => name));
  for (const { rows } of breakdowns) {
    const bins = rows.flatMap((row) => row.bins).toSorted((a, b) => a - b);
    expect(bins).toEqual(labels.map((_, bin) => bin));
  }
  // index = day * 192 + infectiousness * 64 + attenuation * 8 + duration
  expect(breakdowns[3]!.rows[5]!.bins.every((bin) => bin % 8 === 5)).toBe(true);
  expect(breakdowns[0]!.rows[1]!.bins).toEqual(Array.from({ length: 192 }, (_, i) => 192 + i));
});

test('days since exposure are shown bin by bin first, in groups of classes', () => {
  const [bins, ...along] = breakdownsOf(labelsOf('DateExposure-v1', 16));
  expect(bins!.rows.map(({ group }) => group).slice(3, 5)).toEqual(['class 1', 'class 2']);
  expect(bins!.rows[4]).toMatchObject({ name: '0 to 3 days', bins: [4] });
  expect(along.map(({ rows }) => rows.length)).toEqual([4, 4]);
});

test('cumulative bins are never added up', () => {
  const breakdowns = breakdownsOf(labelsOf('DateExposure14d-v3', 48));
  expect(breakdowns.map(({ id }) => id)).toEqual(['bins']);
});

test('what dwarfs the others is set aside', () => {
  const [bins] = breakdownsOf(labelsOf('PeriodicExposureNotification-v1', 5));
  expect(bins!.rows.map(({ isAside }) => isAside)).toEqual([true, false, false, false, false]);
});

test('a dataset that nobody knows is shown bin by bin', () => {
  expect(breakdownsOf(labelsOf('poll-v1', 3))[0]!.rows.map(({ name }) => name)).toEqual([
    'bin 0',
    'bin 1',
    'bin 2',
  ]);
});

test('datasets have readable names', () => {
  expect(datasetName('notificationInteractions')).toBe('Notification interactions');
  expect(datasetName('codeVerifiedWithReportType14d')).toBe('Code verified with report type 14d');
  expect(datasetName('com.apple.EN.BeaconCount')).toBe('Beacon count');
});
