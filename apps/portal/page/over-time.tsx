/** The first part of the results: chosen rows over time, for each vendor on the same scale. */

import { useState } from 'preact/hooks';

import type { Result } from './api.ts';
import { fullName } from './breakdown.ts';
import type { Row } from './breakdown.ts';
import { axisFor } from './charts/axis.ts';
import type { Axis } from './charts/axis.ts';
import { LegendMarker, SLOTS, WindowMark } from './charts/marker.tsx';
import { TimeChart } from './charts/time-chart.tsx';
import type { Column } from './charts/time-chart.tsx';
import { endOf, halfWidth, isPartial, scaled, startOf, sumOver } from './figures.ts';
import type { Measure } from './figures.ts';
import { reasonOf } from './reasons.ts';
import { ofVendor, unitOf } from './view.ts';
import type { View } from './view.ts';
import { estimate, number, vendorName, windowName } from './words.ts';

const LINES_AT_FIRST = 4;
/** More rows to choose from are folded away. */
const LISTED_MAX = 9;

export function OverTime({ results, view }: { results: readonly Result[]; view: View }) {
  const { vendors, breakdown, measure } = view;
  const [chosen, setChosen] = useState(() => firstRows(breakdown.rows));
  const rows = chosen.map((index) => breakdown.rows[index]!);
  const byVendor = vendors.map((vendor) => ({
    vendor,
    columns: columnsOf(ofVendor(results, vendor), rows, measure),
  }));
  const every = byVendor.flatMap(({ columns }) => columns);
  const span = {
    fromMs: Math.min(...every.map(({ fromMs }) => fromMs)),
    toMs: Math.max(...every.map(({ toMs }) => toMs)),
  };
  const axis = axisOf(every);
  return (
    <section aria-labelledby="over-time">
      <h2 id="over-time">Over time</h2>
      <LinePicker rows={breakdown.rows} chosen={chosen} onChange={setChosen} />
      <MarkLegend columns={every} />
      <div class="panels">
        {byVendor.map(({ vendor, columns }) => (
          <article key={vendor} aria-label={`${vendorName(vendor)} over time`}>
            <h3>{vendorName(vendor)}</h3>
            {columns.length === 0 ? (
              <p class="empty">No windows from {vendorName(vendor)} in this period.</p>
            ) : (
              <>
                <TimeChart
                  label={`${vendorName(vendor)}: estimates for each window with error bars`}
                  unit={unitOf(measure)}
                  lines={rows.map(fullName)}
                  {...{ columns, span, axis }}
                />
                <TimeTable columns={columns} rows={rows} vendor={vendor} />
              </>
            )}
          </article>
        ))}
      </div>
    </section>
  );
}

function firstRows(rows: readonly Row[]): number[] {
  const all = rows.map((_, index) => index);
  const first = all.filter((index) => !rows[index]!.isAside);
  return (first.length > 0 ? first : all).slice(0, LINES_AT_FIRST);
}

function columnsOf(results: readonly Result[], rows: readonly Row[], measure: Measure): Column[] {
  return results.map((result) => ({
    fromMs: startOf(result),
    toMs: endOf(result),
    status: result.status,
    why: reasonOf(result),
    clients: result.total_individual_clients ?? undefined,
    figures: rows.map(({ bins }) =>
      scaled(sumOver([result], bins), result.total_individual_clients ?? 0, measure),
    ),
  }));
}

function axisOf(columns: readonly Column[]): Axis {
  const ends = columns.flatMap(({ figures }) =>
    figures.flatMap((figure) => {
      const { value } = figure;
      return value === undefined ? [] : [value - halfWidth(figure), value + halfWidth(figure)];
    }),
  );
  return axisFor(ends);
}

interface PickerOptions {
  readonly rows: readonly Row[];
  readonly chosen: readonly number[];
  readonly onChange: (chosen: number[]) => void;
}

function LinePicker({ rows, chosen, onChange }: PickerOptions) {
  const toggle = (index: number): void => {
    const next = chosen.includes(index)
      ? chosen.filter((one) => one !== index)
      : [...chosen, index].toSorted((a, b) => a - b);
    if (next.length >= 1) onChange(next);
  };
  const isFull = chosen.length >= SLOTS;
  const all = (
    <fieldset class="lines">
      <legend>Lines, at most {SLOTS}</legend>
      {rows.map((row, index) => {
        const slot = chosen.indexOf(index);
        return (
          <label key={row.bins[0]} class={slot === -1 ? '' : 'chosen'}>
            <input
              type="checkbox"
              checked={slot !== -1}
              disabled={slot === -1 && isFull}
              onChange={() => toggle(index)}
            />
            {slot !== -1 && <LegendMarker slot={slot} />}
            {fullName(row)}
          </label>
        );
      })}
    </fieldset>
  );
  if (rows.length <= LISTED_MAX) return all;
  return (
    <details>
      <summary>
        Choose lines ({chosen.length} of {rows.length})
      </summary>
      {all}
    </details>
  );
}

function MarkLegend({ columns }: { columns: readonly Column[] }) {
  const statuses = ['suppressed', 'held'].filter((status) =>
    columns.some((column) => column.status === status),
  );
  const hasHollow = columns.some(({ figures }) => figures.some(isPartial));
  if (statuses.length === 0 && !hasHollow) return null;
  return (
    <p class="mark-legend">
      {statuses.map((status) => (
        <span key={status}>
          <svg width="14" height="14" viewBox="-7 -7 14 14" aria-hidden="true">
            <WindowMark status={status} />
          </svg>{' '}
          {status === 'held'
            ? 'held: the two sums do not fit, or one is missing'
            : 'suppressed: too few contributions'}
        </span>
      ))}
      {hasHollow && <span>hollow points: sums of which some bins are hidden</span>}
    </p>
  );
}

interface TableOptions {
  readonly columns: readonly Column[];
  readonly rows: readonly Row[];
  readonly vendor: string;
}

function TimeTable({ columns, rows, vendor }: TableOptions) {
  const caption = `${vendorName(vendor)}: estimates with half the width of their 95 % interval`;
  return (
    <details>
      <summary>Table of this chart</summary>
      <div class="scrolls" tabIndex={0} role="region" aria-label={caption}>
        <table class="plain">
          <caption>{caption}</caption>
          <thead>
            <tr>
              <th scope="col">Window (UTC)</th>
              <th scope="col" class="figure">
                Contributions
              </th>
              {rows.map((row) => (
                <th key={row.bins[0]} scope="col" class="figure">
                  {fullName(row)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {columns.map((column) => (
              <TimeRow key={column.fromMs} column={column} />
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}

function TimeRow({ column }: { column: Column }) {
  const { fromMs, toMs, status, why, clients, figures } = column;
  return (
    <tr>
      <th scope="row">{windowName(fromMs, toMs)}</th>
      <td class="figure">{clients === undefined ? '' : number(clients)}</td>
      {status === 'published' ? (
        figures.map((figure, index) => (
          <td key={index} class="figure">
            {estimate(figure)}
          </td>
        ))
      ) : (
        <td colSpan={figures.length}>{why}</td>
      )}
    </tr>
  );
}
