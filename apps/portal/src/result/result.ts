/**
 * A window's result as it is stored: settled once by the policy in force. What the policy hides is
 * no longer in it, so that no output can show it.
 */

import { sha256, toHex } from '@priolab/crypto';
import { estimateTotals } from '@priolab/roles';
import type { Estimate } from '@priolab/roles';
import { formatMinute } from '@priolab/roles/enpa';

import { genericId, shapeOf } from './dataset.ts';
import type { Place } from './place.ts';
import { suppressedBins } from './suppress.ts';

export interface Policy {
  /** With fewer clients a record is suppressed as a whole. */
  readonly clientsMin: number;
  /** Bins with a smaller estimate are suppressed; 0: none. */
  readonly suppressBelow: number;
  /** How long a window waits for its other sum, before it is held by name. */
  readonly patienceMs: number;
}

/** Published and suppressed are for good; what is held may still be published. */
export type Status = 'published' | 'suppressed' | 'held';

/** Where a result is from: sum parts of two processors, or a simulation that is over. */
export type Source = 'sum-parts' | 'run';

/** Which window. */
export interface Window {
  readonly instance: string;
  readonly place: Place;
  readonly aggregation: string;
  readonly startMs: number;
  readonly endMs: number;
}

/** A sum that both processors agree on, as yet unseen by the policy. */
export interface Total extends Window {
  readonly epsilon: number;
  readonly bins: number;
  readonly hammingWeight: number | null;
  readonly clients: number;
  /** bins non-negative integers, noisy. */
  readonly totals: ArrayLike<number>;
  readonly providerVersion: string;
}

export interface Result extends Window {
  readonly id: string;
  readonly status: Status;
  readonly reason: string | null;
  /** For operators: it may hold counts. */
  readonly detail: string;
  readonly source: Source;
  readonly providerVersion: string;
  readonly genericId: string;
  readonly bins: number;
  readonly epsilon: number;
  readonly hammingWeight: number | null;
  /** Null where the whole record is not shown. */
  readonly clients: number | null;
  /** bins numbers, null where suppressed; null where the whole record is not shown. */
  readonly sums: readonly (number | null)[] | null;
  readonly suppressedBins: readonly number[];
}

/** One name for a window, in the state and in logs. */
export function windowKey({ instance, aggregation, startMs, endMs }: Window): string {
  return `${instance}/${aggregation}/${formatMinute(startMs, '')}-${formatMinute(endMs, '')}`;
}

/** Applies the policy. */
export function settle(total: Total, policy: Policy, source: Source): Result {
  const { clients, totals: noisy, ...named } = total;
  const { aggregation, epsilon, bins, hammingWeight } = named;
  const id = recordId(total);
  const base = { ...named, id, source, genericId: genericId(aggregation), detail: '' };
  if (clients < policy.clientsMin) {
    const hidden = { clients: null, sums: null, suppressedBins: [] };
    return { ...base, status: 'suppressed', reason: 'too-few-clients', ...hidden };
  }
  const totals = Float64Array.from(noisy);
  const estimate = estimateOf({ epsilon, hammingWeight, clients, totals });
  const hidden = suppressedBins([...(estimate?.values ?? totals)], {
    below: policy.suppressBelow,
    shape: shapeOf(aggregation, bins),
  });
  const isHidden = new Set(hidden);
  return {
    ...base,
    status: 'published',
    reason: hidden.length === 0 ? null : 'small-counts',
    clients,
    sums: Array.from(totals, (sum, bin) => (isHidden.has(bin) ? null : sum)),
    suppressedBins: hidden,
  };
}

/** A window of which nothing can be published yet. */
export function holdWindow(
  window: Window,
  why: { readonly reason: string; readonly detail: string },
  source: Source,
): Result {
  const { instance, place, aggregation, startMs, endMs } = window;
  return {
    instance,
    place,
    aggregation,
    startMs,
    endMs,
    id: `window-${namePart(window)}-${minutes(window)}`,
    status: 'held',
    reason: why.reason,
    detail: why.detail,
    source,
    providerVersion: '',
    genericId: genericId(aggregation),
    bins: 0,
    epsilon: 0,
    hammingWeight: null,
    clients: null,
    sums: null,
    suppressedBins: [],
  };
}

/** As in the one record that is public. */
function recordId(total: Total): string {
  return `sum-${namePart(total)}-${total.providerVersion}-${minutes(total)}`;
}

const namePart = ({ place, aggregation }: Window): string =>
  `${place.provider}-${aggregation}-${place.country}-${place.state}`;

const minutes = ({ startMs, endMs }: Window): string =>
  `${formatMinute(startMs, '')}-${formatMinute(endMs, '')}`;

/**
 * Which parameters a series was made with (ENPA 9.2 no. 49: analysts must filter by it). Theirs was
 * a digest of a configuration that is not public; ours is of what both sum parts say.
 */
export function providerVersionOf(parameters: {
  readonly instance: string;
  readonly aggregation: string;
  readonly bins: number;
  readonly epsilon: number;
  readonly prime: number;
  readonly numberOfServers: number;
  readonly hammingWeight: number | null;
}): string {
  const { instance, aggregation, bins, epsilon, prime, numberOfServers, hammingWeight } =
    parameters;
  const text = JSON.stringify([
    instance, aggregation, bins, epsilon, prime, numberOfServers, hammingWeight,
  ]); // prettier-ignore
  return toHex(sha256(new TextEncoder().encode(text)));
}

export interface Estimates {
  /** Null where the sum is suppressed. */
  readonly values: readonly (number | null)[];
  readonly standardError: number;
}

/** Of what is shown, with n the number of clients; undefined where there is nothing to estimate. */
export function estimatesOf(result: Result): Estimates | undefined {
  const { epsilon, hammingWeight, clients, sums } = result;
  if (clients === null || sums === null) return undefined;
  const totals = Float64Array.from(sums, (one) => one ?? 0);
  const estimate = estimateOf({ epsilon, hammingWeight, clients, totals });
  if (estimate === undefined) return undefined;
  const values = Array.from(estimate.values, (value, bin) => (sums[bin] === null ? null : value));
  return { values, standardError: estimate.standardError };
}

/**
 * None for an epsilon that leaves no signal, and for noise on whole vectors, which has another
 * formula (ENPA section 1.4).
 */
function estimateOf(sum: {
  readonly epsilon: number;
  readonly hammingWeight: number | null;
  readonly clients: number;
  readonly totals: Float64Array;
}): Estimate | undefined {
  const { epsilon, hammingWeight, clients, totals } = sum;
  if (hammingWeight !== null) return undefined;
  try {
    return estimateTotals({ epsilon, totals, count: clients });
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}
