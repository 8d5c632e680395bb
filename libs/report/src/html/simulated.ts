/**
 * What went on in the system, by simulated time: counts in steps, one chart for each unit; what
 * became of windows; events by name.
 */

import type { RunSummary, SeriesColumn, SimulatedSeries, SimulationRecord } from '@priolab/harness';

import { counted, formatCount } from '../text.ts';
import { dateTicks } from './axes.ts';
import { dateTime, stepText } from './dates.ts';
import { el } from './element.ts';
import type { Content } from './element.ts';
import { dataTable, details, facts, note, nothing } from './section.ts';
import { LINES_MAX, renderTimeChart } from './time-chart.ts';

/** More steps than these are added up in groups: a card has no room for them. */
const STEPS_MAX = 128;
const CHARTS_MAX = 8;
const EXAMPLES_MAX = 5;

export function renderSimulated({ series, simulation }: RunSummary): Content {
  if (simulation === undefined) return undefined;
  return [chartsOf(series?.simulated), windowFacts(simulation), eventTable(simulation)];
}

function chartsOf(simulated: SimulatedSeries | undefined): Content {
  if (simulated === undefined) return nothing('This record has no series by simulated time.');
  const { startMs, stepMs, columns } = inGroups(simulated);
  const used = columns.filter(({ values }) => values.some((value) => value !== 0));
  // Strikes stand in the timeline, fault by fault.
  const drawn = used.filter(({ unit }) => unit !== 'strikes');
  const unused = columns.filter((column) => !used.includes(column) && column.unit !== 'strikes');
  const units = [...new Set(drawn.map(({ unit }) => unit))];
  const groups = units.flatMap((unit) => split(drawn.filter((one) => one.unit === unit)));
  if (groups.length === 0) return nothing('Nothing happened in simulated time.');
  return [
    el(
      'div',
      { class: 'panels' },
      groups.slice(0, CHARTS_MAX).map((lines) => chartOf(lines, startMs, stepMs)),
    ),
    note(
      `Counts in each ${stepText(stepMs)} of simulated time, UTC. `,
      unused.length > 0 && `Always 0: ${unused.map(({ name }) => name).join(', ')}.`,
    ),
  ];
}

function windowFacts({ windows, openTasks, startMs, daysEndMs, endMs }: SimulationRecord): Content {
  const { due, published, held, suppressed, open, excused, excusedTasks, late } = windows;
  const { examples } = windows;
  const tasks = `${formatCount(openTasks.leader)} leader, ${formatCount(openTasks.helper)} helper`;
  const ofExcused =
    excusedTasks === undefined ? '' : `; ${formatCount(excusedTasks)} of excused windows`;
  return facts([
    ['From, until', `${dateTime(startMs)} to ${dateTime(endMs)} UTC`],
    ['Last day ends', `${dateTime(daysEndMs)} UTC`],
    ['Windows', `${formatCount(published)} of ${formatCount(due)} published`],
    ['Held, suppressed', `${formatCount(held)} held, ${formatCount(suppressed)} suppressed`],
    ['Open windows', `${formatCount(open)}; ${formatCount(excused)} excused by a fault`],
    ['Tasks left', `${tasks}${ofExcused}`],
    ...(late === undefined ? [] : [['Too late', counted(late, 'window')] as const]),
    ...(examples.length === 0
      ? []
      : [['Not published', examples.slice(0, EXAMPLES_MAX).join('; ')] as const]),
  ]);
}

function eventTable({ events }: SimulationRecord): Content {
  const names = Object.keys(events).sort();
  if (names.length === 0) return undefined;
  const rows = names.map((name) => ({ cells: [name, formatCount(events[name]!)] }));
  const columns = [{ title: 'Event' }, { title: 'Times', numeric: true }];
  const caption = 'Events of the parties, by name';
  return details('Table: events', dataTable({ caption, columns, rows, sortable: true }));
}

/** Groups of lines that can be told apart. */
function split(columns: readonly SeriesColumn[]): SeriesColumn[][] {
  const count = Math.ceil(columns.length / LINES_MAX);
  const size = Math.ceil(columns.length / count);
  return Array.from({ length: count }, (_, i) => columns.slice(i * size, (i + 1) * size));
}

function inGroups({ startMs, stepMs, columns }: SimulatedSeries): SimulatedSeries {
  const steps = Math.max(1, ...columns.map(({ values }) => values.length));
  const size = Math.ceil(steps / STEPS_MAX);
  const merged = columns.map((column) => {
    const values = Array.from({ length: Math.ceil(steps / size) }, (_, i) =>
      column.values.slice(i * size, (i + 1) * size).reduce((sum, value) => sum + value, 0),
    );
    return { ...column, values };
  });
  return { startMs, stepMs: stepMs * size, columns: merged };
}

function chartOf(columns: readonly SeriesColumn[], startMs: number, stepMs: number): Content {
  const { unit, values } = columns[0]!;
  const steps = values.length;
  const endMs = startMs + steps * stepMs;
  const ticks = dateTicks([startMs, endMs], [0, 1], 4);
  return renderTimeChart({
    title: `${unit.charAt(0).toUpperCase()}${unit.slice(1)}`,
    unit: `in ${stepText(stepMs)}`,
    lines: columns,
    moments: values.map((_, i) => dateTime(startMs + i * stepMs)),
    momentTitle: 'From, UTC',
    at: values.map((_, i) => i / steps),
    ticks: ticks.map(({ x, text }) => ({ at: x, text })),
    stepped: true,
    format: formatCount,
  });
}
