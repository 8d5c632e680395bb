/** Text: nothing harmful passes, wrapping loses nothing, numbers read as written. */

import fc from 'fast-check';
import { expect, test } from 'vitest';

import {
  clip,
  formatCount,
  formatDuration,
  formatFixed,
  formatInterval,
  formatLevel,
  lengthOf,
  pad,
  sanitise,
  wrap,
} from '../src/text.ts';

const SEED = 20211201;
/** Any UTF-16, with a liking for what does harm. */
const anyText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({
    unit: fc.constantFrom('\u001b[', '\u009b', '\n', '\u202e', '\ud800', ':', '#', ' ', 'a', '\0'),
    maxLength: 60,
  }),
);

test('controls, overrides and lone surrogates are written out', () => {
  expect(sanitise('\u001b[2J\r\n\t\u007f\u009b')).toBe('\\x1b[2J\\x0d\\x0a\\x09\\x7f\\x9b');
  expect(sanitise('a\u202eb\u200bc\u2028d\ud800e')).toBe(
    'a\\u{202e}b\\u{200b}c\\u{2028}d\\u{d800}e',
  );
  expect(sanitise('Yucatán, leader’s 🎲 share')).toBe('Yucatán, leader’s 🎲 share');
});

test('commands of CI runners are broken', () => {
  expect(sanitise('::error::x')).toBe(':\\x3aerror:\\x3ax');
  expect(sanitise('##vso[task] ##[error]')).toBe('#\\x23vso[task] #\\x23[error]');
  expect(sanitise('a: b #1')).toBe('a: b #1');
});

test('no text brings a harmful character through', () => {
  fc.assert(
    fc.property(anyText, (text) => {
      expect(sanitise(text)).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]|::|##/u);
    }),
    { seed: SEED, numRuns: 500 },
  );
});

test('long texts are cut, at a whole character', () => {
  expect(sanitise('a'.repeat(1000))).toHaveLength(1000);
  expect(sanitise('a'.repeat(1001))).toBe(`${'a'.repeat(1000)}...`);
  expect(sanitise('🎲'.repeat(5000))).toBe(`${'🎲'.repeat(1000)}...`);
  expect(clip('abcdefgh', 8)).toBe('abcdefgh');
  expect(clip('abcdefghi', 8)).toBe('abcde...');
});

test('wrapped lines fit and lose nothing but spaces', () => {
  fc.assert(
    fc.property(anyText.map(sanitise), fc.integer({ min: 1, max: 40 }), (text, width) => {
      const lines = wrap(text, width);
      for (const line of lines) expect(lengthOf(line)).toBeLessThanOrEqual(width);
      expect(lines.join('').replaceAll(' ', '')).toBe(text.replaceAll(' ', ''));
    }),
    { seed: SEED, numRuns: 500 },
  );
});

test('long words break where the eye does', () => {
  expect(wrap('PeriodicExposureNotification-v1', 30)).toEqual([
    'PeriodicExposureNotification-',
    'v1',
  ]);
  expect(wrap('KeysUploadedVaccineStatus', 20)).toEqual(['KeysUploadedVaccine', 'Status']);
  expect(wrap('aaaaaaaaaa', 4)).toEqual(['aaaa', 'aaaa', 'aa']);
  expect(wrap('one two three', 8)).toEqual(['one two', 'three']);
  expect(wrap('', 8)).toEqual(['']);
});

test('pads by characters, not by code units', () => {
  expect(pad('🎲', 3)).toBe('🎲  ');
  expect(pad('7', 3, 'right')).toBe('  7');
  expect(pad('1234', 3)).toBe('1234');
});

test('numbers', () => {
  expect([0, 999, 1000, 1_234_567, -1234].map(formatCount)).toEqual([
    '0',
    '999',
    '1,000',
    '1,234,567',
    '-1,234',
  ]);
  expect([1234.56, -0.04, -0.06, 0.25].map((value) => formatFixed(value, 1))).toEqual([
    '1,234.6',
    '0.0',
    '-0.1',
    '0.3',
  ]);
  expect([Number.NaN, Infinity, null as unknown as number].map(formatCount)).toEqual([
    '-',
    '-',
    '-',
  ]);
  expect([0.05, 1e-4, 1e-6].map(formatLevel)).toEqual(['0.05', '1e-4', '1e-6']);
});

test('durations', () => {
  const ms = [0, 999, 999.7, 12_340, 59_949, 59_950, 3_599_000, 3_600_000, Number.NaN, -1];
  expect(ms.map(formatDuration)).toEqual([
    '0 ms',
    '999 ms',
    '1.0 s',
    '12.3 s',
    '59.9 s',
    '1 min 00 s',
    '59 min 59 s',
    '1 h 00 min',
    '-',
    '-',
  ]);
});

test('intervals, of one end or two', () => {
  const two = { of: 'a\u001b share', low: -0.123456, high: 1234.56, level: 1 - 5e-7, due: 0 };
  expect(formatInterval(two)).toBe('a\\x1b share -0.1235 to 1235 (confidence 1 - 5e-7), due 0');
  const one = { of: 'a mean', unit: 'reports', low: 2, level: 0.95, due: 1e-12 };
  expect(formatInterval(one)).toBe('a mean at least 2 reports (confidence 1 - 0.05), due 1e-12');
});
