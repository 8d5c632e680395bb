/**
 * Names of bins for people: what a 1 in bin i of a metric says, for tables and for `where`.
 * Source: the layouts in `encoders.ts` and the edges in `risk-histogram.ts`, read backwards; a test
 * checks labels against encoders. Cold path: nothing here is called once per report.
 */

import assert from 'node:assert/strict';
import { cumulativeDayBins, dateExposureEdges } from './encoders.ts';
import type { Metric } from './metric.ts';
import {
  attenuationEdges,
  dayEdges,
  durationEdges,
  infectiousnessLevels,
  riskAxes,
} from './risk-histogram.ts';

/** What a 1 in bin `index` of `metric` says; `bin 7` for a metric that the catalogue lacks. */
export function binLabel(metric: Metric, index: number): string {
  assert(Number.isInteger(index) && index >= 0, 'bin index is a whole number from 0');
  assert(index < metric.bins, 'bin index is less than the metric has bins');
  return labellers.get(metric.id)?.(index) ?? `bin ${index}`;
}

const labellers: ReadonlyMap<string, (index: number) => string> = new Map([
  ['PeriodicExposureNotification-v1', notificationLabel],
  ['PeriodicExposureNotificationInteraction-v1', interactionLabel],
  ['histogramMetric-v2', riskLabel],
  ['CodeVerified-v1', pastNotificationLabel],
  ['KeysUploaded-v1', pastNotificationLabel],
  ['DateExposure-v1', dateLabel],
  ['KeysUploadedVaccineStatus-v1', vaccineLabel],
  ['CodeVerifiedWithReportType14d-v2', reportTypeLabel],
  ['KeysUploadedWithReportType14d-v2', reportTypeLabel],
  ['SecondaryAttack14d-v2', secondaryAttackLabel],
  ['PeriodicExposureNotification14d-v3', notificationLabel],
  ['DateExposure14d-v3', cumulativeDateLabel],
  ['KeysUploadedVaccineStatus14d-v3', vaccineLabel],
]);

const reportTypeNames = [
  'report type unknown',
  'confirmed test',
  'clinical diagnosis',
  'self-report',
  'recursive (unused)',
  'revoked',
];

function notificationLabel(index: number): string {
  return index === 0 ? 'no notification' : `notified, class ${index}`;
}

function interactionLabel(index: number): string {
  if (index === 0) return 'no interaction';
  return `${index % 2 === 1 ? 'opened' : 'dismissed'}, class ${(index + 1) >> 1}`;
}

function pastNotificationLabel(index: number): string {
  if (index === 0) return 'unused';
  return index === 1 ? 'no notification before' : `notified before, class ${index - 1}`;
}

function dateLabel(index: number): string {
  const bucket = index % dateExposureEdges.length;
  const from = dateExposureEdges[bucket]!;
  const next = dateExposureEdges[bucket + 1];
  const days = next === undefined ? `${from} or more days` : `${from} to ${next - 1} days`;
  return `class ${Math.floor(index / dateExposureEdges.length) + 1}, ${days}`;
}

function cumulativeDateLabel(index: number): string {
  const days = index % cumulativeDayBins;
  const delay = days === cumulativeDayBins - 1 ? 'any delay' : `${days} days or less`;
  return `class ${Math.floor(index / cumulativeDayBins) + 1}, ${delay}`;
}

const vaccineLabels = [
  'keys uploaded',
  'vaccinated',
  'not vaccinated',
  'no notification before',
  'no notification before, vaccinated',
  'no notification before, not vaccinated',
  'notified before',
  'notified before, vaccinated',
  'notified before, not vaccinated',
  'case vaccinated (unused)',
  'vaccinated, case vaccinated (unused)',
  'not vaccinated, case vaccinated (unused)',
  'notified before, case not known vaccinated',
  'notified before, vaccinated, case not known vaccinated',
  'notified before, not vaccinated, case not known vaccinated',
];

function vaccineLabel(index: number): string {
  return vaccineLabels[index]!;
}

function reportTypeLabel(index: number): string {
  return reportTypeNames[index]!;
}

function secondaryAttackLabel(index: number): string {
  return `${reportTypeNames[(index >> 2) + 1]!}, class ${(index % 4) + 1}`;
}

function riskLabel(index: number): string {
  const duration = index % riskAxes.duration;
  const attenuation = (index >> 3) % riskAxes.attenuation;
  const infectiousness = (index >> 6) % riskAxes.infectiousness;
  const day = Math.floor(index / 192);
  return [
    `${dayEdges[day]!} to ${dayEdges[day]! + 1} days old`,
    `infectiousness ${infectiousnessLevels[infectiousness]!}`,
    attenuationLabel(attenuation),
    durationLabel(duration),
  ].join(', ');
}

function attenuationLabel(bin: number): string {
  const above = attenuationEdges[bin - 1];
  const upTo = attenuationEdges[bin];
  if (above === undefined) return `up to ${decibels(upTo!)}`;
  return upTo === undefined
    ? `above ${decibels(above)}`
    : `above ${decibels(above)} up to ${decibels(upTo)}`;
}

function decibels(tenths: number): string {
  return `${Math.floor(tenths / 10)}.${tenths % 10} dB`;
}

function durationLabel(bin: number): string {
  const upTo = durationEdges[bin + 1];
  const above = `above ${durationEdges[bin]!} s`;
  return upTo === undefined ? above : `${above} up to ${upTo} s`;
}
