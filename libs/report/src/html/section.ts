/** Parts that sections of the page are made of: frames, tables, folded details, figures. */

import type { VNode } from 'preact';

import { el } from './element.ts';
import type { Content } from './element.ts';

export interface Section {
  readonly id: string;
  readonly title: string;
  readonly content: Content;
}

export function renderSection({ id, title, content }: Section): VNode {
  const heading = el('h2', { id: `${id}-title` }, title);
  return el('section', { id, 'aria-labelledby': `${id}-title` }, heading, content);
}

export function note(...content: Content[]): VNode {
  return el('p', { class: 'note' }, ...content);
}

/** In place of a chart or a table that has nothing to show. */
export function nothing(text: string): VNode {
  return el('p', { class: 'empty' }, text);
}

export function notice(...content: Content[]): VNode {
  return el('p', { class: 'notice' }, ...content);
}

export function details(title: string, ...content: Content[]): VNode {
  return el('details', {}, el('summary', {}, title), ...content);
}

/** A word and a mark: never a colour alone. @param kind one of the style's: `pass`, `worse` */
export function badge(kind: string, mark: string, word: string): VNode {
  const sign = el('span', { 'aria-hidden': 'true' }, mark);
  return el('span', { class: `badge ${kind}` }, sign, ' ', word);
}

export interface Column {
  readonly title: string;
  readonly numeric?: boolean;
  /** On phones a stacked table has it beside the row's name, and without its title. */
  readonly beside?: boolean;
}

export interface Row {
  /** The first names the row. */
  readonly cells: readonly Content[];
  readonly attributes?: Readonly<Record<string, string | number | undefined>>;
}

export interface Table {
  readonly caption: string;
  readonly columns: readonly Column[];
  readonly rows: readonly Row[];
  readonly footer?: readonly Row[];
  readonly sortable?: boolean;
  readonly kind?: string;
  /** On phones each row is a small card, with titles before its cells. */
  readonly stacked?: boolean;
}

/** Wider than the page, it scrolls by itself; a keyboard can do that too. */
export function dataTable(table: Table): VNode {
  const { caption, columns, rows, footer = [], sortable = false, stacked = false } = table;
  const classOf = (column: number): string | undefined => {
    const { numeric = false, beside = false } = columns[column] ?? {};
    return numeric ? 'figure' : beside ? 'beside' : undefined;
  };
  const labelOf = (column: number): string | undefined =>
    stacked && columns[column]?.beside !== true ? columns[column]?.title : undefined;
  const line = ({ cells, attributes = {} }: Row): VNode =>
    el(
      'tr',
      attributes,
      cells.map((cell, i) =>
        i === 0
          ? el('th', { scope: 'row', class: classOf(0) }, cell)
          : el('td', { class: classOf(i), 'data-label': labelOf(i) }, cell),
      ),
    );
  const heads = columns.map(({ title }, i) => el('th', { scope: 'col', class: classOf(i) }, title));
  const kinds = [
    ...(stacked ? ['stacked'] : []),
    ...(table.kind === undefined ? [] : [table.kind]),
  ];
  return el(
    'div',
    { class: 'scrolls', tabindex: 0, role: 'region', 'aria-label': `Table: ${caption}` },
    el(
      'table',
      { class: ['plain', ...kinds].join(' '), 'data-sortable': sortable ? '' : undefined },
      el('caption', {}, caption),
      el('thead', {}, el('tr', {}, heads)),
      el('tbody', {}, rows.map(line)),
      footer.length > 0 && el('tfoot', {}, footer.map(line)),
    ),
  );
}

/** Names and values, one below the other. */
export function facts(entries: readonly (readonly [string, Content])[]): VNode {
  return el(
    'dl',
    { class: 'facts' },
    entries.map(([name, value]) => el('div', {}, el('dt', {}, name), el('dd', {}, value))),
  );
}

/** The few figures that a page is about, large: name, value, and what it means in small. */
export function figures(entries: readonly (readonly [string, string, string])[]): VNode {
  return el(
    'dl',
    { class: 'summary' },
    entries.map(([name, value, about]) =>
      el('div', {}, el('dt', {}, name), el('dd', {}, value, ' ', el('small', {}, about))),
    ),
  );
}

/** `role` and `title` make a drawing one picture with a name. */
export function picture(
  { width, height, label, kind = '' }: PictureSize & { label: string; kind?: string },
  ...content: Content[]
): VNode {
  return el(
    'svg',
    { viewBox: `0 0 ${width} ${height}`, role: 'img', 'aria-label': label, class: kind },
    ...content,
  );
}

export interface PictureSize {
  readonly width: number;
  readonly height: number;
}
