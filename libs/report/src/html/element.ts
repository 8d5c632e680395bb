/**
 * Elements of the page. Every text and every attribute passes through here: preact escapes what
 * HTML would read as markup, and characters that could reorder or hide text are written out. So
 * that nothing that a record holds can be anything but text.
 */

import { Fragment, h } from 'preact';
import type { VNode } from 'preact';

import { sanitise, writeOut } from '../text.ts';

export type Content = VNode | string | number | false | undefined | readonly Content[];

type Attributes = Readonly<Record<string, string | number | boolean | undefined>>;

/** @param children texts are cut at 1,000 characters, attributes are not */
export function el(tag: string, attributes: Attributes = {}, ...children: Content[]): VNode {
  const harmless = Object.entries(attributes).map(([name, value]) => [
    name,
    typeof value === 'string' ? writeOut(value) : value,
  ]);
  return h(tag, Object.fromEntries(harmless), ...children.map(harmlessContent));
}

/** What preact makes of markup of our own: the page's style, script and data. */
export function rawElement(tag: string, attributes: Attributes, markup: string): VNode {
  return h(tag, { ...attributes, dangerouslySetInnerHTML: { __html: markup } });
}

type Child = VNode | string | undefined | Child[];

function harmlessContent(content: Content): Child {
  if (content === undefined || content === false) return undefined;
  if (typeof content === 'number') return String(content);
  if (typeof content === 'string') return sanitise(content);
  return isList(content) ? content.map(harmlessContent) : content;
}

const isList = (content: Content): content is readonly Content[] => Array.isArray(content);

/** A coordinate: a tenth of a pixel is enough. */
export function px(value: number): number {
  return Number.isFinite(value) ? Math.round(value * 10) / 10 : 0;
}

/** Lines that stay lines: each is harmless by itself, the breaks are ours. */
export function textLines(lines: readonly string[]): VNode {
  return h(Fragment, {}, lines.map(sanitise).join('\n'));
}
