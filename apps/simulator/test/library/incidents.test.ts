/**
 * The incidents of the library: each passes, opens with its row of `enpa.md` 9.2, what happened and
 * what must be noticed, and has a fault that the catalogue connects with that row.
 */

import { basename } from 'node:path';

import { incidents, legacySwitches } from '@priolab/harness';
import type { Scenario } from '@priolab/harness';
import { describe, expect, test } from 'vitest';

import { filesOf, load, openingOf, testFamily, textOf } from './library.ts';

const ROWS_OF_HISTORY = 53;
const PARTS = ['What happened: ', 'What must be noticed: ', 'How the run shows it: '];
const own = filesOf('incidents');

function rowOf(file: string): number {
  return Number(/^Incident (\d+) of enpa\.md 9\.2 \(/.exec(openingOf(file))?.[1]);
}

/** Numbers in what a mark finds, such as "1, 15, #543" (no row: an issue) or "4 and 53". */
function rowsIn(text: string, mark: RegExp): number[] {
  return [...text.matchAll(mark)].flatMap(([, list]) =>
    [...list!.matchAll(/(?<!#)\b\d+/g)].map(([row]) => Number(row)),
  );
}

/** Rows that the catalogues connect with a scenario's faults and switches. */
function knownRows({ nemesis, services }: Scenario): number[] {
  return [
    ...nemesis.flatMap(({ id }) => rowsIn(incidents[id] ?? '', /history ([^)]*)/g)),
    ...services.legacy.flatMap((id) =>
      rowsIn(legacySwitches[id].source, /9\.2 nos?\. ((?:\d+|, | and )+)/g),
    ),
  ];
}

testFamily('incidents');

describe('each incident', () => {
  test.each(own)('%s opens with its row, what happened, what to notice and how', (file) => {
    const opening = openingOf(file);
    expect(rowOf(file)).toBe(Number(basename(file).slice(0, 2)));
    const places = PARTS.map((part) => opening.indexOf(part));
    expect(places[0]).toBeGreaterThan(0);
    expect(places).toEqual(places.toSorted((a, b) => a - b));
  });

  test.each(own)('%s has a fault of its row, and demands what must come of it', async (file) => {
    const scenario = await load(file);
    expect(knownRows(scenario)).toContain(rowOf(file));
    const faults = scenario.nemesis.map(({ id }) => id);
    const demanded = scenario.expect.flatMap((one) =>
      typeof one === 'object' && 'of' in one ? [one.of] : [],
    );
    expect(demanded).not.toEqual([]);
    expect(faults).toEqual(expect.arrayContaining(demanded));
    if (!basename(file).includes('as-it-was')) expect(scenario.services.legacy).toEqual([]);
  });

  test('at least fifteen rows, and as many as the README says', () => {
    const rows = new Set(own.map(rowOf));
    expect(rows.size).toBeGreaterThanOrEqual(15);
    for (const row of rows) expect(row <= ROWS_OF_HISTORY).toBe(true);
    expect(textOf('README.md')).toContain(`${rows.size} of the ${ROWS_OF_HISTORY} rows`);
  });
});
