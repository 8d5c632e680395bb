/** Axes of charts: lines of a grid and their labels. */

import { scaleLinear, scaleUtc } from 'd3-scale';
import type { ScaleLinear } from 'd3-scale';

import { dateTick } from './dates.ts';
import { el, px } from './element.ts';
import type { Content } from './element.ts';

export type Linear = ScaleLinear<number, number>;

export function linear(
  domain: readonly [number, number],
  range: readonly [number, number],
): Linear {
  return scaleLinear(domain, range);
}

/** Values from 0 to at least `most`, on round numbers. */
export function fromZero(most: number, range: readonly [number, number], ticks = 4): Linear {
  return scaleLinear([0, most > 0 ? most : 1], range).nice(ticks);
}

/** `1.5M`, `20k`, `0.25`: short, and the same in every language. */
export function shortNumber(value: number): string {
  const size = Math.abs(value);
  const short = (divisor: number, unit: string): string =>
    `${Number((value / divisor).toPrecision(3))}${unit}`;
  if (size >= 1e9) return short(1e9, 'G');
  if (size >= 1e6) return short(1e6, 'M');
  if (size >= 1e4) return short(1e3, 'k');
  return String(Number(value.toPrecision(3)));
}

/** Lines across, labelled at the left. */
export function valueAxis(
  scale: Linear,
  {
    left,
    right,
    ticks = 4,
    format = shortNumber,
  }: {
    left: number;
    right: number;
    ticks?: number;
    format?: (value: number) => string;
  },
): Content {
  const placed = scale.ticks(ticks).map((value) => {
    return { y: scale(value), text: format(value), isZero: value === 0 };
  });
  return linesAcross(placed, { left, right });
}

export function linesAcross(
  ticks: readonly { readonly y: number; readonly text: string; readonly isZero?: boolean }[],
  { left, right }: { left: number; right: number },
): Content {
  return ticks.map(({ y: place, text, isZero = false }) => {
    const y = px(place);
    return [
      el('line', { class: isZero ? 'zero' : 'grid', x1: left, x2: right, y1: y, y2: y }),
      el('text', { class: 'tick', x: left - 6, y: y + 4, 'text-anchor': 'end' }, text),
    ];
  });
}

/** Labels below, with short lines; the last one does not leave the picture. */
export function labelsBelow(
  ticks: readonly { readonly x: number; readonly text: string }[],
  { y, right }: { y: number; right: number },
): Content {
  return ticks.map(({ x, text }) => {
    const isLast = x > right - 24;
    return [
      el('line', { class: 'zero', x1: px(x), x2: px(x), y1: y, y2: y + 4 }),
      el(
        'text',
        { class: 'tick', x: px(x), y: y + 16, 'text-anchor': isLast ? 'end' : 'middle' },
        text,
      ),
    ];
  });
}

/** Round moments of the simulated clock. */
export function dateTicks(
  domain: readonly [number, number],
  range: readonly [number, number],
  count: number,
): { ms: number; x: number; text: string }[] {
  const scale = scaleUtc([...domain], [...range]);
  return scale.ticks(count).map((date) => {
    const ms = date.getTime();
    return { ms, x: scale(ms), text: dateTick(ms) };
  });
}

/** Round durations since the beginning: `10 s`, `5 min`. */
export function durationTicks(mostMs: number, x: Linear, count: number) {
  const [unitMs, unit] = [
    [3_600_000, 'h'] as const,
    [60_000, 'min'] as const,
    [1000, 's'] as const,
    [1, 'ms'] as const,
  ].find(([ms]) => mostMs >= 2 * ms) ?? [1, 'ms'];
  return scaleLinear([0, mostMs / unitMs], [0, 1])
    .ticks(count)
    .map((value) => {
      const ms = value * unitMs;
      return { ms, x: x(ms), text: value === 0 ? '0' : `${Number(value.toFixed(3))} ${unit}` };
    });
}
