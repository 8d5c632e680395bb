/**
 * `priolab faults`: runs the demonstration of each fault and prints the table of what struck, what
 * had to come of it, the verdict, and which oracles the fault's card names.
 */

import { writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';

import {
  EXIT,
  describeEnvironment,
  didYouMean,
  outOfReach,
  resolveScenario,
  worstExit,
} from '@priolab/harness';
import {
  FAULT_COLUMNS,
  cardFile,
  demonstrationOf,
  faultIds,
  faultNotes,
  faultRow,
  markdownRow,
  renderCard,
  runMany,
} from '@priolab/harness/many';
import type { FaultId, ManyResult } from '@priolab/harness/many';
import { monotonicMs } from '@priolab/runtime';

import { parse, usage, wholeNumber } from '../arguments.ts';
import { createProgressLine } from '../progress-line.ts';
import { makeFolderOf } from '../run-folder.ts';
import { printable } from '../streams.ts';

const options = {
  workers: { type: 'string' },
  markdown: { type: 'boolean', default: false },
  show: { type: 'boolean', default: false },
  cards: { type: 'string' },
} as const;

export async function faults(args: readonly string[]): Promise<number> {
  const { values, positionals } = parse('faults', args, options);
  const asked = positionals.length === 0 ? faultIds : positionals.map(faultId);
  const ids = asked.filter((id) => demonstrationOf(id) !== undefined);
  if (values.cards !== undefined) {
    makeFolderOf('faults', '--cards', values.cards);
    for (const id of asked) writeFileSync(join(values.cards, cardFile(id)), renderCard(id));
    console.log(printable(`${asked.length} cards in ${values.cards}`));
    return EXIT.pass;
  }
  if (values.show) {
    for (const id of ids) console.log(JSON.stringify(demonstrationOf(id), undefined, 2));
    return EXIT.pass;
  }
  const workers =
    values.workers === undefined
      ? availableParallelism()
      : wholeNumber('faults', '--workers', values.workers, { min: 0, max: 256 });
  const scenarios = ids.map((id) => resolveScenario(demonstrationOf(id), `demonstration of ${id}`));
  const rows: (readonly string[])[] = [];
  const bad: ManyResult[] = [];
  const progress = createProgressLine(process.stderr, { doing: 'faults', unit: 'faults' });
  const startMs = monotonicMs();
  await runMany({
    init: { jobs: { kind: 'list', scenarios }, environment: describeEnvironment() },
    workers,
    onResult(index, result) {
      rows.push([...faultRow(ids[index]!, result, values.markdown), result.wallMs.toFixed(0)]);
      if (result.verdict !== 'pass') bad.push(result);
      const elapsedMs = monotonicMs() - startMs;
      progress.update({ reportsDone: index + 1, reportCount: ids.length, elapsedMs });
    },
  });
  progress.clear();
  print(rows, values.markdown);
  for (const { id, failed } of bad) {
    for (const one of failed) {
      console.error(printable(`${id}: ${one.verdict} ${one.id}: ${one.observed}`));
    }
  }
  printMissing(asked, { all: positionals.length === 0, markdown: values.markdown });
  return worstExit(bad.map(({ exitCode }) => exitCode));
}

/** Faults without code, and of the whole list also those that this system can't express. */
function printMissing(
  asked: readonly FaultId[],
  { all, markdown }: { readonly all: boolean; readonly markdown: boolean },
): void {
  const missing = [
    ...asked
      .filter((id) => demonstrationOf(id) === undefined)
      .map((id) => [id, faultNotes(id)] as const),
    ...(all ? Object.entries(outOfReach) : []),
  ];
  if (missing.length === 0) return;
  console.log(markdown ? '\n## Not implemented\n' : `\nNot implemented: ${missing.length}`);
  for (const [id, reason] of missing) {
    console.log(printable(markdown ? `- \`${id}\`: ${reason}` : `  ${id}: ${reason}`));
  }
}

function faultId(text: string): FaultId {
  const id = faultIds.find((one) => one === text);
  if (id !== undefined) return id;
  throw usage('faults', `no fault "${text}"${didYouMean(text, faultIds)}; see priolab explain`);
}

const TITLES = [...FAULT_COLUMNS, 'ms'];
const RIGHT: ReadonlySet<string> = new Set(['struck', 'first']);

function print(rows: readonly (readonly string[])[], markdown: boolean): void {
  if (markdown) {
    console.log(markdownRow(FAULT_COLUMNS));
    console.log(markdownRow(FAULT_COLUMNS.map((title) => (RIGHT.has(title) ? '--:' : '---'))));
    for (const row of rows) console.log(markdownRow(row.slice(0, -1)));
    return;
  }
  const widths = TITLES.map((title, i) =>
    Math.max(title.length, ...rows.map((row) => row[i]!.length)),
  );
  for (const row of [TITLES, ...rows]) {
    console.log(
      printable(
        row
          .map((cell, i) => cell.padEnd(widths[i]!))
          .join('  ')
          .trimEnd(),
      ),
    );
  }
}
