/**
 * Shows a benchmark: as tables for people (plain or Markdown), as JSON for programs; always with
 * the machine and the commit.
 */

import { alignColumns } from '../columns.ts';
import { formatMachine } from '../machine.ts';
import type { Machine } from '../machine.ts';
import type { Figure, Goal, MissingFigure } from './figures.ts';
import type { Measurement } from './measure.ts';
import type { WallMeasurement } from './measure-wall.ts';
import type { AbsentRow } from './rows.ts';

/** Everything that one run of the command found. */
export interface BenchReport {
  readonly machine: Machine;
  readonly load: { readonly before: number; readonly after: number };
  /** False for smoke sizes, whose numbers mean nothing. */
  readonly meaningful: boolean;
  readonly rows: readonly Measurement[];
  readonly wallRows: readonly WallMeasurement[];
  readonly absent: readonly AbsentRow[];
  readonly ratios: readonly (Figure | MissingFigure)[];
  readonly figures: readonly (Figure | MissingFigure)[];
}

type Section = { readonly title: string; readonly table: readonly (readonly string[])[] };

export function formatTable(report: BenchReport): string {
  const blocks = sections(report).map(
    ({ title, table }) => `${title}\n\n${alignColumns(table).join('\n')}\n`,
  );
  return [...blocks, ...remarks(report), ''].join('\n');
}

/** The same tables, to be pasted into `docs/PERFORMANCE.md`. */
export function formatMarkdown(report: BenchReport): string {
  const blocks = sections(report).map(({ title, table }) => `### ${title}\n\n${markdown(table)}\n`);
  return [...blocks, ...remarks(report).map((remark) => `- ${remark}`), ''].join('\n');
}

/** Everything, with each round; ratios and figures by name. */
export function formatJson(report: BenchReport): string {
  const byName = (list: readonly (Figure | MissingFigure)[]) =>
    Object.fromEntries(list.map(({ name, ...rest }) => [name, rest]));
  const { ratios, figures, ...rest } = report;
  const json = { ...rest, ratios: byName(ratios), figures: byName(figures) };
  return `${JSON.stringify(json, undefined, 2)}\n`;
}

function sections(report: BenchReport): Section[] {
  const { rows, wallRows, absent, ratios, figures, meaningful } = report;
  const all = [...ratios, ...figures];
  return [
    {
      title: 'Ratios and figures',
      table: [
        ['name', 'value', 'goal', 'spread', 'rounds', 'what'],
        ...all.map((found) => figureCells(found, meaningful)),
      ],
    },
    {
      title: 'CPU time',
      table: [
        ['row', 'us per item', 'spread', 'samples'],
        ...rows.map(({ name, usPerItem, spread, sampleCount }) => [
          name,
          formatNumber(usPerItem),
          formatSpread(spread),
          String(sampleCount),
        ]),
        ...absent.map(({ name }) => [name, 'missing', NONE, NONE]),
      ],
    },
    {
      title: 'Time on the wall',
      table: [
        ['row', 'items/s', 'spread', 'rounds', 'running', 'other processes'],
        ...wallRows.map((row) => [
          row.name,
          `${row.itemsPerSecond.toFixed(0)}${row.doubt === undefined ? '' : ' (doubtful)'}`,
          formatSpread(row.spread),
          String(row.sampleCount),
          `${(100 * row.running).toFixed(0)} %`,
          `${row.othersCores.toFixed(2)} cores`,
        ]),
      ],
    },
    { title: 'Work per item, counted', table: workTable(rows) },
  ].filter(({ table }) => table.length > 1);
}

const NONE = '-';

/** Where numbers mean nothing, none is held against its goal. */
function figureCells(found: Figure | MissingFigure, meaningful: boolean): string[] {
  if ('missing' in found) {
    return [found.name, 'missing', NONE, NONE, NONE, found.about];
  }
  const { name, value, unit, goal, reached, spread, sampleCount, about, doubt } = found;
  const verdict = meaningful ? `: ${reached === true ? 'yes' : 'no'}` : '';
  return [
    name,
    `${formatNumber(value)} ${unit}${doubt === undefined ? '' : ' (doubtful)'}`,
    goal === undefined ? NONE : formatGoal(goal) + verdict,
    formatSpread(spread),
    String(sampleCount),
    about,
  ];
}

const WORK_TITLES: Readonly<Record<string, string>> = {
  baseMultiplications: 'k*G',
  fixedMultiplications: 'k*Q fixed',
  variableMultiplications: 'k*Q variable',
  nttButterflies: 'butterflies',
  sha256Blocks: 'SHA-256 blocks',
  aesBlocks: 'AES blocks',
};

/** Rows that count their work and have some. */
function workTable(rows: readonly Measurement[]): string[][] {
  const kinds = Object.keys(WORK_TITLES);
  const lines = rows.flatMap(({ name, work = {} }) => {
    const counts = kinds.map((kind) => work[kind] ?? 0);
    return counts.some((count) => count > 0) ? [[name, ...counts.map(formatCount)]] : [];
  });
  return [['row', ...kinds.map((kind) => WORK_TITLES[kind]!)], ...lines];
}

function remarks(report: BenchReport): string[] {
  const { machine, load, meaningful, wallRows, absent, ratios, figures } = report;
  const missing = [...ratios, ...figures].flatMap((found) =>
    'missing' in found ? [{ name: found.name, reason: found.missing }] : [],
  );
  return [
    ...[...missing, ...absent].map(({ name, reason }) => `missing: ${name}: ${reason}`),
    ...wallRows.flatMap(({ name, doubt }) =>
      doubt === undefined ? [] : [`doubtful: ${name}: ${doubt}`],
    ),
    ...(meaningful ? [] : ['smoke sizes: every row runs, and no number means anything']),
    formatMachine(machine),
    `load average ${load.before.toFixed(2)} before, ${load.after.toFixed(2)} after`,
  ];
}

function formatGoal(goal: Goal): string {
  return 'atLeast' in goal ? `at least ${goal.atLeast}` : `at most ${goal.atMost}`;
}

function formatNumber(value: number): string {
  return value < 100 ? value.toPrecision(3) : value.toFixed(0);
}

function formatCount(value: number): string {
  if (value === 0) return NONE;
  return Number.isInteger(value) ? String(value) : value.toFixed(2);
}

function formatSpread(spread: number): string {
  return Number.isFinite(spread) ? `${(spread * 100).toFixed(0)} %` : NONE;
}

/** First column to the left, numbers to the right, a last column of words to the left. */

function markdown(table: readonly (readonly string[])[]): string {
  const [head, ...body] = table;
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const rule = head!.map((title, k) => (k === 0 || title === 'what' ? '---' : '--:'));
  return [line(head!), line(rule), ...body.map(line)].join('\n');
}
