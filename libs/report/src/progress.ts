/**
 * Progress of a run: one line that a terminal rewrites in place, or a plain one for logs. Pure: the
 * caller decides how often to ask, and writes the line (and the carriage return).
 */

import type { Progress } from '@priolab/harness';

import { paletteFor } from './palette.ts';
import { counted, formatCount, formatDuration, formatShort } from './text.ts';

const BAR_LONGEST = 30;
const BAR_SHORTEST = 5;
const DEFAULT_WIDTH = 80;

export interface ProgressOptions {
  readonly width: number;
  readonly colour: boolean;
  /** Whether it can show more than ASCII; left out: it can. */
  readonly unicode?: boolean | undefined;
  /** What is under way and what is counted, if it is not the reports of a run. */
  readonly of?: ProgressOf | undefined;
}

export interface ProgressOf {
  readonly doing: string;
  readonly unit: string;
}

/**
 * Bar, percentage, counts, rate, time left, in at most `width` columns. Where that is too narrow,
 * numbers become short, then the last facts go.
 */
export function renderProgress(progress: Progress, options: ProgressOptions): string {
  const width = columnsOf(options.width);
  const palette = paletteFor(options.colour);
  const doing = options.of === undefined ? [] : [options.of.doing];
  const { percent, counts, rate, left, shortCounts, shortRate } = partsOf(
    progress,
    options.of?.unit,
  );
  const roomOf = (facts: readonly string[]): number => width - facts.join('  ').length - 1;
  const full = [...doing, percent, counts, rate, left];
  const facts =
    roomOf(full) < BAR_SHORTEST ? [...doing, percent, shortCounts, shortRate, left] : full;
  while (facts.length > 1 && roomOf(facts) < BAR_SHORTEST) facts.pop();
  const text = facts.join('  ');
  if (roomOf(facts) < BAR_SHORTEST) return text.slice(0, width);
  const length = Math.min(BAR_LONGEST, roomOf(facts));
  const filled = Math.floor(length * shareDone(progress));
  const [done, open] = options.unicode === false ? ['=', '.'] : ['█', '░'];
  const bar = palette.good(done.repeat(filled)) + palette.dim(open.repeat(length - filled));
  return `${bar} ${text}`;
}

/** What a terminal says of its width, or 80 where it says none. */
export function columnsOf(width: number): number {
  return width >= 1 ? Math.floor(width) : DEFAULT_WIDTH;
}

/** The same for a log: no bar, no colour, no width. */
export function renderProgressPlain(progress: Progress, of?: ProgressOf): string {
  const { percent, counts, rate, left } = partsOf(progress, of?.unit);
  const line = [percent.trim(), counts, rate, left, ...flowFacts(progress)].join(', ');
  return of === undefined ? line : `${of.doing} ${line}`;
}

function flowFacts({ flow }: Progress): string[] {
  if (flow === undefined) return [];
  const { rejected, strikes, rssBytes } = flow;
  const sum = (counts: Readonly<Record<string, number>>): number =>
    Object.values(counts).reduce((all, count) => all + count, 0);
  return [
    `${formatCount(sum(rejected))} refused`,
    ...(strikes === undefined ? [] : [counted(sum(strikes), 'strike')]),
    `${formatCount(rssBytes / 2 ** 20)} MiB`,
  ];
}

function shareDone({ reportsDone, reportCount, share }: Progress): number {
  if (share !== undefined) return Math.min(1, Math.max(0, share));
  return reportCount > 0 ? Math.min(1, Math.max(0, reportsDone / reportCount)) : 1;
}

function partsOf(
  progress: Progress,
  unit = 'reports',
): Record<'percent' | 'counts' | 'rate' | 'left' | 'shortCounts' | 'shortRate', string> {
  const { reportsDone, reportCount, elapsedMs } = progress;
  const share = shareDone(progress);
  // Rounded down: 100 % means done.
  const percent = `${(Math.floor(1000 * share) / 10).toFixed(1).padStart(5)} %`;
  const perMs = elapsedMs > 0 ? reportsDone / elapsedMs : 0;
  const leftMs = share > 0 && elapsedMs > 0 ? (elapsedMs * (1 - share)) / share : Number.NaN;
  const left = share === 1 ? `took ${formatDuration(elapsedMs)}` : `${formatDuration(leftMs)} left`;
  return {
    percent,
    counts: `${formatCount(reportsDone)} of ${formatCount(reportCount)} ${unit}`,
    rate: `${perMs > 0 ? formatRate(1000 * perMs) : '-'} ${unit}/s`,
    left,
    shortCounts: `${formatShort(reportsDone)} of ${formatShort(reportCount)}`,
    shortRate: `${perMs > 0 ? formatRate(1000 * perMs) : '-'}/s`,
  };
}

/** What is slow has a decimal: a search through whole runs does one or two a second. */
function formatRate(perSecond: number): string {
  return perSecond < 10 ? perSecond.toFixed(1) : formatCount(perSecond);
}
