/**
 * Holds what the processes summed against what the processors in memory made of the same batches,
 * cell by cell and window by window, and puts it in its place: totals, counts, what is held.
 *
 * A deviation: another total, another number of clients, other reports refused, other batches, or a
 * sum that nobody asked for. Not a deviation: a pair of sums that is held or is not there, which is
 * told as such.
 */

import { fromHex } from '@priolab/crypto';
import { estimateTotals } from '@priolab/roles';
import { uuidText } from '@priolab/roles/enpa';
import type { HeldSum, NamedSumPart, SumPartName, SumTotal } from '@priolab/roles/enpa';

import type { CellRecord, DeploymentRecord } from '../record/run-record.ts';
import { instanceOf } from './places.ts';

/** What the processors in memory say of a cell and window. */
export interface Reference {
  /** The record as it is without processes. */
  readonly cell: CellRecord;
  readonly windowMs: number;
  readonly epsilon: number;
  /** Hex. */
  readonly batchIds: readonly string[];
  /** Hex, of the reports that it refused. */
  readonly refused: ReadonlySet<string>;
}

/** What was found in the processors' buckets. */
export interface FoundSums {
  readonly totals: readonly SumTotal[];
  readonly held: readonly HeldSum[];
  readonly parts: Readonly<Record<'leader' | 'helper', readonly NamedSumPart[]>>;
}

export type Deviations = DeploymentRecord['deviations'];

export interface Compared {
  readonly cells: readonly CellRecord[];
  readonly deviations: Deviations;
  /** Names of pairs of which a part is not there or can't be read. */
  readonly missing: readonly string[];
}

const EXAMPLES = 5;

export function compareSums(references: readonly Reference[], found: FoundSums): Compared {
  const totals = byName(found.totals);
  const held = byName(found.held);
  const leaders = byName(found.parts.leader.map((part) => ({ ...part.name, part })));
  const helpers = byName(found.parts.helper.map((part) => ({ ...part.name, part })));
  const notes = createNotes();
  const missing: string[] = [];
  const known = new Set<string>();
  const cells = references.map((reference) => {
    const { cell, batchIds } = reference;
    if (batchIds.length === 0) return cell;
    const name = sumNameOf(reference);
    const key = keyOf(name);
    known.add(key);
    const total = totals.get(key);
    if (total !== undefined) return replaced(reference, total, notes);
    const pair = held.get(key);
    const isMissing = !leaders.has(key) || !helpers.has(key);
    if (isMissing) missing.push(key);
    const reason = pair?.reason ?? 'no-leader-share';
    const detail = isMissing ? 'not there, or not readable, in the end' : (pair?.detail ?? '');
    return withheld(cell, { reason, detail }, [leaders.get(key)?.part, helpers.get(key)?.part]);
  });
  for (const key of [...totals.keys(), ...held.keys()]) {
    if (!known.has(key)) notes.add('batches', 1, `${key}: a sum of no batch that was written`);
  }
  return { cells, deviations: notes.deviations, missing };
}

/** What the pair of sums of a cell and window is called. */
export function sumNameOf({ cell, windowMs }: Reference): SumPartName {
  const { state, vendor, metric, windowStartMs } = cell;
  return {
    instance: instanceOf(state, vendor as 'apple' | 'google'),
    aggregation: metric,
    start: windowStartMs,
    end: windowStartMs + windowMs,
  };
}

export function keyOf({ instance, aggregation, start }: SumPartName): string {
  return `${instance} ${aggregation} ${new Date(start).toISOString().slice(0, 16)}Z`;
}

function byName<T extends SumPartName>(items: readonly T[]): Map<string, T> {
  return new Map(items.map((item) => [keyOf(item), item]));
}

type Kind = Exclude<keyof Deviations, 'examples'>;

interface Notes {
  add(kind: Kind, count: number, text: string): void;
  readonly deviations: Deviations;
}

function createNotes(): Notes {
  const counts: Record<Kind, number> = { totals: 0, clients: 0, refused: 0, batches: 0 };
  const examples: string[] = [];
  return {
    add(kind, count, text) {
      counts[kind] += count;
      if (count > 0 && examples.length < EXAMPLES) examples.push(text);
    },
    get deviations() {
      return { ...counts, examples };
    },
  };
}

function replaced(reference: Reference, total: SumTotal, notes: Notes): CellRecord {
  const { cell, epsilon, batchIds, refused } = reference;
  const { clientCount, totals, invalid, batchUuids } = total;
  const key = keyOf(total);
  const bin = totals.findIndex((value, i) => value !== cell.totals?.[i]);
  const wrong = [...totals].filter((value, i) => value !== cell.totals?.[i]).length;
  notes.add(
    'totals',
    wrong,
    `${key}: bin ${bin}: processes ${totals[bin]}, memory ${cell.totals?.[bin]}`,
  );
  const clients = cell.counts.leader;
  notes.add(
    'clients',
    clientCount === clients ? 0 : 1,
    `${key}: clients: processes ${clientCount}, memory ${clients}`,
  );
  const difference = (what: Kind, theirs: readonly string[], ours: Iterable<string>): void => {
    const odd = oddOnes(theirs, [...ours].map(uuidOf));
    notes.add(what, odd.length, `${key}: ${what}: at one side only: ${odd.slice(0, 3).join(', ')}`);
  };
  difference('refused', invalid, refused);
  difference('batches', batchUuids, batchIds);
  const { values, standardError } = estimateTotals({ epsilon, totals, count: clientCount });
  return {
    ...cell,
    counts: {
      leader: clientCount,
      helper: clientCount,
      leaderRejected: invalid.length,
      helperRejected: invalid.length,
    },
    batchCount: batchUuids.length,
    totals: [...totals],
    estimates: [...values],
    standardError,
  };
}

/** A cell without a total, with what each side says where it says something. */
function withheld(
  { totals: _totals, estimates: _estimates, standardError: _error, ...cell }: CellRecord,
  held: { readonly reason: string; readonly detail: string },
  [leader, helper]: readonly [NamedSumPart | undefined, NamedSumPart | undefined],
): CellRecord {
  const { counts } = cell;
  return {
    ...cell,
    held,
    counts: {
      leader: leader?.part.totalIndividualClients ?? counts.leader,
      helper: helper?.part.totalIndividualClients ?? counts.helper,
      leaderRejected: leader?.invalid.length ?? counts.leaderRejected,
      helperRejected: helper?.invalid.length ?? counts.helperRejected,
    },
  };
}

function uuidOf(hex: string): string {
  return uuidText(fromHex(hex));
}

function oddOnes(a: readonly string[], b: readonly string[]): string[] {
  const left = new Set(a);
  const right = new Set(b);
  return [...a.filter((id) => !right.has(id)), ...b.filter((id) => !left.has(id))];
}
