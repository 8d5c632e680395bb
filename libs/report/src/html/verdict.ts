/**
 * The top of the page: the verdict in one sentence, which run it was, how to see it again, and
 * what did not pass. The verdict is the record's.
 */

import { Buffer } from 'node:buffer';

import type { RunSummary } from '@priolab/harness';

import { problemsOf, remedyFor, verdictSentence } from '../headline.ts';
import { reportsDone } from '../known-limits.ts';
import { counted, formatCount, formatDuration } from '../text.ts';
import { el } from './element.ts';
import type { Content } from './element.ts';
import { badge, figures, note } from './section.ts';

/** A link of more than this many bytes would make the page heavy; capsules have at most 50,000. */
const CAPSULE_BYTES_MAX = 200_000;

const MARKS: Readonly<Record<string, string>> = { pass: '✓', fail: '✗' };

export function verdictBadge(verdict: string): Content {
  const known = ['pass', 'fail'].includes(verdict) ? verdict : 'doubt';
  return badge(known, MARKS[known] ?? '!', verdict);
}

export interface RepeatOptions {
  /** The command that repeats the run. */
  readonly replay: string;
  /** The text of its capsule, if there is one. */
  readonly capsule?: string | undefined;
}

export function renderVerdict(summary: RunSummary, repeat: RepeatOptions): Content {
  const { identity, scenario, verdict, exitCode, fidelity } = summary;
  const word = verdict === 'pass' ? 'pass' : verdict === 'fail' ? 'fail' : 'doubt';
  const sentence = verdictSentence(summary);
  return el(
    'header',
    { class: `verdict ${word}` },
    el('h1', {}, identity.id),
    el('p', { class: 'about' }, scenario.about),
    el(
      'p',
      { class: 'sentence' },
      verdictBadge(verdict),
      ' ',
      el('strong', {}, `${sentence.charAt(0).toUpperCase()}${sentence.slice(1)}.`),
      ' ',
      el('span', { class: 'quiet' }, `Exit code ${exitCode}.`),
    ),
    fidelity.notDone !== undefined && el('p', { class: 'notice' }, fidelity.notDone),
    renderProblems(summary),
    renderRepeat(repeat),
    figuresOf(summary),
  );
}

function renderProblems(summary: RunSummary): Content {
  const problems = problemsOf(summary);
  if (problems.length === 0) return undefined;
  return el(
    'div',
    { class: 'problems' },
    el('h2', {}, 'What did not pass'),
    el(
      'ul',
      {},
      problems.map((outcome) => {
        const { id, verdict, observed, limit, n } = outcome;
        const remedy = remedyFor(outcome, summary);
        return el(
          'li',
          {},
          el('p', {}, verdictBadge(verdict), ' ', el('strong', {}, id)),
          field('observed', observed, ` (n = ${formatCount(n)})`),
          field('limit', limit),
          remedy !== undefined && field('to do', remedy),
        );
      }),
    ),
  );
}

function field(name: string, ...content: Content[]): Content {
  return el('p', { class: 'field' }, el('span', { class: 'quiet' }, `${name}: `), ...content);
}

function renderRepeat({ replay, capsule }: RepeatOptions): Content {
  return el(
    'div',
    { class: 'repeat' },
    el('h2', {}, 'Repeat this run'),
    el(
      'p',
      { class: 'command' },
      el('code', { id: 'replay', tabindex: 0 }, replay),
      el('button', { type: 'button', 'data-copy': 'replay', hidden: true }, 'Copy'),
    ),
    capsuleLink(capsule),
  );
}

function capsuleLink(capsule: string | undefined): Content {
  if (capsule === undefined) return undefined;
  const bytes = Buffer.from(capsule, 'utf8');
  if (bytes.length > CAPSULE_BYTES_MAX) {
    return note(`Its capsule of ${formatCount(bytes.length)} bytes is too large for this page.`);
  }
  const href = `data:application/json;base64,${bytes.toString('base64')}`;
  return el(
    'p',
    {},
    el('a', { href, download: 'capsule.json' }, 'Save capsule.json'),
    el('span', { class: 'quiet' }, `, ${formatCount(bytes.length)} bytes: scenario, seed and `),
    el('span', { class: 'quiet' }, 'digests, all that `priolab replay` needs on any machine.'),
  );
}

function figuresOf(summary: RunSummary): Content {
  const { population, fates, cells, cost, identity, simulation } = summary;
  const published = cells.filter(({ totals }) => totals !== undefined).length;
  // In simulated time a window may come to no sum at all, and then it has no cell.
  const windows = Math.max(cells.length, simulation?.windows.due ?? 0);
  const done = reportsDone(fates);
  const of = (outcome: string): number =>
    fates.reduce((sum, fate) => sum + (fate.outcome === outcome ? fate.count : 0), 0);
  const { states, days, reports } = population;
  return figures([
    [
      'Reports',
      formatCount(done),
      done === reports ? 'all that were planned' : `of ${formatCount(reports)} planned`,
    ],
    ['Accepted', formatCount(of('accepted')), `${formatCount(of('rejected'))} rejected`],
    ['Totals published', formatCount(published), `of ${counted(windows, 'window')}`],
    ['Where and when', counted(states, 'state'), counted(days, 'day')],
    ['Speed', `${formatCount(cost.reportsPerSecond)}/s`, `${formatDuration(cost.wallMs)} in all`],
    ['Seed', identity.seed, `result ${identity.resultDigest.slice(0, 8)}`],
  ]);
}
