/**
 * The two plots of a grid: time on the wall with the fitted lines (both axes logarithmic), and peak
 * memory (reports logarithmic). A mark is a median, its bar the range of the runs. Numbers of
 * workers differ in colour, shape and dashes. Without any style of their own: who puts them
 * somewhere has it.
 */

import type { ScaleRecord } from '@priolab/harness';
import { scaleLinear, scaleLog } from 'd3-scale';
import {
  line,
  symbol,
  symbolCircle,
  symbolCross,
  symbolDiamond,
  symbolSquare,
  symbolStar,
  symbolTriangle,
} from 'd3-shape';

import { fromZero, labelsBelow, linesAcross, valueAxis } from '../html/axes.ts';
import { el, px } from '../html/element.ts';
import type { Content } from '../html/element.ts';
import { formatCount, formatDuration } from '../text.ts';
import { cellsOf, MIB, workersName, type ScaleCell } from './words.ts';

export const PANEL = { width: 420, height: 280 } as const;
const LEFT = 56;
const RIGHT = PANEL.width - 14;
const TOP = 12;
const BOTTOM = PANEL.height - 44;

const SHAPES = [
  symbolCircle,
  symbolSquare,
  symbolTriangle,
  symbolDiamond,
  symbolCross,
  symbolStar,
] as const;
/** Of fitted lines. */
const STEPS = 40;
/** Room of a letter of a label, and least room between lines across. */
const LETTER = 6.4;
const LINES_APART = 18;

export interface Panel {
  readonly title: string;
  readonly unit: string;
  /** For who can't see it. */
  readonly label: string;
  readonly content: Content;
}

type Scale = (value: number) => number;
type Values = { readonly value: number; readonly low: number; readonly high: number };

/** None where no run was done. */
export function panelsOf(record: ScaleRecord): Panel[] {
  const cells = cellsOf(record);
  return cells.length === 0 ? [] : [wallPanel(record, cells), memoryPanel(record, cells)];
}

/** @param index of a number of workers in the grid */
export function slotOf(index: number): string {
  return `slot-${index % SHAPES.length}`;
}

/** @param index of a number of workers in the grid */
export function mark(index: number, x: number, y: number): Content {
  const d = symbol(SHAPES[index % SHAPES.length], 50)() ?? '';
  const rounded = d.replace(/\d+\.\d+/g, (number) => String(px(Number(number))));
  const transform = `translate(${px(x)} ${px(y)})`;
  return el('path', { class: `mark ${slotOf(index)}`, d: rounded, transform });
}

function wallPanel(record: ScaleRecord, cells: readonly ScaleCell[]): Panel {
  const x = reportsScale(cells);
  const least = Math.min(...cells.map(({ wallMs }) => wallMs.low)) / 1.2;
  const most = Math.max(...cells.map(({ wallMs }) => wallMs.high)) * 1.2;
  const y = scaleLog([least, most], [BOTTOM, TOP]);
  const fits = record.byWorkers.map(({ workers, wall }) => {
    const fitted = wall.line;
    if (fitted === undefined) return undefined;
    const largest = Math.max(...cells.map(({ reports }) => reports));
    // Even steps in reports would leave the low end of a logarithmic axis without any.
    const points = Array.from({ length: STEPS + 1 }, (_, step): [number, number] => {
      const reports = fitted.from + (largest - fitted.from) * (step / STEPS) ** 3;
      return [reports, fitted.fixed.value + fitted.each.value * reports];
    }).filter(([, ms]) => ms >= least);
    const path = line<[number, number]>()
      .x(([reports]) => px(x(reports)))
      .y(([, ms]) => px(y(ms)));
    return el('path', {
      class: `fit ${slotOf(record.grid.workers.indexOf(workers))}`,
      d: path(points) ?? '',
    });
  });
  const wallOf = ({ wallMs }: ScaleCell): Values => wallMs;
  return {
    title: 'Time on the wall',
    unit: 'both axes logarithmic',
    label: labelOf(record, cells, { what: 'Time on the wall', of: wallOf, format: formatDuration }),
    content: [
      linesAcross(durationLines([least, most], y), { left: LEFT, right: RIGHT }),
      reportsAxis(cells, x),
      fits,
      marks(record, cells, { x, y, of: wallOf }),
    ],
  };
}

function memoryPanel(record: ScaleRecord, cells: readonly ScaleCell[]): Panel {
  const x = reportsScale(cells);
  const inMib = ({ peakRssBytes: { value, low, high } }: ScaleCell): Values => ({
    value: value / MIB,
    low: low / MIB,
    high: high / MIB,
  });
  const y = fromZero(Math.max(...cells.map((cell) => inMib(cell).high)), [BOTTOM, TOP], 5);
  const format = (value: number): string => `${formatCount(value)} MiB`;
  return {
    title: 'Peak memory',
    unit: 'MiB; reports logarithmic',
    label: labelOf(record, cells, { what: 'Peak memory', of: inMib, format }),
    content: [
      valueAxis(y, { left: LEFT, right: RIGHT, ticks: 5, format: formatCount }),
      reportsAxis(cells, x),
      marks(record, cells, { x, y, of: inMib }),
    ],
  };
}

/** From the fewest to the most reports, with what each number of workers needed. */
function labelOf(
  { grid }: ScaleRecord,
  cells: readonly ScaleCell[],
  said: { what: string; of: (cell: ScaleCell) => Values; format: (value: number) => string },
): string {
  const { what, of, format } = said;
  const texts = grid.workers.flatMap((workers) => {
    const own = cells.filter((cell) => cell.workers === workers);
    const ends = own.length < 2 ? own : [own[0]!, own.at(-1)!];
    const at = ends.map((cell) => `${format(of(cell).value)} for ${formatCount(cell.reports)}`);
    return own.length === 0 ? [] : [`${workersName(workers)} ${at.join(', ')}`];
  });
  return `${what} by number of reports: ${texts.join('; ')}. Table below.`;
}

function countsOf(cells: readonly ScaleCell[]): number[] {
  return [...new Set(cells.map(({ reports }) => reports))].sort((a, b) => a - b);
}

function reportsScale(cells: readonly ScaleCell[]): Scale {
  const counts = countsOf(cells);
  return scaleLog([counts[0]! / 1.3, counts.at(-1)! * 1.3], [LEFT, RIGHT]);
}

function reportsAxis(cells: readonly ScaleCell[], x: Scale): Content {
  // Labels of neighbours that are too close would lie on each other.
  let free = -Infinity;
  const ticks = countsOf(cells).flatMap((reports) => {
    const text = formatCount(reports);
    const half = (text.length * LETTER) / 2;
    if (x(reports) - half < free) return [];
    free = x(reports) + half + LETTER;
    return [{ x: x(reports), text }];
  });
  const middle = (LEFT + RIGHT) / 2;
  return [
    el('line', { class: 'zero', x1: LEFT, x2: RIGHT, y1: BOTTOM, y2: BOTTOM }),
    labelsBelow(ticks, { y: BOTTOM, right: PANEL.width }),
    el('text', { class: 'tick', x: middle, y: BOTTOM + 36, 'text-anchor': 'middle' }, 'reports'),
  ];
}

const DURATIONS: readonly (readonly [ms: number, unit: string, steps: readonly number[]])[] = [
  [1, 'ms', [1, 2, 5, 10, 20, 50, 100, 200, 500]],
  [1000, 's', [1, 2, 5, 10, 20, 30]],
  [60_000, 'min', [1, 2, 5, 10, 20, 30]],
  [3_600_000, 'h', [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000]],
];

/** Round durations; between two of them, others. */
function durationLines([least, most]: readonly [number, number], y: Scale) {
  const round = DURATIONS.flatMap(([ms, unit, steps]) =>
    steps.map((step) => ({ ms: step * ms, text: `${formatCount(step)} ${unit}` })),
  ).filter(({ ms }) => ms >= least && ms <= most);
  const between = (): { ms: number; text: string }[] =>
    scaleLinear([least, most], [0, 1])
      .ticks(4)
      .map((ms) => ({ ms, text: formatDuration(ms) }));
  let free = Infinity;
  return (round.length < 2 ? between() : round).flatMap(({ ms, text }) => {
    if (y(ms) > free) return [];
    free = y(ms) - LINES_APART;
    return [{ y: y(ms), text }];
  });
}

function marks(
  { grid }: ScaleRecord,
  cells: readonly ScaleCell[],
  place: { readonly x: Scale; readonly y: Scale; readonly of: (cell: ScaleCell) => Values },
): Content {
  return cells.map((cell) => {
    const index = grid.workers.indexOf(cell.workers);
    const { value, low, high } = place.of(cell);
    // Side by side where several numbers of workers need the same.
    const x = px(place.x(cell.reports) + 4 * (index - (grid.workers.length - 1) / 2));
    const ends = { x1: x, x2: x, y1: px(place.y(low)), y2: px(place.y(high)) };
    return [el('line', { class: `bar ${slotOf(index)}`, ...ends }), mark(index, x, place.y(value))];
  });
}
