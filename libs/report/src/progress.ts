/**
 * Progress of a run: one line that a terminal rewrites in place, or a plain one for logs. Pure: the
 * caller decides how often to ask, and writes the line (and the carriage return).
 */

import type { Progress } from '@priolab/harness';

import { paletteFor } from './palette.ts';
import { formatCount, formatDuration } from './text.ts';

const BAR_LONGEST = 30;
const BAR_SHORTEST = 5;
const DEFAULT_WIDTH = 80;

export interface ProgressOptions {
  readonly width: number;
  readonly colour: boolean;
  /** What is under way and what is counted, if it is not the reports of a run. */
  readonly of?: ProgressOf | undefined;
}

export interface ProgressOf {
  readonly doing: string;
  readonly unit: string;
}

/** Bar, percentage, counts, rate, time left, in at most `width` columns; the last goes first. */
export function renderProgress(progress: Progress, options: ProgressOptions): string {
  const width = options.width >= 1 ? Math.floor(options.width) : DEFAULT_WIDTH;
  const palette = paletteFor(options.colour);
  const { percent, counts, rate, left } = partsOf(progress, options.of?.unit);
  const facts = [
    ...(options.of === undefined ? [] : [options.of.doing]),
    percent,
    counts,
    rate,
    left,
  ];
  const barRoom = (): number => width - facts.join('  ').length - ' '.length;
  while (facts.length > 1 && barRoom() < BAR_SHORTEST) facts.pop();
  const text = facts.join('  ');
  if (barRoom() < BAR_SHORTEST) return text.slice(0, width);
  const length = Math.min(BAR_LONGEST, barRoom());
  const full = Math.floor(length * shareDone(progress));
  const bar = palette.good('█'.repeat(full)) + palette.dim('░'.repeat(length - full));
  return `${bar} ${text}`;
}

/** The same for a log: no bar, no colour, no width. */
export function renderProgressPlain(progress: Progress, of?: ProgressOf): string {
  const { percent, counts, rate, left } = partsOf(progress, of?.unit);
  const line = [percent.trim(), counts, rate, left].join(', ');
  return of === undefined ? line : `${of.doing} ${line}`;
}

function shareDone({ reportsDone, reportCount }: Progress): number {
  return reportCount > 0 ? Math.min(1, Math.max(0, reportsDone / reportCount)) : 1;
}

function partsOf(
  progress: Progress,
  unit = 'reports',
): Record<'percent' | 'counts' | 'rate' | 'left', string> {
  const { reportsDone, reportCount, elapsedMs } = progress;
  const share = shareDone(progress);
  // Rounded down: 100 % means done.
  const percent = `${(Math.floor(1000 * share) / 10).toFixed(1).padStart(5)} %`;
  const perMs = elapsedMs > 0 ? reportsDone / elapsedMs : 0;
  const leftMs = perMs > 0 ? (reportCount - reportsDone) / perMs : Number.NaN;
  const left = share === 1 ? `took ${formatDuration(elapsedMs)}` : `${formatDuration(leftMs)} left`;
  return {
    percent,
    counts: `${formatCount(reportsDone)} of ${formatCount(reportCount)} ${unit}`,
    rate: `${perMs > 0 ? formatRate(1000 * perMs) : '-'} ${unit}/s`,
    left,
  };
}

/** What is slow has a decimal: a search through whole runs does one or two a second. */
function formatRate(perSecond: number): string {
  return perSecond < 10 ? perSecond.toFixed(1) : formatCount(perSecond);
}
