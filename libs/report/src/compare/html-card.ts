/**
 * A comparison as one HTML page that needs nothing else: no script, no font, no image from
 * elsewhere. Light and dark by the reader's own setting; printed it is a page or two.
 */

import type { ArmRecord, ComparisonRow, Effect, FateChange, RunComparison } from '@priolab/harness';
import { h } from 'preact';
import type { ComponentChild } from 'preact';
import { renderToString } from 'preact-render-to-string';

import { formatCount, sanitise } from '../text.ts';
import { CARD_STYLE } from './card-style.ts';
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
  const title = `${overall}: ${sanitise(a.id)}, a against b`;
  const page = h(
    'html',
    { lang: 'en' },
    h(
      'head',
      null,
      h('meta', { charset: 'utf-8' }),
      h('meta', { name: 'viewport', content: 'width=device-width, initial-scale=1' }),
      h('meta', {
        'http-equiv': 'Content-Security-Policy',
        content: "default-src 'none'; style-src 'unsafe-inline'",
      }),
      h('title', null, title),
      h('style', { dangerouslySetInnerHTML: { __html: CARD_STYLE } }),
    ),
    h(
      'body',
      null,
      h(
        'main',
        null,
        header(comparison),
        ...sectionsOf(comparison).map(([name, rows]) => section(name, rows)),
        fates(comparison),
        h('p', { class: 'note' }, intervalsText(comparison)),
      ),
    ),
  );
  return `<!doctype html>\n${renderToString(page)}\n`;
}

/** Told apart by shape as well as by colour. */
const MARKS: Readonly<Record<string, string>> = {
  better: '▲',
  same: '=',
  worse: '▼',
  unknown: '?',
  mixed: '◆',
};

function badge(judgement: string): ComponentChild {
  const mark = h('span', { 'aria-hidden': 'true' }, MARKS[judgement] ?? '');
  return h('span', { class: `badge ${judgement}` }, mark, ` ${judgement}`);
}

function header(comparison: RunComparison): ComponentChild {
  const { a, b, overall, world, differences } = comparison;
  const isOther = world.otherWorld !== undefined;
  return h(
    'header',
    null,
    h('p', { class: 'verdict' }, badge(overall), h('span', null, countsOf(comparison))),
    h('h1', null, sentenceOf(comparison)),
    h('div', { class: 'arms' }, arm('a', a), arm('b', b)),
    h(
      'p',
      { class: isOther ? 'world other' : 'world' },
      h('b', null, 'World '),
      worldLine(comparison),
    ),
    differences.length === 0
      ? h('p', { class: 'world' }, 'The scenarios say the same.')
      : differencesTable(differences),
  );
}

function differencesTable(differences: RunComparison['differences']): ComponentChild {
  const rows = differences.map((one) =>
    h(
      'tr',
      null,
      h('th', { scope: 'row' }, h('code', null, sanitise(one.path))),
      h('td', null, h('code', null, sanitise(one.a))),
      h('td', null, h('code', null, sanitise(one.b))),
    ),
  );
  return h(
    'table',
    { class: 'differences' },
    h('caption', null, 'Where the scenarios differ'),
    head(['path', 'a', 'b']),
    h('tbody', null, ...rows),
  );
}

function arm(side: string, record: ArmRecord): ComponentChild {
  return h(
    'section',
    { class: 'arm', 'aria-label': `side ${side}` },
    h('h2', null, h('span', { class: 'side' }, side), ` ${sanitise(record.name)}`),
    h('p', null, armFacts(record)),
  );
}

function head(titles: readonly string[]): ComponentChild {
  return h(
    'thead',
    null,
    h('tr', null, ...titles.map((title) => h('th', { scope: 'col' }, title))),
  );
}

function section(title: string, rows: readonly ComparisonRow[]): ComponentChild {
  return h(
    'section',
    null,
    h('h2', null, title),
    h(
      'table',
      { class: 'rows' },
      h('caption', { class: 'hidden' }, title),
      head(['what', 'a', 'b', 'b against a', 'judgement']),
      h('tbody', null, ...rows.map(tableRow)),
    ),
  );
}

function tableRow(row: ComparisonRow): ComponentChild {
  const { what, unit, a, b, effect, judgement } = row;
  const why = whyText(row);
  const side = (name: string, figure: ComparisonRow['a']): ComponentChild =>
    h(
      'td',
      { class: typeof figure === 'string' ? 'text' : 'number', 'data-label': name },
      figureText(figure),
    );
  const ofUnit = unit === '' ? null : h('span', { class: 'unit' }, ` ${sanitise(unit)}`);
  return h(
    'tr',
    null,
    h(
      'th',
      { scope: 'row' },
      sanitise(what),
      ofUnit,
      why === '' ? null : h('p', { class: 'why' }, why),
    ),
    side('a', a),
    side('b', b),
    h('td', { class: 'effect' }, plot(effect, judgement), h('span', null, effectText(effect))),
    h('td', null, badge(judgement)),
  );
}

const PLOT = { width: 132, height: 16 };

/** Where a ratio stands: 1 in the middle, 0 and infinity at the ends, 1 / r opposite to r. */
function placeOf(ratio: number): number {
  const share = ratio === Infinity ? 1 : (ratio - 1) / (ratio + 1);
  return 4 + ((PLOT.width - 8) * (share + 1)) / 2;
}

/** A ratio with its interval. */
function plot(effect: Effect | undefined, judgement: string): ComponentChild {
  if (effect === undefined || effect.kind !== 'ratio') return null;
  const { value, interval } = effect;
  const { width, height } = PLOT;
  const middle = height / 2;
  const line = (x1: number, x2: number, y1: number, y2: number, name: string): ComponentChild =>
    h('line', { x1: x1.toFixed(1), x2: x2.toFixed(1), y1, y2, class: name });
  const low = interval === undefined ? undefined : placeOf(interval.low ?? 0);
  const high = interval === undefined ? undefined : placeOf(interval.high ?? Infinity);
  return h(
    'svg',
    { width, height, viewBox: `0 0 ${width} ${height}`, class: judgement, 'aria-hidden': 'true' },
    line(4, width - 4, middle, middle, 'axis'),
    line(width / 2, width / 2, 1, height - 1, 'even'),
    low === undefined || high === undefined ? null : line(low, high, middle, middle, 'range'),
    value === null ? null : h('circle', { cx: placeOf(value).toFixed(1), cy: middle, r: 4 }),
  );
}

function fates(comparison: RunComparison): ComponentChild {
  const changed = changedFates(comparison);
  if (changed.length === 0) return null;
  return h(
    'section',
    null,
    h('h2', null, 'Fates that differ'),
    h(
      'table',
      null,
      h('caption', { class: 'hidden' }, 'Fates that differ'),
      head(['planned reports', 'a', 'b']),
      h('tbody', null, ...changed.map(fateRow)),
    ),
  );
}

function fateRow(fate: FateChange): ComponentChild {
  return h(
    'tr',
    null,
    h('th', { scope: 'row' }, fateName(fate)),
    h('td', { class: 'number' }, formatCount(fate.a)),
    h('td', { class: 'number' }, formatCount(fate.b)),
  );
}
