/**
 * Small multiples: for each metric a card per state with the estimates that an authority sees, the
 * truth and error bars. As shares of the state's reports, on one scale for all states of a metric,
 * so that one sees what noise does to small states.
 */

import type { CellRecord, RunSummary } from '@priolab/harness';

import { poolBins, poolCells } from '../pool.ts';
import type { PooledRow } from '../pool.ts';
import { counted, formatCount, formatFixed } from '../text.ts';
import { renderCard } from './card.ts';
import type { Card } from './card.ts';
import { el } from './element.ts';
import type { Content } from './element.ts';
import { dataTable, note, nothing } from './section.ts';

const METRICS_MAX = 16;
/** Cards of the whole page, shared out among the metrics; bins of a card. */
const CARDS_MAX = 240;
export const BINS_MAX = 8;
const ROWS_MAX = 600;
const OPEN_MAX = 1;

/** Half width of a 95 % interval, in standard errors. */
const Z95 = 1.96;
/** On each side of a scale, of its length: a dot at the end is whole. */
const MARGIN = 0.03;

export function renderStates({ cells }: RunSummary): Content {
  const rows = poolCells(cells);
  if (rows.length === 0) return nothing('No cell: no report reached the processors.');
  const metrics = [...new Set(rows.map(({ metric }) => metric))].sort();
  const shown = metrics.slice(0, METRICS_MAX);
  const cardsMax = Math.max(1, Math.floor(CARDS_MAX / shown.length));
  const rowsMax = Math.max(1, Math.floor(ROWS_MAX / shown.length));
  const groups = shown.map((metric, i) =>
    renderMetric({
      metric,
      rows: rows.filter((row) => row.metric === metric),
      cells: cells.filter((cell) => cell.metric === metric),
      isOpen: i < OPEN_MAX,
      cardsMax,
      rowsMax,
    }),
  );
  const cut = metrics.length - shown.length;
  return [
    note(
      'Vendors, windows and days are pooled. Bar: truth, honest reports before noise. Dot and ' +
        'line: what the authority estimates, with its 95 % interval (1.96 standard errors). ' +
        'As shares of the state’s reports, on one scale for all states of a metric; at the left ' +
        'the numbers of the bins. An error bar with a tip goes on beyond the picture.',
    ),
    groups,
    cut > 0 && note(`${counted(cut, 'more metric')} not shown; all are in summary.json.`),
  ];
}

interface Metric {
  readonly metric: string;
  readonly rows: readonly PooledRow[];
  readonly cells: readonly CellRecord[];
  readonly isOpen: boolean;
  readonly cardsMax: number;
  readonly rowsMax: number;
}

function renderMetric({ metric, rows, cells, isOpen, cardsMax, rowsMax }: Metric): Content {
  const published = rows.filter(({ totals }) => totals !== undefined);
  const bins = binsOf(cells);
  const cards = published.slice(0, cardsMax).map(({ state, reports }): Card => {
    const own = cells.filter((cell) => cell.state === state && cell.estimates !== undefined);
    const { truth, estimate, standardError } = poolBins(own);
    const share = (count: number): number => (100 * count) / Math.max(1, reports);
    return {
      state,
      reports,
      half: share(Z95 * standardError),
      bins: bins.shown.map((bin) => ({
        bin,
        truth: share(truth[bin]!),
        estimate: share(estimate[bin]!),
        counts: { truth: truth[bin]!, estimate: estimate[bin]!, half: Z95 * standardError },
      })),
    };
  });
  const scale = scaleOf(cards);
  const leftOut = published.length - cards.length;
  return el(
    'details',
    { class: 'metric', open: isOpen },
    el('summary', {}, el('h3', {}, metric), ' ', el('span', { class: 'quiet' }, bins.about)),
    cards.length === 0
      ? nothing('Every total of this metric was held.')
      : el(
          'div',
          { class: 'cards' },
          cards.map((card) => renderCard(metric, card, scale)),
        ),
    leftOut > 0 && note(`Cards of ${counted(leftOut, 'more state')} are left out; see the table.`),
    stateTable(metric, rows.slice(0, rowsMax)),
    rows.length > rowsMax &&
      note(`${formatCount(rows.length - rowsMax)} more rows are in summary.json, under "cells".`),
  );
}

/** Bins of a metric that are drawn: the most frequent in truth, in their order. */
function binsOf(cells: readonly CellRecord[]): { shown: number[]; about: string } {
  const published = cells.filter(({ estimates }) => estimates !== undefined);
  if (published.length === 0) return { shown: [], about: '' };
  const { truth } = poolBins(published);
  const all = [...truth.keys()];
  const sorted = all.toSorted((a, b) => truth[b]! - truth[a]! || a - b);
  const sum = truth.reduce((total, count) => total + count, 0);
  const first = truth[0]!;
  // "Nothing happened": beside it nothing else would be seen.
  const others = truth.reduce((most, count, bin) => (bin === 0 ? most : Math.max(most, count)), 0);
  const hidesOthers = truth.length > 1 && first > 4 * others;
  const kept = sorted.filter((bin) => !(hidesOthers && bin === 0)).slice(0, BINS_MAX);
  const zero = hidesOthers
    ? `bin 0 (${formatFixed((100 * first) / sum, 1)} % of the ones) not drawn`
    : '';
  const candidates = truth.length - (hidesOthers ? 1 : 0);
  const cut = kept.length < candidates ? `the ${kept.length} most frequent drawn` : '';
  const about = [counted(truth.length, 'bin'), zero, cut].filter(Boolean).join('; ');
  return { shown: kept.sort((a, b) => a - b), about };
}

/**
 * Room for every truth and estimate and for the error bars of half of the states: those of small
 * states would leave none for the others, and may leave the picture.
 */
function scaleOf(cards: readonly Card[]): [low: number, high: number] {
  const values = cards.flatMap(({ bins }) =>
    bins.flatMap(({ truth, estimate }) => [truth, estimate]),
  );
  const halves = cards.map(({ half }) => half).sort((a, b) => a - b);
  const half = halves[Math.floor(halves.length / 2)] ?? 0;
  const high = Math.max(0, ...values) + half || 1;
  const low = Math.min(0, ...values) - half;
  const margin = MARGIN * (high - low);
  return [low - margin, high + margin];
}

function stateTable(metric: string, rows: readonly PooledRow[]): Content {
  const lines = rows.map(
    ({ state, reports, totals, heldCount, cellCount, heldReasons, cheats }) => {
      const held = heldCount === 0 ? '' : `${heldCount} of ${cellCount}: ${heldReasons.join(', ')}`;
      const numbers =
        totals === undefined
          ? ['-', '-', '-', '-', '-', '-', '-']
          : [
              totals.bin,
              formatCount(totals.truth),
              formatFixed(totals.estimate, 1),
              formatFixed(totals.error, 1),
              formatFixed(totals.standardError, 2),
              formatFixed(totals.rmsError, 2),
              formatZ(totals.worstZ),
            ];
      return {
        cells: [state, formatCount(reports), ...numbers, formatCount(cheats), held],
        attributes: { 'data-state': state },
      };
    },
  );
  const figure = (title: string) => ({ title, numeric: true });
  const columns = [
    { title: 'State' },
    ...['Reports', 'Bin', 'Truth', 'Estimate', 'Error', 'Std. error', 'RMS', 'Worst z'].map(figure),
    figure('Cheats'),
    { title: 'Held' },
  ];
  const caption =
    `${metric} by state. Bin: the most frequent apart from bin 0; RMS and worst z over all bins; ` +
    'cheats: accepted reports whose value a cheat changed, part of the error';
  return dataTable({ caption, columns, rows: lines, sortable: true });
}

/** No noise, yet an error: infinitely many standard errors (null in JSON). */
function formatZ(z: number | undefined): string {
  if (z === undefined) return '-';
  return z === Infinity ? 'inf' : formatFixed(z, 2);
}
