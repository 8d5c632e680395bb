/**
 * Metric value -> bits: each function writes one device's whole vector, 0 or 1 in each bin, into
 * `out[offset .. offset + bins)`. What was there before is overwritten; nothing else is touched.
 * Source: Android app, privateanalytics/metrics/*.java, one class a function. A *class* is the
 * exposure classification: 1 to 4, 0 for none. No noise is added here.
 */

import assert from 'node:assert/strict';
import { riskAxes } from './risk-histogram.ts';

/** Report types of a diagnosis; 4 is reserved and never sent. */
export const reportTypes = {
  unknown: 0,
  confirmed: 1,
  clinical: 2,
  selfReport: 3,
  recursive: 4,
  revoked: 5,
} as const;

/** Classes of exposure that a health authority can define, besides 0 for none. */
export const exposureClassCount = 4;

/** Lower edges in days of the four buckets of DateExposure-v1. */
export const dateExposureEdges: readonly number[] = [0, 4, 7, 11];

/** Day bins of one class in DateExposure14d-v3; the last takes all longer delays. */
export const cumulativeDayBins = 12;

/** PeriodicExposureNotification-v1 and 14d-v3: 5 bins, one-hot at the class. */
export function encodeNotification(out: Uint32Array, offset: number, exposureClass: number): void {
  checkClass(exposureClass);
  clear(out, offset, 5);
  out[offset + exposureClass] = 1;
}

/** What the user did with a notification. */
export type Interaction = 'opened' | 'dismissed';

/**
 * PeriodicExposureNotificationInteraction-v1: 9 bins, one-hot; bin 0 for no notification or none
 * touched (class 0), else 2 * class - 1 opened, 2 * class dismissed.
 */
export function encodeInteraction(
  out: Uint32Array,
  offset: number,
  exposureClass: number,
  interaction: Interaction,
): void {
  checkClass(exposureClass);
  clear(out, offset, 9);
  const bin = exposureClass === 0 ? 0 : 2 * exposureClass - (interaction === 'opened' ? 1 : 0);
  out[offset + bin] = 1;
}

/**
 * histogramMetric-v2: 1344 bins; bin = day * 192 + infectiousness * 64 + attenuation * 8 +
 * duration. `exposures` holds `count` rows of four bin numbers in that order. The app adds up the
 * durations that share the first three bins, so a vector has one duration bin there: callers give
 * such sums, and where rows still meet the longer duration stands.
 */
export function encodeRiskHistogram(
  out: Uint32Array,
  offset: number,
  exposures: Uint8Array,
  count: number,
): void {
  assert(count >= 0 && 4 * count <= exposures.length, 'exposure rows are missing');
  clear(out, offset, 1344);
  for (let row = 0; row < 4 * count; row += 4) {
    const day = exposures[row]!;
    const infectiousness = exposures[row + 1]!;
    const attenuation = exposures[row + 2]!;
    const duration = exposures[row + 3]!;
    assert(day < riskAxes.day, 'day bin out of range');
    assert(infectiousness < riskAxes.infectiousness, 'infectiousness out of range');
    assert(attenuation < riskAxes.attenuation, 'attenuation bin out of range');
    assert(duration < riskAxes.duration, 'duration bin out of range');
    const first = offset + day * 192 + infectiousness * 64 + attenuation * 8;
    let longest = duration;
    for (let bin = 0; bin < riskAxes.duration; bin++) {
      if (out[first + bin] === 1) longest = Math.max(bin, duration);
      out[first + bin] = 0;
    }
    out[first + longest] = 1;
  }
}

/** CodeVerified-v1: 6 bins; all 0 if no code was verified, else bin class + 1. Bin 0 is unused. */
export function encodeCodeVerified(
  out: Uint32Array,
  offset: number,
  verified: boolean,
  exposureClass: number,
): void {
  checkClass(exposureClass);
  clear(out, offset, 6);
  if (verified) out[offset + exposureClass + 1] = 1;
}

/** KeysUploaded-v1: 6 bins; all 0 if no keys were uploaded, else bin class + 1. */
export function encodeKeysUploaded(
  out: Uint32Array,
  offset: number,
  uploaded: boolean,
  exposureClass: number,
): void {
  encodeCodeVerified(out, offset, uploaded, exposureClass);
}

/**
 * DateExposure-v1: 16 bins; all 0 without a notification (class 0), else (class - 1) * 4 + the
 * bucket of `days` whole days between exposure and notification.
 */
export function encodeDateExposure(
  out: Uint32Array,
  offset: number,
  exposureClass: number,
  days: number,
): void {
  checkClass(exposureClass);
  checkDays(days);
  clear(out, offset, 16);
  if (exposureClass === 0) return;
  let bucket = dateExposureEdges.length - 1;
  while (days < dateExposureEdges[bucket]!) bucket -= 1;
  out[offset + dateExposureEdges.length * (exposureClass - 1) + bucket] = 1;
}

/**
 * DateExposure14d-v3: 48 bins, 12 a class; all 0 without a notification, else the bins from `days`
 * (at most 11) to 11 of the class are set: bin d says "the delay was d days or less".
 */
export function encodeDateExposureCumulative(
  out: Uint32Array,
  offset: number,
  exposureClass: number,
  days: number,
): void {
  checkClass(exposureClass);
  checkDays(days);
  clear(out, offset, exposureClassCount * cumulativeDayBins);
  if (exposureClass === 0) return;
  const first = offset + cumulativeDayBins * (exposureClass - 1);
  const shortest = Math.min(days, cumulativeDayBins - 1);
  out.fill(1, first + shortest, first + cumulativeDayBins);
}

/** What the user answered at key upload. */
export type VaccineStatus = 'vaccinated' | 'not-vaccinated';

/**
 * KeysUploadedVaccineStatus-v1 and 14d-v3: 15 bins, all 0 without an upload; else bin 0, the bin of
 * the status, and those of its combinations with a past notification (class above 0). The app does
 * not know whether the case met was vaccinated and says no: bins 9, 10 and 11 stay 0.
 */
export function encodeVaccineStatus(
  out: Uint32Array,
  offset: number,
  uploaded: boolean,
  vaccineStatus: VaccineStatus,
  exposureClass: number,
): void {
  checkClass(exposureClass);
  clear(out, offset, 15);
  if (!uploaded) return;
  const status = vaccineStatus === 'vaccinated' ? 0 : 1;
  out[offset] = 1;
  out[offset + 1 + status] = 1;
  if (exposureClass > 0) {
    out[offset + 6] = 1;
    out[offset + 7 + status] = 1;
    out[offset + 12] = 1;
    out[offset + 13 + status] = 1;
  } else {
    out[offset + 3] = 1;
    out[offset + 4 + status] = 1;
  }
}

/**
 * CodeVerifiedWithReportType14d-v2 and KeysUploadedWithReportType14d-v2: 6 bins; all 0 if it did
 * not happen, else one-hot at the report type.
 */
export function encodeReportType(
  out: Uint32Array,
  offset: number,
  happened: boolean,
  reportType: number,
): void {
  checkReportType(reportType);
  clear(out, offset, 6);
  if (happened) out[offset + reportType] = 1;
}

/**
 * SecondaryAttack14d-v2: 20 bins; 4 * (type - 1) + (class - 1) if keys were uploaded after a
 * notification; all 0 for no upload, no notification (class 0) or an unknown report type.
 */
export function encodeSecondaryAttack(
  out: Uint32Array,
  offset: number,
  reportType: number,
  exposureClass: number,
): void {
  checkReportType(reportType);
  checkClass(exposureClass);
  clear(out, offset, 20);
  if (reportType === reportTypes.unknown || exposureClass === 0) return;
  out[offset + exposureClassCount * (reportType - 1) + (exposureClass - 1)] = 1;
}

function clear(out: Uint32Array, offset: number, bins: number): void {
  assert(offset >= 0 && offset + bins <= out.length, 'vector does not fit into out');
  out.fill(0, offset, offset + bins);
}

function checkClass(exposureClass: number): void {
  assert(Number.isInteger(exposureClass) && exposureClass >= 0, 'exposure class is 0 or more');
  assert(exposureClass <= exposureClassCount, 'exposure class is at most 4');
}

function checkDays(days: number): void {
  assert(Number.isInteger(days) && days >= 0, 'delay is a whole number of days');
}

function checkReportType(reportType: number): void {
  assert(Number.isInteger(reportType) && reportType >= 0, 'report type is a whole number');
  assert(reportType <= reportTypes.revoked, 'report type is at most 5');
}
