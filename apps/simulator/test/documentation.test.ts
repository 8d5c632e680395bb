/** Every example of docs/SCENARIOS.md is loaded, and the page names every field there is. */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { builtInMixins, explainTerm, resolveScenario } from '@priolab/harness';
import { afterAll, describe, expect, test } from 'vitest';

import { loadScenario } from '../src/load.ts';
import { parseData } from '../src/sources/data-text.ts';
import { scenarios } from './fixture.ts';

const page = readFileSync(join(scenarios, '../docs/SCENARIOS.md'), 'utf8');
const examples = [...page.matchAll(/^```yaml\n([^]*?)^```$/gm)].map(([, text]) => text!);
const nameOf = (text: string): string | undefined => /^# (\S+\.yaml)$/m.exec(text)?.[1];
const folder = mkdtempSync(join(tmpdir(), 'priolab-docs-'));
afterAll(() => rmSync(folder, { recursive: true }));

for (const text of examples) {
  const name = nameOf(text);
  if (name !== undefined) writeFileSync(join(folder, name), text);
}
const files = examples.map(nameOf).filter((name) => name?.endsWith('.scenario.yaml') === true);
const fragments = examples.filter((text) => nameOf(text) === undefined);

test('there are some of each', () => {
  expect(files.length).toBeGreaterThanOrEqual(3);
  expect(fragments.length).toBeGreaterThanOrEqual(3);
});

test.each(files)('%s', async (name) => {
  expect((await loadScenario(join(folder, name!))).id).toBe(name!.split('.')[0]);
});

test.each(fragments)('%s', (text) => {
  const base = {
    id: 'base',
    about: 'for a test',
    population: { reports: 100, states: ['us-wa', 'us-md'] },
    system: { metrics: ['DateExposure-v1'] },
    expect: ['once'],
  };
  const fragment = parseData(text, 'fragment.yaml') as object;
  expect(resolveScenario({ ...base, ...fragment }, 'fragment.yaml')).toMatchObject({ id: 'base' });
});

test('the derived example is what the page says', async () => {
  const derived = await loadScenario(join(folder, 'derived.scenario.yaml'));
  expect(derived).toMatchObject({
    population: { reports: 2000, days: 2, epidemic: 'outbreak', states: ['us-wa', 'us-md'] },
    system: { metrics: ['DateExposure-v1'], epsilon: 4 },
    crypto: { crossCheck: false },
    adversaries: [{ id: 'cli.forge', share: 0.02 }],
  });
  expect(derived.expect).toContain('crosscheck');
  expect(derived.expect.at(-1)).toBe('noforge');
});

describe('the page names', () => {
  test('every field of a scenario', async () => {
    const scenario = await loadScenario(join(folder, 'timed.scenario.yaml'));
    for (const field of Object.keys(scenario)) expect(page).toContain(`\`${field}\``);
  });

  test('every built-in mixin', () => {
    for (const name of Object.keys(builtInMixins)) expect(page).toContain(`\`${name}\``);
  });

  test('no word to explain that has no explanation', () => {
    const words = [...page.matchAll(/priolab explain (\S+)/g)].map(([, word]) =>
      word!.replace(/`$/, ''),
    );
    expect(words.length).toBeGreaterThan(1);
    for (const word of words) expect(explainTerm(word)).toBeDefined();
  });
});
