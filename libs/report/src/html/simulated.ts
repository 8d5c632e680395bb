/** What went on in the system, by simulated time: counts in steps, one chart for each unit. */

import type { RunSummary, SeriesColumn, SimulatedSeries } from '@priolab/harness';

import { formatCount } from '../text.ts';
import { dateTicks } from './axes.ts';
import { dateTime, stepText } from './dates.ts';
import { el } from './element.ts';
import type { Content } from './element.ts';
import { note, nothing } from './section.ts';
import { LINES_MAX, renderTimeChart } from './time-chart.ts';

/** More steps than these are added up in groups: a card has no room for them. */
const STEPS_MAX = 128;
const CHARTS_MAX = 8;

export function renderSimulated({ series, simulation }: RunSummary): Content {
  if (simulation === undefined) return undefined;
  const simulated = series?.simulated;
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
