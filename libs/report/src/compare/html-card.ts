/**
 * A comparison as one HTML page. Light and dark by the reader's own setting; printed it is a page
 * or two.
 */

import type { ArmRecord, ComparisonRow, Effect, RunComparison } from '@priolab/harness';

import { renderDocument } from '../html/document.ts';
import { el, px } from '../html/element.ts';
import type { Content } from '../html/element.ts';
import { badge, dataTable, note, renderSection } from '../html/section.ts';
import { formatCount } from '../text.ts';
import {
  armFacts,
  changedFates,
  countsOf,
  effectText,
  fateName,
  figureText,
  intervalsText,
  sectionsOf,
  sentenceOf,
  whyText,
  worldLine,
} from './words.ts';

/** The whole page. */
export function renderCardHtml(comparison: RunComparison): string {
  const { a, overall } = comparison;
  const main = el(
    'main',
    {},
    header(comparison),
    sectionsOf(comparison).map(([title, rows]) => {
      const content = comparedTable(title, rows);
      return renderSection({ id: title.toLowerCase(), title, content });
    }),
    fates(comparison),
    note(intervalsText(comparison)),
  );
  return renderDocument({
    title: `${overall}: ${a.id}, a against b`,
    sheet: 'comparison',
    body: main,
  });
}

/** Told apart by shape as well as by colour. */
const MARKS: Readonly<Record<string, string>> = {
  better: '▲',
  same: '=',
  worse: '▼',
  unknown: '?',
  mixed: '◆',
};

function judgementBadge(judgement: string): Content {
  return badge(judgement, MARKS[judgement] ?? '', judgement);
}

function header(comparison: RunComparison): Content {
  const { a, b, overall, world, differences } = comparison;
  const isOther = world.otherWorld !== undefined;
  return el(
    'header',
    { class: `verdict ${overall}` },
    el('h1', {}, sentenceOf(comparison)),
    el('p', { class: 'counts' }, judgementBadge(overall), ' ', countsOf(comparison)),
    el('div', { class: 'arms' }, arm('a', a), arm('b', b)),
    el(
      'p',
      { class: isOther ? 'notice' : 'quiet' },
      el('strong', {}, 'World '),
      worldLine(comparison),
    ),
    differences.length === 0
      ? el('p', { class: 'quiet' }, 'The scenarios say the same.')
      : differencesTable(differences),
  );
}

function differencesTable(differences: RunComparison['differences']): Content {
  const code = (text: string): Content => el('code', {}, text);
  const rows = differences.map(({ path, a, b }) => ({ cells: [code(path), code(a), code(b)] }));
  const columns = [{ title: 'path' }, { title: 'a' }, { title: 'b' }];
  const caption = 'Where the scenarios differ';
  return dataTable({ caption, columns, rows, stacked: true, kind: 'differences' });
}

function arm(side: string, record: ArmRecord): Content {
  return el(
    'div',
    { class: 'arm' },
    el('h2', {}, el('span', { class: 'side' }, side), ' ', record.name),
    el('p', { class: 'facts-of-arm' }, armFacts(record)),
  );
}

function comparedTable(title: string, rows: readonly ComparisonRow[]): Content {
  const columns = [
    { title: 'what' },
    { title: 'a' },
    { title: 'b' },
    { title: 'b against a' },
    { title: 'judgement', beside: true },
  ];
  const caption = `${title}: both sides, and how b stands against a`;
  return dataTable({ caption, columns, rows: rows.map(lineOf), stacked: true, kind: 'compared' });
}

function lineOf(row: ComparisonRow): { cells: readonly Content[] } {
  const { what, unit, a, b, effect, judgement } = row;
  const why = whyText(row);
  return {
    cells: [
      [
        what,
        unit !== '' && el('span', { class: 'unit' }, ' ', unit),
        why !== '' && el('p', { class: 'why' }, why),
      ],
      figureText(a),
      figureText(b),
      effect !== undefined && [
        plot(effect, judgement),
        el('span', { class: 'effect' }, effectText(effect)),
      ],
      judgementBadge(judgement),
    ],
  };
}

const PLOT = { width: 132, height: 16 };

/** Where a ratio stands: 1 in the middle, 0 and infinity at the ends, 1 / r opposite to r. */
function placeOf(ratio: number): number {
  const share = ratio === Infinity ? 1 : (ratio - 1) / (ratio + 1);
  return 4 + ((PLOT.width - 8) * (share + 1)) / 2;
}

/** A ratio with its interval. */
function plot({ kind, value, interval }: Effect, judgement: string): Content {
  if (kind !== 'ratio') return undefined;
  const { width, height } = PLOT;
  const y = height / 2;
  const middle = width / 2;
  const [low, high] = [placeOf(interval?.low ?? 0), placeOf(interval?.high ?? Infinity)];
  return el(
    'svg',
    { viewBox: `0 0 ${width} ${height}`, class: `plot ${judgement}`, 'aria-hidden': 'true' },
    el('line', { class: 'axis', x1: 4, x2: width - 4, y1: y, y2: y }),
    el('line', { class: 'even', x1: middle, x2: middle, y1: 1, y2: height - 1 }),
    interval !== undefined &&
      el('line', { class: 'range', x1: px(low), x2: px(high), y1: y, y2: y }),
    value !== null && el('circle', { class: 'dot', cx: px(placeOf(value)), cy: y, r: 4 }),
  );
}

function fates(comparison: RunComparison): Content {
  const changed = changedFates(comparison);
  if (changed.length === 0) return undefined;
  const rows = changed.map((fate) => ({
    cells: [fateName(fate), formatCount(fate.a), formatCount(fate.b)],
  }));
  const columns = [
    { title: 'planned reports' },
    { title: 'a', numeric: true },
    { title: 'b', numeric: true },
  ];
  const content = dataTable({ caption: 'Fates that a and b do not share', columns, rows });
  return renderSection({ id: 'fates', title: 'Fates that differ', content });
}
