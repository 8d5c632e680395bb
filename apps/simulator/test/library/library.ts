/** The scenario library as its tests see it: files by family, their opening words, their runs. */

import { readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

import { describeEnvironment, runScenario } from '@priolab/harness';
import type { Scenario } from '@priolab/harness';
import { describe, expect, test } from 'vitest';

import { loadScenario } from '../../src/load.ts';
import { scenarioFilesIn } from '../../src/sources/find.ts';
import { scenarios } from '../fixture.ts';

export const FAMILIES = [
  'happy',
  'incidents',
  'byzantine',
  'privacy',
  'consent',
  'net',
  'edges',
] as const;
export type Family = (typeof FAMILIES)[number];

/** Every scenario file, relative to `scenarios/`. */
export const files = scenarioFilesIn(scenarios).map((file) => relative(scenarios, file));

export function filesOf(family: Family): string[] {
  return files.filter((file) => dirname(file) === family);
}

export function load(file: string): Promise<Scenario> {
  return loadScenario(join(scenarios, file));
}

export function textOf(file: string): string {
  return readFileSync(join(scenarios, file), 'utf8');
}

/** `incidents/47-r-at-a-root`: what a file's id must be. */
export function nameOf(file: string): string {
  return file.slice(0, file.indexOf('.scenario.'));
}

/** The comment at the top of a file, without its marks. */
export function openingOf(file: string): string {
  const text = textOf(file).replace(/^# yaml-language-server:.*\n/, '');
  const comment = file.endsWith('.ts')
    ? /^\/\*\*([^]*?)\*\//.exec(text)?.[1]?.replaceAll(/^ *\*/gm, '')
    : /^(?:#.*\n)+/.exec(text)?.[0].replaceAll(/^#/gm, '');
  return comment?.replaceAll(/\s+/g, ' ').trim() ?? '';
}

/** Runs every scenario of a family (in CI every third one), and holds all to their form. */
export function testFamily(family: Family): void {
  const own = filesOf(family);
  // `.ci/run` says which third it is, another one with another commit.
  const first = Number(process.env['PRIOLAB_SLICE'] ?? 0) % 3;
  const run = process.env['CI'] ? own.filter((_, index) => index % 3 === first) : own;
  describe(family, () => {
    test('has several scenarios', () => {
      expect(own.length).toBeGreaterThanOrEqual(4);
    });

    test.each(run)('%s passes', async (file) => {
      const scenario = await load(file);
      const environment = describeEnvironment();
      const { verdict, expectations } = await runScenario({ scenario, workers: 0, environment });
      expect(expectations.filter((one) => one.verdict !== 'pass')).toEqual([]);
      expect(verdict).toBe('pass');
    });

    test.each(own)('%s says at its top what it is, and is named as its file', async (file) => {
      expect(openingOf(file).length).toBeGreaterThan(40);
      expect((await load(file)).id).toBe(nameOf(file));
    });
  });
}
