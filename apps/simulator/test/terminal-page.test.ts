/** Painted text as HTML for pictures: our styles, nothing else, and no tag out of what is shown. */

import { stripVTControlCharacters, styleText } from 'node:util';

import { renderTerse } from '@priolab/report';
import type { RunSummary } from '@priolab/harness';
import { expect, test } from 'vitest';

import { paintedHtml, terminalPage } from './pictures/terminal-page.ts';

const paint = (style: Parameters<typeof styleText>[0], text: string): string =>
  styleText(style, text, { validateStream: false });

test('each style is a class, also within another', () => {
  expect(paintedHtml(`a ${paint('red', 'b')} c`)).toBe('a <span class="bad">b</span> c');
  expect(paintedHtml(paint('bold', paint('green', 'PASS')))).toBe(
    '<span class="strong good">PASS</span>',
  );
  expect(paintedHtml(`${paint('dim', 'x')}${paint('yellow', 'y')}`)).toBe(
    '<span class="dim">x</span><span class="doubt">y</span>',
  );
});

test('what is shown is text', () => {
  const html = terminalPage(`${paint('red', '</pre><script>alert(1)</script>')} & "q"`);
  expect(html).not.toContain('<script');
  expect(html).toContain('&lt;/pre&gt;&lt;script&gt;alert(1)&lt;/script&gt;</span> &amp; "q"');
});

test('a code that paints nothing, or none of ours, is refused', () => {
  for (const code of ['\u001b[2J', '\u001b[?25l', '\u001b[35m', '\u001b[1;31m']) {
    expect(() => paintedHtml(`a${code}b`)).toThrow(/no style/);
  }
});

test('it knows every style that a report is painted with', () => {
  const summary = {
    verdict: 'fail',
    exitCode: 1,
    identity: { id: 'x', seed: '1' },
    fidelity: { rung: 'full' },
    cost: { wallMs: 1 },
    population: { reports: 1 },
    fates: [],
    interrupted: false,
    expectations: ['fail', 'vacuous'].map((verdict) => ({
      id: verdict,
      verdict,
      observed: '<b>',
      limit: '',
      n: 1,
    })),
  } as unknown as RunSummary;
  const text = renderTerse(summary, { colour: true, replay: 'again' });
  const shown = paintedHtml(text).replaceAll(/<\/?span[^>]*>/g, '');
  expect(shown).toBe(stripVTControlCharacters(text).replaceAll('<b>', '&lt;b&gt;'));
});
