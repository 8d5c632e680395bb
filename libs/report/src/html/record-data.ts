/** The record itself, in the page that shows it: where it is not too large. */

import type { RunSummary } from '@priolab/harness';

import { el, rawElement } from './element.ts';
import type { Content } from './element.ts';

/** With that and all charts the page stays below 3 MB. */
const LENGTH_MAX = 1_200_000;

/** Characters that could end the element, or that are no text: `\u003c`. */
const ESCAPED = /[<>&\p{C}\p{Zl}\p{Zp}]/gu;

/** Data, no script: it is parsed when somebody wants to save it. */
export function recordElement(summary: RunSummary): Content {
  const json = dataOf(summary);
  if (json.length > LENGTH_MAX) return undefined;
  return [
    el(
      'p',
      { class: 'record', hidden: true },
      el('button', { type: 'button', id: 'save' }, 'Save summary.json'),
    ),
    rawElement('script', { type: 'application/json', id: 'record' }, json),
  ];
}

/** JSON that is the same to a parser, and nothing to a page. */
export function dataOf(value: unknown): string {
  return JSON.stringify(value).replace(ESCAPED, (character) =>
    Array.from({ length: character.length }, (_, i) => character.charCodeAt(i).toString(16))
      .map((hex) => `\\u${hex.padStart(4, '0')}`)
      .join(''),
  );
}
