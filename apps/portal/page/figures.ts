/**
 * Sums over bins and windows, with their errors. Each bin of a window is the de-biased count of
 * noisy bits, whose standard error is the window's; noise of different bins and windows is
 * independent (ENPA section 1.4), so that variances add up. What is withheld is left out of a sum
 * and counted beside it.
 */

import type { Result } from './api.ts';

/** A 95 % interval reaches so many standard errors to each side. */
export const Z95 = 1.96;

export interface Figure {
  /** The estimate; undefined where everything that it would consist of is withheld. */
  readonly value: number | undefined;
  /** Standard error of the estimate. */
  readonly error: number;
  /** The sum as published, still with its noise. */
  readonly raw: number;
  /** Bins (of windows) in it, and those that are withheld. */
  readonly counted: number;
  readonly withheld: number;
}

/** A sum of which some is there and some withheld. */
export const isPartial = ({ counted, withheld }: Figure): boolean => counted > 0 && withheld > 0;

export const halfWidth = ({ error }: Figure): number => Z95 * error;

/** The sum over some bins of some windows. Windows that are not published count for nothing. */
export function sumOver(results: readonly Result[], bins: readonly number[]): Figure {
  let value = 0;
  let variance = 0;
  let raw = 0;
  let counted = 0;
  let withheld = 0;
  for (const { estimates, sum, standard_error } of results) {
    if (estimates === null || sum === null) continue;
    for (const bin of bins) {
      const estimate = estimates[bin];
      if (estimate == null) {
        withheld += 1;
        continue;
      }
      counted += 1;
      value += estimate;
      raw += sum[bin] ?? 0;
      variance += (standard_error ?? 0) ** 2;
    }
  }
  return {
    value: counted === 0 ? undefined : value,
    error: Math.sqrt(variance),
    raw,
    counted,
    withheld,
  };
}

/** Contributions behind the windows that are published. */
export function clientsIn(results: readonly Result[]): number {
  return results.reduce(
    (sum, result) =>
      result.estimates === null ? sum : sum + (result.total_individual_clients ?? 0),
    0,
  );
}

/** How figures are shown: as they are, or for every thousand contributions. */
export type Measure = 'count' | 'per-1000';

export function scaled(figure: Figure, clients: number, measure: Measure): Figure {
  if (measure === 'count' || clients === 0) return figure;
  const factor = 1000 / clients;
  const { value, error, raw } = figure;
  return {
    ...figure,
    value: value === undefined ? undefined : value * factor,
    error: error * factor,
    raw: raw * factor,
  };
}

export const startOf = (result: Result): number => Date.parse(result.aggregation_start_time);
export const endOf = (result: Result): number => Date.parse(result.aggregation_end_time);

/** One after the other in time. */
export function inOrder(results: readonly Result[]): Result[] {
  return results.toSorted((a, b) => startOf(a) - startOf(b) || endOf(a) - endOf(b));
}
