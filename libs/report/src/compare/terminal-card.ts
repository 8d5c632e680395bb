/**
 * A comparison as a card for a terminal: the judgement first, then what was compared, then row by
 * row what is better, the same, worse or unknown.
 */

import type { ComparisonRow, RunComparison } from '@priolab/harness';

import { paletteFor, type Palette } from '../palette.ts';
import { renderTable, type Column, type Row } from '../table.ts';
import { formatCount, sanitise, wrap } from '../text.ts';
import {
  armFacts,
  changedFates,
  countsOf,
  effectText,
  fateName,
  figureText,
  intervalsText,
  sectionsOf,
  sentenceOf,
  whyText,
  worldLine,
} from './words.ts';

export interface CardOptions {
  readonly colour: boolean;
  /** Columns: 100 if left out or no number; below 60 it counts as 60. */
  readonly width?: number | undefined;
}

const DEFAULT_WIDTH = 100;
const NARROWEST = 60;
/** Differences of scenarios beyond these are in comparison.json. */
const MAX_DIFFERENCES = 12;

/** The whole card, without a newline at the end. */
export function renderCard(comparison: RunComparison, options: CardOptions): string {
  const palette = paletteFor(options.colour);
  const { width: asked } = options;
  const width =
    asked === undefined || !(asked >= 1) ? DEFAULT_WIDTH : Math.max(NARROWEST, Math.floor(asked));
  const section = (title: string, lines: readonly string[]): string[] =>
    lines.length === 0 ? [] : ['', palette.strong(title), ...lines];
  return [
    ...headline(comparison, width, palette),
    ...section('Compared', compared(comparison, width, palette)),
    ...sectionsOf(comparison).flatMap(([title, rows]) =>
      section(title, table(rows, width, palette)),
    ),
    ...section('Fates that differ', fates(comparison, width, palette)),
    '',
    ...wrap(intervalsText(comparison), width).map((line) => palette.dim(line)),
  ].join('\n');
}

function styleOf(palette: Palette, judgement: string): (text: string) => string {
  if (judgement === 'better') return palette.good;
  if (judgement === 'worse') return palette.bad;
  return judgement === 'same' ? (text) => text : palette.doubt;
}

function headline(comparison: RunComparison, width: number, palette: Palette): string[] {
  const { overall } = comparison;
  const word = overall.toUpperCase();
  const [first, ...more] = wrap(`${word}  ${sentenceOf(comparison)}`, width);
  return [
    palette.strong(styleOf(palette, overall)(word)) + palette.strong(first!.slice(word.length)),
    ...more.map((line) => palette.strong(line)),
    `  ${countsOf(comparison)}`,
  ];
}

function compared(comparison: RunComparison, width: number, palette: Palette): string[] {
  const { a, b, differences, world } = comparison;
  const field = (name: string, text: string): string[] => {
    const [first, ...more] = wrap(text, width - 12);
    return [
      `  ${palette.dim(name.padEnd(10))}${first}`,
      ...more.map((line) => `            ${line}`),
    ];
  };
  const loud = world.otherWorld === undefined ? (text: string) => text : palette.bad;
  const shown = differences.slice(0, MAX_DIFFERENCES);
  const cut = differences.length - shown.length;
  return [
    ...field('a', sanitise(a.name)),
    ...field('', armFacts(a)).map(palette.dim),
    ...field('b', sanitise(b.name)),
    ...field('', armFacts(b)).map(palette.dim),
    ...field('world', worldLine(comparison)).map(loud),
    ...shown.flatMap((one, i) => {
      const text = `${one.path}: ${one.a} in a, ${one.b} in b`;
      return field(i === 0 ? 'differs' : '', sanitise(text));
    }),
    ...(differences.length === 0 ? field('differs', 'nothing that the scenarios say') : []),
    ...(cut > 0 ? field('', `${formatCount(cut)} more in comparison.json`) : []),
  ];
}

const columns: readonly Column[] = [
  { title: 'what', flexible: true },
  { title: 'a', align: 'right', flexible: true },
  { title: 'b', align: 'right', flexible: true },
  { title: 'b against a', flexible: true },
  { title: 'judgement' },
];

function table(rows: readonly ComparisonRow[], width: number, palette: Palette): string[] {
  const shown = rows.map((row): Row => {
    const { what, unit, a, b, effect, judgement } = row;
    const why = whyText(row);
    const figures = [figureText(a), figureText(b), effectText(effect)];
    return {
      cells: [sanitise(unit === '' ? what : `${what}, ${unit}`), ...figures, judgement],
      styles: { 4: styleOf(palette, judgement) },
      ...(why === '' ? {} : { remark: why }),
    };
  });
  return renderTable({ columns, rows: shown, width, palette }).lines;
}

function fates(comparison: RunComparison, width: number, palette: Palette): string[] {
  const changed = changedFates(comparison);
  if (changed.length === 0) return [];
  const rows = changed.map((fate): Row => {
    return { cells: [fateName(fate), formatCount(fate.a), formatCount(fate.b)] };
  });
  const titles: readonly Column[] = [
    { title: 'planned reports', flexible: true },
    { title: 'a', align: 'right' },
    { title: 'b', align: 'right' },
  ];
  return renderTable({ columns: titles, rows, width, palette }).lines;
}
