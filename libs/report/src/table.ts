/**
 * Tables of text, fitted to a width: flexible columns wrap, optional ones are left out where there
 * is no room. Cells must be sanitised; styles are put on after the widths are settled.
 */

import type { Palette } from './palette.ts';
import { lengthOf, pad, wrap } from './text.ts';

export interface Column {
  readonly title: string;
  readonly align?: 'left' | 'right';
  /** May be narrower than its longest cell. */
  readonly flexible?: boolean;
  /** May be left out; the last optional column goes first. */
  readonly optional?: boolean;
}

export interface Row {
  /** One for each column. */
  readonly cells: readonly string[];
  /** Styles of cells by column number. */
  readonly styles?: Readonly<Record<number, (text: string) => string>>;
  /** Under the row; each of several begins a line. */
  readonly remark?: string | readonly string[];
}

export interface Table {
  readonly lines: string[];
  /** Titles of the columns that did not fit. */
  readonly leftOut: string[];
}

const GAP = '  ';
const INDENT = '  ';
/** A flexible column needs this much, or its longest cell if that is less. */
const NARROWEST = 18;

export function renderTable(options: {
  columns: readonly Column[];
  rows: readonly Row[];
  width: number;
  palette: Palette;
}): Table {
  const { columns, rows, palette } = options;
  const room = options.width - INDENT.length;
  const natural = columns.map(({ title }, i) =>
    rows.reduce((most, { cells }) => Math.max(most, lengthOf(cells[i]!)), lengthOf(title)),
  );
  const shown = chooseColumns(columns, natural, room);
  const widths = fitWidths(columns, natural, shown, room);
  const line = (cells: readonly string[], style: (text: string, column: number) => string) => {
    const wrapped = shown.map((column) => wrap(cells[column]!, widths[column]!));
    const height = Math.max(...wrapped.map((lines) => lines.length));
    return Array.from({ length: height }, (_, k) => {
      const parts = shown.map((column, i) => {
        const text = pad(wrapped[i]![k] ?? '', widths[column]!, columns[column]!.align);
        if (text.trim() === '') return text;
        return style(i === shown.length - 1 ? text.trimEnd() : text, column);
      });
      return (INDENT + parts.join(GAP)).trimEnd();
    });
  };
  const titles = columns.map(({ title }) => title);
  const lines = line(titles, (text) => palette.dim(text));
  for (const { cells, styles = {}, remark } of rows) {
    lines.push(...line(cells, (text, column) => styles[column]?.(text) ?? text));
    const remarkLines = [remark ?? []].flat().flatMap((text) => wrap(text, room - INDENT.length));
    lines.push(...remarkLines.map((text) => INDENT + INDENT + palette.dim(text)));
  }
  const leftOut = titles.filter((_, i) => !shown.includes(i));
  return { lines, leftOut };
}

/** Numbers of the columns that fit. */
function chooseColumns(
  columns: readonly Column[],
  natural: readonly number[],
  room: number,
): number[] {
  const shown = columns.map((_, i) => i);
  const least = (i: number): number =>
    columns[i]!.flexible === true ? Math.min(natural[i]!, NARROWEST) : natural[i]!;
  const needed = (): number =>
    shown.reduce((sum, i) => sum + least(i), 0) + GAP.length * (shown.length - 1);
  while (needed() > room) {
    const at = shown.findLastIndex((i) => columns[i]!.optional === true);
    if (at === -1) break;
    shown.splice(at, 1);
  }
  return shown;
}

/** Widths by column number: what is left is shared out, the least demanding column first. */
function fitWidths(
  columns: readonly Column[],
  natural: readonly number[],
  shown: readonly number[],
  room: number,
): number[] {
  const widths = [...natural];
  const flexible = shown.filter((i) => columns[i]!.flexible === true);
  const fixed = shown.filter((i) => columns[i]!.flexible !== true);
  const gaps = GAP.length * (shown.length - 1);
  let left = room - gaps - fixed.reduce((sum, i) => sum + natural[i]!, 0);
  const byDemand = flexible.toSorted((a, b) => natural[a]! - natural[b]!);
  byDemand.forEach((column, k) => {
    const part = Math.floor(left / (byDemand.length - k));
    widths[column] = Math.max(1, Math.min(natural[column]!, part));
    left -= widths[column];
  });
  return widths;
}
