/**
 * A run as text for a terminal or a CI log: verdict first, then what did not pass, all that was
 * expected, what was not covered, and the numbers in the order in which data flows. A pure function
 * of the summary: it prints nothing, judges nothing and asks no stream for its width or colours.
 */

import type { ExpectationOutcome, RunSummary } from '@priolab/harness';

import { renderCost } from './cost.ts';
import { coverageGaps } from './coverage.ts';
import { renderFlow } from './flow.ts';
import { renderHeadline, renderProblems } from './headline.ts';
import { knownLimit, measuredLimit } from './known-limits.ts';
import { paletteFor, verdictStyle, type Palette } from './palette.ts';
import { poolCells, relativeRms, type PooledRow } from './pool.ts';
import { renderTable, type Column, type Row } from './table.ts';
import {
  counted,
  formatCount,
  formatFixed,
  formatInterval,
  formatLevel,
  sanitise,
  wrap,
} from './text.ts';

export interface WrittenFile {
  readonly path: string;
  /** What is in it, in a few words. */
  readonly what: string;
}

export interface SummaryOptions {
  readonly colour: boolean;
  /** The command that repeats this run exactly. */
  readonly replay: string;
  /** Columns: 100 if left out or no number; below 40 it counts as 40. */
  readonly width?: number | undefined;
  /** Rows of the table of states and metrics: 24 if left out. */
  readonly maxRows?: number | undefined;
  readonly files?: readonly WrittenFile[] | undefined;
  /** The full table of stages, with counts of operations, instead of bars. */
  readonly profile?: boolean | undefined;
}

const DEFAULT_WIDTH = 100;
const NARROWEST = 40;
/** Below it, columns of numbers go before names are broken into pieces. */
const NARROW = 60;
const DEFAULT_ROWS = 24;

/** The whole report, without a newline at the end. Only commands and file paths pass the width. */
export function renderSummary(summary: RunSummary, options: SummaryOptions): string {
  const { colour, replay, maxRows = DEFAULT_ROWS, files = [], profile = false } = options;
  const palette = paletteFor(colour);
  const width = usableWidth(options.width);
  const section = (title: string, lines: readonly string[]): string[] =>
    lines.length === 0 ? [] : ['', palette.strong(title), ...lines];
  return [
    ...renderHeadline(summary, { width, palette, replay }),
    ...section('To look at', renderProblems(summary, width, palette)),
    ...section('Expectations', renderExpectations(summary.expectations, width, palette)),
    ...section('Not covered', renderGaps(summary, width, palette)),
    ...section('Known limits', renderLimits(summary, width, palette)),
    ...section('Data flow', renderFlow(summary, width, palette)),
    ...section('States and metrics', renderStates(summary, { width, palette, maxRows })),
    ...section('Adversaries', renderAdversaries(summary, width, palette)),
    ...section('Deployment', renderDeployment(summary, width)),
    ...section('Cost', renderCost(summary, { width, palette, profile })),
    ...section('Files', renderFiles(files)),
  ].join('\n');
}

/** `process.stdout.columns` is undefined without a terminal, and 0 in some. */
function usableWidth(width: number | undefined): number {
  if (width === undefined || !(width >= 1)) return DEFAULT_WIDTH;
  return Math.max(NARROWEST, Math.floor(width));
}

const stateColumns: readonly Column[] = [
  { title: 'state', flexible: true },
  { title: 'metric', flexible: true },
  { title: 'reports', align: 'right', optional: true },
  { title: 'bin', align: 'right' },
  { title: 'truth', align: 'right' },
  { title: 'estimate', align: 'right' },
  { title: 'error', align: 'right' },
  { title: 'std.err', align: 'right' },
  { title: 'rms', align: 'right', optional: true },
  { title: 'worst z', align: 'right', optional: true },
];

/** What a narrow table still has: how far off an estimate is. */
const KEPT: ReadonlySet<string> = new Set(['state', 'metric', 'estimate', 'error']);
const narrowStateColumns = stateColumns.map((column): Column => {
  return KEPT.has(column.title) ? column : { ...column, optional: true };
});

const PLACES = {
  msw: 'ingestors and portal in the process of the run, without sockets',
  http: 'ingestors and portal in the process of the run, on sockets',
  processes: 'ingestors, processors and portal as programs',
} as const;

/** What was deployed, where uploads really travelled, and how far it differs from memory. */
function renderDeployment({ deployment }: RunSummary, width: number): string[] {
  if (deployment === undefined) return [];
  const { kind, buckets, state, instances, uploads, windows, combined, deviations } = deployment;
  const { totals, clients, refused, batches, reports, answers, examples } = deviations;
  const { sent, stored, storedBefore, retries, unanswered } = uploads;
  const over = buckets === undefined ? '' : ` over ${buckets} and ${state}`;
  const googles = deployment.googleForm === 'document' ? 'as documents' : 'in the plain form';
  const lines = [
    `${PLACES[kind]}${over}: ${counted(instances, 'instance')}, Google's uploads ${googles}`,
    `${counted(sent, 'upload')} sent: ${formatCount(stored)} stored, ` +
      `${formatCount(storedBefore)} there before, ${refusalsOf(uploads.refused)}, ` +
      `${formatCount(unanswered)} unanswered; ${counted(retries, 'retry', 'retries')}`,
    `${counted(deployment.batches, 'batch', 'batches')} of ` +
      `${counted(deployment.reports, 'report')}, ${formatCount(deployment.refused)} of them ` +
      `refused by processors; ${formatCount(combined)} of ${counted(windows, 'window')} shown`,
    `unlike the run in memory: ${counted(totals, 'bin')}, ${counted(clients, 'number')} of ` +
      `clients, ${counted(refused, 'refused report')}, ${counted(batches, 'batch', 'batches')}, ` +
      `${counted(reports, 'report')} lost or doubled, ${counted(answers, 'answer')}`,
    ...examples,
  ];
  return lines.flatMap((line) => wrap(sanitise(line), width - 2)).map((line) => `  ${line}`);
}

function refusalsOf(refused: Readonly<Record<string, number | undefined>>): string {
  const parts = Object.entries(refused).map(([reason, count = 0]) => {
    return `${formatCount(count)} ${reason}`;
  });
  return parts.length === 0 ? '0 refused' : `refused: ${parts.join(', ')}`;
}

function renderStates(
  summary: RunSummary,
  options: { width: number; palette: Palette; maxRows: number },
): string[] {
  const { width, palette, maxRows } = options;
  const pooled = poolCells(summary.cells);
  if (pooled.length === 0) return indented('no cell: no report reached the processors', width);
  const columns = width < NARROW ? narrowStateColumns : stateColumns;
  const limit = maxRows >= 0 ? Math.floor(maxRows) : DEFAULT_ROWS;
  const rows = pooled.slice(0, limit).map((row) => stateRow(row, palette));
  const table =
    rows.length === 0 ? { lines: [], leftOut: [] } : renderTable({ columns, rows, width, palette });
  const notes: string[] = [];
  const cut = pooled.length - rows.length;
  if (cut > 0) {
    const all = `all ${formatCount(pooled.length)} are in summary.json, under "cells"`;
    notes.push(`${formatCount(cut)} more ${cut === 1 ? 'row' : 'rows'} not shown; ${all}.`);
  }
  notes.push(
    'Vendors, windows and days pooled. bin: the most frequent one apart from bin 0; rms and ' +
      'worst z: error over all bins, root mean square and largest |error| / std.err.',
    'truth: honest reports before noise; error: estimate less truth, as the authority has it.',
  );
  if (table.leftOut.length > 0) notes.push(`No room for: ${table.leftOut.join(', ')}.`);
  const rms = relativeRms(pooled);
  if (rms !== undefined) {
    notes.push(`All rows: rms error ${rms.toFixed(2)} standard errors; noise alone gives about 1.`);
  }
  const cheats = pooled.reduce((sum, row) => sum + row.cheats, 0);
  const cheating =
    `${counted(cheats, 'accepted report')} with a value that a cheat changed ` +
    `${cheats === 1 ? 'is' : 'are'} in the estimates, not in the truth: part of the error.`;
  const dimmed = notes.flatMap((note) => wrap(note, width - 2)).map((line) => palette.dim(line));
  const loud = cheats === 0 ? [] : wrap(cheating, width - 2).map((line) => palette.doubt(line));
  return [...table.lines, ...[...dimmed, ...loud].map((line) => `  ${line}`)];
}

function stateRow(row: PooledRow, palette: Palette): Row {
  const { totals, heldCount, cellCount } = row;
  const numbers =
    totals === undefined
      ? ['-', '-', '-', 'held', '-', '-', '-', '-']
      : [
          formatCount(row.reports),
          String(totals.bin),
          formatCount(totals.truth),
          formatFixed(totals.estimate, 1),
          formatFixed(totals.error, 1),
          formatFixed(totals.standardError, 1),
          formatFixed(totals.rmsError, 1),
          formatZ(totals.worstZ),
        ];
  const cells = [sanitise(row.state), sanitise(row.metric), ...numbers];
  if (heldCount === 0) return { cells };
  const reasons = row.heldReasons.map(sanitise).join(', ');
  const held = `${formatCount(heldCount)} of ${counted(cellCount, 'total')} held`;
  const remark = `${held} (${reasons}): not in this row`;
  return { cells, styles: { 0: palette.doubt, 1: palette.doubt }, remark };
}

/** No noise, yet an error: infinitely many standard errors. */
function formatZ(z: number | undefined): string {
  if (z === undefined) return '-';
  return z === Infinity ? 'inf' : formatFixed(z, 2);
}

function renderExpectations(
  outcomes: readonly ExpectationOutcome[],
  width: number,
  palette: Palette,
): string[] {
  if (outcomes.length === 0)
    return indented('none: write what the run should show under `expect`', width);
  const columns: Column[] = [
    { title: 'expectation', flexible: true },
    { title: 'observed', flexible: true },
    { title: 'limit', flexible: true },
    { title: 'n', align: 'right' },
    { title: 'verdict' },
  ];
  const rows = outcomes.map(({ id, verdict, observed, limit, n, power, interval }): Row => {
    const cells = [...[id, observed, limit].map(sanitise), formatCount(n), sanitise(verdict)];
    const remark = [
      ...(interval === undefined ? [] : [`interval: ${formatInterval(interval)}`]),
      ...(power === undefined
        ? []
        : [`power: alpha ${formatLevel(power.alpha)}, would show ${sanitise(power.detectable)}`]),
    ];
    return { cells, styles: { 4: verdictStyle(palette, verdict) }, remark };
  });
  return renderTable({ columns, rows, width, palette }).lines;
}

function renderAdversaries(summary: RunSummary, width: number, palette: Palette): string[] {
  const { adversaries } = summary;
  if (adversaries.length === 0) return [];
  const columns: Column[] = [
    { title: 'adversary', flexible: true },
    { title: 'reports', align: 'right' },
    { title: 'escaped', align: 'right' },
    { title: 'what it does', flexible: true },
  ];
  const rows = adversaries.map((adversary): Row => {
    const { id, about, fired, escaped } = adversary;
    const isLimit = knownLimit(adversary, summary) !== undefined;
    // Its reports count by design of the protocol: "0 escaped" would read as "all caught".
    const escapes = isLimit ? 'known limit' : formatCount(escaped);
    const doubtful = isLimit || escaped > 0 || fired === 0;
    const remark = 'never happened in this run: raise its share, or run more reports';
    return {
      cells: [sanitise(id), formatCount(fired), escapes, sanitise(about)],
      ...(doubtful ? { styles: { 1: palette.doubt, 2: palette.doubt } } : {}),
      ...(fired === 0 ? { remark } : {}),
    };
  });
  return renderTable({ columns, rows, width, palette }).lines;
}

/** What the verdict does not stand for: in words, for a pass would be read as more than it is. */
function renderGaps(summary: RunSummary, width: number, palette: Palette): string[] {
  const gaps = coverageGaps(summary);
  const nameWidth = Math.max(0, ...gaps.map(({ kind }) => kind.length));
  const indent = ' '.repeat(2 + nameWidth + 2);
  return gaps.flatMap(({ kind, about }, i) => {
    const isNamed = gaps[i - 1]?.kind !== kind;
    const [first = '', ...more] = wrap(sanitise(about), width - indent.length);
    const name = palette.dim((isNamed ? kind : '').padEnd(nameWidth));
    return [`  ${name}  ${first}`, ...more.map((line) => indent + line)];
  });
}

/** What the protocol can't prevent, and how far it went: of cheats and of faults. */
function renderLimits(summary: RunSummary, width: number, palette: Palette): string[] {
  const { adversaries, limits = [] } = summary;
  const columns: Column[] = [
    { title: 'fault', flexible: true },
    { title: 'struck', align: 'right' },
    { title: 'what it does', flexible: true },
  ];
  const row = (name: string, fired: number, about: string, limit: string): Row => ({
    cells: [sanitise(name), formatCount(fired), sanitise(about)],
    styles: { 0: palette.doubt },
    remark: `known limit: ${sanitise(limit)}`,
  });
  const rows = [
    ...adversaries.flatMap((adversary) => {
      const limit = knownLimit(adversary, summary);
      return limit === undefined
        ? []
        : [row(adversary.id, adversary.fired, adversary.about, limit)];
    }),
    ...limits.map((limit) => {
      const name = limit.at === undefined ? limit.id : `${limit.id} at ${limit.at}`;
      return row(name, limit.fired, limit.about, measuredLimit(limit));
    }),
  ];
  return rows.length === 0 ? [] : renderTable({ columns, rows, width, palette }).lines;
}

function indented(text: string, width: number): string[] {
  return wrap(text, width - 2).map((line) => `  ${line}`);
}

function renderFiles(files: readonly WrittenFile[]): string[] {
  const paths = files.map(({ path }) => sanitise(path));
  const longest = Math.max(0, ...paths.map((path) => path.length));
  return files.map(({ what }, i) => `  ${paths[i]!.padEnd(longest)}  ${sanitise(what)}`);
}
