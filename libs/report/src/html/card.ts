/** One state of one metric: a row a bin, truth as a bar, the estimate as a dot and its interval. */

import { clip, formatCount, formatFixed } from '../text.ts';
import { linear } from './axes.ts';
import type { Linear } from './axes.ts';
import { el, px } from './element.ts';
import type { Content } from './element.ts';
import { picture } from './section.ts';

export interface CardBin {
  readonly bin: number;
  /** Percent of the state's reports. */
  readonly truth: number;
  readonly estimate: number;
  /** The same as numbers of reports; `half`: of the 95 % interval. */
  readonly counts: { readonly truth: number; readonly estimate: number; readonly half: number };
}

export interface Card {
  readonly state: string;
  readonly reports: number;
  /** Half width of the interval, in percent of the reports. */
  readonly half: number;
  readonly bins: readonly CardBin[];
}

const WIDTH = 250;
const LEFT = 30;
const RIGHT = WIDTH - 10;
const ROW = 17;
const AXIS = 20;
const NAME_LONGEST = 24;

/** Where it begins: estimates of what nobody has are negative as often as not. */
const BELOW_ZERO = 0.08;

/** @param most end of the scale, in percent */
export function renderCard(
  metric: string,
  { state, reports, half, bins }: Card,
  most: number,
): Content {
  const height = bins.length * ROW + AXIS + 4;
  const x = linear([-BELOW_ZERO * most, most], [LEFT, RIGHT]);
  const said = bins.map(
    ({ bin, counts }) =>
      `bin ${bin}: truth ${formatCount(counts.truth)}, estimate ${estimateText(counts)}`,
  );
  const label = [metric, state, `${formatCount(reports)} reports: ${said.join('; ')}`].join(', ');
  return el(
    'figure',
    { class: 'card', 'data-state': state, 'data-tip': said.join('; ') },
    el(
      'figcaption',
      {},
      el('strong', {}, clip(state, NAME_LONGEST)),
      ' ',
      el('span', { class: 'quiet' }, `${formatCount(reports)} reports`),
    ),
    picture(
      { width: WIDTH, height, label },
      x.ticks(3).map((tick) => [
        el('line', {
          class: tick === 0 ? 'zero' : 'grid',
          x1: px(x(tick)),
          x2: px(x(tick)),
          y1: 0,
          y2: height - AXIS,
        }),
        el(
          'text',
          { class: 'tick', x: px(x(tick)), y: height - 6, 'text-anchor': 'middle' },
          tick === 0 ? '0' : `${Number(tick.toPrecision(3))} %`,
        ),
      ]),
      bins.map((bin, row) => binRow(bin, { y: row * ROW, half, x })),
    ),
  );
}

function binRow(
  { bin, truth, estimate }: CardBin,
  { y, half, x }: { y: number; half: number; x: Linear },
): Content {
  const inside = (value: number): number => px(Math.min(RIGHT + 8, Math.max(LEFT, x(value))));
  const middle = y + ROW / 2;
  return [
    el('text', { class: 'tick', x: LEFT - 8, y: middle + 4, 'text-anchor': 'end' }, bin),
    el('rect', {
      class: 'truth',
      x: px(x(0)),
      y: y + 3,
      width: px(Math.max(0, x(truth) - x(0))),
      height: ROW - 6,
    }),
    el('path', {
      class: 'whisker',
      d: `M${inside(estimate - half)} ${middle}H${inside(estimate + half)}`,
    }),
    el('circle', { class: 'estimate', cx: inside(estimate), cy: middle, r: 3.2 }),
  ];
}

function estimateText({ estimate, half }: CardBin['counts']): string {
  return `${formatFixed(estimate, 1)} ± ${formatFixed(half, 1)}`;
}
