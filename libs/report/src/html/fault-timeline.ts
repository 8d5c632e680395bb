/**
 * The timeline of a simulated run: traffic, strikes of each fault below it, and lines down to where
 * the same moments lie on the machine's clock, for which quiet hours are short.
 */

import type { RunSummary } from '@priolab/harness';

import { clip, formatCount } from '../text.ts';
import { dateTicks, durationTicks, fromZero, labelsBelow, linear, shortNumber } from './axes.ts';
import type { Linear } from './axes.ts';
import { dateTime, stepText } from './dates.ts';
import { el, px } from './element.ts';
import type { Content } from './element.ts';
import { storyOf } from './fault-lanes.ts';
import type { Lane, Story } from './fault-lanes.ts';
import { dataTable, details, note, nothing, picture } from './section.ts';
import { linePath } from './time-chart.ts';

/** Drawn twice, for wide pages and for phones; the style shows one of them. */
const SIZES = [
  { kind: 'wide', width: 1180, ticks: 12, letters: 120 },
  { kind: 'narrow', width: 350, ticks: 4, letters: 44 },
] as const;

const SIDE = 44;
const TRAFFIC = 78;
const LANE = 34;
const MARK = 3;
const LOG_MAX = 200;
const TOP = 34;

type Size = (typeof SIZES)[number];

export function renderFaultTimeline(summary: RunSummary): Content {
  const story = storyOf(summary);
  if (story === undefined) {
    return nothing(
      'This run is on the wall clock: no faults strike in it and there is no simulated time. ' +
        'Scenarios with `clock: simulated` have both.',
    );
  }
  const { lanes, cut, machineMs } = story;
  return [
    el(
      'figure',
      { class: 'timeline' },
      SIZES.map((size) => drawing(summary, story, size)),
    ),
    lanes.length === 0 && note('The scenario has no faults.'),
    cut > 0 && note(`${formatCount(cut)} more kinds of fault are in the table only.`),
    note(
      'Pale: when the scenario lets a fault strike. Marks: strikes, higher where there are more. ',
      machineMs === undefined
        ? 'This record does not say where simulated moments lie on the machine’s clock.'
        : 'Below: the same moments by the machine’s clock.',
    ),
    faultTables(summary),
  ];
}

function drawing(summary: RunSummary, story: Story, size: Size): Content {
  const { startMs, endMs, lanes, machineMs } = story;
  const right = size.width - 14;
  const x = linear([startMs, Math.max(endMs, startMs + 1)], [SIDE, right]);
  const bottom = TOP + TRAFFIC + lanes.length * LANE + 6;
  const height = bottom + (machineMs === undefined ? 26 : 104);
  const ticks = dateTicks([startMs, endMs], [SIDE, right], size.ticks);
  const strikes = lanes.reduce((sum, { strikesMs }) => sum + strikesMs.length, 0);
  const label =
    `${formatCount(strikes)} strikes of ${formatCount(lanes.length)} kinds of fault from ` +
    `${dateTime(startMs)} to ${dateTime(endMs)} UTC, simulated; tables below`;
  return picture(
    { width: size.width, height, label, kind: size.kind },
    phaseBands(story, x, bottom),
    ticks.map((tick) =>
      el('line', { class: 'grid', x1: px(tick.x), x2: px(tick.x), y1: TOP, y2: bottom }),
    ),
    traffic(summary, story, x, right),
    lanes.map((lane, i) =>
      laneMarks(lane, { y: TOP + TRAFFIC + i * LANE, x, letters: size.letters }),
    ),
    momentLines(story, x, bottom, right),
    labelsBelow(ticks, { y: bottom, right }),
    machineMs !== undefined && bothClocks(story, { x, ticks, bottom, right }),
  );
}

function phaseBands({ phases }: Story, x: Linear, bottom: number): Content {
  return phases.map(({ name, fromMs, untilMs }) => [
    el('rect', {
      class: 'phase',
      x: px(x(fromMs)),
      y: TOP,
      width: px(Math.max(1, x(untilMs) - x(fromMs))),
      height: bottom - TOP,
    }),
    el('text', { class: 'tick', x: px(x(fromMs) + 3), y: TOP + 12 }, clip(name, 20)),
  ]);
}

function traffic({ series }: RunSummary, story: Story, x: Linear, right: number): Content {
  const simulated = series?.simulated;
  const column = simulated?.columns.find(({ name }) => name === 'uploads') ?? simulated?.columns[0];
  if (simulated === undefined || column === undefined) {
    return el('text', { class: 'tick', x: SIDE, y: TOP + 40 }, 'no series of the traffic');
  }
  const most = Math.max(0, ...column.values);
  const base = TOP + TRAFFIC - 12;
  const y = fromZero(most, [base, TOP + 16]);
  const span = Math.max(1, story.endMs - story.startMs);
  const at = column.values.map((_, row) => {
    return Math.min(1, (simulated.startMs + row * simulated.stepMs - story.startMs) / span);
  });
  const place = (part: number): number => x(story.startMs + part * span);
  const [, top = 1] = y.domain();
  return [
    el('line', { class: 'zero', x1: SIDE, x2: right, y1: base, y2: base }),
    el('text', { class: 'tick', x: SIDE - 6, y: base + 4, 'text-anchor': 'end' }, '0'),
    el('text', { class: 'tick', x: SIDE - 6, y: TOP + 20, 'text-anchor': 'end' }, shortNumber(top)),
    linePath({ values: column.values, slot: 0, at, x: place, y, stepped: true }),
    el(
      'text',
      { class: 'name', x: SIDE, y: 12 },
      `${column.name} in each ${stepText(simulated.stepMs)}`,
    ),
  ];
}

function laneMarks(
  { id, about, spans, strikesMs }: Lane,
  { y, x, letters }: { y: number; x: Linear; letters: number },
): Content {
  const counts = new Map<number, number>();
  for (const ms of strikesMs) {
    const place = Math.round(x(ms) / MARK) * MARK;
    counts.set(place, (counts.get(place) ?? 0) + 1);
  }
  const most = Math.max(1, ...counts.values());
  const base = y + LANE - 4;
  return [
    el('text', { class: 'name', x: SIDE, y: y + 12 }, clip(`${id}${about}`, letters)),
    spans.map(({ fromMs, untilMs }) =>
      el('rect', {
        class: 'span',
        x: px(x(fromMs)),
        y: base - 13,
        width: px(Math.max(1, x(untilMs) - x(fromMs))),
        height: 13,
      }),
    ),
    [...counts].map(([place, count]) => {
      const height = 5 + 8 * Math.sqrt((count - 1) / Math.max(1, most - 1));
      return el('rect', {
        class: 'strike',
        x: px(place - 1),
        y: px(base - height),
        width: MARK - 1,
        height: px(height),
      });
    }),
  ];
}

function momentLines({ moments }: Story, x: Linear, bottom: number, right: number): Content {
  return moments.map(({ ms, name }, i) => {
    const place = px(x(ms));
    const isLate = place > right - 90;
    return [
      el('line', { class: 'moment', x1: place, x2: place, y1: TOP - 4 - 12 * (i % 2), y2: bottom }),
      el(
        'text',
        {
          class: 'moment-name',
          x: place + (isLate ? -4 : 4),
          y: TOP - 4 - 12 * (i % 2),
          'text-anchor': isLate ? 'end' : 'start',
        },
        name,
      ),
    ];
  });
}

/** The machine's axis, and lines from each labelled moment to its place on it. */
function bothClocks(
  { machineMs, machineEndMs, lanes }: Story,
  {
    x,
    ticks,
    bottom,
    right,
  }: { x: Linear; ticks: readonly { ms: number; x: number }[]; bottom: number; right: number },
): Content {
  const [from, to] = [bottom + 22, bottom + 66];
  const machine = linear([0, machineEndMs], [SIDE, right]);
  const strikes = new Set(
    lanes.flatMap(({ strikesMs }) =>
      strikesMs.map((ms) => Math.round(machine(machineMs!(ms)) / MARK) * MARK),
    ),
  );
  const count = right > 600 ? 8 : 3;
  return [
    ticks.map((tick) =>
      el('path', {
        class: 'join',
        d: `M${px(x(tick.ms))} ${from}L${px(machine(machineMs!(tick.ms)))} ${to}`,
      }),
    ),
    el('line', { class: 'zero', x1: SIDE, x2: right, y1: to, y2: to }),
    [...strikes].map((place) =>
      el('rect', { class: 'strike', x: px(place - 1), y: to - 6, width: MARK - 1, height: 6 }),
    ),
    labelsBelow(durationTicks(machineEndMs, machine, count), { y: to, right }),
    el('text', { class: 'tick', x: SIDE, y: to + 32 }, 'machine’s clock'),
  ];
}

function faultTables({ simulation }: RunSummary): Content {
  const { faults, faultLog } = simulation!;
  const sizes = (record: Readonly<Record<string, number>>): string =>
    Object.entries(record)
      .map(([name, count]) => `${name} ${formatCount(count)}`)
      .join(', ');
  const figure = (title: string) => ({ title, numeric: true });
  const faultRows = faults.map(({ id, at = '', fired, fires, fates, refused, unexpected }) => ({
    cells: [
      id,
      at,
      formatCount(fired),
      formatCount(fires),
      sizes(fates),
      sizes(refused),
      formatCount(unexpected),
    ],
  }));
  const faultColumns = [
    { title: 'Fault' },
    { title: 'At' },
    figure('Struck'),
    figure('At least'),
    { title: 'Reports it may have touched' },
    { title: 'Batches and windows refused or held' },
    figure('Unexpected fates'),
  ];
  const logRows = faultLog.slice(0, LOG_MAX).map(({ timeMs, id, what, reports }) => ({
    cells: [dateTime(timeMs), id, what, formatCount(reports)],
  }));
  const logColumns = [
    { title: 'Simulated, UTC' },
    { title: 'Fault' },
    { title: 'What' },
    figure('Reports'),
  ];
  const cut = faultLog.length - logRows.length;
  return [
    faults.length > 0 &&
      dataTable({
        caption: 'Faults and what they did',
        columns: faultColumns,
        rows: faultRows,
        sortable: true,
      }),
    faultLog.length > 0 &&
      details(
        'Fault log',
        dataTable({ caption: 'Strikes, in order', columns: logColumns, rows: logRows }),
        cut > 0 && note(`${formatCount(cut)} later strikes are in summary.json, under "faultLog".`),
      ),
  ];
}
