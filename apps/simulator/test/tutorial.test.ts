/** docs/TUTORIAL.md, done as it says: its scenario is red, cured it is green, as it is shown. */

import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, expect, test } from 'vitest';

import { createCli, scenarios } from './fixture.ts';

const page = readFileSync(join(scenarios, '../docs/TUTORIAL.md'), 'utf8');
const [whole, scenario] = /^```yaml\n([^]*?)^```$/m.exec(page)!;
const [red, green] = [...page.replace(whole, '').matchAll(/^```\n([^]*?)^```$/gm)].map(
  ([, text]) => text!,
);
const [, cure] = /The cure is `(.*?)`/.exec(page)!;

const { folder, priolab } = createCli();
afterAll(() => rmSync(folder, { recursive: true }));

const inOneLine = (text: string): string => text.replaceAll(/\s+/g, ' ');

/** Pieces of the shown output, by line and around what is left out. */
const piecesOf = (shown: string): string[] =>
  shown
    .split(/\n|\.\.\./)
    .map((piece) => inOneLine(piece).trim())
    .filter((piece) => piece !== '');

function run(text: string) {
  writeFileSync(join(folder, 'first.scenario.yaml'), text);
  const { code, out } = priolab('run', 'first.scenario.yaml');
  return { code, out: inOneLine(out) };
}

test('its first run is red, as it is shown', () => {
  const { code, out } = run(scenario!);
  expect(code).toBe(1);
  expect(piecesOf(red!).length).toBeGreaterThan(10);
  for (const piece of piecesOf(red!)) expect(out).toContain(piece);
  for (const [, said] of page.matchAll(/`(proc\.crash {2}struck \d+ times)`/g)) {
    expect(out).toContain(inOneLine(said!));
  }
});

test('and with the cure green', () => {
  const cured = scenario!.replace('{ id: proc.crash }', cure!);
  expect(cured).not.toBe(scenario);
  const { code, out } = run(cured);
  expect(code).toBe(0);
  expect(piecesOf(green!)).toHaveLength(5);
  for (const piece of piecesOf(green!)) expect(out).toContain(piece);
});
