/**
 * A histogram that is a table: a bar with its 95 % error bar and a mark where the noisy sum stands,
 * and the same figures beside it. Bars are drawn in shares of their cell: they fit any width.
 */

import type { Row } from '../breakdown.ts';
import type { Figure } from '../figures.ts';
import { halfWidth, isPartial } from '../figures.ts';
import { decimalsFor, number } from '../words.ts';
import type { Axis } from './axis.ts';
import { shareOf } from './axis.ts';

export interface Bar {
  readonly row: Row;
  readonly figure: Figure;
}

interface Properties {
  readonly caption: string;
  readonly heading: string;
  readonly bars: readonly Bar[];
  readonly axis: Axis;
}

export function Histogram({ caption, heading, bars, axis }: Properties) {
  return (
    <table class="histogram" role="table">
      <caption>{caption}</caption>
      <thead role="rowgroup">
        <tr role="row">
          <th role="columnheader" scope="col">
            {heading}
          </th>
          <th role="columnheader" scope="col" class="bar-cell">
            <span class="hidden">Bar</span>
            <Ticks axis={axis} />
          </th>
          <th role="columnheader" scope="col" class="figure">
            Estimate
          </th>
          <th role="columnheader" scope="col" class="figure">
            95 %
          </th>
          <th role="columnheader" scope="col" class="figure raw">
            Noisy sum
          </th>
        </tr>
      </thead>
      <tbody role="rowgroup">
        {bars.map(({ row, figure }, index) => (
          <BarRow
            key={row.bins[0]}
            row={row}
            figure={figure}
            axis={axis}
            beginsGroup={row.group !== undefined && row.group !== bars[index - 1]?.row.group}
          />
        ))}
      </tbody>
    </table>
  );
}

interface BarRowOptions extends Bar {
  readonly axis: Axis;
  readonly beginsGroup: boolean;
}

function BarRow({ row, figure, axis, beginsGroup }: BarRowOptions) {
  const half = halfWidth(figure);
  const decimals = decimalsFor(half);
  const { value, withheld, counted } = figure;
  return (
    <tr role="row" class={beginsGroup ? 'begins-group' : ''}>
      <th role="rowheader" scope="row">
        {row.group !== undefined && (
          <span class={beginsGroup ? 'group' : 'group repeated'}>{row.group}, </span>
        )}
        {row.name}
        {isPartial(figure) && (
          <span class="note" title={`${withheld} of ${withheld + counted} values are withheld`}>
            {' '}
            incomplete
          </span>
        )}
      </th>
      <td role="cell" class="bar-cell">
        <BarMark figure={figure} axis={axis} />
      </td>
      <td role="cell" class={value !== undefined && value < 0 ? 'figure below-zero' : 'figure'}>
        {value === undefined ? <span class="note">withheld</span> : number(value, decimals)}
      </td>
      <td role="cell" class="figure error">
        {value === undefined ? '' : `± ${number(half, decimals)}`}
      </td>
      <td role="cell" class="figure raw">
        {value === undefined ? '' : number(figure.raw, decimalsForRaw(figure))}
      </td>
    </tr>
  );
}

/** Sums are whole numbers; for every thousand contributions they are not. */
const decimalsForRaw = (figure: Figure): number =>
  Number.isInteger(figure.raw) ? 0 : decimalsFor(halfWidth(figure));

function BarMark({ figure, axis }: { figure: Figure; axis: Axis }) {
  const percent = (value: number): string => `${(100 * shareOf(axis, value)).toFixed(3)}%`;
  const zero = percent(0);
  const { value, raw, withheld } = figure;
  if (value === undefined) {
    return (
      <svg class="bar" aria-hidden="true">
        <line class="zero" x1={zero} x2={zero} y1="0" y2="100%" />
      </svg>
    );
  }
  const [low, high] = [Math.min(0, value), Math.max(0, value)];
  const half = halfWidth(figure);
  const width = `${(100 * (shareOf(axis, high) - shareOf(axis, low))).toFixed(3)}%`;
  const kind = value < 0 ? 'below' : withheld > 0 ? 'partial' : 'above';
  const [from, to] = [percent(value - half), percent(value + half)];
  return (
    <svg class="bar" aria-hidden="true">
      <rect class={kind} x={percent(low)} width={width} y="5" height="12" rx="1" />
      <line class="zero" x1={zero} x2={zero} y1="0" y2="100%" />
      <line class="whisker" x1={from} x2={to} y1="11" y2="11" />
      <line class="whisker" x1={from} x2={from} y1="7.5" y2="14.5" />
      <line class="whisker" x1={to} x2={to} y1="7.5" y2="14.5" />
      <line class="raw" x1={percent(raw)} x2={percent(raw)} y1="2" y2="20" />
    </svg>
  );
}

/** The first, the last and zero: more would not fit a phone. */
function Ticks({ axis }: { axis: Axis }) {
  const ticks = [...new Set([axis.ticks[0]!, 0, axis.ticks.at(-1)!])];
  return (
    <svg class="ticks" aria-hidden="true">
      {ticks.map((tick) => {
        const share = shareOf(axis, tick);
        const anchor = share < 0.1 ? 'start' : share > 0.9 ? 'end' : 'middle';
        return (
          <text key={tick} class="tick" x={`${100 * share}%`} y="11" text-anchor={anchor}>
            {number(tick, axis.decimals)}
          </text>
        );
      })}
    </svg>
  );
}
