/** Progress lines: they fit, they never claim to be done too early, they invent no rate. */

import fc from 'fast-check';
import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';

import { renderProgress, renderProgressPlain } from '../src/index.ts';

const half = { reportsDone: 420_000, reportCount: 1_000_000, elapsedMs: 60_000 };

test('bar, percentage, counts, rate and time left', () => {
  expect(renderProgress(half, { width: 120, colour: false })).toBe(
    `${'█'.repeat(12)}${'░'.repeat(18)}  42.0 %  420,000 of 1,000,000 reports  ` +
      '7,000 reports/s  1 min 23 s left',
  );
  expect(renderProgressPlain(half)).toBe(
    '42.0 %, 420,000 of 1,000,000 reports, 7,000 reports/s, 1 min 23 s left',
  );
});

test('says what is under way where that is not the run', () => {
  expect(
    renderProgress(half, { width: 120, colour: false, of: { doing: 'planning', unit: 'reports' } }),
  ).toMatch(/░ planning {3}42\.0 %/);
  const fuzz = { doing: 'fuzz', unit: 'seeds' };
  const slow = { reportsDone: 3, reportCount: 10, elapsedMs: 2000 };
  expect(renderProgressPlain(slow, fuzz)).toBe(
    'fuzz 30.0 %, 3 of 10 seeds, 1.5 seeds/s, 4.7 s left',
  );
});

test('before the first report there is no rate and no forecast', () => {
  const start = { reportsDone: 0, reportCount: 10, elapsedMs: 0 };
  expect(renderProgressPlain(start)).toBe('0.0 %, 0 of 10 reports, - reports/s, - left');
});

test('in simulated time the bar and the time left go by that time, counts are reports', () => {
  expect(renderProgressPlain({ ...half, reportsDone: 0, share: 0.25 })).toBe(
    '25.0 %, 0 of 1,000,000 reports, - reports/s, 3 min 00 s left',
  );
  expect(renderProgressPlain({ ...half, reportsDone: 999, share: 1 })).toMatch(
    /^100\.0 %, 999 of 1,000,000 reports, .* took 1 min 00 s$/,
  );
});

test('100 % means done', () => {
  expect(renderProgressPlain({ ...half, reportsDone: 999_999 })).toMatch(/^99\.9 %.* 0 ms left$/);
  expect(renderProgressPlain({ ...half, reportsDone: 1_000_000 })).toBe(
    '100.0 %, 1,000,000 of 1,000,000 reports, 16,667 reports/s, took 1 min 00 s',
  );
  expect(renderProgressPlain({ reportsDone: 0, reportCount: 0, elapsedMs: 5 })).toMatch(
    /^100\.0 %/,
  );
});

test('fits any width; colour changes no text', () => {
  const progress = fc.record({
    reportsDone: fc.nat(2e9),
    reportCount: fc.nat(2e9),
    elapsedMs: fc.double({ min: 0, max: 1e9, noNaN: true }),
  });
  fc.assert(
    fc.property(progress, fc.integer({ min: 1, max: 300 }), (some, width) => {
      const line = renderProgress(some, { width, colour: false });
      expect(line.length).toBeLessThanOrEqual(width);
      expect(line).not.toContain('\u001b');
      expect(stripVTControlCharacters(renderProgress(some, { width, colour: true }))).toBe(line);
    }),
    { seed: 7, numRuns: 500 },
  );
});

test('a width that is none is 80 columns', () => {
  const usual = renderProgress(half, { width: 80, colour: false });
  expect(renderProgress(half, { width: 0, colour: false })).toBe(usual);
  expect(renderProgress(half, { width: Number.NaN, colour: false })).toBe(usual);
});
