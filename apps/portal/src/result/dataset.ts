/**
 * What is known of a dataset by its aggregation ID: the name that both vendors' forms of it share,
 * names of its bins, and how its bins hang together, for suppression.
 * Source: ENPA section 1.5; names of datasets from the authority's program of 2022
 * (billpugh/GAEN-Analytics, `standardMetrics`). What that leaves out is named alike: our reading.
 */

import { binLabel, catalogueMetric, metricCatalogue } from '@priolab/roles';

const APPLE = 'com.apple.EN.';

const GENERIC: ReadonlyMap<string, string> = new Map([
  ['PeriodicExposureNotification', 'notification'],
  ['PeriodicExposureNotificationInteraction', 'notificationInteractions'],
  ['PeriodicExposureNotification14d', 'periodicExposureNotification14d'],
  ['histogramMetric', 'riskParameters'],
  ['CodeVerified', 'codeVerified'],
  ['CodeVerifiedWithReportType14d', 'codeVerifiedWithReportType14d'],
  ['KeysUploaded', 'keysUploaded'],
  ['KeysUploadedWithReportType14d', 'keysUploadedWithReportType14d'],
  ['KeysUploadedVaccineStatus', 'keysUploadedVaccineStatus'],
  ['KeysUploadedVaccineStatus14d', 'keysUploadedVaccineStatus14d'],
  ['DateExposure', 'dateExposure'],
  ['DateExposure14d', 'dateExposure14d'],
  ['SecondaryAttack14d', 'secondaryAttack14d'],
  [`${APPLE}UserNotification`, 'notification'],
  [`${APPLE}UserNotificationInteraction`, 'notificationInteractions'],
  [`${APPLE}UserRisk`, 'userRisk'],
  [`${APPLE}UserRiskParameters`, 'riskParameters'],
  [`${APPLE}BeaconCount`, 'beaconCount'],
  [`${APPLE}CodeVerified`, 'codeVerified'],
  [`${APPLE}CodeVerifiedWithReportTypeV2D14`, 'codeVerifiedWithReportType14d'],
  [`${APPLE}KeysUploaded`, 'keysUploaded'],
  [`${APPLE}KeysUploadedWithReportTypeV2D14`, 'keysUploadedWithReportType14d'],
  [`${APPLE}KeysUploadedVaccineStatusV2D14`, 'keysUploadedVaccineStatus14d'],
  [`${APPLE}DateExposure`, 'dateExposure'],
  [`${APPLE}DateExposureV2D14`, 'dateExposure14d'],
  [`${APPLE}SecondaryAttackV2D14`, 'secondaryAttack14d'],
]);

/** A dataset's name without vendor and version; its own ID where nobody gave it another name. */
export function genericId(aggregation: string): string {
  return GENERIC.get(aggregation.replace(/-v\d+$/, '')) ?? aggregation;
}

/** Names that can be asked for, whether or not there is anything of them. */
export const knownDatasets: ReadonlySet<string> = new Set([
  ...GENERIC.values(),
  ...metricCatalogue.map(({ id }) => id),
  ...[...GENERIC.keys()].filter((name) => name.startsWith(APPLE)),
]);

/** What a 1 in each bin says; `bin 7` where nothing is published about it. */
export function labelsOf(aggregation: string, bins: number): string[] {
  // Of Apple's layouts only these are known; its notifications are counted like Android's.
  const twin = aggregation === `${APPLE}UserNotification` ? 'PeriodicExposureNotification-v1' : '';
  const metric = catalogueMetric(aggregation) ?? catalogueMetric(twin);
  const label = (bin: number): string => {
    if (metric?.bins === bins) return binLabel(metric, bin);
    return isUserRisk(aggregation, bins) ? riskLabel(bin) : `bin ${bin}`;
  };
  return Array.from({ length: bins }, (_, bin) => label(bin));
}

const isUserRisk = (aggregation: string, bins: number): boolean =>
  aggregation === `${APPLE}UserRisk` && bins === 512;

/** index = weighted duration * 64 + maximum score * 8 + sum of scores. */
function riskLabel(bin: number): string {
  const [duration, maximum, sum] = [bin >> 6, (bin >> 3) & 7, bin & 7];
  return `weighted duration ${duration}, maximum score ${maximum}, sum of scores ${sum}`;
}

/** How the bins of a dataset hang together. */
export type Shape =
  /** Together they are the number of clients. */
  | { readonly kind: 'whole' }
  /** Groups of so many bins, each of which holds all that the one before it holds. */
  | { readonly kind: 'cumulative'; readonly groupSize: number }
  /** In each list the first bin is the sum of the others (up to noise), or equal to the other. */
  | { readonly kind: 'sums'; readonly sums: readonly (readonly number[])[] }
  | { readonly kind: 'loose' }
  /** One of these, and nobody knows which. */
  | { readonly kind: 'any'; readonly of: readonly Shape[] };

const CUMULATIVE_DAYS = 12;
const CUMULATIVE_BINS = 48;
const WHOLE: Shape = { kind: 'whole' };

/** From `encodeVaccineStatus`: uploads by status, with and without a notification before. */
const VACCINE_SUMS = [
  [0, 3, 6], [1, 4, 7], [2, 5, 8], [0, 1, 2], [3, 4, 5], [6, 7, 8], [6, 12], [7, 13], [8, 14],
  [12, 13, 14],
]; // prettier-ignore

/**
 * Certain for the catalogue's own forms of a dataset. Another vendor's or version's form may be
 * laid out like these or not; one that nobody knows may have bins that add up to the clients.
 */
export function shapeOf(aggregation: string, bins: number): Shape {
  const metric = catalogueMetric(aggregation);
  const isVaccine = /vaccineStatus/i.test(genericId(aggregation));
  if (metric?.bins === bins) {
    if (metric.layout === 'one-hot') return WHOLE;
    if (metric.layout === 'cumulative') return cumulative(CUMULATIVE_DAYS);
    return isVaccine ? vaccineSums(bins) : { kind: 'loose' };
  }
  if (isVaccine) return { kind: 'any', of: [WHOLE, vaccineSums(bins)] };
  if (!/dateExposure/i.test(genericId(aggregation))) return WHOLE;
  // Steps that are large throughout are large in groups of any size.
  const groupSize = bins === CUMULATIVE_BINS ? CUMULATIVE_DAYS : bins;
  return { kind: 'any', of: [WHOLE, cumulative(groupSize)] };
}

const cumulative = (groupSize: number): Shape => ({ kind: 'cumulative', groupSize });

function vaccineSums(bins: number): Shape {
  return { kind: 'sums', sums: VACCINE_SUMS.filter((list) => list.every((bin) => bin < bins)) };
}
