/**
 * The portal's rule: both servers' sum parts of one instance, aggregation and window are added up
 * where they say that they summed the same thing, and held and named where not. It opens nothing.
 * Source: ENPA sections 6.1 (PrioSumPart), 10 point 4 (production's exact rule is not public).
 */

import { FIELD_MODULUS, unshard } from '@priolab/prio';

import type { HoldReason } from '../../combiner/combiner.ts';
import type { ServerIndex, SumPartName } from './names.ts';
import type { SumPart } from './records.ts';

/** A sum part as it was read: its name, what it says, and the reports that it leaves out. */
export interface NamedSumPart {
  readonly name: SumPartName;
  readonly part: SumPart;
  /** UUIDs of refused reports, in any order. */
  readonly invalid: readonly string[];
}

/** The sum over one instance, aggregation and window: still noisy, exact otherwise. */
export interface SumTotal extends SumPartName {
  readonly epsilon: number;
  /** bins non-negative integers. */
  readonly totals: Float64Array;
  /** Reports examined, as both sides count: the n of the estimate. */
  readonly clientCount: number;
  readonly batchUuids: readonly string[];
  readonly invalid: readonly string[];
}

/** A pair that can't be added up: shown to operators, never published. */
export interface HeldSum extends SumPartName {
  readonly reason: HoldReason;
  readonly detail: string;
}

export interface SumPairing {
  readonly totals: readonly SumTotal[];
  readonly held: readonly HeldSum[];
}

/** Every part ends in a total or is held; in the order of their names. */
export function pairSumParts(
  leaderParts: readonly NamedSumPart[],
  helperParts: readonly NamedSumPart[],
): SumPairing {
  const totals: SumTotal[] = [];
  const held: HeldSum[] = [];
  const helpers = indexed(helperParts, 1, held);
  const leaders = indexed(leaderParts, 0, held);
  const keys = [...new Set([...leaders.keys(), ...helpers.keys()])].sort();
  for (const key of keys) {
    const leader = leaders.get(key);
    const helper = helpers.get(key);
    if (leader !== undefined && helper !== undefined) {
      const outcome = add(leader, helper);
      if ('totals' in outcome) totals.push(outcome);
      else held.push(outcome);
    } else if (leader !== undefined) held.push(hold(leader, 'no-helper-share', ''));
    else held.push(hold(helper!, 'no-leader-share', ''));
  }
  return { totals, held };
}

function indexed(
  parts: readonly NamedSumPart[],
  server: ServerIndex,
  held: HeldSum[],
): Map<string, NamedSumPart> {
  const byName = new Map<string, NamedSumPart>();
  for (const one of parts) {
    const key = nameKey(one.name);
    if (!byName.has(key)) byName.set(key, one);
    else {
      const reason = server === 0 ? 'no-helper-share' : 'no-leader-share';
      held.push(hold(one, reason, `the second part of server ${server} for its window`));
    }
  }
  return byName;
}

function nameKey({ instance, aggregation, start, end }: SumPartName): string {
  return `${instance}/${aggregation}/${start}-${end}`;
}

function hold({ name }: NamedSumPart, reason: HoldReason, detail: string): HeldSum {
  const { instance, aggregation, start, end } = name;
  return { instance, aggregation, start, end, reason, detail };
}

function add(leader: NamedSumPart, helper: NamedSumPart): SumTotal | HeldSum {
  const fault = parameterFault(leader, helper) ?? setFault(leader, helper) ?? sumFault(leader);
  if (fault !== undefined) return hold(leader, ...fault);
  const [mine, theirs] = [leader, helper].map(({ part }) => part.sum);
  if (![...mine!, ...theirs!].every(isElement)) {
    return hold(leader, 'total-out-of-range', 'a sum holds what is no element of the field');
  }
  const totals = unshard(Uint32Array.from(mine!), Uint32Array.from(theirs!));
  const { totalIndividualClients: clientCount, epsilon, batchUuids } = leader.part;
  // Shares without their other half are uniform, far above the count.
  const wild = totals.findIndex((total) => total > clientCount);
  if (wild !== -1) {
    return hold(leader, 'total-out-of-range', `bin ${wild} exceeds the count ${clientCount}`);
  }
  return { ...leader.name, epsilon, totals, clientCount, batchUuids, invalid: leader.invalid };
}

type Fault = readonly [reason: HoldReason, detail: string];

const PARAMETERS = [
  'name',
  'bins',
  'epsilon',
  'prime',
  'numberOfServers',
  'hammingWeight',
] as const;

function parameterFault(leader: NamedSumPart, helper: NamedSumPart): Fault | undefined {
  const a = leader.part;
  const b = helper.part;
  const odd = PARAMETERS.find((field) => a[field] !== b[field]);
  if (odd !== undefined) {
    return ['parameters-differ', `${odd}: leader ${a[odd]}, helper ${b[odd]}`];
  }
  const expected = { prime: FIELD_MODULUS, numberOfServers: 2 };
  for (const field of ['prime', 'numberOfServers'] as const) {
    if (a[field] === expected[field]) continue;
    return ['parameters-differ', `${field}: expected ${expected[field]}, got ${a[field]}`];
  }
  for (const { part } of [leader, helper]) {
    if (part.sum.length === part.bins) continue;
    return ['parameters-differ', `expected a sum of ${part.bins} bins, got ${part.sum.length}`];
  }
  return undefined;
}

function setFault(leader: NamedSumPart, helper: NamedSumPart): Fault | undefined {
  const a = leader.part;
  const b = helper.part;
  const odd = difference(a.batchUuids, b.batchUuids);
  if (odd.length > 0) return ['batches-differ', `at one side only: ${shown(odd)}`];
  for (const { batchUuids } of [a, b]) {
    if (new Set(batchUuids).size === batchUuids.length) continue;
    return ['batch-repeated', 'a batch is listed more than once'];
  }
  if (a.totalIndividualClients !== b.totalIndividualClients) {
    const counts = `leader ${a.totalIndividualClients}, helper ${b.totalIndividualClients}`;
    return ['counts-differ', counts];
  }
  const refused = difference(leader.invalid, helper.invalid);
  if (refused.length === 0) return undefined;
  return ['included-differ', `refused by one side only: ${shown(refused)}`];
}

function sumFault({ part }: NamedSumPart): Fault | undefined {
  const { totalIndividualClients: count } = part;
  // From p reports on a total may have wrapped around and still look like a total.
  if (count >= 0 && count < FIELD_MODULUS) return undefined;
  return ['total-out-of-range', `expected a count from 0 and below p, got ${count}`];
}

function isElement(value: number): boolean {
  return value >= 0 && value < FIELD_MODULUS;
}

function difference(a: readonly string[], b: readonly string[]): string[] {
  const left = new Set(a);
  const right = new Set(b);
  return [...a.filter((id) => !right.has(id)), ...b.filter((id) => !left.has(id))];
}

const SHOWN = 3;

function shown(ids: readonly string[]): string {
  const more = ids.length > SHOWN ? ` and ${ids.length - SHOWN} more` : '';
  return `${ids.slice(0, SHOWN).join(', ')}${more}`;
}
