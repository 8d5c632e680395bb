/**
 * Results as authorities get them: the record of 2022, and a fuller form that also says what is
 * suppressed or held and why. Source: ENPA section 1.7, `vectors/enpa/portal_record.json`.
 */

import { estimatesOf } from './result.ts';
import type { Result } from './result.ts';

/** The published shape; bins that are suppressed are null. */
export interface PublishedRecord {
  readonly id: string;
  readonly sum: readonly (number | null)[];
  readonly aggregation_start_time: string;
  readonly aggregation_end_time: string;
  readonly generic_id: string;
  readonly aggregation_id: string;
  readonly state_code: string;
  readonly country_code: string;
  readonly data_provider: string;
  readonly provider_version: string;
  readonly epsilon: number;
  readonly hamming_weight: number | null;
  readonly total_individual_clients: number;
}

/** Undefined for a result that is not published. */
export function publishedRecord(result: Result): PublishedRecord | undefined {
  const { id, sums, clients, place } = result;
  if (result.status !== 'published' || sums === null || clients === null) return undefined;
  return {
    id,
    sum: sums,
    aggregation_start_time: new Date(result.startMs).toISOString(),
    aggregation_end_time: new Date(result.endMs).toISOString(),
    generic_id: result.genericId,
    aggregation_id: result.aggregation,
    state_code: place.state,
    country_code: place.country,
    data_provider: place.provider,
    provider_version: result.providerVersion,
    epsilon: result.epsilon,
    hamming_weight: result.hammingWeight,
    total_individual_clients: clients,
  };
}

export interface ResultAnswer {
  readonly id: string;
  readonly status: Result['status'];
  readonly reason?: string;
  readonly detail?: string;
  readonly source: Result['source'];
  readonly aggregation_id: string;
  readonly generic_id: string;
  readonly data_provider: string;
  readonly country_code: string;
  readonly state_code: string;
  readonly aggregation_start_time: string;
  readonly aggregation_end_time: string;
  readonly epsilon: number | null;
  readonly total_individual_clients: number | null;
  readonly sum: readonly (number | null)[] | null;
  readonly estimates: readonly (number | null)[] | null;
  readonly standard_error: number | null;
  readonly suppressed_bins: readonly number[];
}

export function resultAnswer(result: Result): ResultAnswer {
  const { reason, place, status } = result;
  const estimates = estimatesOf(result);
  const why = reason === null ? {} : { reason, detail: explanation(reason) };
  return {
    id: result.id,
    status,
    ...why,
    source: result.source,
    aggregation_id: result.aggregation,
    generic_id: result.genericId,
    data_provider: place.provider,
    country_code: place.country,
    state_code: place.state,
    aggregation_start_time: new Date(result.startMs).toISOString(),
    aggregation_end_time: new Date(result.endMs).toISOString(),
    epsilon: status === 'held' ? null : result.epsilon,
    total_individual_clients: result.clients,
    sum: result.sums,
    estimates: estimates?.values ?? null,
    standard_error: estimates?.standardError ?? null,
    suppressed_bins: result.suppressedBins,
  };
}

/** Without a number: what operators read of a window that is held may count few people. */
const EXPLANATIONS: ReadonlyMap<string, string> = new Map([
  ['too-few-clients', 'fewer devices contributed than the minimum, so nothing of it is shown'],
  ['small-counts', 'bins with few people are not shown, nor bins that would give them away'],
  ['no-leader-share', 'the sum of the first processor is missing or can not be read'],
  ['no-helper-share', 'the sum of the second processor is missing or can not be read'],
  ['parameters-differ', 'both processors summed, but with different parameters'],
  ['batches-differ', 'both processors summed, but not the same batches'],
  ['batch-repeated', 'a batch is in a sum more than once'],
  ['counts-differ', 'the processors count different numbers of devices'],
  ['included-differ', 'the processors refused different contributions'],
  ['sums-differ', 'a processor gave out two different sums'],
  ['wrong-window', 'a sum is of another window than its name says'],
  ['total-out-of-range', 'the sums do not add up to a possible total'],
  ['window-overlaps', 'a window that overlaps with it was published before'],
]);

export function explanation(reason: string): string {
  return EXPLANATIONS.get(reason) ?? 'it could not be added up';
}
