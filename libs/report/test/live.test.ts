/** The live view: where reports are, in any width and height, and nothing that a terminal obeys. */

import fc from 'fast-check';
import { stripVTControlCharacters } from 'node:util';
import type { FlowProgress, Progress } from '@priolab/harness';
import { describe, expect, test } from 'vitest';

import { renderLive, renderProgress, strikesNewestFirst } from '../src/index.ts';
import type { LiveOptions } from '../src/index.ts';
import { HOSTILE, underWay } from './fixture.ts';

const render = (progress: Progress, options: Partial<LiveOptions> = {}): string[] =>
  renderLive(progress, { width: 100, height: 24, colour: false, ...options });
const view = (options: Partial<LiveOptions> = {}): string =>
  `\n${render(underWay, options).join('\n')}`;
const withFlow = (flow: Partial<FlowProgress>): Progress => ({
  ...underWay,
  flow: { ...underWay.flow, ...flow },
});

describe('the pipeline', () => {
  const since = { ...underWay, elapsedMs: 1000 };
  const earlier = { ...since, flow: { ...since.flow, simulatedMs: Date.UTC(2021, 11, 1) } };

  test('92 columns: whole numbers', () => {
    expect(view({ width: 92, since: earlier, newest: ['proc.crash'] })).toMatchInlineSnapshot(`
      "
      ████████░░░░░░░░░░░░  42.0 %  420,000 of 1,000,000 reports  7,000 reports/s  1 min 23 s left
                in flight                in flight    ┌─ leader   407,120 ─┐
      devices ───── 1,088 ─▶ ingestion ──── 11,347 ─▶ ┤                    ├▶ combiner
      420,000                418,500                  └─ helper   407,118 ─┘  64/96 windows
      refused: 467  ingestor bad-signature 412, leader proof-invalid 33, +2 more
      faults:  ↯ proc.crash ×1  ↯ store.slow ×3,000  ↯ net.drop ×12
      time:    2021-12-01 14:05 UTC (×859)  memory 312 MiB"
    `);
  });

  test('120 columns: every reason and every fault', () => {
    const text = view({ width: 120 });
    for (const one of ['combiner window-held 20, helper decrypt-failed 2', '407,118', 'crash ×1']) {
      expect(text).toContain(one);
    }
    expect(text).not.toContain('more');
  });

  test('80 columns: short numbers', () => {
    expect(view({ width: 80 })).toMatchInlineSnapshot(`
      "
      ███░░░░░  42.0 %  420,000 of 1,000,000 reports  7,000 reports/s  1 min 23 s left
              in flight            in flight  ┌─ leader  407k ─┐
      devices ─ 1,088 ─▶ ingestion ─── 11k ─▶ ┤                ├▶ combiner
      420k               418k                 └─ helper  407k ─┘  64/96 windows
      refused: 467  ingestor bad-signature 412, leader proof-invalid 33, +2 more
      faults:  ↯ store.slow ×3,000  ↯ net.drop ×12  ↯ proc.crash ×1
      time:    2021-12-01 14:05 UTC  memory 312 MiB"
    `);
  });

  test('60 columns: one below the other', () => {
    expect(view({ width: 60 })).toMatchInlineSnapshot(`
      "
      ████░░░░░░░  42.0 %  420k of 1.00M  7,000/s  1 min 23 s left
      devices          420,000 sent, 1,088 in flight
      ingestion        418,500 taken in, 11,347 in flight
      leader | helper  407,120 | 407,118
      combiner         64 of 96 windows
      refused: 467  ingestor bad-signature 412, +3 more
      faults:  ↯ store.slow ×3,000  ↯ net.drop ×12  +1 more
      time:    2021-12-01 14:05 UTC  memory 312 MiB"
    `);
  });

  test('a terminal without Unicode', () => {
    const lines = render(underWay, { unicode: false });
    expect(lines.join('')).toMatch(/^[\x20-\x7e]+$/);
    expect(lines.join('\n')).toContain('! store.slow x3,000');
  });
});

test('in flight is what was sent and has come to no end', () => {
  const flow = { sent: 100, ingested: 80, leader: 70, helper: 60 };
  const rejected = { 'ingestor replayed': 15, 'leader proof-invalid': 12, 'combiner held': 30 };
  const text = render(withFlow({ ...flow, rejected }), { width: 60 }).join('\n');
  expect(text).toContain('100 sent, 5 in flight');
  expect(text).toContain('80 taken in, 8 in flight');
  const none = render(withFlow({ ...flow, sent: 80, helper: 80, leader: 80, rejected: {} }));
  expect(none.join('\n')).not.toContain('in flight');
});

test('without flow it is the bar alone', () => {
  const { flow: _flow, ...bare } = underWay;
  expect(render(bare)).toEqual([renderProgress(bare, { width: 100, colour: false })]);
});

test('a run on the wall clock has neither faults nor simulated time', () => {
  const { simulatedMs: _time, strikes: _strikes, due: _due, ...flow } = underWay.flow;
  const lines = render({ ...underWay, flow });
  expect(lines.join('\n')).not.toMatch(/fault|UTC/);
  expect(lines.join('\n')).toContain('64 windows');
  expect(lines.at(-1)).toBe('memory:  312 MiB');
});

test('before anything is refused or struck it says so, in as many lines', () => {
  const calm = render(withFlow({ rejected: {}, strikes: {} }));
  expect(calm).toHaveLength(render(underWay).length);
  expect(calm).toContain('refused: none');
  expect(calm).toContain('faults: none has struck');
});

test('more reasons or faults than there is room for are counted', () => {
  const many = Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`leader reason-${i}`, 9]));
  const lines = render(withFlow({ rejected: many, strikes: many }), { width: 80 });
  expect(lines.find((line) => line.startsWith('refused'))).toMatch(
    /^refused: 180 {2}leader reason-0 9, leader reason-1 9, .*, \+\d+ more$/,
  );
  expect(lines.find((line) => line.startsWith('faults'))).toMatch(/ {2}\+\d+ more$/);
});

test('the newest strike is the first', () => {
  expect(strikesNewestFirst([], {}, { a: 1, b: 0 })).toEqual(['a']);
  expect(strikesNewestFirst(['a', 'b'], { a: 1, b: 1 }, { a: 1, b: 2 })).toEqual(['b', 'a']);
  expect(strikesNewestFirst(['a'], { a: 1 }, { a: 1 })).toEqual(['a']);
  expect(strikesNewestFirst(['a'], undefined, undefined)).toEqual(['a']);
  const faults = render(underWay, { newest: ['proc.crash', 'net.drop'] }).join('\n');
  expect(faults).toContain('↯ proc.crash ×1  ↯ net.drop ×12  ↯ store.slow ×3,000');
  expect(faults).not.toContain('net.dup');
});

test('a pace that is not known is not told', () => {
  expect(view()).not.toContain('(×');
  expect(view({ since: underWay })).not.toContain('(×');
});

const count = fc.oneof(fc.nat(50), fc.nat(2e9), fc.constantFrom(Number.NaN, -1, 1e300));
const counts = fc.dictionary(fc.oneof(fc.string(), fc.constant(HOSTILE)), count);
const flows = fc.record(
  {
    sent: count,
    ingested: count,
    leader: count,
    helper: count,
    published: count,
    due: count,
    rejected: counts,
    rssBytes: count,
    simulatedMs: count,
    strikes: counts,
  },
  { requiredKeys: ['sent', 'ingested', 'leader', 'helper', 'published', 'rejected', 'rssBytes'] },
);

test('fits any width and height; gives no orders; colour changes no text', () => {
  const sizes = fc.record({ width: fc.integer({ min: 1, max: 200 }), height: fc.nat(12) });
  fc.assert(
    fc.property(flows, sizes, fc.boolean(), (flow, size, unicode) => {
      const progress = { ...underWay, flow } as Progress;
      const lines = renderLive(progress, { ...size, unicode, colour: false });
      expect(lines.length).toBeLessThanOrEqual(Math.max(1, Math.min(8, size.height)));
      for (const line of lines) {
        expect(Array.from(line).length).toBeLessThanOrEqual(size.width);
        expect(line).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]|::|##/u);
      }
      const painted = renderLive(progress, { ...size, unicode, colour: true });
      expect(painted.map(stripVTControlCharacters)).toEqual(lines);
    }),
    { seed: 7, numRuns: 500 },
  );
});

test('a number is whole or not there', () => {
  for (let width = 1; width < 120; width++) {
    const numbers = render(underWay, { width, height: 24 })
      .slice(1)
      .flatMap((line) => line.match(/[\d,]+(?:\.\d+)?[kM]?/g) ?? [])
      .filter((text) => /\d/.test(text));
    const known = /^(?:\d{1,3}(?:,\d{3})*|\d+k|\d+\.\d\dM|2021|01|14|05|0?5),?$/;
    for (const text of numbers) expect(text, `at ${width}`).toMatch(known);
  }
});
