/**
 * The page as text: what is in it, what can't be in it, how large it gets. How it looks and works
 * is seen in `browser/`.
 */

import { describe, expect, test } from 'vitest';

import type { RunSummary } from '@priolab/harness';

import { renderHtml } from '../../src/pages.ts';
import { dataOf } from '../../src/html/record-data.ts';
import {
  HOSTILE,
  REPLAY,
  adversarialRun,
  emptyRun,
  heldCell,
  hostileRun,
  interruptedRun,
  limitedRun,
  lowerRun,
  summaryWith,
} from '../fixture.ts';
import { faultyRun, largeRun } from './runs.ts';

const SIZE_MAX = 3_000_000;
const page = (summary: RunSummary): string => renderHtml(summary, { replay: REPLAY });

/** What a reader sees, and what a screen reader says of pictures. */
const textOf = (html: string): string =>
  html
    .replace(/<(style|script)[^>]*>[^]*?<\/\1>/g, '')
    .replace(/<[^>]*aria-label="([^"]*)"[^>]*>/g, ' $1 ')
    .replace(/<[^>]*>/g, ' ')
    .replaceAll('&#39;', "'")
    .replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&')
    .replace(/\s+/g, ' ');

const runs = {
  'a pass': summaryWith(),
  'with cheats': adversarialRun(),
  'with known limits': limitedRun(),
  interrupted: interruptedRun(),
  empty: emptyRun(),
  'shares only': lowerRun('shares-only'),
  simulated: faultyRun(),
  hostile: hostileRun(),
};

describe.each(Object.entries(runs))('%s', (_, summary) => {
  const html = page(summary);

  test('is one file that refers to nothing else', () => {
    expect(html).not.toMatch(/https?:|<link|<img|<iframe|\bsrc=|\burl\(|@import|srcset/);
    for (const [, target] of html.matchAll(/\bhref="([^"]*)"/g))
      expect(target).toMatch(/^(#|data:)/);
  });

  test('is the same for the same record', () => {
    expect(page(structuredClone(summary))).toBe(html);
  });

  test('shows no NaN, no undefined, no object', () => {
    expect(textOf(html)).not.toMatch(/\bNaN\b|\bundefined\b|\[object|\bInfinity\b/);
    expect(html).not.toMatch(/="[^"]*(?:NaN|undefined)/);
  });

  test('every picture has a name, every section a heading', () => {
    for (const [picture] of html.matchAll(/<svg(?:\s+[\w:-]+="[^"]*")*/g)) {
      expect(picture).toMatch(/aria-hidden="true"|role="img" aria-label="[^"]+"/);
    }
    for (const [, id] of html.matchAll(/<section[^>]*aria-labelledby="([^"]*)"/g)) {
      expect(html).toContain(`<h2 id="${id}">`);
    }
  });
});

const hostileDeployment: NonNullable<RunSummary['deployment']> = {
  kind: 'processes',
  buckets: HOSTILE,
  state: HOSTILE,
  googleForm: 'plain',
  instances: 1,
  uploads: {
    sent: 1,
    stored: 1,
    storedBefore: 0,
    refused: { [HOSTILE]: 1 },
    unanswered: 0,
    retries: 0,
  },
  batches: 1,
  reports: 1,
  refused: 0,
  windows: 1,
  combined: 0,
  missing: [HOSTILE],
  ended: HOSTILE,
  deviations: {
    totals: 1,
    clients: 0,
    refused: 0,
    batches: 0,
    reports: 0,
    answers: 0,
    examples: [HOSTILE],
  },
};

describe('what foreign text can do', () => {
  const replacing = (summary: RunSummary, text: string): RunSummary =>
    JSON.parse(JSON.stringify(summary).replaceAll(JSON.stringify(HOSTILE).slice(1, -1), text));
  const everywhere = (): RunSummary => {
    const faulty = faultyRun();
    const { simulation, series, scenario } = faulty;
    return {
      ...faulty,
      ...hostileRun(),
      scenario: {
        ...scenario,
        about: HOSTILE,
        phases: [{ name: HOSTILE, from: '1h', until: '2h' }],
      },
      expectations: hostileRun().expectations.map((one) => ({
        ...one,
        value: 2,
        interval: { of: HOSTILE, unit: HOSTILE, low: 1, high: 3, level: 0.99, due: 1 },
        window: { fromMs: 0, toMs: 1e300 },
      })),
      fatesByState: [{ state: HOSTILE, outcome: HOSTILE, hop: HOSTILE, reason: HOSTILE, count: 3 }],
      series: {
        wall: series!.wall,
        simulated: {
          ...series!.simulated!,
          columns: [{ name: HOSTILE, unit: HOSTILE, values: [1, 2, 3] }],
        },
      },
      simulation: {
        ...simulation!,
        faults: [
          {
            ...simulation!.faults[0]!,
            id: HOSTILE,
            at: HOSTILE,
            fates: { [HOSTILE]: 1 },
            refused: { [HOSTILE]: 1 },
          },
        ],
        faultLog: [{ timeMs: simulation!.startMs, id: HOSTILE, what: HOSTILE, reports: 1 }],
        reports: {
          ...simulation!.reports,
          wrong: 1,
          wrongExamples: [{ report: 1, fate: HOSTILE, allowed: [HOSTILE] }],
          unexplained: [{ state: HOSTILE, hop: 'leader', fate: HOSTILE, count: 1 }],
        },
        windows: { ...simulation!.windows, examples: [HOSTILE] },
        leaks: { secrets: 9, bytes: 10, unsearched: 1, found: 1, places: [HOSTILE] },
        tenant: { states: 2, windows: 4, changed: 1, changedOf: [HOSTILE], othersChanged: 3 },
        fork: { atMs: simulation!.startMs, name: HOSTILE },
        events: { [HOSTILE]: 1 },
      },
      consent: {
        sent: 1,
        whileDisabled: 0,
        afterWithdrawal: 1,
        disabledStateDays: 0,
        disabledBatches: 0,
        disabledTotals: 0,
        withdrawnPhoneDays: 1,
        examples: [HOSTILE],
      },
      deployment: hostileDeployment,
    };
  };
  const render = (text: string): string => {
    const all = { replay: text, capsule: text };
    return renderHtml(replacing(everywhere(), JSON.stringify(text).slice(1, -1)), all);
  };
  /** Elements with the names of their attributes; their order may follow that of names. */
  const bones = (html: string): string[] => {
    const markup = html.replace(/<(style|script)[^>]*>[^]*?<\/\1>/g, '');
    const tags = markup.matchAll(/<\/?[\w-]+(?:\s+[\w:-]+(?:="[^"]*")?)*\s*\/?>/g);
    const bare = [...tags].map(([tag]) => tag.replaceAll(/="[^"]*"/g, ''));
    // Whatever else begins with a bracket would be missed by the pattern.
    expect(markup.split('<').length).toBe(bare.length + 2);
    return bare.toSorted();
  };

  test.each([
    '</script><script>alert(1)</script>',
    '</style><img/src=x onerror=alert(1)>',
    '"><svg onload=alert(1)>',
    "' onfocus='alert(1)",
    '<!--<script>',
    ']]><x>',
    '&lt;b&gt;',
    'javascript:alert(1)',
    HOSTILE,
  ])('%j is text and nothing else', (text) => {
    const html = render(text);
    expect(bones(html)).toEqual(bones(render('word')));
    const [, data] = /<script type="application\/json" id="record">([^]*?)<\/script>/.exec(html)!;
    expect(data).not.toMatch(/[<>&]/);
    expect(JSON.parse(data!)).toEqual(replacing(everywhere(), JSON.stringify(text).slice(1, -1)));
    // No control, no override of direction, no half of a character: in no place at all.
    const ours = /<style>[^]*?<\/style>|<script type="module">[^]*?<\/script>/g;
    expect(html.replace(ours, '').replaceAll('\n', '')).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]/u);
  });

  test('data of a page hold no mark that a page would read', () => {
    const text = '</script><!--\u2028\u2029\u202e\ud800&';
    expect(dataOf({ text })).toMatch(/^[\x20-\x7e]+$/);
    expect(dataOf({ text })).not.toMatch(/[<>&]/);
    expect(JSON.parse(dataOf({ text }))).toEqual({ text });
  });
});

describe('a run of a million reports', () => {
  test('stays below 3 MB', () => {
    expect(Buffer.byteLength(page(largeRun()))).toBeLessThan(SIZE_MAX);
  });

  test('so does one with more of everything, which says what it leaves out', () => {
    const states = 60;
    const bins = [5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 16, 16, 16, 4096, 1344, 5, 5, 5];
    const html = page(largeRun({ states, bins, windows: 1 }));
    expect(Buffer.byteLength(html)).toBeLessThan(SIZE_MAX);
    const text = textOf(html);
    expect(text).toContain('2 more metrics not shown');
    expect(text).toMatch(/Cards of \d+ more states are left out/);
    expect(text).toContain('the 8 most frequent drawn');
  });

  test('has the record in it where there is room', () => {
    expect(page(summaryWith())).toContain('id="record"');
    expect(page(largeRun())).not.toContain('id="record"');
  });
});

describe('what the page says', () => {
  test('the verdict, and what did not pass before all else, with the way to repeat it', () => {
    const text = textOf(page(faultyRun()));
    const places = [
      '1 of 3 expectations does not hold',
      'What did not pass',
      'saw sum.exact',
      'want sum.exact',
      'saw live',
      REPLAY,
      'Each expectation, as judged in the run',
    ].map((wanted) => text.indexOf(wanted));
    expect(places).toEqual(places.toSorted((a, b) => a - b));
    expect(places[0]).toBeGreaterThan(0);
  });

  test('the capsule as a link, or that it is too large', () => {
    const capsule = '{"format":"priolab-capsule/1","about":"ü"}';
    const [, data] = /href="data:application\/json;base64,([^"]*)" download="capsule.json"/.exec(
      renderHtml(summaryWith(), { replay: REPLAY, capsule }),
    )!;
    expect(Buffer.from(data!, 'base64').toString('utf8')).toBe(capsule);
    const large = renderHtml(summaryWith(), { replay: REPLAY, capsule: 'x'.repeat(300_000) });
    expect(large).not.toContain('download=');
    expect(textOf(large)).toContain('300,000 bytes is too large');
  });

  test('what has no data, in place of a chart', () => {
    const text = textOf(page(emptyRun()));
    for (const wanted of [
      'No report was planned: nothing flows',
      'This run is on the wall clock',
      'This record has no time series',
      'No cell: no report reached the processors',
      'No report was run',
      'Nobody cheated',
    ]) {
      expect(text).toContain(wanted);
    }
    const held = { cells: [heldCell('us-wa', 'apple', 'CodeVerified-v1')] };
    expect(textOf(page(summaryWith(held)))).toContain('Every total of this metric was held');
  });

  test('numbers of states, noise and stages that one can work out by hand', () => {
    const text = textOf(page(summaryWith()));
    // Vendors pooled: errors of 3 and -1 counts, twice as much when de-biased.
    expect(text).toContain('us-ct 200 2 40 44.0 4.0 12.25');
    expect(text).toContain('2,800 700 700.0 2.500e-1 2.500e-1');
    expect(text).toContain('seal device 500.0 34.0 %');
  });

  test('strikes of faults on both clocks, with their places and a log', () => {
    const text = textOf(page(faultyRun()));
    expect(text).toMatch(
      /400 strikes of 3 kinds of fault from 2021-12-01 00:00 to 2021-12-03 12:00/,
    );
    expect(text).toContain('sto.lost_write at store/leader: struck 133 times');
    expect(text).toContain('all healed');
    expect(text).toContain('machine’s clock');
    expect(text).toContain('200 later strikes are in summary.json');
  });
});
