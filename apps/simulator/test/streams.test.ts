/** Colour and redrawing: only on a terminal, and only where nothing speaks against it. */

import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { createProgressLine } from '../src/progress-line.ts';
import { canRedraw, printable, wantsColour } from '../src/streams.ts';

beforeEach(() => {
  for (const name of ['NO_COLOR', 'CI', 'TERM']) vi.stubEnv(name, undefined);
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
])('%s', (_, isTTY, variables, colour, redraw) => {
  for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
  expect(wantsColour(stream(isTTY))).toBe(colour);
  expect(canRedraw(stream(isTTY))).toBe(redraw);
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
  expect(drawn.at(-1)).toBe('\r\u001b[K');
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
