/** How the figures of a grid are written: the same in a terminal, a plot and a page. */

import type {
  CostFit,
  Interval,
  Linearity,
  MemoryFit,
  ScaleRecord,
  WorkersRecord,
} from '@priolab/harness';

import { counted, formatCount, formatFixed, sanitise } from '../text.ts';

const GIB = 2 ** 30;
export const MIB = 2 ** 20;

/** `12.3 (11.0 to 13.6)`. */
export function formatInterval(
  { value, low, high }: Interval,
  format: (value: number) => string,
): string {
  return `${format(value)} (${format(low)} to ${format(high)})`;
}

/** Three digits that count: `1,234`, `12.3`, `0.0123`. */
export function formatFigure(value: number): string {
  const size = Math.abs(value);
  if (size >= 100 || size === 0) return formatFixed(value, 0);
  if (size >= 10) return formatFixed(value, 1);
  return size >= 1 ? formatFixed(value, 2) : formatFixed(value, 3);
}

const fixed =
  (digits: number) =>
  (value: number): string =>
    formatFixed(value, digits);

/** `1 worker`. */
export function workersName(workers: number): string {
  return counted(workers, 'worker');
}

/** How a cost grows, or why it is not told: one sentence each, wall and CPU. */
export function growthSentences({ workers, wall, cpu, memory }: WorkersRecord): string[] {
  const who = workersName(workers);
  return [
    ...costSentences(`${who}, wall`, wall),
    ...costSentences(`${who}, CPU`, cpu),
    ...(memory === undefined ? [] : [`${who}, memory: ${memorySentence(memory)}`]),
  ];
}

function costSentences(name: string, { linearity, refused, line }: CostFit): string[] {
  const from = line === undefined ? '' : `; fitted from ${formatCount(line.from)} reports on`;
  const found = `${name}: ${linearitySentence(linearity)}`;
  if (refused !== undefined) return [`${found}; no fit: ${sanitise(refused)}`];
  return [linearity.verdict === 'seen' ? `${found}${from}` : found];
}

function linearitySentence(linearity: Linearity): string {
  switch (linearity.verdict) {
    case 'unknown':
      return `not known whether it is linear (${sanitise(linearity.reason)})`;
    case 'not-seen':
      return (
        `no end of linear growth seen up to ${formatCount(linearity.upTo)} reports (one of more ` +
        `than ${formatFixed(100 * linearity.detectable, 0)} % there would have been)`
      );
    case 'seen':
      return (
        `not linear: ${formatCount(linearity.at)} reports took ` +
        `${moreOrLess(linearity.deviation)} than the line of the others says`
      );
  }
}

function moreOrLess(part: number): string {
  return `${formatFixed(100 * Math.abs(part), 0)} % ${part < 0 ? 'less' : 'more'}`;
}

/** Whether memory grows with reports. */
function memorySentence(memory: MemoryFit): string {
  const { baseBytes, slope, verdict, boundBytes, linearity, from } = memory;
  const each = `${formatInterval(slope, fixed(1))} bytes a report`;
  const start = linearity.verdict === 'seen' ? ` from ${formatCount(from)} reports on` : '';
  const figures = `${formatFixed(baseBytes.value / MIB, 0)} MiB and ${each}${start}`;
  if (verdict === 'flat') return `flat: ${figures}, which holds 0 and stays below ${boundBytes}`;
  if (verdict !== 'unknown') return `${verdict}: ${figures}`;
  return `not known whether it grows: ${figures}, and flat is below ${boundBytes}`;
}

/** What two billion would take, in sentences; none where nothing was fitted. */
export function extrapolationSentences({ byWorkers, extrapolated }: ScaleRecord): string[] {
  const hours = (ms: number): string => formatFigure(ms / 3_600_000);
  const billions = (count: number): string => formatFigure(count / 1e9);
  const gib = (bytes: number): string => formatFigure(bytes / GIB);
  const sentences = byWorkers.flatMap(({ workers, wall, cpu, multiplications, memory }) => {
    const far = ({ line }: CostFit, unit: string, format: (value: number) => string): string[] =>
      line === undefined ? [] : [`${formatInterval(line.extrapolated, format)} ${unit}`];
    const parts = [
      ...far(wall, 'hours on the wall', hours),
      ...far(cpu, 'CPU hours', hours),
      ...far(multiplications, 'billion P-256 multiplications', billions),
      ...(memory?.extrapolated === undefined
        ? []
        : [`${formatInterval(memory.extrapolated, gib)} GiB of memory, in one process`]),
    ];
    return parts.length === 0 ? [] : [`${workersName(workers)}: ${parts.join('; ')}`];
  });
  if (sentences.length === 0) return [];
  const { factor } = extrapolated;
  const times = factor === undefined ? '' : `, ${formatCount(factor)} times the largest count`;
  return [
    ...sentences,
    `an extrapolation${times}: the intervals hold if time goes on as it does in the grid, on ` +
      'this machine; nothing of that size was run',
  ];
}

/** Everything fitted for one number of workers, by name: figures with their intervals. */
export function figuresOf(record: WorkersRecord): [what: string, figure: string][] {
  const { wall, cpu, multiplications, speedUp, efficiency, serialShare } = record;
  const us = (ms: number): string => formatFigure(1000 * ms);
  const percent = (value: number): string => `${formatFixed(100 * value, 0)} %`;
  const row = (
    what: string,
    interval: Interval | undefined,
    format: (value: number) => string,
  ): [string, string][] =>
    interval === undefined ? [] : [[what, formatInterval(interval, format)]];
  const scatter = wall.line === undefined ? [] : [percent(wall.line.scatter)];
  return [
    ...row('wall, fixed ms', wall.line?.fixed, fixed(0)),
    ...row('wall, us a report', wall.line?.each, us),
    ...scatter.map((text): [string, string] => ['wall, scatter of one run', text]),
    ...row('CPU, us a report', cpu.line?.each, us),
    ...row('P-256 multiplications a report', multiplications.line?.each, fixed(2)),
    ...row('speed-up', speedUp, fixed(2)),
    ...row('efficiency', efficiency, percent),
    ...row('serial share (Amdahl)', serialShare, percent),
  ];
}

const VERDICTS: Readonly<Record<ScaleRecord['verdict'], string>> = {
  measured: 'measured',
  invalid: 'measurement invalid: some of it is too few or too noisy to tell',
  interrupted: 'interrupted: what follows rests on the runs that were done',
  broken: 'a run did not end well: what follows is no measurement of a right result',
  nondeterministic: 'runs of one count ended differently',
};

export function verdictLine({ verdict, exitCode }: ScaleRecord): string {
  return exitCode === 0 ? VERDICTS[verdict] : `${VERDICTS[verdict]} (exit code ${exitCode})`;
}

/** Runs of one count with one number of workers. */
export interface ScaleCell {
  readonly reports: number;
  readonly workers: number;
  readonly runs: number;
  readonly wallMs: Interval;
  readonly cpuMs: Interval;
  readonly peakRssBytes: Interval;
}

/** Median, smallest and largest of each cell that has runs, workers first, counts ascending. */
export function cellsOf({ grid, points }: ScaleRecord): ScaleCell[] {
  return grid.workers.flatMap((workers) =>
    grid.reports.flatMap((reports) => {
      const own = points.filter((one) => one.reports === reports && one.workers === workers);
      if (own.length === 0) return [];
      const range = (of: (point: (typeof own)[number]) => number): Interval => {
        const sorted = own.map(of).sort((a, b) => a - b);
        const middle = sorted.length / 2;
        const value = (sorted[Math.ceil(middle) - 1]! + sorted[Math.floor(middle)]!) / 2;
        return { value, low: sorted[0]!, high: sorted.at(-1)! };
      };
      return [
        {
          reports,
          workers,
          runs: own.length,
          wallMs: range(({ wallMs }) => wallMs),
          cpuMs: range(({ cpuMs }) => cpuMs),
          peakRssBytes: range(({ peakRssBytes }) => peakRssBytes),
        },
      ];
    }),
  );
}
