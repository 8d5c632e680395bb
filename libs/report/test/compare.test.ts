/** The card of a comparison in its three forms: what it says, and what it must not let through. */

import { stripVTControlCharacters } from 'node:util';

import type { RunComparison } from '@priolab/harness';
import { describe, expect, test } from 'vitest';

import { renderCard, renderCardMarkdown } from '../src/index.ts';
import { renderCardHtml } from '../src/pages.ts';
import { numberText } from '../src/compare/words.ts';
import {
  comparisonWith,
  hostileComparison,
  otherWorld,
  pooledComparison,
} from './comparison-fixture.ts';
import { HOSTILE } from './fixture.ts';

const plain = (comparison: RunComparison, width = 100): string =>
  renderCard(comparison, { colour: false, width });

test('the card for a terminal', () => {
  expect(plain(comparisonWith(), 84)).toMatchInlineSnapshot(`
    "MIXED  b is better in some things and worse in others: better in privacy; worse in
    accuracy
      1 better, 1 same, 1 worse, 2 unknown

    Compared
      a         scenarios/two-states.scenario.ts system.epsilon=8
                two-states, seed 7, scenario 01234567, result fedcba98, backend wasm,
                commit 55bd66c0ffee, 1 timed run, verdict pass
      b         scenarios/two-states.scenario.ts system.epsilon=4
                two-states, seed 7, scenario 01234567, result fedcba98, backend wasm,
                commit 55bd66c0ffee, 1 timed run, verdict pass
      world     devices the same (1bba0ae0), values the same (605cb6e2), network the
                same (624ce68f), faults differ (8c41e6d8, 76de3c42); true sums equal in
                8 of 8 windows with as many reports in both
      differs   system.epsilon: 8 in a, 4 in b

    Accuracy
      what                            a  b  b against a             judgement
      error of estimates, reports  1.25  5  x 4 (2.50 to no limit)  worse
        paired by bin

    Privacy
      what                          a  b  b against a  judgement
      epsilon of a report, per bit  8  4  x 0.5        better
        exact

    Losses
      what                                        a      b  b against a        judgement
      reports in no published total, % of         0  12.50  +12.50 (-1 to 20)  unknown
      planned
        which may be luck

    Detection
      what                                                  a  b  b against a  judgement
      cli.undecryptable               12 strikes; reports: 12  -               unknown
                                               decrypt-failed
        it never struck

    Bytes
      what                                    a      b  b against a  judgement
      device to ingestor, bytes a report  1,504  1,504               same

    Fates that differ
      planned reports                         a    b
      accepted, hop combiner                800  700
      rejected, hop leader, decrypt-failed    0  100

    In brackets: 95 % intervals of accuracy, lost reports and repeated times; elsewhere
    the smallest and the largest ratio seen. Figures without brackets are exact, of this
    one world."
  `);
});

test('the card in Markdown: a heading, what was compared, a table for each section', () => {
  const lines = renderCardMarkdown(comparisonWith()).split('\n');
  expect(lines.filter((line) => line.startsWith('#'))).toEqual([
    expect.stringMatching(/^### MIXED: b is better in some things and worse in others$/),
    ...['Accuracy', 'Privacy', 'Losses', 'Detection', 'Bytes'].map((title) => `#### ${title}`),
    '#### Fates that differ',
  ]);
  expect(lines.filter((line) => line.startsWith('- ')).map((line) => line.slice(0, 11))).toEqual([
    '- **a** `sc',
    '- **b** `sc',
    '- **world**',
    '- **differs',
  ]);
  expect(lines).toContain(
    '| `error of estimates` | `reports` | 1.25 | 5 | x 4 (2.50 to no limit) | worse | ' +
      '`paired by bin` |',
  );
  expect(lines).toContain('| `rejected, hop leader, decrypt-failed` | 0 | 100 |');
  // Each table has as many cells in every row, and its rule under its titles.
  const cells = (line: string): number => line.split('|').length;
  lines.forEach((line, k) => {
    if (/^\| (?:---|what)/.test(line)) expect(cells(lines[k + 1]!)).toBe(cells(line));
  });
});

describe('every form', () => {
  const forms = [
    ['terminal', plain],
    ['Markdown', renderCardMarkdown],
    ['HTML', renderCardHtml],
  ] as const;

  test.each(forms)('%s: says all judgements, figures, effects and differences', (_name, render) => {
    const text = render(comparisonWith());
    for (const part of [
      '1 better, 1 same, 1 worse, 2 unknown',
      'x 4 (2.50 to no limit)',
      '+12.50 (-1 to 20)',
      'error of estimates',
      'paired by bin',
      '1,504',
      '12 decrypt-failed',
      'system.epsilon',
      'faults differ (8c41e6d8, 76de3c42)',
      'true sums equal in 8 of 8 windows',
    ]) {
      // A terminal's lines may break within a part, Markdown escapes some marks.
      const flat = text.replaceAll('\\', '').replaceAll(/\s+/g, ' ');
      expect(flat).toContain(part);
    }
    expect(text).not.toMatch(/undefined|NaN|null\b(?!,)/);
  });

  test.each(forms)(
    '%s: several worlds: how each came out, and what the figures are',
    (_n, render) => {
      const flat = render(pooledComparison()).replaceAll('\\', '').replaceAll(/\s+/g, ' ');
      expect(flat).toContain('10 worlds, each by itself: 1 same, 9 worse; devices the same');
      expect(flat).toContain(
        'better in 0, equal in 1, worse in 9 of 10 worlds: by luck once in 256',
      );
      expect(flat).toContain('Medians over 10 worlds, fates their sums.');
      expect(flat).toContain('seed 1 to 10');
      expect(flat).not.toContain('of this one world');
    },
  );

  test.each(forms)('%s: another world is said loudly', (_name, render) => {
    expect(render(otherWorld()).replaceAll(/\s+/g, ' ')).toContain(
      'NOT THE SAME WORLD: the seeds differ',
    );
  });

  test.each(forms)('%s: foreign text has nothing in it that is obeyed', (_name, render) => {
    const text = render(hostileComparison());
    expect(text.replaceAll('\n', '')).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]/u);
    expect(text).not.toMatch(/::|##\[/);
  });
});

describe('terminal', () => {
  test.each([60, 80, 100, 200])('no line is longer than %i columns', (width) => {
    for (const one of [comparisonWith(), otherWorld(), hostileComparison()]) {
      const longest = plain(one, width)
        .split('\n')
        .reduce((most, line) => Math.max(most, Array.from(line).length), 0);
      expect(longest).toBeLessThanOrEqual(width);
    }
  });

  test('many differences are cut, and it says so', () => {
    const differences = Array.from({ length: 20 }, (_, i) => ({ path: `p${i}.`, a: '1', b: '2' }));
    const text = plain(comparisonWith({ differences }));
    expect(text).toContain('p11.');
    expect(text).not.toContain('p12.');
    expect(text).toContain('8 more in comparison.json');
  });

  test('colour adds styles and nothing else', () => {
    const coloured = renderCard(comparisonWith(), { colour: true });
    expect(stripVTControlCharacters(coloured)).toBe(plain(comparisonWith()));
    expect(coloured).not.toBe(plain(comparisonWith()));
  });
});

test('Markdown: foreign text makes no link, no table cell and no HTML', () => {
  const text = renderCardMarkdown(hostileComparison());
  const outside = text.replaceAll(/`[^`\n]*`/g, '');
  expect(outside).not.toMatch(/[<>@[\]`_]|https?:|onerror/);
  expect(text).toContain('onerror');
  const cells = new Set(text.split('\n').map((line) => (line.match(/\|/g) ?? []).length));
  expect([...cells].toSorted((x, y) => x - y)).toEqual([0, 4, 8]);
});

describe('HTML', () => {
  const html = renderCardHtml(comparisonWith());

  test('is one page that needs nothing else and runs nothing', () => {
    expect(html).toMatch(/^<!doctype html>\n<html lang="en">/);
    expect(html).toContain("content=\"default-src 'none'; style-src 'sha256-");
    expect(html).not.toMatch(/<script|<link|<img|<iframe|\bsrc=|\bhref=|url\(|@import|javascript:/);
  });

  test('draws ratios with their intervals, open ends to the edge', () => {
    expect(html.match(/<svg [^>]*class="plot/g)).toHaveLength(2);
    // Of 4: (4 - 1) / (4 + 1) of the way from the middle to the right end.
    expect(html).toContain('<circle class="dot" cx="103.2"');
    expect(html).toContain('<line class="range" x1="92.6" x2="128"');
  });

  test('foreign text stays text', () => {
    const text = renderCardHtml(hostileComparison());
    expect(text).toContain('&lt;/style>&lt;/script>&lt;img src=x onerror=alert(1)>');
    expect(text).not.toContain('<img');
    expect(text.match(/<style>/g)).toHaveLength(1);
  });
});

test.each([
  [0, '0'],
  [12, '12'],
  [1234.5, '1,235'],
  [123.45, '123.5'],
  [1.005, '1.00'],
  [-0.5, '-0.5'],
  [0.0012345, '0.00123'],
])('%d is %s', (value, text) => {
  expect(numberText(value)).toBe(text);
});

test('the foreign text of these tests has marks of all three forms', () => {
  for (const mark of ['\u001b', '<', '[', '"']) expect(HOSTILE).toContain(mark);
});
