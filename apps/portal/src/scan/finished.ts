/**
 * Results of a simulation that is over, as its record has them: there are no sum parts any more,
 * and the results say so. The same policy applies.
 */

import { UsageError } from '@priolab/service';

import { readPlace } from '../result/place.ts';
import type { Provider } from '../result/place.ts';
import { holdWindow, providerVersionOf, settle } from '../result/result.ts';
import type { Policy, Result } from '../result/result.ts';

/** One metric of one locality and vendor in one window. */
export interface FinishedCell {
  /** Such as `us-wa`. */
  readonly locality: string;
  readonly vendor: Provider;
  readonly aggregation: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly epsilon: number;
  /** Reports in the sums: the n of the estimate. */
  readonly clients: number;
  /** bins non-negative integers, noisy; left out where the pair was held. */
  readonly totals?: readonly number[];
  readonly held?: { readonly reason: string; readonly detail: string };
}

const PRIME = 4_293_918_721;

/** @throws UsageError where a cell is of no place that an authority can have */
export function resultOf(cell: FinishedCell, policy: Policy): Result {
  const { locality, vendor, aggregation, startMs, endMs, epsilon, clients, totals, held } = cell;
  const instance = `${locality}-${vendor}`;
  const place = readPlace(instance);
  if (place === undefined) {
    throw new UsageError(`locality: got ${JSON.stringify(locality)}, allowed: such as us-wa or mn`);
  }
  const window = { instance, place, aggregation, startMs, endMs };
  if (totals === undefined) {
    const why = held ?? { reason: 'not-shown', detail: 'the record has no total' };
    return holdWindow(window, why, 'run');
  }
  const bins = totals.length;
  const fixed = { prime: PRIME, numberOfServers: 2, hammingWeight: null };
  const providerVersion = providerVersionOf({ instance, aggregation, bins, epsilon, ...fixed });
  const sum = { ...window, epsilon, bins, hammingWeight: null, clients, totals, providerVersion };
  return settle(sum, policy, 'run');
}
