/** What a statistical verdict rests on, and when something must have happened to be judged. */

import type { ExpectationOutcome, IntervalRecord } from '@priolab/harness';

import { formatInterval } from '../text.ts';
import { linear } from './axes.ts';
import { dateTime } from './dates.ts';
import { el, px } from './element.ts';
import type { Content } from './element.ts';

const WIDTH = 160;
const HEIGHT = 14;
const EDGE = 6;

/** Drawn and in words; undefined where the verdict rests on none. */
export function renderInterval({ interval, value }: ExpectationOutcome): Content {
  if (interval === undefined) return undefined;
  return [plot(interval, value), el('p', {}, formatInterval(interval))];
}

/** What is not ruled out as a bar, what is due as a line across, what was found as a dot. */
function plot({ low, high, due }: IntervalRecord, value: number | undefined): Content {
  const known = [low, high, due, value].filter((one) => one !== undefined);
  const [least, most] = [Math.min(...known), Math.max(...known)];
  if (!(most > least)) return undefined;
  const x = linear([least, most], [EDGE, WIDTH - EDGE]);
  const y = HEIGHT / 2;
  const end = high === undefined ? WIDTH : x(high);
  return el(
    'svg',
    { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, class: 'range-plot', 'aria-hidden': 'true' },
    el('line', { class: 'range', x1: px(x(low)), x2: px(end), y1: y, y2: y }),
    el('line', { class: 'due', x1: px(x(due)), x2: px(x(due)), y1: 1, y2: HEIGHT - 1 }),
    value !== undefined && el('circle', { class: 'estimate', cx: px(x(value)), cy: y, r: 3.5 }),
  );
}

/** `2021-12-01 04:00 to 2021-12-01 22:00`; as a key too. */
export function windowText({ window }: ExpectationOutcome): string | undefined {
  if (window === undefined) return undefined;
  return `${dateTime(window.fromMs)} to ${dateTime(window.toMs)}`;
}

/** Of most expectations; undefined where none has one. */
export function usualWindow(outcomes: readonly ExpectationOutcome[]): string | undefined {
  const counts = new Map<string, number>();
  for (const text of outcomes.flatMap((one) => windowText(one) ?? [])) {
    counts.set(text, (counts.get(text) ?? 0) + 1);
  }
  return [...counts].sort(([, a], [, b]) => b - a)[0]?.[0];
}
