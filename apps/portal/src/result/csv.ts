/**
 * Results as CSV (RFC 4180), a row a bin, for spreadsheets: texts that one of those would take for
 * a formula get an apostrophe in front.
 */

import { labelsOf } from './dataset.ts';
import { resultAnswer } from './present.ts';
import type { ResultAnswer } from './present.ts';
import type { Result } from './result.ts';

const HEADER = [
  'id', 'status', 'reason', 'aggregation_id', 'generic_id', 'data_provider', 'country_code',
  'state_code', 'aggregation_start_time', 'aggregation_end_time', 'epsilon',
  'total_individual_clients', 'standard_error', 'bin', 'label', 'sum', 'estimate', 'suppressed',
] as const; // prettier-ignore

type Cell = string | number | null;

/** A piece a result, so that the whole never stands in memory. */
export async function* csvOf(results: readonly Result[]): AsyncGenerator<string> {
  yield line(HEADER);
  for (const result of results) yield rowsOf(result).map(line).join('');
}

function rowsOf(result: Result): Cell[][] {
  const answer = resultAnswer(result);
  const { sum, estimates } = answer;
  // Nothing of it is shown: one row says so.
  if (sum === null) return [[...fixedCells(answer), null, null, null, null, null]];
  const labels = labelsOf(result.aggregation, result.bins);
  return sum.map((one, bin) => [
    ...fixedCells(answer),
    bin,
    labels[bin]!,
    one,
    estimates?.[bin] ?? null,
    one === null ? 'yes' : 'no',
  ]);
}

function fixedCells(answer: ResultAnswer): Cell[] {
  return [
    answer.id,
    answer.status,
    answer.reason ?? null,
    answer.aggregation_id,
    answer.generic_id,
    answer.data_provider,
    answer.country_code,
    answer.state_code,
    answer.aggregation_start_time,
    answer.aggregation_end_time,
    answer.epsilon,
    answer.total_individual_clients,
    answer.standard_error,
  ];
}

function line(cells: readonly Cell[]): string {
  return `${cells.map(cellText).join(',')}\r\n`;
}

const FORMULA = /^[=+\-@\t\r]/;

/** @returns the cell as it stands in a line; numbers, also negative ones, stay numbers */
export function cellText(cell: Cell): string {
  if (cell === null) return '';
  if (typeof cell === 'number') return String(cell);
  const text = FORMULA.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
