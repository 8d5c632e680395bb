/** Colour and redrawing: only on a terminal, and only where nothing speaks against it. */

import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { createProgressLine } from '../src/progress-line.ts';
import { canRedraw, printable, showsUnicode, wantsColour } from '../src/streams.ts';

beforeEach(() => {
  const names = ['NO_COLOR', 'FORCE_COLOR', 'CI', 'TERM', 'LANG', 'LC_ALL', 'LC_CTYPE'];
  for (const name of names) vi.stubEnv(name, undefined);
});
afterEach(() => vi.unstubAllEnvs());

const stream = (isTTY: boolean | undefined, written: string[] = []): NodeJS.WriteStream =>
  ({ isTTY, columns: 80, write: (text: string) => written.push(text) }) as never;

test.each([
  ['a terminal', true, {}, true, true],
  ['a pipe', undefined, {}, false, false],
  ['NO_COLOR', true, { NO_COLOR: '1' }, false, true],
  ['an empty NO_COLOR, which says nothing', true, { NO_COLOR: '' }, true, true],
  ['a dumb terminal', true, { TERM: 'dumb' }, false, false],
  ['a CI runner with a terminal', true, { CI: 'true' }, true, false],
  ['FORCE_COLOR in a pipe', undefined, { FORCE_COLOR: '1' }, true, false],
  ['an empty FORCE_COLOR, which says nothing', undefined, { FORCE_COLOR: '' }, false, false],
  ['FORCE_COLOR=0', true, { FORCE_COLOR: '0' }, false, true],
  ['FORCE_COLOR on a dumb terminal', true, { FORCE_COLOR: '3', TERM: 'dumb' }, true, false],
  ['both: a no weighs more', true, { FORCE_COLOR: '1', NO_COLOR: '1' }, false, true],
])('%s', (_, isTTY, variables, colour, redraw) => {
  for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
  expect(wantsColour(stream(isTTY))).toBe(colour);
  expect(canRedraw(stream(isTTY))).toBe(redraw);
});

test.skipIf(process.platform !== 'linux').each([
  ['no locale', {}, false],
  ['UTF-8', { LANG: 'de_DE.UTF-8' }, true],
  ['as some write it', { LC_CTYPE: 'C.utf8' }, true],
  ['another one', { LANG: 'en_US.ISO-8859-1' }, false],
  ['LC_ALL goes before', { LC_ALL: 'C', LANG: 'C.UTF-8' }, false],
  ['an empty one says nothing', { LC_ALL: '', LANG: 'C.UTF-8' }, true],
  ['the console', { LANG: 'C.UTF-8', TERM: 'linux' }, false],
])('box drawing: %s', (_, variables, unicode) => {
  for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
  expect(showsUnicode()).toBe(unicode);
});

test('progress: escape codes on a terminal only, and rarely in a log', () => {
  const states = Array.from({ length: 200 }, (_, i) => ({
    reportsDone: i,
    reportCount: 200,
    elapsedMs: 60 * i,
  }));
  const drawn: string[] = [];
  const line = createProgressLine(stream(true, drawn), { doing: 'planning', unit: 'reports' });
  for (const state of states) line.update(state);
  line.clear();
  expect(drawn.length).toBeGreaterThan(50);
  expect(drawn[0]).toContain('planning');
  expect(drawn.at(-1)).toBe('\r\u001b[J');
  const logged: string[] = [];
  const log = createProgressLine(stream(false, logged));
  for (const state of states) log.update(state);
  log.clear();
  expect(logged).toHaveLength(2);
  expect(logged.join('')).not.toContain('\u001b');
});

test('words of a file can give a terminal no orders', () => {
  expect(printable('a\u001b[31mb\n::set-output c\u202e')).toBe(
    'a\\x1b[31mb\n:\\x3aset-output c\\u{202e}',
  );
});
