/**
 * Figures over time: a line and a shape for each row, 95 % error bars, and a mark on the axis for
 * each window that is held or suppressed. A slider below moves along the windows, for keyboards,
 * fingers and screen readers; what it stands on is read out beside it.
 */

import { useId, useState } from 'preact/hooks';

import type { Figure } from '../figures.ts';
import { halfWidth, isPartial } from '../figures.ts';
import { estimate, number, plural, shortDay, windowName } from '../words.ts';
import type { Axis } from './axis.ts';
import { LegendMarker, Marker, WindowMark } from './marker.tsx';
import { dodge, frameFor, labelledDays, pieces, xOf, yOf } from './time-layout.ts';
import type { Frame, Span } from './time-layout.ts';
import { useWidth } from './use-width.ts';

/** A window with a figure for each line. */
export interface Column extends Span {
  readonly status: 'published' | 'suppressed' | 'held';
  /** Why it has no figures. */
  readonly why: string;
  readonly clients: number | undefined;
  readonly figures: readonly Figure[];
}

interface Properties {
  readonly label: string;
  readonly unit: string;
  readonly columns: readonly Column[];
  readonly lines: readonly string[];
  readonly span: Span;
  readonly axis: Axis;
}

export function TimeChart(properties: Properties) {
  const { label, unit, columns, lines, span, axis } = properties;
  const [ref, width] = useWidth<HTMLDivElement>();
  const [chosen, setChosen] = useState<number>();
  const last = columns.length - 1;
  const cursor = Math.min(chosen ?? last, last);
  const frame = frameFor(
    width,
    axis.ticks.map((tick) => number(tick, axis.decimals)),
  );
  const atPointer = (event: PointerEvent & { currentTarget: Element }): void => {
    const x = event.clientX - event.currentTarget.getBoundingClientRect().left;
    const distance = ({ fromMs, toMs }: Column) =>
      Math.abs(xOf(frame, span, (fromMs + toMs) / 2) - x);
    const nearest = columns.reduce((a, b) => (distance(b) < distance(a) ? b : a));
    setChosen(columns.indexOf(nearest));
  };
  const column = columns[cursor];
  return (
    <div class="time-chart" ref={ref}>
      <p class="unit">{unit}</p>
      {width > 0 && (
        <svg
          width={width}
          height={frame.height}
          role="img"
          aria-label={`${label}; the table below holds the same figures`}
          onPointerMove={atPointer}
          onPointerDown={atPointer}
        >
          <Grid frame={frame} span={span} axis={axis} />
          {columns.map(
            (one) =>
              one.status !== 'published' && (
                <Blank key={one.fromMs} frame={frame} span={span} column={one} />
              ),
          )}
          {column !== undefined && <Cursor frame={frame} span={span} column={column} />}
          {lines.map((_, line) => (
            <Line key={line} {...properties} frame={frame} line={line} />
          ))}
        </svg>
      )}
      <Slider {...{ columns, lines, cursor, frame, span }} onMove={setChosen} />
    </div>
  );
}

function Grid({ frame, span, axis }: { frame: Frame; span: Span; axis: Axis }) {
  const { left, right, bottom } = frame;
  return (
    <g>
      {axis.ticks.map((tick) => {
        const y = yOf(frame, axis, tick);
        return (
          <g key={tick}>
            <line class={tick === 0 ? 'zero' : 'grid'} x1={left} x2={right} y1={y} y2={y} />
            <text class="tick" x={left - 6} y={y} dy="0.32em" text-anchor="end">
              {number(tick, axis.decimals)}
            </text>
          </g>
        );
      })}
      {labelledDays(frame, span).map((dayMs) => {
        const x = xOf(frame, span, Math.max(dayMs, span.fromMs));
        return (
          <g key={dayMs}>
            <line class="grid" x1={x} x2={x} y1={bottom} y2={bottom + 24} />
            <text class="tick" x={x + 4} y={bottom + 36} text-anchor="start">
              {shortDay(dayMs)}
            </text>
          </g>
        );
      })}
    </g>
  );
}

interface InFrame {
  readonly frame: Frame;
  readonly span: Span;
  readonly column: Column;
}

/** A window without figures: shaded, with its mark below the axis. */
function Blank({ frame, span, column }: InFrame) {
  const x = xOf(frame, span, column.fromMs);
  const x2 = xOf(frame, span, column.toMs);
  const { top, bottom } = frame;
  return (
    <g>
      <title>{column.why}</title>
      <rect class="blank" x={x} width={x2 - x} y={top} height={bottom - top} />
      <WindowMark status={column.status} x={(x + x2) / 2} y={bottom + 12} />
    </g>
  );
}

function Cursor({ frame, span, column }: InFrame) {
  const x = xOf(frame, span, (column.fromMs + column.toMs) / 2);
  return <line class="cursor" x1={x} x2={x} y1={frame.top} y2={frame.bottom + 24} />;
}

function Line({ frame, span, axis, columns, lines, line }: Properties & LineOptions) {
  const place = (column: Column): number => {
    const [from, to] = [xOf(frame, span, column.fromMs), xOf(frame, span, column.toMs)];
    return (from + to) / 2 + dodge(line, lines.length, to - from);
  };
  const y = (value: number): number => yOf(frame, axis, value);
  const shown = pieces(columns, ({ figures }) => figures[line]?.value !== undefined);
  return (
    <g>
      {shown.map((piece) => (
        <polyline
          key={piece[0]!.fromMs}
          class={`line slot-${line}`}
          points={piece
            .map((column) => `${place(column)},${y(column.figures[line]!.value!)}`)
            .join(' ')}
        />
      ))}
      {shown.flat().map((column) => {
        const figure = column.figures[line]!;
        const [x, value, half] = [place(column), figure.value!, halfWidth(figure)];
        const [high, low] = [y(value + half), y(value - half)];
        return (
          <g key={column.fromMs} class={isPartial(figure) ? 'partial' : ''}>
            <path
              class={`whisker slot-${line}`}
              d={`M${x} ${high}V${low}M${x - 3} ${high}h6M${x - 3} ${low}h6`}
            />
            <Marker slot={line} x={x} y={y(value)} />
          </g>
        );
      })}
    </g>
  );
}

interface LineOptions {
  readonly frame: Frame;
  readonly line: number;
}

interface SliderOptions {
  readonly columns: readonly Column[];
  readonly lines: readonly string[];
  readonly cursor: number;
  readonly frame: Frame;
  readonly span: Span;
  readonly onMove: (index: number) => void;
}

/** Half of a slider's thumb: its middle can't come nearer to the ends. */
const THUMB = 8;

function Slider({ columns, lines, cursor, frame, span, onMove }: SliderOptions) {
  const id = useId();
  const column = columns[cursor];
  if (column === undefined) return null;
  const name = windowName(column.fromMs, column.toMs);
  const middle = ({ fromMs, toMs }: Span): number => xOf(frame, span, (fromMs + toMs) / 2);
  const [first, last] = [middle(columns[0]!), middle(columns.at(-1)!)];
  return (
    <div class="readout">
      {columns.length > 1 && (
        <>
          <label class="hidden" for={id}>
            Window
          </label>
          <input
            id={id}
            type="range"
            min="0"
            max={columns.length - 1}
            value={cursor}
            style={{ marginLeft: `${first - THUMB}px`, width: `${last - first + 2 * THUMB}px` }}
            aria-valuetext={[name, ...said(column, lines)].join('; ')}
            onInput={(event) => onMove(Number(event.currentTarget.value))}
          />
        </>
      )}
      <p>
        <strong>{name}</strong>{' '}
        {column.status === 'published' ? plural(column.clients ?? 0, 'contribution') : column.why}
      </p>
      {column.status === 'published' && (
        <ul>
          {lines.map((line, index) => (
            <li key={line}>
              <LegendMarker slot={index} /> <span>{line}</span>{' '}
              <b>{estimate(column.figures[index]!)}</b>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

function said({ status, why, figures }: Column, lines: readonly string[]): string[] {
  if (status !== 'published') return [why];
  return lines.map((line, index) => `${line}: ${estimate(figures[index]!)}`);
}
