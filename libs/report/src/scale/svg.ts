/**
 * A grid of runs as a picture: time on the wall with the fitted lines (both axes logarithmic), and
 * peak memory (reports logarithmic). A mark is a median, its bar the range of the runs. Numbers of
 * workers differ in colour, shape and dashes. Self-contained: no style sheet, no font, no script.
 */

import type { ScaleRecord } from '@priolab/harness';
import { scaleLinear, scaleLog } from 'd3-scale';
import { line, symbol, symbolCircle, symbolDiamond, symbolSquare, symbolTriangle } from 'd3-shape';
import type { VNode } from 'preact';
import { render } from 'preact-render-to-string';

import { formatCount, formatDuration, sanitise } from '../text.ts';
import { element } from './element.ts';
import { cellsOf, MIB, verdictLine, workersName, type ScaleCell } from './words.ts';

const WIDTH = 860;
const HEIGHT = 400;
const PANEL = { top: 70, bottom: 330, width: 330 } as const;
const LEFT = { wall: 75, memory: 505 } as const;
const FONT = 'system-ui, sans-serif';
const INK = '#222';
const FAINT = '#ddd';
/** Each at least 4.5 : 1 against white. */
const COLOURS = ['#1f5fa8', '#b3430f', '#1d7a3c', '#7a3ca8'] as const;
const SHAPES = [symbolCircle, symbolSquare, symbolTriangle, symbolDiamond] as const;
const DASHES = ['none', '7 4', '2 3', '9 3 2 3'] as const;
const STEPS = 40;

type Scale = (value: number) => number;

interface Ticked {
  readonly at: Scale;
  readonly ticks: readonly { readonly value: number; readonly text: string }[];
}

/** One `<svg>` element; also right inside a page. */
export function renderScaleSvg(record: ScaleRecord): string {
  return render(scalePicture(record));
}

export function scalePicture(record: ScaleRecord): VNode {
  const cells = cellsOf(record);
  const { id, seed } = record.scenario;
  const title = `Scaling of ${sanitise(id)}, seed ${sanitise(seed)}`;
  const description =
    `${verdictLine(record)}. Time on the wall and peak memory against the number of reports, ` +
    `${record.grid.workers.map(workersName).join(' and ')}, ` +
    `${formatCount(record.points.length)} runs.`;
  const attributes = {
    xmlns: 'http://www.w3.org/2000/svg',
    viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
    width: WIDTH,
    height: HEIGHT,
    role: 'img',
    'aria-labelledby': 'scale-title scale-description',
    'font-family': FONT,
    'font-size': 12,
    fill: INK,
  };
  return element('svg', attributes, [
    element('title', { id: 'scale-title' }, title),
    element('desc', { id: 'scale-description' }, description),
    element('rect', { width: WIDTH, height: HEIGHT, fill: '#fff' }),
    element('text', { x: 16, y: 26, 'font-size': 15, 'font-weight': 600 }, clipped(title)),
    ...legend(record),
    ...(cells.length === 0
      ? [element('text', { x: 16, y: 90 }, 'no run was done')]
      : [...wallPanel(record, cells), ...memoryPanel(record, cells)]),
  ]);
}

/** A long name must not leave the picture. */
function clipped(text: string): string {
  const characters = Array.from(text);
  return characters.length <= 100 ? text : `${characters.slice(0, 97).join('')}...`;
}

function legend({ grid }: ScaleRecord): VNode[] {
  return grid.workers.map((workers, i) =>
    element('g', { transform: `translate(${24 + (i % 8) * 100} ${44 + 14 * Math.floor(i / 8)})` }, [
      mark(i, 0, 0),
      element('text', { x: 10, y: 4 }, workersName(workers)),
    ]),
  );
}

function mark(index: number, x: number, y: number): VNode {
  const d = symbol(SHAPES[index % SHAPES.length], 50)() ?? '';
  return element('path', {
    d,
    transform: `translate(${round(x)} ${round(y)})`,
    fill: colour(index),
  });
}

function colour(index: number): string {
  return COLOURS[index % COLOURS.length]!;
}

/** A tenth of a pixel is enough, and the same on every engine. */
function round(value: number): number {
  return Math.round(10 * value) / 10;
}

function reportsAxis(cells: readonly ScaleCell[], left: number): Ticked {
  const counts = [...new Set(cells.map(({ reports }) => reports))].sort((a, b) => a - b);
  const [least, most] = [counts[0]!, counts.at(-1)!];
  const at = scaleLog([least / 1.3, most * 1.3], [left, left + PANEL.width]);
  // Labels of neighbours that are too close would lie on each other.
  let last = -Infinity;
  const ticks = counts.flatMap((value) => {
    if (at(value) - last < 55) return [];
    last = at(value);
    return [{ value, text: formatCount(value) }];
  });
  return { at, ticks };
}

function wallPanel(record: ScaleRecord, cells: readonly ScaleCell[]): VNode[] {
  const x = reportsAxis(cells, LEFT.wall);
  const least = Math.min(...cells.map(({ wallMs }) => wallMs.low));
  const most = Math.max(...cells.map(({ wallMs }) => wallMs.high));
  const at = scaleLog([least / 1.2, most * 1.2], [PANEL.bottom, PANEL.top]);
  const ticks = [1, 2, 5].flatMap((digit) =>
    Array.from({ length: 12 }, (_, i) => digit * Number(`1e${i}`)),
  );
  const shown = ticks.filter((value) => value >= least / 1.2 && value <= most * 1.2);
  const y = { at, ticks: shown.map((value) => ({ value, text: formatDuration(value) })) };
  const fits = record.byWorkers.flatMap(({ wall }, i) => {
    const fitted = wall.line;
    if (fitted === undefined) return [];
    const timeAt = (reports: number): number => fitted.fixed.value + fitted.each.value * reports;
    const largest = Math.max(...cells.map(({ reports }) => reports));
    const path = line<number>()
      .x((step) => round(x.at(countAt(step))))
      .y((step) => round(at(timeAt(countAt(step)))));
    // Even steps in reports would leave the low end of a logarithmic axis without any.
    const countAt = (step: number): number =>
      fitted.from + (largest - fitted.from) * (step / STEPS) * (step / STEPS) * (step / STEPS);
    const steps = Array.from({ length: STEPS + 1 }, (_, step) => step);
    const shownSteps = steps.filter((step) => timeAt(countAt(step)) >= least / 1.2);
    const d = path(shownSteps) ?? '';
    const dash = DASHES[i % DASHES.length];
    return [element('path', { d, fill: 'none', stroke: colour(i), 'stroke-dasharray': dash })];
  });
  return [
    ...axes({ x, y, left: LEFT.wall, name: 'time on the wall' }),
    ...fits,
    ...marks(record, cells, { x: x.at, y: at, of: ({ wallMs }) => wallMs }),
  ];
}

function memoryPanel(record: ScaleRecord, cells: readonly ScaleCell[]): VNode[] {
  const x = reportsAxis(cells, LEFT.memory);
  const most = Math.max(...cells.map(({ peakRssBytes }) => peakRssBytes.high)) / MIB;
  const at = scaleLinear([0, most * 1.1], [PANEL.bottom, PANEL.top]);
  const y = { at, ticks: at.ticks(6).map((value) => ({ value, text: formatCount(value) })) };
  const inMib = ({ peakRssBytes: { value, low, high } }: ScaleCell) => ({
    value: value / MIB,
    low: low / MIB,
    high: high / MIB,
  });
  return [
    ...axes({ x, y, left: LEFT.memory, name: 'peak memory, MiB' }),
    ...marks(record, cells, { x: x.at, y: at, of: inMib }),
  ];
}

function axes(panel: {
  readonly x: Ticked;
  readonly y: Ticked;
  readonly left: number;
  readonly name: string;
}): VNode[] {
  const { x, y, left, name } = panel;
  const right = left + PANEL.width;
  return [
    element('text', { x: left, y: PANEL.top - 10, 'font-weight': 600 }, name),
    ...y.ticks.flatMap(({ value, text }) => [
      element('line', {
        x1: left,
        x2: right,
        y1: round(y.at(value)),
        y2: round(y.at(value)),
        stroke: FAINT,
      }),
      element('text', { x: left - 6, y: round(y.at(value)) + 4, 'text-anchor': 'end' }, text),
    ]),
    element('line', { x1: left, x2: right, y1: PANEL.bottom, y2: PANEL.bottom, stroke: INK }),
    ...x.ticks.flatMap(({ value, text }) => [
      element('line', {
        x1: round(x.at(value)),
        x2: round(x.at(value)),
        y1: PANEL.bottom,
        y2: PANEL.bottom + 5,
        stroke: INK,
      }),
      element(
        'text',
        { x: round(x.at(value)), y: PANEL.bottom + 19, 'text-anchor': 'middle' },
        text,
      ),
    ]),
    element(
      'text',
      { x: left + PANEL.width / 2, y: PANEL.bottom + 40, 'text-anchor': 'middle' },
      'reports',
    ),
  ];
}

function marks(
  { grid }: ScaleRecord,
  cells: readonly ScaleCell[],
  place: {
    readonly x: Scale;
    readonly y: Scale;
    readonly of: (cell: ScaleCell) => { value: number; low: number; high: number };
  },
): VNode[] {
  return cells.flatMap((cell) => {
    const index = grid.workers.indexOf(cell.workers);
    const { value, low, high } = place.of(cell);
    // Side by side where several numbers of workers need the same.
    const x = round(place.x(cell.reports) + 4 * (index - (grid.workers.length - 1) / 2));
    const bar = {
      x1: x,
      x2: x,
      y1: round(place.y(low)),
      y2: round(place.y(high)),
      stroke: colour(index),
      'stroke-width': 1.5,
    };
    return [element('line', bar), mark(index, x, place.y(value))];
  });
}
