/** What a verdict does not stand for: what was not covered, and what nothing can prevent. */

import type { RunSummary } from '@priolab/harness';

import { coverageGaps } from '../coverage.ts';
import { knownLimit, measuredLimit } from '../known-limits.ts';
import { formatCount } from '../text.ts';
import { el } from './element.ts';
import type { Content } from './element.ts';
import { dataTable, note, nothing } from './section.ts';

export function renderGaps(summary: RunSummary): Content {
  const gaps = coverageGaps(summary);
  if (gaps.length === 0) return nothing('All that can be asked was asked, and had data.');
  const kinds = [...new Set(gaps.map(({ kind }) => kind))];
  return [
    note('What a reader of the verdict could think was shown, and was not. It turns nothing red.'),
    el(
      'dl',
      { class: 'gaps' },
      kinds.map((kind) => {
        const own = gaps.filter((gap) => gap.kind === kind);
        const texts = own.map(({ about }) => el('dd', {}, about));
        return el('div', {}, el('dt', {}, kind), texts);
      }),
    ),
  ];
}

/** Of cheats and of faults. */
export function renderLimits(summary: RunSummary): Content {
  const { adversaries, limits = [] } = summary;
  const cheats = adversaries.flatMap((adversary) => {
    const limit = knownLimit(adversary, summary);
    if (limit === undefined) return [];
    return [{ cells: [adversary.id, formatCount(adversary.fired), adversary.about, limit] }];
  });
  const faults = limits.map((limit) => {
    const name = limit.at === undefined ? limit.id : `${limit.id} at ${limit.at}`;
    return { cells: [name, formatCount(limit.fired), limit.about, measuredLimit(limit)] };
  });
  const rows = [...cheats, ...faults];
  if (rows.length === 0) {
    return nothing('Nothing happened in this run that the protocol can’t prevent.');
  }
  const columns = [
    { title: 'Cheat or fault' },
    { title: 'Happened', numeric: true },
    { title: 'What it does' },
    { title: 'How far it went' },
  ];
  return dataTable({
    caption: 'What the protocol can’t prevent, and its extent',
    columns,
    rows,
    stacked: true,
  });
}
