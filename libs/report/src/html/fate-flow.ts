/**
 * The fates of reports as a graph: from what phones planned, through the parties, to totals. Each
 * report is at the first party that ended its way, so that what enters a party is what leaves it.
 */

import type { CellRecord, FateCount, RunSummary } from '@priolab/harness';

import { formatCount } from '../text.ts';

export type NodeKind = 'way' | 'total' | 'refused' | 'lost' | 'open';

export interface FlowNode {
  readonly id: string;
  readonly name: string;
  readonly kind: NodeKind;
  /** Its column, from the left. */
  readonly column: number;
}

export interface FlowLink {
  readonly source: string;
  readonly target: string;
  readonly count: number;
  readonly kind: NodeKind;
}

export interface FateFlow {
  readonly nodes: readonly FlowNode[];
  readonly links: readonly FlowLink[];
  readonly notes: readonly string[];
}

/** Ends of one party and metrics that have a place of their own; the others share one. */
const ENDS_MAX = 5;
const METRICS_MAX = 8;

const WAY = ['ingestor', 'leader', 'helper', 'combiner'] as const;
const KINDS: Readonly<Record<string, NodeKind>> = { rejected: 'refused', pending: 'open' };

interface End {
  readonly name: string;
  readonly kind: NodeKind;
  count: number;
}

export function fateFlow(summary: RunSummary): FateFlow {
  const { fates, copyFates, fidelity, cells } = summary;
  const all = [...fates, ...copyFates].filter(({ count }) => count > 0);
  const accepted = sum(all.filter(({ outcome }) => outcome === 'accepted'));
  const ended = all.filter(({ outcome }) => outcome !== 'accepted');
  // Without transport nothing goes through an ingestor.
  const parties: readonly string[] =
    fidelity.rung === 'shares-only' && !ended.some(({ hop }) => hop === 'ingestor')
      ? WAY.slice(1)
      : WAY;
  const partyOf = ({ hop }: FateCount): string => (parties.includes(hop) ? hop : 'device');
  const nodes: FlowNode[] = [];
  const below: FlowNode[] = [];
  const links: FlowLink[] = [];
  let left = sum(all);
  const path = ['device', ...parties];
  path.forEach((party, i) => {
    const ends = endsOf(ended.filter((fate) => partyOf(fate) === party));
    left -= ends.reduce((gone, { count }) => gone + count, 0);
    // The way itself before its ends: it is drawn on top of them.
    nodes.push({ id: party, name: nameOf(party), kind: 'way', column: i });
    const next = path[i + 1];
    if (next !== undefined) links.push({ source: party, target: next, count: left, kind: 'way' });
    for (const { name, kind, count } of ends) {
      const id = `${party} ${kind} ${name}`;
      below.push({ id, name, kind, column: i + 1 });
      links.push({ source: party, target: id, count, kind });
    }
  });
  const totals = totalsOf(cells, accepted);
  for (const { id, name, kind, count } of totals.ends) {
    nodes.push({ id, name, kind, column: path.length });
    links.push({ source: 'combiner', target: id, count, kind });
  }
  return inUse({
    nodes: [...nodes, ...below],
    links,
    notes: [...copiesNote(copyFates), ...totals.notes],
  });
}

function nameOf(party: string): string {
  return party === 'device' ? 'devices' : party;
}

function copiesNote(copyFates: readonly FateCount[]): string[] {
  const copies = sum(copyFates);
  if (copies === 0) return [];
  return [`${formatCount(copies)} copies of uploads are among them.`];
}

/** By reason, the most frequent first; what is beyond `ENDS_MAX` together. */
function endsOf(fates: readonly FateCount[]): readonly End[] {
  const byName = new Map<string, End>();
  for (const { outcome, reason, count } of fates) {
    const kind = KINDS[outcome] ?? 'lost';
    const why = reason === 'none' ? '' : reason;
    const name = kind === 'refused' ? why || 'refused' : [outcome, why].filter(Boolean).join(': ');
    const key = JSON.stringify([kind, name]);
    const known = byName.get(key) ?? { name, kind, count: 0 };
    known.count += count;
    byName.set(key, known);
  }
  const ends = [...byName.values()].sort((a, b) => b.count - a.count || (a.name < b.name ? -1 : 1));
  if (ends.length <= ENDS_MAX) return ends;
  const others = ends.slice(ENDS_MAX - 1);
  const kind = others.every((end) => end.kind === others[0]!.kind) ? others[0]!.kind : 'lost';
  const name = `${others.length} other ends`;
  const rest = { name, kind, count: others.reduce((total, end) => total + end.count, 0) };
  return [...ends.slice(0, ENDS_MAX - 1), rest];
}

interface Totals {
  readonly ends: readonly { id: string; name: string; kind: NodeKind; count: number }[];
  readonly notes: readonly string[];
}

/** Accepted reports by the metric of their published totals; the rest is in none. */
function totalsOf(cells: readonly CellRecord[], accepted: number): Totals {
  const byMetric = new Map<string, number>();
  for (const { metric, totals, truth } of cells) {
    if (totals === undefined) continue;
    byMetric.set(metric, (byMetric.get(metric) ?? 0) + truth.count);
  }
  const published = [...byMetric.values()].reduce((total, count) => total + count, 0);
  const total = (name: string, count: number, kind: NodeKind = 'total') => {
    return { id: `${kind} ${name}`, name, kind, count };
  };
  if (published > accepted) {
    const more = `${formatCount(published - accepted)} more than were accepted once`;
    const notes = [`Published totals hold ${formatCount(published)} reports: ${more}.`];
    return { ends: accepted === 0 ? [] : [total('published totals', accepted)], notes };
  }
  const metrics = [...byMetric].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  const own = metrics.length <= METRICS_MAX ? metrics : metrics.slice(0, METRICS_MAX - 1);
  const others = metrics.slice(own.length);
  const rest = others.reduce((sumOf, [, count]) => sumOf + count, 0);
  const unpublished = accepted - published;
  return {
    ends: [
      ...own.map(([metric, count]) => total(metric, count)),
      ...(others.length > 0 ? [total(`${others.length} other metrics`, rest)] : []),
      ...(unpublished > 0 ? [total('in no published total', unpublished, 'open')] : []),
    ],
    notes: [],
  };
}

/** Without what nothing flows to: no line, no node. */
function inUse({ nodes, links, notes }: FateFlow): FateFlow {
  const used = links.filter(({ count }) => count > 0);
  const names = new Set(used.flatMap(({ source, target }) => [source, target]));
  return { nodes: nodes.filter(({ id }) => names.has(id)), links: used, notes };
}

function sum(fates: readonly FateCount[]): number {
  return fates.reduce((total, { count }) => total + count, 0);
}
