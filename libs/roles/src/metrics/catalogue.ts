/**
 * The thirteen metrics that ENPA's Android app could send, in the order of its metrics module.
 * Source: Android app, privateanalytics/metrics/*.java (aggregation IDs, vector lengths and
 * layouts); the encoders in `encoders.ts` fill the vectors, `bin-labels.ts` names the bins.
 * A device sends daily metrics each day and biweekly ones on one day of each fortnight.
 */

import type { Metric } from './metric.ts';

/** All Android metrics; a scenario picks from them by id. */
export const metricCatalogue: readonly Metric[] = Object.freeze(
  (
    [
      {
        id: 'PeriodicExposureNotification-v1',
        bins: 5,
        layout: 'one-hot',
        cadence: 'daily',
        maxOnes: 1,
        meaning: 'Class of the last exposure notification shown since the last run, 0 if none.',
      },
      {
        id: 'PeriodicExposureNotificationInteraction-v1',
        bins: 9,
        layout: 'one-hot',
        cadence: 'daily',
        maxOnes: 1,
        meaning: 'Whether the last exposure notification was opened or dismissed, by class.',
      },
      {
        id: 'histogramMetric-v2',
        bins: 1344,
        layout: 'k-hot',
        cadence: 'daily',
        // 7 day bins x 3 kinds of infectiousness x 8 attenuation bins, one duration bin in each.
        maxOnes: 168,
        meaning: 'Exposures of the last 14 days by age, infectiousness, attenuation and duration.',
      },
      {
        id: 'CodeVerified-v1',
        bins: 6,
        layout: 'one-hot-or-none',
        cadence: 'daily',
        maxOnes: 1,
        meaning: 'A diagnosis code was verified; class of a notification in the 14 days before.',
      },
      {
        id: 'KeysUploaded-v1',
        bins: 6,
        layout: 'one-hot-or-none',
        cadence: 'daily',
        maxOnes: 1,
        meaning: 'Keys were uploaded; class of a notification in the 14 days before.',
      },
      {
        id: 'DateExposure-v1',
        bins: 16,
        layout: 'one-hot-or-none',
        cadence: 'daily',
        maxOnes: 1,
        meaning: 'Days between exposure and notification in four buckets, by class.',
      },
      {
        id: 'KeysUploadedVaccineStatus-v1',
        bins: 15,
        layout: 'k-hot',
        cadence: 'daily',
        maxOnes: 6,
        meaning: 'Vaccination status at key upload, alone and with a past notification.',
      },
      {
        id: 'CodeVerifiedWithReportType14d-v2',
        bins: 6,
        layout: 'one-hot-or-none',
        cadence: 'biweekly',
        maxOnes: 1,
        meaning: 'Report type of the diagnosis code verified in the last fortnight.',
      },
      {
        id: 'KeysUploadedWithReportType14d-v2',
        bins: 6,
        layout: 'one-hot-or-none',
        cadence: 'biweekly',
        maxOnes: 1,
        meaning: 'Report type of the keys uploaded in the last fortnight.',
      },
      {
        id: 'SecondaryAttack14d-v2',
        bins: 20,
        layout: 'one-hot-or-none',
        cadence: 'biweekly',
        maxOnes: 1,
        meaning: 'Keys uploaded within 14 days after a notification, by report type and class.',
      },
      {
        id: 'PeriodicExposureNotification14d-v3',
        bins: 5,
        layout: 'one-hot',
        cadence: 'biweekly',
        maxOnes: 1,
        meaning: 'Class of the last exposure notification of the last fortnight, 0 if none.',
      },
      {
        id: 'DateExposure14d-v3',
        bins: 48,
        layout: 'cumulative',
        cadence: 'biweekly',
        maxOnes: 12,
        meaning: 'Days between exposure and notification, cumulative over 12 bins, by class.',
      },
      {
        id: 'KeysUploadedVaccineStatus14d-v3',
        bins: 15,
        layout: 'k-hot',
        cadence: 'biweekly',
        maxOnes: 6,
        meaning: 'Vaccination status at a key upload of the last fortnight.',
      },
    ] as const
  ).map((metric) => Object.freeze(metric)),
);

const byId: ReadonlyMap<string, Metric> = new Map(metricCatalogue.map((m) => [m.id, m]));

/** The catalogue's metric of that aggregation ID, or undefined. */
export function catalogueMetric(id: string): Metric | undefined {
  return byId.get(id);
}
