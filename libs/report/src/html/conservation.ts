/**
 * The conservation matrix: planned reports by state and by the way in which they ended. Each is in
 * one place exactly; whether the sums agree is worked out here and said.
 */

import type { RunSummary, StateFateCount } from '@priolab/harness';

import { formatCount } from '../text.ts';
import { el } from './element.ts';
import type { Content } from './element.ts';
import { dataTable, note, nothing, notice } from './section.ts';
import type { Row } from './section.ts';

const COLUMNS_MAX = 14;
const STATES_MAX = 80;
const SHADES = 8;
const ORDER = ['accepted', 'rejected', 'lost', 'pending', 'unaccounted'];
const HOPS = ['none', 'device', 'ingestor', 'leader', 'helper', 'combiner'];
const ALL = 'all states';

type Fate = Pick<StateFateCount, 'outcome' | 'hop' | 'reason'>;

export function renderConservation(summary: RunSummary): Content {
  const { fates, fatesByState, population } = summary;
  if (fates.every(({ count }) => count === 0)) return nothing('No report was planned.');
  const rows = fatesByState ?? fates.map((fate) => ({ ...fate, state: ALL }));
  const { names, keys, cut } = columnsOf(rows);
  const states = new Map<string, number[]>();
  for (const row of rows) {
    const counts = states.get(row.state) ?? Array.from<number>({ length: names.length }).fill(0);
    counts[Math.min(keys.get(keyOf(row)) ?? Infinity, names.length - 1)]! += row.count;
    states.set(row.state, counts);
  }
  const sorted = [...states].sort(([a], [b]) => (a < b ? -1 : 1));
  const shown = sorted.slice(0, STATES_MAX);
  const rest = sorted.slice(STATES_MAX);
  if (rest.length > 0) shown.push([`${rest.length} other states`, addUp(rest)]);
  const sums = addUp(sorted);
  const most = Math.max(...shown.flatMap(([, counts]) => counts));
  const total = sums.reduce((sum, count) => sum + count, 0);
  const columns = ['State', ...names, 'All'].map((title, i) => ({ title, numeric: i > 0 }));
  const table = dataTable({
    caption: 'Planned reports by state and fate; refused ones by party and reason. Stronger: more',
    columns,
    rows: shown.map(([state, counts]) => matrixRow(state, counts, most)),
    footer: [{ cells: ['All', ...sums.map(formatCount), formatCount(total)] }],
    sortable: true,
    kind: 'matrix',
  });
  return [
    table,
    checkOf({ fates, rows, total, planned: population.reports }),
    fatesByState === undefined && note('This record has no fates by state: one row for all.'),
    cut > 0 && note(`${cut} rarer fates stand together in one column.`),
  ];
}

function keyOf({ outcome, hop, reason }: Fate): string {
  return JSON.stringify([outcome, hop, reason]);
}

/** The most frequent fates in the order of a report's way; the last column may hold several. */
function columnsOf(rows: readonly StateFateCount[]) {
  const counts = new Map<string, { fate: Fate; count: number }>();
  for (const row of rows) {
    const known = counts.get(keyOf(row)) ?? { fate: row, count: 0 };
    known.count += row.count;
    counts.set(keyOf(row), known);
  }
  const rank = ({ outcome, hop }: Fate): number =>
    10 * ((ORDER.indexOf(outcome) + 9) % 9) + HOPS.indexOf(hop);
  const sorted = [...counts.values()].sort((a, b) => b.count - a.count);
  const kept = sorted
    .slice(0, sorted.length <= COLUMNS_MAX ? COLUMNS_MAX : COLUMNS_MAX - 1)
    .sort((a, b) => rank(a.fate) - rank(b.fate) || b.count - a.count);
  const cut = sorted.length - kept.length;
  const names = kept.map(({ fate }) => nameOf(fate));
  if (cut > 0) names.push('other fates');
  return { names, keys: new Map(kept.map(({ fate }, i) => [keyOf(fate), i])), cut };
}

function nameOf({ outcome, hop, reason }: Fate): string {
  if (outcome === 'accepted') return 'accepted';
  const place = hop === 'none' ? outcome : `${outcome} at ${hop}`;
  if (reason === 'none') return place;
  return outcome === 'rejected' ? `${hop}: ${reason}` : `${place}: ${reason}`;
}

function addUp(states: readonly (readonly [string, readonly number[]])[]): number[] {
  const sums = states[0]![1].map(() => 0);
  for (const [, counts] of states) counts.forEach((count, i) => (sums[i]! += count));
  return sums;
}

/** Nearly the logarithm, and the same on every machine. */
function bitsOf(count: number): number {
  return 33 - Math.clz32(Math.min(count, 0xffff_ffff));
}

function matrixRow(state: string, counts: readonly number[], most: number): Row {
  const sum = counts.reduce((total, count) => total + count, 0);
  const shade = (count: number): number =>
    count === 0 ? 0 : Math.max(1, Math.round((SHADES * bitsOf(count)) / bitsOf(most)));
  const cells = counts.map((count) =>
    el('span', { class: `shade shade-${shade(count)}` }, formatCount(count)),
  );
  return { cells: [state, ...cells, formatCount(sum)], attributes: { 'data-state': state } };
}

function checkOf(sums: {
  readonly fates: RunSummary['fates'];
  readonly rows: readonly StateFateCount[];
  readonly total: number;
  readonly planned: number;
}): Content {
  const { fates, rows, total, planned } = sums;
  const byFate = (all: RunSummary['fates']): Map<string, number> => {
    const counts = new Map<string, number>();
    for (const fate of all) counts.set(keyOf(fate), (counts.get(keyOf(fate)) ?? 0) + fate.count);
    return counts;
  };
  const [wanted, found] = [byFate(fates), byFate(rows)];
  const differ = [...new Set([...wanted.keys(), ...found.keys()])].filter(
    (key) => (wanted.get(key) ?? 0) !== (found.get(key) ?? 0),
  );
  if (differ.length === 0 && total === planned) {
    return note(
      `Nothing is lost or counted twice: all ${formatCount(planned)} planned reports ` +
        'have one fate, and the columns add up to the fates of the run.',
    );
  }
  return notice(
    `The matrix does not add up: ${formatCount(total)} reports in it, ${formatCount(planned)} ` +
      `planned; ${differ.length} fates differ from those of the run.`,
  );
}
