/**
 * What a metric is: a named vector of 0/1 bins that a device fills in, and the rule its bits obey.
 * Source: ENPA's Android metrics (white paper section 3; Android app, privateanalytics/metrics);
 * `customMetric` adds vectors of other widths for scenarios that study size rather than meaning.
 * Knows no noise, no proof and no population: only the shape of the plain vector.
 */

import { catalogueMetric } from './catalogue.ts';

/**
 * The rule that a metric's true vector obeys (the noise may break it, and no server checks it):
 * - `one-hot`: exactly one 1;
 * - `one-hot-or-none`: at most one 1;
 * - `k-hot`: at most `maxOnes` ones, anywhere;
 * - `cumulative`: within its group of bins, each bin after a 1 is a 1 too.
 */
export type MetricLayout = 'one-hot' | 'one-hot-or-none' | 'k-hot' | 'cumulative';

/** How often a device sends the metric: each day, or on one day of each fortnight. */
export type MetricCadence = 'daily' | 'biweekly';

/** One metric. Plain data: safe to freeze, to compare and to send to a worker. */
export interface Metric {
  /** ENPA aggregation ID, or the scenario's own name; never holds a `/`. */
  readonly id: string;
  /** Vector length, the Prio dimension: 1 to `maxBins`. */
  readonly bins: number;
  readonly layout: MetricLayout;
  readonly cadence: MetricCadence;
  /** The most ones that a true vector holds. */
  readonly maxOnes: number;
  /** One sentence for people who read a result. */
  readonly meaning: string;
}

/** What a scenario gives for a metric of its own. */
export interface CustomMetricSettings {
  readonly id: string;
  readonly bins: number;
  readonly layout: MetricLayout;
  /** Default `daily`. */
  readonly cadence?: MetricCadence;
  /** `k-hot` only: 1 to `bins`, default the smaller of `bins` and 8. */
  readonly maxOnes?: number;
}

/**
 * The widest vector that Prio v2 can prove: its proof needs 2n roots of unity, n > bins a power of
 * two, and the field has 2^20 of them.
 */
export const maxBins = 2 ** 19 - 1;

/** A metric that cannot exist. `code` is `metric-id`, `metric-bins` or `metric-ones`. */
export class MetricError extends Error {
  override readonly name = 'MetricError';
  readonly code: 'metric-id' | 'metric-bins' | 'metric-ones';

  constructor(code: MetricError['code'], message: string) {
    super(message);
    this.code = code;
  }
}

// The id becomes a segment of a bucket path, of a seed path and of a file name.
const idPattern = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;

/**
 * A metric that the catalogue lacks. Whether the id clashes with another custom metric of the run
 * is for the caller to check.
 *
 * @throws MetricError if the id is malformed or the catalogue's, or the width or the number of ones
 * is out of range.
 */
export function customMetric(settings: CustomMetricSettings): Metric {
  const { id, bins, layout, cadence = 'daily' } = settings;
  if (!idPattern.test(id)) {
    throw new MetricError(
      'metric-id',
      `metric id: expected up to 100 letters, digits, ".", "_" or "-", got ${JSON.stringify(id)}`,
    );
  }
  if (catalogueMetric(id) !== undefined) {
    throw new MetricError(
      'metric-id',
      `metric id ${id}: taken by the catalogue, which fixes its shape`,
    );
  }
  if (!Number.isInteger(bins) || bins < 1 || bins > maxBins) {
    throw new MetricError(
      'metric-bins',
      `metric ${id}: expected 1 to ${maxBins} bins, got ${bins}`,
    );
  }
  const maxOnes = customMaxOnes(settings);
  if (!Number.isInteger(maxOnes) || maxOnes < 1 || maxOnes > bins) {
    throw new MetricError(
      'metric-ones',
      `metric ${id}: expected maxOnes between 1 and ${bins}, got ${maxOnes}`,
    );
  }
  const meaning = `A ${layout} vector of ${bins} bins, made for the scenario.`;
  return Object.freeze({ id, bins, layout, cadence, maxOnes, meaning });
}

function customMaxOnes(settings: CustomMetricSettings): number {
  const { bins, layout, maxOnes } = settings;
  if (layout === 'k-hot') return maxOnes ?? Math.min(bins, 8);
  const implied = layout === 'cumulative' ? bins : 1;
  if (maxOnes !== undefined && maxOnes !== implied) {
    throw new MetricError(
      'metric-ones',
      `metric ${settings.id}: layout ${layout} implies maxOnes ${implied}, got ${maxOnes}`,
    );
  }
  return implied;
}
