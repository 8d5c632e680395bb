/** How the run went on its machine: speed, memory and cores over time, by the machine's clock. */

import type { RunSummary, WallSeries } from '@priolab/harness';

import { formatCount, formatDuration, formatFixed } from '../text.ts';
import { durationTicks, linear } from './axes.ts';
import { el } from './element.ts';
import type { Content } from './element.ts';
import { note, nothing } from './section.ts';
import { renderTimeChart } from './time-chart.ts';
import type { Line } from './time-chart.ts';

const STEPS_MAX = 60;
const STEPS_MIN = 4;
const TICKS = 5;
const MIB = 2 ** 20;

export function renderMachine({ series, cost }: RunSummary): Content {
  const wall = series?.wall;
  if (wall === undefined) {
    return nothing(
      'This record has no time series. In all: ' +
        `${formatCount(cost.reportsPerSecond)} reports/s, ${formatDuration(cost.wallMs)}, peak ` +
        `memory ${formatCount(cost.peakRssBytes / MIB)} MiB.`,
    );
  }
  const lastMs = wall.timesMs.at(-1) ?? 0;
  if (wall.timesMs.length < 3 || !(lastMs > 0)) {
    return nothing(`The run was too short for a series: ${formatDuration(lastMs)}.`);
  }
  const steps = Math.max(STEPS_MIN, Math.min(STEPS_MAX, Math.floor(wall.timesMs.length / 2)));
  return [
    el('div', { class: 'panels' }, chartsOf(wall, lastMs, steps)),
    note(
      `Steps of ${formatDuration(lastMs / steps)}, by the machine’s clock from the first shard ` +
        'on. Speed and cores: means over a step; memory: resident set at its end. ' +
        `Peak memory of the whole process: ${formatCount(cost.peakRssBytes / MIB)} MiB.`,
    ),
  ];
}

function chartsOf(wall: WallSeries, lastMs: number, steps: number): Content {
  const endsMs = Array.from({ length: steps }, (_, i) => ((i + 1) * lastMs) / steps);
  const column = (name: string) => wall.columns.find((one) => one.name === name)?.values;
  const at = endsMs.map((ms) => ms / lastMs);
  const scale = linear([0, lastMs], [0, 1]);
  const ticks = durationTicks(lastMs, scale, TICKS).map(({ x, text }) => ({ at: x, text }));
  const time = { at, ticks, moments: endsMs.map(formatDuration), momentTitle: 'Until' };
  /** What a total grew by in each step, for each second; and that in other units. */
  const rate = (values: readonly number[], perSecond = 1): number[] => {
    const totals = [0, ...endsMs].map((ms) => valueAt(wall.timesMs, values, ms));
    const seconds = lastMs / steps / 1000;
    return endsMs.map((_, i) => ((totals[i + 1]! - totals[i]!) / seconds) * perSecond);
  };
  const chart = (
    title: string,
    unit: string,
    name: string,
    lines: (all: readonly number[]) => Line[],
    digits = 0,
  ) => {
    const values = column(name);
    if (values === undefined) return undefined;
    const format = (value: number): string => formatFixed(value, digits);
    return renderTimeChart({ ...time, title, unit, lines: lines(values), format });
  };
  const one = (name: string, values: readonly number[]): Line[] => [{ name, values }];
  return [
    chart('Throughput', 'reports/s', 'reports', (all) => one('reports', rate(all))),
    chart('Memory', 'MiB', 'rss', (all) =>
      one(
        'resident set',
        endsMs.map((ms) => valueAt(wall.timesMs, all, ms) / MIB),
      ),
    ),
    chart('Cores in use', 'cores', 'cpu', (all) => one('cores', rate(all, 1 / 1000)), 2),
    chart(
      'Simulated time',
      'hours for each second',
      'simulated',
      (all) => one('simulated', rate(all, 1 / 3_600_000)),
      2,
    ),
    chart('Events', 'events/s', 'events', (all) => one('events', rate(all))),
  ];
}

/** Between samples in proportion. */
export function valueAt(timesMs: readonly number[], values: readonly number[], ms: number): number {
  const after = timesMs.findIndex((time) => time >= ms);
  if (after === -1) return values.at(-1) ?? 0;
  if (after === 0) return values[0] ?? 0;
  const [from, to] = [timesMs[after - 1]!, timesMs[after]!];
  const part = to === from ? 1 : (ms - from) / (to - from);
  return values[after - 1]! + part * (values[after]! - values[after - 1]!);
}
