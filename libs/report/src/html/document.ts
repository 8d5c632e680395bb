/**
 * One HTML file that needs nothing else: no server, no network, no script even. Whatever is not
 * among its own sheets and scripts does not run in it.
 */

import { render } from 'preact-render-to-string';

import { contentSecurityPolicy, styleOf } from './assets.ts';
import type { Sheet } from './assets.ts';
import { el, rawElement } from './element.ts';
import type { Content } from './element.ts';

/** The whole document. */
export function renderDocument(parts: {
  readonly title: string;
  readonly sheet: Sheet;
  readonly body: Content;
}): string {
  const { title, sheet, body } = parts;
  const meta = (name: string, content: string): Content => el('meta', { name, content });
  const page = el(
    'html',
    { lang: 'en' },
    el(
      'head',
      {},
      el('meta', { charset: 'utf-8' }),
      el('meta', {
        'http-equiv': 'Content-Security-Policy',
        content: contentSecurityPolicy(sheet),
      }),
      meta('viewport', 'width=device-width, initial-scale=1'),
      meta('referrer', 'no-referrer'),
      meta('color-scheme', 'light dark'),
      el('title', {}, title),
      rawElement('style', {}, styleOf(sheet)),
    ),
    el('body', {}, body),
  );
  return `<!doctype html>\n${render(page)}\n`;
}
