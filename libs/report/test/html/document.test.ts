/** What all pages have in common: one file, one style that runs in it, nothing from elsewhere. */

import { createHash } from 'node:crypto';

import { describe, expect, test } from 'vitest';

import { renderCardHtml, renderHtml, renderScaleHtml } from '../../src/pages.ts';
import { comparisonWith, hostileComparison } from '../comparison-fixture.ts';
import { HOSTILE, REPLAY, hostileRun, summaryWith } from '../fixture.ts';
import { hostileScale, scaleWith } from '../scale-fixture.ts';

const pages = {
  run: renderHtml(summaryWith(), { replay: REPLAY }),
  'hostile run': renderHtml(hostileRun(), { replay: HOSTILE, capsule: HOSTILE }),
  comparison: renderCardHtml(comparisonWith()),
  'hostile comparison': renderCardHtml(hostileComparison()),
  scale: renderScaleHtml(scaleWith()),
  'hostile scale': renderScaleHtml(hostileScale()),
};

describe.each(Object.entries(pages))('%s', (name, html) => {
  test('lets its own style and script run, and nothing else', () => {
    const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(html)![1]!;
    const digest = (text: string): string => createHash('sha256').update(text).digest('base64');
    const [, style] = /<style>([^]*?)<\/style>/.exec(html)!;
    const script = /<script type="module">([^]*?)<\/script>/.exec(html)?.[1];
    expect(script === undefined).toBe(!name.endsWith('run'));
    expect(policy.replaceAll('&#39;', "'").split('; ')).toEqual([
      "default-src 'none'",
      `style-src 'sha256-${digest(style!)}'`,
      ...(script === undefined ? [] : [`script-src 'sha256-${digest(script)}'`]),
      "base-uri 'none'",
      "form-action 'none'",
    ]);
    expect(html).not.toMatch(/<[^>]*\s(?:on\w+|style)=/);
  });

  test('is one file that refers to nothing else', () => {
    expect(html).not.toMatch(/https?:|<link|<img|<iframe|\bsrc="|\burl\(|@import|srcset="/);
  });

  test('has one main heading, then those of parts, none of them skipped', () => {
    const levels = [...html.matchAll(/<h(\d)/g)].map(([, level]) => Number(level));
    expect(levels.filter((level) => level === 1)).toHaveLength(1);
    expect(levels[0]).toBe(1);
    levels.slice(1).forEach((level, i) => expect(level - levels[i]!).toBeLessThanOrEqual(1));
  });

  test('names every table, picture and part', () => {
    const tables = html.match(/<table/g) ?? [];
    expect(html.match(/<table[^>]*><caption>[^<]/g) ?? []).toHaveLength(tables.length);
    for (const [picture] of html.matchAll(/<svg(?:\s+[\w:-]+="[^"]*")*/g)) {
      expect(picture).toMatch(/aria-hidden="true"|role="img" aria-label="[^"]+"/);
    }
    const ids = [...html.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const [, id] of html.matchAll(/<section[^>]*aria-labelledby="([^"]*)"/g)) {
      expect(html).toContain(`<h2 id="${id}">`);
    }
  });
});
