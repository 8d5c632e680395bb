/** The catalogue against ENPA's table, and the limits of custom metrics. */

import { describe, expect, it } from 'vitest';
import { catalogueMetric, metricCatalogue } from '../../src/metrics/catalogue.ts';
import { customMetric, maxBins, MetricError } from '../../src/metrics/metric.ts';

// Aggregation IDs and bin counts of the Android app's metric classes (METRIC_NAME, BIN_LENGTH).
const published: Readonly<Record<string, number>> = {
  'PeriodicExposureNotification-v1': 5,
  'PeriodicExposureNotificationInteraction-v1': 9,
  'histogramMetric-v2': 1344,
  'CodeVerified-v1': 6,
  'KeysUploaded-v1': 6,
  'DateExposure-v1': 16,
  'KeysUploadedVaccineStatus-v1': 15,
  'CodeVerifiedWithReportType14d-v2': 6,
  'KeysUploadedWithReportType14d-v2': 6,
  'SecondaryAttack14d-v2': 20,
  'PeriodicExposureNotification14d-v3': 5,
  'DateExposure14d-v3': 48,
  'KeysUploadedVaccineStatus14d-v3': 15,
};

describe('metricCatalogue', () => {
  it('holds the thirteen published metrics with their widths', () => {
    expect(Object.fromEntries(metricCatalogue.map((m) => [m.id, m.bins]))).toEqual(published);
  });

  it('sends biweekly exactly what the id calls 14d', () => {
    for (const metric of metricCatalogue) {
      expect(metric.cadence === 'biweekly', metric.id).toBe(metric.id.includes('14d'));
    }
  });

  it('is frozen, cloneable and found by id', () => {
    expect(Object.isFrozen(metricCatalogue)).toBe(true);
    for (const metric of metricCatalogue) {
      expect(Object.isFrozen(metric)).toBe(true);
      expect(structuredClone(metric)).toEqual(metric);
      expect(catalogueMetric(metric.id)).toBe(metric);
      expect(metric.maxOnes).toBeLessThanOrEqual(metric.bins);
    }
    expect(catalogueMetric('fakeMetric-v1')).toBeUndefined();
  });
});

describe('customMetric', () => {
  it('fills in the ones that its layout implies', () => {
    expect(customMetric({ id: 'a', bins: 7, layout: 'one-hot' }).maxOnes).toBe(1);
    expect(customMetric({ id: 'a', bins: 7, layout: 'one-hot-or-none' }).maxOnes).toBe(1);
    expect(customMetric({ id: 'a', bins: 7, layout: 'cumulative' }).maxOnes).toBe(7);
    expect(customMetric({ id: 'a', bins: 7, layout: 'k-hot' }).maxOnes).toBe(7);
    expect(customMetric({ id: 'a', bins: 4096, layout: 'k-hot' }).maxOnes).toBe(8);
    expect(customMetric({ id: 'a', bins: 9, layout: 'k-hot', maxOnes: 3 }).maxOnes).toBe(3);
  });

  it('takes every width that can be proved', () => {
    expect(customMetric({ id: 'one', bins: 1, layout: 'one-hot' }).bins).toBe(1);
    expect(customMetric({ id: 'widest', bins: maxBins, layout: 'one-hot' }).bins).toBe(524287);
  });

  it.each([
    ['metric-id', { id: 'a/b', bins: 3, layout: 'one-hot' }],
    ['metric-id', { id: '', bins: 3, layout: 'one-hot' }],
    ['metric-id', { id: '..', bins: 3, layout: 'one-hot' }],
    ['metric-id', { id: 'CodeVerified-v1', bins: 6, layout: 'one-hot' }],
    ['metric-bins', { id: 'a', bins: 0, layout: 'one-hot' }],
    ['metric-bins', { id: 'a', bins: 2.5, layout: 'one-hot' }],
    ['metric-bins', { id: 'a', bins: maxBins + 1, layout: 'one-hot' }],
    ['metric-ones', { id: 'a', bins: 3, layout: 'k-hot', maxOnes: 4 }],
    ['metric-ones', { id: 'a', bins: 3, layout: 'k-hot', maxOnes: 0 }],
    ['metric-ones', { id: 'a', bins: 3, layout: 'one-hot', maxOnes: 2 }],
  ] as const)('refuses with %s: %o', (code, settings) => {
    expect(() => customMetric(settings)).toThrow(MetricError);
    expect(() => customMetric(settings)).toThrow(expect.objectContaining({ code }));
  });
});
