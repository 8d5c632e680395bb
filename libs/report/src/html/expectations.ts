/** What the scenario expects, with what was found; who cheated. */

import type { ExpectationOutcome, RunSummary } from '@priolab/harness';

import { knownLimit } from '../known-limits.ts';
import { formatCount, formatLevel } from '../text.ts';
import { el } from './element.ts';
import type { Content } from './element.ts';
import { renderInterval, usualWindow, windowText } from './interval.ts';
import { dataTable, note, nothing } from './section.ts';
import { verdictBadge } from './verdict.ts';

export function renderExpectations({ expectations }: RunSummary): Content {
  if (expectations.length === 0) {
    return nothing('The scenario expects nothing: write what it should show under `expect`.');
  }
  const usual = usualWindow(expectations);
  const rows = expectations.map((outcome) => {
    const { id, verdict, observed, limit, n } = outcome;
    return {
      cells: [id, verdictBadge(verdict), observed, limit, formatCount(n), basisOf(outcome, usual)],
    };
  });
  const columns = [
    { title: 'Expectation' },
    { title: 'Verdict', beside: true },
    { title: 'Observed' },
    { title: 'Limit' },
    { title: 'n', numeric: true },
    { title: 'Interval, level and power' },
  ];
  const caption = 'Each expectation, as judged in the run';
  return [
    dataTable({ caption, columns, rows, sortable: true, stacked: true, kind: 'expectations' }),
    note(
      'n: reports, cells or values behind it. Statistical ones say their level (how seldom they ' +
        'are wrong about a right system) and the smallest effect that n would show. ',
      expectations.some(({ interval }) => interval !== undefined) &&
        'Bar: what is not ruled out; line across: what is due; dot: what was found. ',
      usual !== undefined && `Judged where nothing else is said: ${usual} UTC, simulated.`,
    ),
  ];
}

/** What a verdict rests on beside n. */
function basisOf(outcome: ExpectationOutcome, usual: string | undefined): Content {
  const { power } = outcome;
  const window = windowText(outcome);
  return [
    renderInterval(outcome),
    power !== undefined &&
      el('p', {}, `alpha ${formatLevel(power.alpha)}; would show ${power.detectable}`),
    window !== undefined && window !== usual && el('p', {}, `judged ${window} UTC`),
  ];
}

export function renderAdversaries(summary: RunSummary): Content {
  const { adversaries } = summary;
  if (adversaries.length === 0) return nothing('Nobody cheated in this run.');
  const rows = adversaries.map((adversary) => {
    const { id, about, fired, escaped } = adversary;
    const isLimit = knownLimit(adversary, summary) !== undefined;
    // Its reports count by design of the protocol: "0 escaped" would read as "all caught".
    const escapes = isLimit ? 'known limit' : formatCount(escaped);
    const remark = fired === 0 ? 'never happened in this run' : '';
    return { cells: [id, formatCount(fired), escapes, about, remark] };
  });
  const columns = [
    { title: 'Adversary' },
    { title: 'Reports', numeric: true },
    { title: 'Escaped', numeric: true },
    { title: 'What it does' },
    { title: 'Remark' },
  ];
  return dataTable({
    caption: 'Cheating devices and networks',
    columns,
    rows,
    sortable: true,
    stacked: true,
  });
}
