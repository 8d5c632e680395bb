/** The catalogue of faults as data: complete, consistent, and in words that others define. */

import { REASONS } from '@priolab/roles';
import { describe, expect, test } from 'vitest';

import {
  adversaries,
  adversaryIds,
  explainTerm,
  faultIds,
  faultParams,
  faultSections,
  faults,
  legacySwitches,
  oracleIds,
  outOfReach,
  resolveScenario,
} from '../../src/index.ts';
import { smallInput } from '../run/fixture.ts';

const holdReasons = [
  'no-leader-share',
  'no-helper-share',
  'batches-differ',
  'counts-differ',
  'included-differ',
  'sums-differ',
  'wrong-window',
  'total-out-of-range',
];
const knownReasons = new Set([...REASONS, ...holdReasons]);

/** How many ids each section of the vocabulary has; those out of reach are counted apart. */
test('has every id of the vocabulary, once', () => {
  const families = faultIds.map((id) => id.split('.')[0]!);
  const sizeOf = (family: string): number => families.filter((other) => other === family).length;
  const sizes = families.map((family) => [family, sizeOf(family)] as const);
  expect(Object.fromEntries(sizes)).toEqual({
    dev: 12,
    net: 15,
    ing: 21,
    proc: 11,
    mal: 14,
    comb: 7,
    key: 9,
    clk: 4,
    sto: 8,
    cli: 18,
    nem: 7,
  });
  const sectioned = faultSections.flatMap(({ faults: some }) => Object.keys(some));
  expect(sectioned).toEqual(faultIds);
  for (const id of Object.keys(outOfReach)) expect(faultIds).not.toContain(id);
});

test('knows every adversary of the wall clock, with its reasons', () => {
  for (const id of adversaryIds) {
    expect(faultIds).toContain(id);
    expect(faults[id].reasons ?? []).toEqual(adversaries[id].refusedAs);
  }
});

describe.each(faultIds)('%s', (id) => {
  const { about, outcome, checkers, reasons = [], params = {} } = faults[id];

  test('says in one sentence what happens, what must come of it and who sees it', () => {
    expect(about).toMatch(/^[A-Z][^.]*\.$/);
    expect(outcome.length).toBeGreaterThan(0);
    expect(checkers.length).toBeGreaterThan(0);
    for (const checker of checkers) expect(oracleIds).toContain(checker);
    for (const reason of reasons) expect(knownReasons).toContain(reason);
    expect(explainTerm(id)).toContain(about);
  });

  test('has parameters whose defaults are allowed, and can be named in a scenario', () => {
    for (const name of Object.keys(params)) expect(name).toMatch(/^[a-z][A-Za-z]*$/);
    const scenario = resolveScenario(
      {
        ...smallInput,
        population: { ...smallInput.population, days: 2 },
        clock: 'simulated',
        services: { keys: { rotateEvery: '12h' } },
        nemesis: [{ id, params: faultParams(id) }],
        expect: ['sum.exact'],
      },
      id,
    );
    expect(scenario.nemesis[0]!.params).toEqual(faultParams(id));
  });
});

test('legacy switches name their source and the oracle that they redden', () => {
  expect(Object.keys(legacySwitches)).toHaveLength(6);
  for (const { source, reddens } of Object.values(legacySwitches)) {
    expect(source).toMatch(/^enpa\.md \d/);
    expect(oracleIds).toContain(reddens);
  }
});
