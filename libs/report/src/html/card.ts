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

/** Of the tip of an error bar that goes on. */
const TIP = 4;

/** @param scale its ends, in percent; truths and estimates lie within, error bars may not */
export function renderCard(
  metric: string,
  { state, reports, half, bins }: Card,
  scale: readonly [low: number, high: number],
): Content {
  const height = bins.length * ROW + AXIS + 4;
  const x = linear(scale, [LEFT, RIGHT]);
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
  const middle = y + ROW / 2;
  const [low, high] = [x(estimate - half), x(estimate + half)];
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
      d: [
        `M${px(Math.max(LEFT, low))} ${middle}H${px(Math.min(RIGHT, high))}`,
        low < LEFT ? tip(LEFT, middle, TIP) : '',
        high > RIGHT ? tip(RIGHT, middle, -TIP) : '',
      ].join(''),
    }),
    el('circle', { class: 'estimate', cx: px(x(estimate)), cy: middle, r: 3.2 }),
  ];
}

/** An arrow's: the bar goes on beyond the picture. */
function tip(x: number, y: number, back: number): string {
  return `M${x + back} ${y - TIP}L${x} ${y}L${x + back} ${y + TIP}`;
}

function estimateText({ estimate, half }: CardBin['counts']): string {
  return `${formatFixed(estimate, 1)} ± ${formatFixed(half, 1)}`;
}
