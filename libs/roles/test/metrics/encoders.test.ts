/**
 * Encoders: literal vectors from the published layouts, the rule of each layout over all values,
 * and that nothing outside the vector's range is touched.
 */

import { describe, expect, it } from 'vitest';
import { binLabel } from '../../src/metrics/bin-labels.ts';
import { catalogueMetric, metricCatalogue } from '../../src/metrics/catalogue.ts';
import {
  encodeCodeVerified,
  encodeDateExposure,
  encodeDateExposureCumulative,
  encodeInteraction,
  encodeKeysUploaded,
  encodeNotification,
  encodeReportType,
  encodeRiskHistogram,
  encodeSecondaryAttack,
  encodeVaccineStatus,
} from '../../src/metrics/encoders.ts';
import { customMetric } from '../../src/metrics/metric.ts';
import { attenuationBin, dayBin, durationBin } from '../../src/metrics/risk-histogram.ts';

type Write = (out: Uint32Array, offset: number) => void;

/** Indexes of the ones; asserts that only `bins` words after the offset were written. */
function onesOf(bins: number, write: Write): number[] {
  const guard = 7;
  const out = new Uint32Array(3 + bins + 2).fill(guard);
  write(out, 3);
  expect([...out.subarray(0, 3), ...out.subarray(3 + bins)]).toEqual(Array(5).fill(guard));
  const ones: number[] = [];
  out.subarray(3, 3 + bins).forEach((bit, bin) => {
    expect([0, 1]).toContain(bit);
    if (bit === 1) ones.push(bin);
  });
  return ones;
}

const classes = [0, 1, 2, 3, 4];

describe('encoders', () => {
  it('notification: one-hot at the class', () => {
    for (const cl of classes) {
      expect(onesOf(5, (out, at) => encodeNotification(out, at, cl))).toEqual([cl]);
    }
  });

  it('interaction: pairs of opened and dismissed', () => {
    const bins = (interaction: 'opened' | 'dismissed') =>
      classes.map((cl) => onesOf(9, (out, at) => encodeInteraction(out, at, cl, interaction))[0]);
    expect(bins('opened')).toEqual([0, 1, 3, 5, 7]);
    expect(bins('dismissed')).toEqual([0, 2, 4, 6, 8]);
  });

  it('code verified and keys uploaded: bin 0 never, none if nothing happened', () => {
    for (const encode of [encodeCodeVerified, encodeKeysUploaded]) {
      for (const cl of classes) {
        expect(onesOf(6, (out, at) => encode(out, at, true, cl))).toEqual([cl + 1]);
        expect(onesOf(6, (out, at) => encode(out, at, false, cl))).toEqual([]);
      }
    }
  });

  it('date of exposure: bucket edges at 0, 4, 7 and 11 days', () => {
    const bin = (cl: number, days: number) =>
      onesOf(16, (out, at) => encodeDateExposure(out, at, cl, days));
    expect([0, 3, 4, 6, 7, 10, 11, 13].map((days) => bin(1, days)[0])).toEqual([
      0, 0, 1, 1, 2, 2, 3, 3,
    ]);
    expect(bin(4, 5)).toEqual([13]);
    expect(bin(0, 5)).toEqual([]);
  });

  it('date of exposure, cumulative: all bins from the delay on', () => {
    const ones = (cl: number, days: number) =>
      onesOf(48, (out, at) => encodeDateExposureCumulative(out, at, cl, days));
    expect(ones(1, 9)).toEqual([9, 10, 11]);
    expect(ones(3, 0)).toEqual([24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35]);
    expect(ones(4, 30)).toEqual([47]);
    expect(ones(0, 0)).toEqual([]);
  });

  it('vaccine status: an upload, its status, and the combinations', () => {
    const ones = (uploaded: boolean, vaccinated: boolean, notified: boolean) =>
      onesOf(15, (out, at) => {
        const status = vaccinated ? 'vaccinated' : 'not-vaccinated';
        encodeVaccineStatus(out, at, uploaded, status, notified ? 2 : 0);
      });
    expect(ones(true, true, true)).toEqual([0, 1, 6, 7, 12, 13]);
    expect(ones(true, false, true)).toEqual([0, 2, 6, 8, 12, 14]);
    expect(ones(true, true, false)).toEqual([0, 1, 3, 4]);
    expect(ones(true, false, false)).toEqual([0, 2, 3, 5]);
    expect(ones(false, true, true)).toEqual([]);
  });

  it('report type and secondary attack', () => {
    expect(onesOf(6, (out, at) => encodeReportType(out, at, true, 5))).toEqual([5]);
    expect(onesOf(6, (out, at) => encodeReportType(out, at, false, 5))).toEqual([]);
    const attack = (type: number, cl: number) =>
      onesOf(20, (out, at) => encodeSecondaryAttack(out, at, type, cl));
    expect(attack(1, 1)).toEqual([0]);
    expect(attack(5, 4)).toEqual([19]);
    expect(attack(0, 2)).toEqual([]);
    expect(attack(3, 0)).toEqual([]);
  });

  it('refuses values out of range and a vector that does not fit', () => {
    const out = new Uint32Array(20);
    expect(() => encodeNotification(out, 0, 5)).toThrow('class');
    expect(() => encodeNotification(out, 0, -1)).toThrow('class');
    expect(() => encodeNotification(out, 0, 1.5)).toThrow('class');
    expect(() => encodeNotification(out, 16, 1)).toThrow('fit');
    expect(() => encodeDateExposure(out, 0, 1, -1)).toThrow('delay');
    expect(() => encodeReportType(out, 0, true, 6)).toThrow('report type');
    expect(() => encodeSecondaryAttack(out, 0, -1, 1)).toThrow('report type');
  });
});

describe('risk histogram', () => {
  const ones = (...rows: number[][]) =>
    onesOf(1344, (out, at) =>
      encodeRiskHistogram(out, at, Uint8Array.from(rows.flat()), rows.length),
    );

  it('puts an exposure at day * 192 + infectiousness * 64 + attenuation * 8 + duration', () => {
    expect(ones()).toEqual([]);
    expect(ones([0, 0, 0, 0])).toEqual([0]);
    expect(ones([1, 2, 3, 4])).toEqual([192 + 128 + 24 + 4]);
    expect(ones([6, 2, 7, 7])).toEqual([1343]);
  });

  it('keeps one duration bin where exposures meet, the longer one', () => {
    expect(ones([2, 1, 4, 5], [2, 1, 4, 3], [2, 1, 5, 0])).toEqual([485, 488]);
    expect(ones([2, 1, 4, 3], [2, 1, 4, 5])).toEqual([485]);
  });

  it('holds 168 ones at most', () => {
    const rows: number[][] = [];
    for (let i = 0; i < 1344; i++) {
      rows.push([Math.floor(i / 192), (i >> 6) % 3, (i >> 3) % 8, i % 8]);
    }
    expect(ones(...rows)).toHaveLength(168);
  });

  it('refuses rows out of range or missing', () => {
    for (const row of [
      [7, 0, 0, 0],
      [0, 3, 0, 0],
      [0, 0, 8, 0],
      [0, 0, 0, 8],
    ]) {
      expect(() => ones(row)).toThrow('out of range');
    }
    const out = new Uint32Array(1344);
    expect(() => encodeRiskHistogram(out, 0, new Uint8Array(4), 2)).toThrow('missing');
  });

  it('bins by the published edges', () => {
    expect([0, 1, 2, 11, 12, 13].map(dayBin)).toEqual([0, 0, 1, 5, 6, 6]);
    expect(() => dayBin(14)).toThrow();
    expect([0, 501, 502, 551, 801, 802, 2000].map(attenuationBin)).toEqual([0, 0, 1, 1, 6, 7, 7]);
    expect([0, 1, 2, 301, 302, 1801, 1802, 3600, 3601, 7201, 7202].map(durationBin)).toEqual([
      -1, -1, 0, 0, 1, 4, 5, 5, 6, 6, 7,
    ]);
  });
});

describe('binLabel', () => {
  const label = (id: string, index: number) => binLabel(catalogueMetric(id)!, index);

  it('names every bin of the catalogue, each differently', () => {
    for (const metric of metricCatalogue) {
      const labels = Array.from({ length: metric.bins }, (_, index) => binLabel(metric, index));
      expect(new Set(labels).size, metric.id).toBe(metric.bins);
      expect(labels.join(), metric.id).not.toMatch(/undefined|NaN/);
      expect(() => binLabel(metric, metric.bins)).toThrow();
    }
  });

  it('says what the encoders write', () => {
    expect(label('PeriodicExposureNotification-v1', 0)).toBe('no notification');
    expect(label('PeriodicExposureNotificationInteraction-v1', 3)).toBe('opened, class 2');
    expect(label('PeriodicExposureNotificationInteraction-v1', 8)).toBe('dismissed, class 4');
    expect(label('CodeVerified-v1', 2)).toBe('notified before, class 1');
    expect(label('DateExposure-v1', 13)).toBe('class 4, 4 to 6 days');
    expect(label('DateExposure-v1', 15)).toBe('class 4, 11 or more days');
    expect(label('DateExposure14d-v3', 14)).toBe('class 2, 2 days or less');
    expect(label('SecondaryAttack14d-v2', 19)).toBe('revoked, class 4');
    expect(label('histogramMetric-v2', 192 + 128 + 24 + 4)).toBe(
      '2 to 3 days old, infectiousness high, ' +
        'above 60.1 dB up to 65.1 dB, above 1351 s up to 1801 s',
    );
  });

  it('numbers the bins of a custom metric', () => {
    expect(binLabel(customMetric({ id: 'mine', bins: 9, layout: 'one-hot' }), 7)).toBe('bin 7');
    expect(binLabel(customMetric({ id: 'toString', bins: 9, layout: 'one-hot' }), 7)).toBe('bin 7');
  });
});
