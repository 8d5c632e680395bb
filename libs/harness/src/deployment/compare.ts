/**
 * Holds what a deployment summed and published against what the run in memory made of the same
 * uploads, cell by cell and window by window, and puts it in its place: totals, counts, what is
 * held.
 *
 * A deviation: another total, another number of clients, other reports refused, batches that one
 * party has and another has not, a report that is in no sum and not refused, or a sum that nobody
 * asked for. Not a deviation: a pair of sums that is held or is not there, which is told as such.
 */

import { fromHex } from '@priolab/crypto';
import { estimateTotals } from '@priolab/roles';
import { uuidText } from '@priolab/roles/enpa';
import type { NamedSumPart, SumPartName } from '@priolab/roles/enpa';

import type { CellRecord, DeploymentRecord } from '../record/run-record.ts';
import { instanceOf } from './places.ts';

/** What the parties in memory say of a cell and window. */
export interface Reference {
  /** The record as it is without a deployment. */
  readonly cell: CellRecord;
  readonly windowMs: number;
  readonly epsilon: number;
  /** Hex, of the reports that its processors refused. */
  readonly refused: ReadonlySet<string>;
}

/** What an authority reads of one window. */
export interface PortalResult {
  readonly name: SumPartName;
  readonly status: 'published' | 'suppressed' | 'held';
  readonly reason: string;
  readonly detail: string;
  readonly clients: number | null;
  readonly totals: readonly (number | null)[] | null;
}

/** Batches by window (`keyOf`), each with its reports, by uuid. */
export type BatchBook = ReadonlyMap<string, ReadonlyMap<string, number>>;

/** What was found of a deployment when it was done. */
export interface Found {
  readonly batches: BatchBook;
  readonly parts: Readonly<Record<'leader' | 'helper', readonly NamedSumPart[]>>;
  /** A sum part that can't be read, and why. */
  readonly unreadable: string | undefined;
  readonly results: readonly PortalResult[];
}

export type Deviations = DeploymentRecord['deviations'];
export type DeviationKind = Exclude<keyof Deviations, 'examples'>;

export interface Compared {
  readonly cells: readonly CellRecord[];
  readonly deviations: Deviations;
  /** Names of windows of which a sum is not there or can't be read, or that no portal shows. */
  readonly missing: readonly string[];
  /** Batches, the reports in them, and those that the processors refused. */
  readonly batches: number;
  readonly reports: number;
  readonly refused: number;
}

const EXAMPLES = 5;

export function compareFound(references: readonly Reference[], found: Found): Compared {
  const results = byName(found.results.map((result) => ({ ...result.name, result })));
  const leaders = byName(found.parts.leader.map((part) => ({ ...part.name, part })));
  const helpers = byName(found.parts.helper.map((part) => ({ ...part.name, part })));
  const notes = createNotes();
  const missing: string[] = [];
  const known = new Set<string>();
  let refused = 0;
  const cells = references.map((reference) => {
    const { cell } = reference;
    const key = keyOf(sumNameOf(reference));
    known.add(key);
    const batches = found.batches.get(key);
    const parts = [leaders.get(key)?.part, helpers.get(key)?.part] as const;
    const result = results.get(key)?.result;
    // Nothing was to come, and nothing came.
    if (cell.batchCount === 0 && batches === undefined && result === undefined) return cell;
    for (const part of parts) comparePart(reference, batches, part, notes);
    refused += parts[0]?.invalid.length ?? 0;
    if (result?.totals && result.clients !== null) {
      return replaced({ reference, parts, result, batches }, notes);
    }
    const isMissing = parts.includes(undefined) || result === undefined;
    if (isMissing) missing.push(key);
    const reason = result?.reason || 'no-leader-share';
    const detail = isMissing ? 'not there, or not readable, in the end' : (result?.detail ?? '');
    return withheld(cell, { reason, detail }, parts);
  });
  for (const key of new Set([...results.keys(), ...found.batches.keys()])) {
    if (!known.has(key)) notes.add('batches', 1, `${key}: a sum of what was not sent`);
  }
  const windows = [...found.batches.values()];
  return {
    cells,
    deviations: notes.deviations,
    missing,
    batches: windows.reduce((sum, { size }) => sum + size, 0),
    reports: windows.reduce((sum, ofWindow) => sum + countOf(ofWindow), 0),
    refused,
  };
}

function countOf(batches: ReadonlyMap<string, number> | undefined): number {
  return [...(batches?.values() ?? [])].reduce((sum, count) => sum + count, 0);
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

export function keyOf({ instance, aggregation, start }: Omit<SumPartName, 'end'>): string {
  return `${instance} ${aggregation} ${new Date(start).toISOString().slice(0, 16)}Z`;
}

function byName<T extends SumPartName>(items: readonly T[]): Map<string, T> {
  return new Map(items.map((item) => [keyOf(item), item]));
}

export interface Notes {
  add(kind: DeviationKind, count: number, text: string): void;
  readonly deviations: Deviations;
}

export function createNotes(): Notes {
  const counts: Record<DeviationKind, number> = {
    totals: 0,
    clients: 0,
    refused: 0,
    batches: 0,
    reports: 0,
    answers: 0,
  };
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

/** One side's own words on a window: which batches, and which reports it left out. */
function comparePart(
  reference: Reference,
  batches: ReadonlyMap<string, number> | undefined,
  part: NamedSumPart | undefined,
  notes: Notes,
): void {
  if (part === undefined) return;
  const key = keyOf(part.name);
  const difference = (what: DeviationKind, theirs: readonly string[], ours: Iterable<string>) => {
    const odd = oddOnes(theirs, [...ours]);
    notes.add(what, odd.length, `${key}: ${what}: at one side only: ${odd.slice(0, 3).join(', ')}`);
  };
  difference('refused', part.invalid, [...reference.refused].map(uuidOf));
  difference('batches', part.part.batchUuids, batches?.keys() ?? []);
}

type Parts = readonly [NamedSumPart | undefined, NamedSumPart | undefined];

function replaced(
  what: {
    readonly reference: Reference;
    readonly parts: Parts;
    readonly result: PortalResult;
    readonly batches: ReadonlyMap<string, number> | undefined;
  },
  notes: Notes,
): CellRecord {
  const { reference, parts, result, batches } = what;
  const { cell, epsilon } = reference;
  const key = keyOf(result.name);
  const totals = result.totals!.map((total) => total ?? NaN);
  const count = result.clients!;
  const wrong = totals.flatMap((value, bin) => (value === cell.totals?.[bin] ? [] : [bin]));
  const [bin = 0] = wrong;
  const inMemory = `memory ${cell.totals?.[bin]}`;
  notes.add('totals', wrong.length, `${key}: bin ${bin}: portal ${totals[bin]}, ${inMemory}`);
  const clients = cell.counts.leader;
  const isOff = count === clients ? 0 : 1;
  notes.add('clients', isOff, `${key}: clients: portal ${count}, memory ${clients}`);
  const refused = parts[0]?.invalid.length ?? 0;
  const inBatches = countOf(batches);
  const lost = `${count} counted and ${refused} refused, ${inBatches} in batches`;
  notes.add('reports', Math.abs(inBatches - count - refused), `${key}: reports: ${lost}`);
  const { values, standardError } = estimateTotals({
    epsilon,
    totals: Float64Array.from(totals),
    count,
  });
  return {
    ...cell,
    counts: countsOf(cell, parts),
    totals,
    estimates: [...values],
    standardError,
  };
}

/** A cell without a total, with what each side says where it says something. */
function withheld(
  { totals: _totals, estimates: _estimates, standardError: _error, ...cell }: CellRecord,
  held: { readonly reason: string; readonly detail: string },
  parts: Parts,
): CellRecord {
  return { ...cell, held, counts: countsOf(cell, parts) };
}

function countsOf({ counts }: Pick<CellRecord, 'counts'>, [leader, helper]: Parts) {
  return {
    leader: leader?.part.totalIndividualClients ?? counts.leader,
    helper: helper?.part.totalIndividualClients ?? counts.helper,
    leaderRejected: leader?.invalid.length ?? counts.leaderRejected,
    helperRejected: helper?.invalid.length ?? counts.helperRejected,
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
