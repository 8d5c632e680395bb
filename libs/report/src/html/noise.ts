/**
 * The fit of the noise: how many bits of accepted honest reports were flipped, against what epsilon
 * says, with an interval. Drawn as a ratio, so that every epsilon fits on one scale.
 */

import type { NoiseRecord, RunSummary } from '@priolab/harness';

import { formatCount, formatFixed } from '../text.ts';
import { linear } from './axes.ts';
import { el, px } from './element.ts';
import type { Content } from './element.ts';
import { dataTable, note, nothing, picture } from './section.ts';

const WIDTH = 560;
const LEFT = 110;
const RIGHT = WIDTH - 24;
const ROW = 34;
const EPSILONS_MAX = 20;
/** Standard errors of a 99 % interval. */
const Z99 = 2.5758;

interface Fit {
  readonly epsilon: number;
  readonly flipped: number;
  readonly bits: number;
  /** A bit is flipped with this probability. */
  readonly expected: number;
  readonly rate: number;
  readonly low: number;
  readonly high: number;
}

export function renderNoise({ tally, scenario, expectations }: RunSummary): Content {
  const { flippedBits, noisedBits } = tally;
  const own = { epsilon: scenario.system.epsilon, flippedBits, noisedBits };
  const fits = (tally.noiseByEpsilon ?? [own]).filter((record) => record.noisedBits > 0).map(fitOf);
  if (fits.length === 0) return nothing('No bit of an accepted report was to be noised.');
  const shown = fits.slice(0, EPSILONS_MAX);
  const judged = expectations.find(({ id }) => id === 'noise.dist');
  return [
    ratioChart(shown),
    fitTable(fits),
    note(
      'Randomised response flips each bit with probability 1 / (1 + e^epsilon). Interval: 99 %, ' +
        'Wilson. ',
      judged !== undefined &&
        `The expectation noise.dist says: ${judged.verdict}; ${judged.observed}.`,
    ),
  ];
}

/** Wilson's interval, which holds for few flips as well. */
export function fitOf({ epsilon, flippedBits, noisedBits }: NoiseRecord): Fit {
  const rate = flippedBits / noisedBits;
  const square = Z99 ** 2 / noisedBits;
  const middle = (rate + square / 2) / (1 + square);
  const spread = (rate * (1 - rate)) / noisedBits + square / (4 * noisedBits);
  const half = (Z99 / (1 + square)) * Math.sqrt(spread);
  return {
    epsilon,
    flipped: flippedBits,
    bits: noisedBits,
    expected: 1 / (1 + exponential(epsilon)),
    rate,
    low: Math.max(0, middle - half),
    high: Math.min(1, middle + half),
  };
}

/** By the series, for a part of at most 1: the same on every machine, as `Math.exp` is not. */
export function exponential(x: number): number {
  const parts = Math.max(1, Math.ceil(Math.abs(x)));
  let term = 1;
  let part = 1;
  for (let n = 1; n <= 20; n++) {
    term *= x / parts / n;
    part += term;
  }
  let power = 1;
  for (let n = 0; n < parts; n++) power *= part;
  return power;
}

function ratioChart(fits: readonly Fit[]): Content {
  const ratios = fits.flatMap(({ low, high, expected }) => [low / expected, high / expected]);
  const away = Math.min(4, Math.max(0.02, ...ratios.map((ratio) => Math.abs(ratio - 1))));
  const x = linear([Math.max(0, 1 - 1.15 * away), 1 + 1.15 * away], [LEFT, RIGHT]);
  const height = fits.length * ROW + 44;
  const inside = (ratio: number): number => px(Math.min(RIGHT, Math.max(LEFT, x(ratio))));
  const said = fits.map(
    ({ epsilon, rate, expected }) =>
      `epsilon ${Number(epsilon.toPrecision(5))}: ${formatFixed(rate / expected, 3)} times`,
  );
  const bottom = height - 40;
  return el(
    'figure',
    { class: 'noise' },
    el('figcaption', {}, el('strong', {}, 'Flipped bits, observed for each expected')),
    picture(
      { width: WIDTH, height, label: `Flipped bits against what is expected: ${said.join('; ')}` },
      x
        .ticks(5)
        .map((tick) => [
          el('line', { class: 'grid', x1: px(x(tick)), x2: px(x(tick)), y1: 0, y2: bottom }),
          el(
            'text',
            { class: 'tick', x: px(x(tick)), y: bottom + 16, 'text-anchor': 'middle' },
            Number(tick.toPrecision(4)),
          ),
        ]),
      el('line', { class: 'due', x1: px(x(1)), x2: px(x(1)), y1: 0, y2: bottom }),
      el(
        'text',
        { class: 'tick', x: px(x(1)), y: bottom + 32, 'text-anchor': 'middle' },
        '1 = as due',
      ),
      fits.map(({ epsilon, rate, low, high, expected }, row) => {
        const y = row * ROW + ROW / 2;
        return [
          el(
            'text',
            { class: 'name', x: LEFT - 14, y: y + 4, 'text-anchor': 'end' },
            `ε = ${Number(epsilon.toPrecision(5))}`,
          ),
          el('path', {
            class: 'whisker',
            d: `M${inside(low / expected)} ${y}H${inside(high / expected)}`,
          }),
          el('circle', { class: 'estimate', cx: inside(rate / expected), cy: y, r: 4.5 }),
        ];
      }),
    ),
  );
}

function fitTable(fits: readonly Fit[]): Content {
  const rate = (value: number): string => (value === 0 ? '0' : value.toExponential(3));
  const rows = fits.map(({ epsilon, flipped, bits, expected, rate: observed, low, high }) => ({
    cells: [
      String(Number(epsilon.toPrecision(6))),
      formatCount(bits),
      formatCount(flipped),
      formatFixed(bits * expected, 1),
      rate(observed),
      rate(expected),
      `${rate(low)} to ${rate(high)}`,
      low <= expected && expected <= high ? 'yes' : 'no',
    ],
  }));
  const figure = (title: string) => ({ title, numeric: true });
  const columns = [
    { title: 'Epsilon' },
    figure('Bits'),
    figure('Flipped'),
    figure('Expected'),
    figure('Rate'),
    figure('Expected rate'),
    figure('99 % interval'),
    { title: 'Expected rate in it' },
  ];
  return dataTable({
    caption: 'Flipped bits of accepted honest reports, by epsilon',
    columns,
    rows,
  });
}
