/** The pages under `docs/faults` say what the catalogue says. */

import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';

import { cardFile, faultIds, renderCard } from '../../src/many.ts';

const folder = join(import.meta.dirname, '../../../../docs/faults');

describe('docs/faults', () => {
  test('has one card a fault, and no other', () => {
    const cards = readdirSync(folder).filter((name) => name !== 'README.md');
    expect(cards.sort()).toEqual(faultIds.map((id) => cardFile(id)).sort());
  });

  test.each(faultIds)('the card of %s is what the catalogue says', (id) => {
    const hint = 'npx priolab faults --cards docs/faults';
    expect(readFileSync(join(folder, cardFile(id)), 'utf8'), hint).toBe(renderCard(id));
  });

  test('the table has one row a fault, in the order of the catalogue', () => {
    const table = readFileSync(join(folder, 'README.md'), 'utf8');
    const rows = [...table.matchAll(/^\| \[`([a-z0-9_.]+)`\]/gm)].map(([, id]) => id);
    expect(rows).toEqual(faultIds);
  });
});
