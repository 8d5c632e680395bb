/** Why a window or a bin is withheld, in plain English. The words are the combiner's. */

import type { Authority, Result } from './api.ts';
import { number, plural } from './words.ts';

const REASONS: ReadonlyMap<string, string> = new Map([
  ['too-few-clients', 'fewer contributions than the minimum'],
  ['below-minimum', 'fewer contributions than the minimum'],
  ['no-leader-share', 'the sum of the first processor has not come'],
  ['no-helper-share', 'the sum of the second processor has not come'],
  ['parameters-differ', 'the two processors summed with different parameters'],
  ['batches-differ', 'the two processors summed different batches'],
  ['batch-repeated', 'a processor lists a batch more than once'],
  ['counts-differ', 'the two processors counted different numbers of contributions'],
  ['included-differ', 'the two processors included different contributions'],
  ['sums-differ', 'a processor sent two different sums'],
  ['wrong-window', 'a sum is of another window than it says'],
  ['total-out-of-range', 'the total is larger than the contributions can make it'],
  ['window-overlaps', 'it overlaps a window that was published before'],
  ['not-shown', 'the window was not shown'],
]);

/** A window's own reason; empty where it is published. */
export function reasonOf({ status, reason }: Result): string {
  if (status === 'published') return '';
  const words = REASONS.get(reason ?? '') ?? (reason ?? 'no reason given').replaceAll('-', ' ');
  return `${status}: ${words}`;
}

/** What is hidden of a window that is published; empty where nothing is. */
export function hiddenBinsOf(result: Result, policy: Authority['policy']): string {
  const count = result.suppressed_bins.length;
  if (result.status !== 'published' || count === 0) return '';
  const bins = `${number(count)} of ${plural(result.sum?.length ?? count, 'bin')} hidden`;
  const why = `below ${number(policy.suppress_below)} people, or telling of such a bin`;
  return `${bins}: ${why}`;
}
