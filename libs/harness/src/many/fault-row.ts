/** A fault's row in the table of `priolab faults`: all of it follows from the run, but its time. */

import { cardFile } from '../faults/card.ts';
import { faults as catalogue } from '../faults/catalogue.ts';
import type { FaultId } from '../faults/catalogue.ts';
import type { ManyResult } from './many-program.ts';

export const FAULT_COLUMNS = [
  'fault',
  'struck',
  'first',
  'must',
  'verdict',
  // Those that the card names, whether they were red in this run or not.
  'oracles (by the card)',
  'what came of it',
] as const;

/** Cells in the order of `FAULT_COLUMNS`; in Markdown the first one is a link to the card. */
export function faultRow(id: FaultId, result: ManyResult, markdown: boolean): readonly string[] {
  const { outcome, checkers } = catalogue[id];
  const own = result.faults.find((fault) => fault.id === id);
  const observed = (own?.observed ?? '').replace(/^struck \d+ times?:? ?/, '');
  return [
    markdown ? `[\`${id}\`](${cardFile(id)})` : id,
    String(own?.fired ?? 0),
    own?.firstMs === undefined ? '-' : clockTime(own.firstMs),
    outcome.join(' or '),
    result.verdict,
    checkers.join(', '),
    observed,
  ];
}

/** Simulated time since the run's start: `1d 07:05`. */
function clockTime(ms: number): string {
  const minutes = Math.floor(ms / 60_000);
  const two = (value: number): string => String(value).padStart(2, '0');
  const days = Math.floor(minutes / 1440);
  const time = `${two(Math.floor(minutes / 60) % 24)}:${two(minutes % 60)}`;
  return days === 0 ? time : `${days}d ${time}`;
}

/** The row as a line of Markdown. */
export function markdownRow(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}
