/**
 * A run as Markdown for a pull request or a step summary: verdict first, what did not pass, then
 * numbers to unfold. Everything that is not ours stands in a code span, where no renderer looks for
 * links, mentions, HTML or mathematics. Bounded: a comment on GitHub holds 65,536 characters.
 */

import type { ExpectationOutcome, RunSummary } from '@priolab/harness';

import { problemsOf, remedyFor, verdictSentence } from './headline.ts';
import { knownLimits, reportsDone } from './known-limits.ts';
import { poolCells } from './pool.ts';
import type { PooledRow } from './pool.ts';
import {
  clip,
  counted,
  formatCount,
  formatDuration,
  formatFixed,
  formatInterval,
  sanitise,
  visible,
} from './text.ts';

const LENGTH_MAX = 60_000;
const ROWS_MAX = 60;
/** Of one text in a table. */
const TEXT_LONGEST = 300;

const MARKS: Readonly<Record<string, string>> = { pass: '✅', fail: '❌' };

interface Section {
  readonly title: string;
  readonly text: string;
}

/** Ends in a newline. `replay` is the command that repeats the run. */
export function renderMarkdown(summary: RunSummary, { replay }: { replay: string }): string {
  const parts = [headline(summary, replay), ...problems(summary)];
  const omitted: string[] = [];
  let length = parts.join('').length;
  for (const { title, text } of sections(summary)) {
    const part = `\n<details><summary>${title}</summary>\n\n${text}\n</details>\n`;
    if (length + part.length > LENGTH_MAX) omitted.push(title);
    else {
      parts.push(part);
      length += part.length;
    }
  }
  if (omitted.length > 0) parts.push(`\nLeft out, for want of room: ${omitted.join(', ')}.\n`);
  return parts.join('');
}

function headline(summary: RunSummary, replay: string): string {
  const { verdict, exitCode, identity, environment, fidelity } = summary;
  const run = [
    `seed ${code(identity.seed)}`,
    `result ${code(identity.resultDigest.slice(0, 8))}`,
    `backend ${code(identity.backend)}`,
    `fidelity ${code(identity.fidelity)}`,
    `commit ${code(environment.commit)}`,
  ].join(', ');
  const notDone = fidelity.notDone === undefined ? [] : ['', `Not done: ${code(fidelity.notDone)}`];
  const lines = [
    `## ${mark(verdict)} ${verdict.toUpperCase()} ${code(identity.id)}`,
    '',
    `${verdictSentence(summary, code)} (exit code ${exitCode}).`,
    ...notDone,
    '',
    run,
  ];
  const repeat = verdict === 'pass' ? [] : ['', 'Repeat this run:', '', ...block(replay)];
  return [...lines, ...repeat, ''].join('\n');
}

/** Worst first; the whole of it however long the others are, up to the rows of a table. */
function problems(summary: RunSummary): string[] {
  const all = problemsOf(summary);
  if (all.length === 0) return [];
  const rows = all.map((outcome) => {
    const { id, verdict, observed, limit } = outcome;
    const remedy = remedyFor(outcome, summary);
    const cells = [`${mark(verdict)} ${verdict}`, code(id), code(observed), code(limit)];
    return [...cells, remedy === undefined ? '' : code(remedy)];
  });
  const titles = ['verdict', 'expectation', 'observed', 'limit', 'to do'];
  return [`\n### To look at\n\n${table(titles, rows, 40)}`];
}

function sections(summary: RunSummary): Section[] {
  const { expectations, fates, cells, adversaries, cost, environment } = summary;
  const passed = expectations.filter(({ verdict }) => verdict === 'pass').length;
  const known = [...knownLimits(summary)];
  const of = (title: string, count: number, text: () => string): Section[] =>
    count === 0 ? [] : [{ title, text: text() }];
  const machine = `${environment.cpu}, ${environment.platform}, node ${environment.node}`;
  return [
    ...of(`Expectations: ${passed} of ${expectations.length} pass`, expectations.length, () =>
      outcomeTable(expectations),
    ),
    ...of(`Reports: ${formatCount(summary.population.reports)} planned`, fates.length, () =>
      fateTable(summary),
    ),
    ...of('Adversaries', adversaries.length, () =>
      table(
        ['adversary', 'reports', 'counted nevertheless'],
        adversaries.map(({ id, fired, escaped }) => [
          code(id),
          formatCount(fired),
          formatCount(escaped),
        ]),
      ),
    ),
    ...faultSection(summary),
    ...of('States and metrics', cells.length, () => cellTable(poolCells(cells))),
    ...of('Known limits', known.length, () =>
      table(
        ['limit', 'extent'],
        known.map(([id, text]) => [code(id), code(text)]),
      ),
    ),
    {
      title: 'Cost',
      text:
        `${formatCount(cost.reportsPerSecond)} reports/s, ${formatDuration(cost.wallMs)}, ` +
        `${formatCount(cost.peakRssBytes / 2 ** 20)} MiB, ` +
        `${counted(environment.workers, 'worker')} on ${code(machine)}\n`,
    },
  ];
}

/** Intervals where there are any. */
function outcomeTable(outcomes: readonly ExpectationOutcome[]): string {
  const isAny = outcomes.some(({ interval }) => interval !== undefined);
  const titles = ['verdict', 'expectation', 'observed', 'n', ...(isAny ? ['interval'] : [])];
  const rows = outcomes.map(({ id, verdict, observed, n, interval }) => [
    `${mark(verdict)} ${verdict}`,
    code(id),
    code(observed),
    formatCount(n),
    interval === undefined ? '' : code(formatInterval(interval)),
  ]);
  return table(titles, rows);
}

function fateTable({ fates }: RunSummary): string {
  const done = reportsDone(fates);
  const rows = fates
    .toSorted((a, b) => b.count - a.count)
    .map(({ outcome, hop, reason, count }) => {
      const isDone = outcome !== 'pending' && done > 0;
      const share = isDone ? `${formatFixed((100 * count) / done, 2)} %` : '';
      return [code(outcome), code(hop), code(reason), formatCount(count), share];
    });
  return table(['outcome', 'hop', 'reason', 'reports', 'share'], rows);
}

function faultSection({ simulation }: RunSummary): Section[] {
  const faults = simulation?.faults ?? [];
  if (faults.length === 0) return [];
  const rows = faults.map(({ id, at, fired, fires, unexpected }) => [
    code(at === undefined ? id : `${id} at ${at}`),
    `${formatCount(fired)} (at least ${formatCount(fires)})`,
    formatCount(unexpected),
  ]);
  return [{ title: 'Faults', text: table(['fault', 'struck', 'unexpected fates'], rows) }];
}

function cellTable(rows: readonly PooledRow[]): string {
  const titles = ['state', 'metric', 'reports', 'bin', 'truth', 'estimate', 'error / std. error'];
  return table(
    titles,
    rows.map(({ state, metric, reports, heldReasons, totals }) => {
      const which = [code(state), code(metric), formatCount(reports)];
      if (totals === undefined) return [...which, '', '', `held: ${code(heldReasons.join(', '))}`];
      const { bin, truth, estimate, error, standardError } = totals;
      const z = standardError === 0 ? '' : formatFixed(error / standardError, 1);
      return [...which, String(bin), formatFixed(truth, 1), formatFixed(estimate, 1), z];
    }),
  );
}

/** Rows beyond the most are told by their number. Cells are Markdown of ours. */
export function table(
  titles: readonly string[],
  rows: readonly (readonly string[])[],
  most = ROWS_MAX,
): string {
  const line = (cells: readonly string[]): string =>
    `| ${titles.map((_, k) => cells[k] ?? '').join(' | ')} |`;
  const more = rows.length > most ? [line([`${rows.length - most} more`])] : [];
  return [
    line(titles),
    line(titles.map(() => '---')),
    ...rows.slice(0, most).map(line),
    ...more,
    '',
  ].join('\n');
}

function mark(verdict: string): string {
  return MARKS[verdict] ?? '⚠️';
}

/** Foreign text as a code span; what would end the span or a table's cell is written out. */
export function code(text: string): string {
  const shown = clip(sanitise(text).replace(/[`|]/g, visible), TEXT_LONGEST).trim();
  return `\`${shown === '' ? '-' : shown}\``;
}

/** A command to copy, within a fence that it can't end. */
function block(command: string): string[] {
  const text = sanitise(command);
  const longest = Math.max(2, ...(text.match(/`+/g) ?? []).map(({ length }) => length));
  const fence = '`'.repeat(longest + 1);
  return [`${fence}sh`, text, fence];
}
