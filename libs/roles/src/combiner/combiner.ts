/**
 * The combiner (ENPA: portal, reconstructor): adds the two processors' sums of one task and window,
 * if both say that they summed the same thing; holds and reports them otherwise. It never sees a
 * report. Source: ENPA sections 1.2 step 5, 10.4 (the pairing rule; production's is not public).
 */

import { toHex } from '@priolab/crypto';
import { FIELD_MODULUS, unshard } from '@priolab/prio';

import type { AggregateShare } from '../blocks.ts';
import type { Task } from '../task.ts';

/** The total over one task and window: still noisy, exact otherwise. */
export interface AggregateResult {
  readonly task: Task;
  readonly windowStartMs: number;
  /** bins non-negative integers. */
  readonly totals: Float64Array;
  /** Reports in the total. */
  readonly count: number;
  readonly rejectedCount: number;
  readonly batchCount: number;
}

export type HoldReason =
  | 'no-leader-share'
  | 'no-helper-share'
  | 'parameters-differ'
  | 'batches-differ'
  | 'batch-repeated'
  | 'counts-differ'
  | 'included-differ'
  | 'sums-differ'
  | 'wrong-window'
  | 'total-out-of-range'
  /** What stands in its place in the store of results is not what was written there. */
  | 'not-shown';

/** A pair that can't be added up, with what differs: shown to operators, never published. */
export interface HeldPair {
  readonly taskId: string;
  readonly windowStartMs: number;
  readonly reason: HoldReason;
  readonly detail: string;
}

export interface Combination {
  readonly results: readonly AggregateResult[];
  readonly held: readonly HeldPair[];
}

/** Pairs both processors' shares by task and window; every share ends in a result or is held. */
export function combine(
  leaderShares: readonly AggregateShare[],
  helperShares: readonly AggregateShare[],
): Combination {
  const results: AggregateResult[] = [];
  const held: HeldPair[] = [];
  const helpers = new Map<string, AggregateShare>();
  for (const helper of helperShares) {
    const key = pairKey(helper);
    if (!helpers.has(key)) helpers.set(key, helper);
    else held.push(hold(helper, 'no-leader-share', 'the second share of its task and window'));
  }
  for (const leader of leaderShares) {
    const key = pairKey(leader);
    const helper = helpers.get(key);
    helpers.delete(key);
    const outcome =
      helper === undefined ? hold(leader, 'no-helper-share', '') : add(leader, helper);
    if ('totals' in outcome) results.push(outcome);
    else held.push(outcome);
  }
  for (const helper of helpers.values()) held.push(hold(helper, 'no-leader-share', ''));
  return { results, held };
}

function pairKey({ task, windowStartMs }: AggregateShare): string {
  return `${toHex(task.id)}/${windowStartMs}`;
}

function hold(share: AggregateShare, reason: HoldReason, detail: string): HeldPair {
  const { task, windowStartMs } = share;
  return { taskId: toHex(task.id), windowStartMs, reason, detail };
}

function add(leader: AggregateShare, helper: AggregateShare): AggregateResult | HeldPair {
  // The task id is a digest of every parameter; the length guards against a forged share.
  if (leader.sum.length !== helper.sum.length) {
    return hold(leader, 'parameters-differ', `${leader.sum.length} and ${helper.sum.length} bins`);
  }
  const odd = symmetricDifference(leader.batchIds, helper.batchIds);
  if (odd.length > 0) {
    return hold(leader, 'batches-differ', `at one side only: ${odd.slice(0, 3).join(', ')}`);
  }
  // A processor refuses a batch id twice while a window is open. Where sums of one window were
  // taken apart and added up, both may hold one batch twice: they would agree, and be wrong.
  if (new Set(leader.batchIds).size < leader.batchIds.length) {
    return hold(leader, 'batch-repeated', 'a batch is listed more than once');
  }
  const counts = (share: AggregateShare): string =>
    `${share.count} accepted and ${share.rejectedCount} refused`;
  if (counts(leader) !== counts(helper)) {
    return hold(leader, 'counts-differ', `leader ${counts(leader)}, helper ${counts(helper)}`);
  }
  // Sets of equal size that differ would leave shares without their other half in every bin.
  if (leader.includedDigest !== helper.includedDigest) {
    const digests = `${leader.includedDigest} and ${helper.includedDigest}`;
    return hold(leader, 'included-differ', `digests of included ids: ${digests}`);
  }
  // From p reports on a total may have wrapped around and still look like a total.
  if (leader.count >= FIELD_MODULUS) {
    return hold(leader, 'total-out-of-range', `the count ${leader.count} is not below p`);
  }
  const totals = unshard(leader.sum, helper.sum);
  // Unequal sets of equal size leave unmatched shares, which are uniform: far above the count.
  const wild = totals.findIndex((total) => total > leader.count);
  if (wild !== -1) {
    return hold(leader, 'total-out-of-range', `bin ${wild} exceeds the count ${leader.count}`);
  }
  return {
    task: leader.task,
    windowStartMs: leader.windowStartMs,
    totals,
    count: leader.count,
    rejectedCount: leader.rejectedCount,
    batchCount: leader.batchIds.length,
  };
}

function symmetricDifference(a: readonly string[], b: readonly string[]): string[] {
  const left = new Set(a);
  const right = new Set(b);
  return [...a.filter((id) => !right.has(id)), ...b.filter((id) => !left.has(id))];
}
