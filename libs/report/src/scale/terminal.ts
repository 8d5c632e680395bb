/**
 * A grid of runs as text: verdict, what to know first, what was measured, what follows from it, and
 * a small plot. A pure function of the record.
 */

import type { ScaleRecord } from '@priolab/harness';

import { paletteFor, type Palette } from '../palette.ts';
import { renderTable, type Column } from '../table.ts';
import type { WrittenFile } from '../terminal.ts';
import { counted, formatCount, formatDuration, formatFixed, sanitise, wrap } from '../text.ts';
import { textPlot } from './text-plot.ts';
import {
  MIB,
  cellsOf,
  extrapolationSentences,
  figuresOf,
  formatFigure,
  formatInterval,
  growthSentences,
  verdictLine,
} from './words.ts';

export interface ScaleOptions {
  readonly colour: boolean;
  /** Columns: 100 if left out. */
  readonly width?: number | undefined;
  readonly files?: readonly WrittenFile[] | undefined;
}

const DEFAULT_WIDTH = 100;
const NARROWEST = 60;

/** The whole report, without a newline at the end. */
export function renderScale(record: ScaleRecord, options: ScaleOptions): string {
  const { colour, files = [] } = options;
  const palette = paletteFor(colour);
  const asked = options.width ?? DEFAULT_WIDTH;
  const width = asked >= 1 ? Math.max(NARROWEST, Math.floor(asked)) : DEFAULT_WIDTH;
  const section = (title: string, lines: readonly string[]): string[] =>
    lines.length === 0 ? [] : ['', palette.strong(title), ...lines];
  const { byWorkers } = record;
  const growth = byWorkers.flatMap(growthSentences);
  return [
    ...headline(record, palette, width),
    ...section('To know first', bulleted(record.notes.map(sanitise), width)),
    ...section('Measured', measured(record, width, palette)),
    ...section('A report', fitted(record, width, palette)),
    ...section('Growth', bulleted(growth, width)),
    ...section('Two billion device metrics', bulleted(extrapolationSentences(record), width)),
    ...section('Time on the wall', textPlot(record, width)),
    ...section(
      'Files',
      files.map(({ path, what }) => `  ${sanitise(path)}  ${palette.dim(sanitise(what))}`),
    ),
  ].join('\n');
}

function headline(record: ScaleRecord, palette: Palette, width: number): string[] {
  const { scenario, grid, points, environment, machine, verdict } = record;
  const style =
    verdict === 'measured' ? palette.good : verdict === 'broken' ? palette.bad : palette.doubt;
  const all = grid.reports.length * grid.workers.length * grid.repeat;
  const { median, low, high } = machine.calibrationUs;
  const facts = [
    `${sanitise(scenario.id)}, seed ${sanitise(scenario.seed)}, ${sanitise(scenario.backend)}, ` +
      `${sanitise(scenario.fidelity)}: ${sanitise(scenario.about)}`,
    `${formatCount(points.length)} of ${counted(all, 'run')}, each in a process of its own; ` +
      'time is that of the process, from its start to its end, CPU and memory are those of the run',
    `one P-256 multiplication: ${formatFixed(median, 1)} us (${formatFixed(low, 1)} to ` +
      `${formatFixed(high, 1)}); load average ${formatFixed(machine.loadAverage.first, 2)} before`,
    `${counted(environment.cores, 'core')}, ${sanitise(environment.cpu)}, ` +
      `${sanitise(environment.platform)}, node ${sanitise(environment.node)}, ` +
      `commit ${sanitise(environment.commit)}, ${sanitise(environment.startedAt)}`,
  ];
  const first = verdictLine(record);
  const top = wrap(`SCALE  ${first}`, width).map(style);
  return [...top, ...facts.flatMap((fact) => indented(fact, width))];
}

function indented(text: string, width: number): string[] {
  return wrap(text, width - 2).map((line) => `  ${line}`);
}

function bulleted(sentences: readonly string[], width: number): string[] {
  return sentences.flatMap((sentence) =>
    wrap(sentence, width - 4).map((line, i) => `${i === 0 ? '  - ' : '    '}${line}`),
  );
}

const measuredColumns: readonly Column[] = [
  { title: 'workers', align: 'right' },
  { title: 'reports', align: 'right' },
  { title: 'runs', align: 'right', optional: true },
  { title: 'wall, median (range)', align: 'right', flexible: true },
  { title: 'reports/s', align: 'right' },
  { title: 'CPU us/report', align: 'right', optional: true },
  { title: 'peak MiB', align: 'right' },
];

function measured(record: ScaleRecord, width: number, palette: Palette): string[] {
  const rows = cellsOf(record).map(({ workers, reports, runs, wallMs, cpuMs, peakRssBytes }) => ({
    cells: [
      formatCount(workers),
      formatCount(reports),
      formatCount(runs),
      formatInterval(wallMs, formatDuration),
      formatCount((1000 * reports) / wallMs.value),
      formatFigure((1000 * cpuMs.value) / reports),
      formatCount(peakRssBytes.value / MIB),
    ],
  }));
  if (rows.length === 0) return [];
  return renderTable({ columns: measuredColumns, rows, width, palette }).lines;
}

const fittedColumns: readonly Column[] = [
  { title: 'workers', align: 'right' },
  { title: 'what', align: 'left' },
  { title: 'estimate (95 % interval)', align: 'right', flexible: true },
];

/** Down, not across: each figure has its interval. */
function fitted({ byWorkers }: ScaleRecord, width: number, palette: Palette): string[] {
  const rows = byWorkers.flatMap((record) =>
    figuresOf(record).map(([what, figure], i) => ({
      cells: [i === 0 ? formatCount(record.workers) : '', what, figure],
    })),
  );
  if (rows.length === 0) return [];
  return renderTable({ columns: fittedColumns, rows, width, palette }).lines;
}
