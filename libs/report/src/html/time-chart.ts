/**
 * Lines over time, with a table of the same numbers, which is also where the page's script reads
 * what it says of a moment: row by row, for the pointer and for the keyboard.
 */

import { curveStepAfter, line } from 'd3-shape';

import { el, px } from './element.ts';
import type { Content } from './element.ts';
import { fromZero, labelsBelow, valueAxis } from './axes.ts';
import { dataTable, details, picture } from './section.ts';

export interface Line {
  readonly name: string;
  readonly values: readonly number[];
}

export interface TimeChart {
  readonly title: string;
  /** Of the values: `reports/s`. */
  readonly unit: string;
  readonly lines: readonly Line[];
  /** How each moment is called in the table. */
  readonly moments: readonly string[];
  readonly momentTitle: string;
  /** Where each lies, as a part of the width from 0 to 1. */
  readonly at: readonly number[];
  readonly ticks: readonly { readonly at: number; readonly text: string }[];
  /** Values hold from their moment to the next; else they are joined. */
  readonly stepped?: boolean;
  readonly format: (value: number) => string;
}

const WIDTH = 420;
const HEIGHT = 190;
const LEFT = 46;
const RIGHT = WIDTH - 12;
const TOP = 10;
const BOTTOM = HEIGHT - 24;
/** Lines that can be told apart: by colour and by dashes. */
export const LINES_MAX = 6;

export function renderTimeChart(chart: TimeChart): Content {
  const { title, unit, lines, ticks, at, format } = chart;
  const most = Math.max(0, ...lines.flatMap(({ values }) => values));
  const y = fromZero(most, [BOTTOM, TOP]);
  const x = (part: number): number => LEFT + part * (RIGHT - LEFT);
  const peak = `largest ${format(most)} ${unit}`;
  const label = `${title}: ${lines.map(({ name }) => name).join(', ')}; ${peak}. Table below.`;
  const placed = ticks.map((tick) => ({ x: x(tick.at), text: tick.text }));
  return el(
    'figure',
    { class: 'timed' },
    el('figcaption', {}, el('strong', {}, title), ' ', el('span', { class: 'quiet' }, unit)),
    lines.length > 1 && legend(lines.map(({ name }) => name)),
    picture(
      { width: WIDTH, height: HEIGHT, label, kind: 'time' },
      valueAxis(y, { left: LEFT, right: RIGHT }),
      labelsBelow(placed, { y: BOTTOM, right: RIGHT }),
      lines.map(({ values }, slot) => linePath({ values, slot, at, x, y, stepped: chart.stepped })),
      el('line', { class: 'cursor', x1: 0, x2: 0, y1: TOP, y2: BOTTOM, visibility: 'hidden' }),
    ),
    readout(title),
    details(`Table: ${title}`, momentTable(chart, x)),
  );
}

export function legend(names: readonly string[]): Content {
  const item = (name: string, slot: number): Content =>
    el(
      'li',
      {},
      el(
        'svg',
        { viewBox: '0 0 24 8', class: 'key', 'aria-hidden': 'true' },
        el('path', { d: 'M0 4H24', class: `line slot-${slot}` }),
      ),
      name,
    );
  return el('ul', { class: 'legend' }, names.map(item));
}

export function linePath(drawn: {
  readonly values: readonly number[];
  readonly slot: number;
  readonly at: readonly number[];
  readonly x: (part: number) => number;
  readonly y: (value: number) => number;
  readonly stepped?: boolean | undefined;
}): Content {
  const { values, slot, at, x, y, stepped = false } = drawn;
  const shape = line<number>()
    .x((_, i) => px(x(at[i] ?? 0)))
    .y((value) => px(y(value)));
  if (stepped) shape.curve(curveStepAfter);
  return el('path', { class: `line slot-${slot}`, d: shape(values) ?? '' });
}

/** Filled by the script, which shows it: without one the table says the same. */
export function readout(title: string): Content {
  return el(
    'div',
    { class: 'readout', hidden: true },
    el('input', { type: 'range', min: 0, value: 0, 'aria-label': `Moment of: ${title}` }),
    el('output', {}),
  );
}

function momentTable(chart: TimeChart, x: (part: number) => number): Content {
  const { title, unit, lines, moments, momentTitle, at, format } = chart;
  const rows = moments.map((moment, i) => ({
    cells: [moment, ...lines.map(({ values }) => format(values[i] ?? 0))],
    attributes: { 'data-x': px(x(at[i] ?? 0)) },
  }));
  const heads = lines.map(({ name }) => ({ title: name, numeric: true }));
  const columns = [{ title: momentTitle }, ...heads];
  return dataTable({ caption: `${title}, ${unit}`, columns, rows, kind: 'moments' });
}
