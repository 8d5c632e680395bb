/**
 * A grid of runs as one page: what follows from it, the plots, and every number of the plots as a
 * table, for readers who can't see them.
 */

import type { ScaleRecord } from '@priolab/harness';

import { renderDocument } from '../html/document.ts';
import { dateTime } from '../html/dates.ts';
import { el } from '../html/element.ts';
import type { Content } from '../html/element.ts';
import {
  badge,
  dataTable,
  facts,
  figures,
  note,
  nothing,
  picture,
  renderSection,
} from '../html/section.ts';
import type { Column, Section } from '../html/section.ts';
import { counted, formatCount, formatDuration, formatFixed } from '../text.ts';
import { PANEL, mark, panelsOf } from './panels.ts';
import {
  MIB,
  cellsOf,
  extrapolationSentences,
  figuresOf,
  formatFigure,
  formatInterval,
  growthSentences,
  verdictLine,
  workersName,
} from './words.ts';

export function renderScaleHtml(record: ScaleRecord): string {
  const { scenario, verdict, byWorkers, notes } = record;
  const of = (id: string, title: string, content: Content): Section => ({ id, title, content });
  const far = extrapolationSentences(record);
  const sections = [
    ...(notes.length === 0 ? [] : [of('notes', 'To know first', list(notes))]),
    of('plots', 'Time and memory', plots(record)),
    of('growth', 'Growth', list(byWorkers.flatMap(growthSentences))),
    ...(far.length === 0 ? [] : [of('billions', 'Two billion device metrics', list(far))]),
    of('measured', 'Measured', measured(record)),
    of('fitted', 'A report, fitted', fitted(record)),
    of('machine', 'Scenario and machine', machineFacts(record)),
  ];
  return renderDocument({
    title: `${verdict}: scaling of ${scenario.id}`,
    sheet: 'scale',
    body: el('main', {}, header(record), sections.map(renderSection)),
  });
}

function header(record: ScaleRecord): Content {
  const { scenario, verdict } = record;
  const said = verdictLine(record);
  const [kind, sign] =
    verdict === 'measured'
      ? ['pass', '✓']
      : verdict === 'invalid' || verdict === 'interrupted'
        ? ['doubt', '!']
        : ['fail', '✗'];
  return el(
    'header',
    { class: `verdict ${kind}` },
    el('h1', {}, `Scaling of ${scenario.id}`),
    el('p', { class: 'about' }, scenario.about),
    el('p', { class: 'sentence' }, badge(kind, sign, verdict), ' ', said !== verdict && said),
    answer(record),
  );
}

/** What the grid was run for: the cost of a report, and of two billion. */
function answer({ byWorkers, grid, points, extrapolated }: ScaleRecord): Content {
  const all = grid.reports.length * grid.workers.length * grid.repeat;
  const largest = formatCount(grid.reports.at(-1) ?? 0);
  const costs = byWorkers.flatMap(({ workers, wall }): [string, string, string][] => {
    const name = workersName(workers);
    if (wall.line === undefined) return [[`A report, ${name}`, '-', 'no line fits']];
    const { each, extrapolated: far } = wall.line;
    const us = (ms: number): string => formatFigure(1000 * ms);
    const hours = (ms: number): string => formatFigure(ms / 3_600_000);
    const billions = `${Number((extrapolated.reports / 1e9).toPrecision(3))} billion`;
    return [
      [`A report, ${name}`, `${us(each.value)} us`, `${us(each.low)} to ${us(each.high)}`],
      [
        `${billions}, ${name}`,
        `${hours(far.value)} h`,
        `${hours(far.low)} to ${hours(far.high)}, extrapolated`,
      ],
    ];
  });
  return figures([
    ['Runs', formatCount(points.length), `of ${formatCount(all)}, up to ${largest} reports`],
    ...costs,
  ]);
}

function list(sentences: readonly string[]): Content {
  if (sentences.length === 0) return nothing('Nothing was fitted.');
  const items = sentences.map((sentence) => el('li', {}, sentence));
  return el('ul', { class: 'says' }, items);
}

function plots(record: ScaleRecord): Content {
  const panels = panelsOf(record);
  if (panels.length === 0) return nothing('No run was done.');
  const names = record.grid.workers.map((workers, i) =>
    el(
      'li',
      {},
      el('svg', { class: 'shape', viewBox: '0 0 14 14', 'aria-hidden': 'true' }, mark(i, 7, 7)),
      workersName(workers),
    ),
  );
  return [
    el('ul', { class: 'legend' }, names),
    el(
      'div',
      { class: 'panels' },
      panels.map(({ title, unit, label, content }) =>
        el(
          'figure',
          {},
          el('figcaption', {}, el('strong', {}, title), ' ', el('span', { class: 'quiet' }, unit)),
          picture({ ...PANEL, label }, content),
        ),
      ),
    ),
    note(
      'Mark: median of the runs of one count; bar: from the fastest to the slowest. Lines: fit.',
    ),
  ];
}

const figure = (title: string): Column => ({ title, numeric: true });

function measured(record: ScaleRecord): Content {
  const columns = [
    { title: 'Workers, reports' },
    figure('Runs'),
    figure('Wall, median (range)'),
    figure('CPU'),
    figure('Peak MiB'),
  ];
  const rows = cellsOf(record).map(({ workers, reports, runs, wallMs, cpuMs, peakRssBytes }) => ({
    cells: [
      `${workersName(workers)}, ${formatCount(reports)}`,
      formatCount(runs),
      formatInterval(wallMs, formatDuration),
      formatDuration(cpuMs.value),
      formatCount(peakRssBytes.value / MIB),
    ],
  }));
  const caption = 'Runs of one count, medians';
  return dataTable({ caption, columns, rows, stacked: true, kind: 'scaling' });
}

function fitted({ byWorkers }: ScaleRecord): Content {
  const columns = [
    { title: 'What' },
    { title: 'Workers', beside: true },
    figure('Estimate (95 % interval)'),
  ];
  const rows = byWorkers.flatMap((record) =>
    figuresOf(record).map(([what, estimate]) => ({
      cells: [what, workersName(record.workers), estimate],
    })),
  );
  const caption = 'Time = fixed + reports × cost of a report';
  return dataTable({ caption, columns, rows, stacked: true, kind: 'scaling' });
}

function machineFacts({ scenario, environment, machine, confidence }: ScaleRecord): Content {
  const { calibrationUs, loadAverage, stolenCores } = machine;
  const { median, low, high } = calibrationUs;
  const us = (value: number): string => formatFixed(value, 1);
  const stolen = stolenCores === undefined ? '' : `; ${formatFixed(stolenCores, 2)} cores stolen`;
  return facts([
    ['Scenario', scenario.id],
    ['Seed', el('code', {}, scenario.seed)],
    ['Scenario digest', el('code', {}, scenario.digest)],
    ['Backend, fidelity', `${scenario.backend}, ${scenario.fidelity}`],
    [
      'Machine',
      `${environment.cpu}, ${counted(environment.cores, 'core')}, ${environment.platform}`,
    ],
    ['Node', environment.node],
    ['Commit', el('code', {}, environment.commit)],
    ['Started', `${dateTime(Date.parse(environment.startedAt))} UTC`],
    ['Unit of speed', `a P-256 multiplication: ${us(median)} us (${us(low)} to ${us(high)})`],
    [
      'Load average',
      `${formatFixed(loadAverage.first, 2)} before, ${formatFixed(loadAverage.high, 2)} at most` +
        stolen,
    ],
    ['Intervals', `of ${formatFixed(100 * confidence, 0)} %`],
  ]);
}
