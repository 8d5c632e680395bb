/** Gaps of a run: each kind is found where it is, and nowhere else. */

import type { RunSummary } from '@priolab/harness';
import { describe, expect, test } from 'vitest';

import { coverageGaps } from '../src/index.ts';
import * as fixture from './fixture.ts';

const { outcomeOf, summaryWith } = fixture;

const of = (summary: RunSummary, kind: string): string[] =>
  coverageGaps(summary)
    .filter((gap) => gap.kind === kind)
    .map(({ about }) => about);

/** In simulated time, with what the tests below look at. */
function simulatedRun(faults: readonly object[], unsearched = 0): RunSummary {
  const simulation = { faults, leaks: { unsearched } } as unknown as RunSummary['simulation'];
  return { ...summaryWith(), simulation: simulation! };
}

const fault = (id: string, fired: number, fires = 1, at?: string) => ({
  id,
  fired,
  fires,
  ...(at === undefined ? {} : { at }),
});

/** The whole scenario's states, vendors and metrics have totals: no gap but what nobody asked. */
test('an honest run: what nobody asked for, and that nothing went wrong in it', () => {
  expect(coverageGaps(summaryWith())).toEqual([
    {
      kind: 'not asked',
      about:
        'numbers of clients (count.exact), a fate for every report (conserve), reports counted ' +
        'twice (once), the same reports at both processors (sets.equal), reasons of refusals ' +
        '(reason), unsafe or repeated randomness (rand.safe), bias of estimates (unbiased), the ' +
        'same bytes from a second backend (crosscheck), speed (throughput), peak memory ' +
        '(memory), the same results again (det)',
    },
    {
      kind: 'nothing wrong',
      about: 'no phone cheats and no fault strikes: nothing is shown of either',
    },
  ]);
});

describe('what nobody asked for', () => {
  const [text] = of(summaryWith(), 'not asked');

  test('not what was judged, nor what the run has not', () => {
    for (const id of ['sum.exact', 'noise.dist', 'noforge', 'consent.kept', 'tenant', 'deployed']) {
      expect(text).not.toContain(`(${id})`);
    }
  });

  test('of cheats, of consent and of simulated time where there are any', () => {
    expect(of(fixture.adversarialRun(), 'not asked')[0]).toContain('(noforge)');
    const { scenario } = summaryWith();
    const population = { ...scenario.population, consent: { withdrawPerDay: 0.1 } };
    const withdrawn = summaryWith({ scenario: { ...scenario, population } });
    expect(of(withdrawn, 'not asked')[0]).toContain('(consent.kept)');
    const [simulated] = of(simulatedRun([fault('net.drop', 1)]), 'not asked');
    for (const id of ['noforge', 'live', 'tenant', 'blast']) expect(simulated).toContain(`(${id})`);
    for (const id of ['crosscheck', 'throughput']) expect(simulated).not.toContain(`(${id})`);
  });

  test('an oracle that must notice a fault was asked', () => {
    const expectation = { id: 'detected', of: 'net.drop', by: 'live' } as const;
    const run = simulatedRun([fault('net.drop', 1)]);
    const scenario = { ...run.scenario, expect: [expectation] };
    expect(of({ ...run, scenario }, 'not asked')[0]).not.toContain('(live)');
  });
});

test('faults and cheats that never struck, or less often than they must', () => {
  expect(of(fixture.adversarialRun(), 'never struck')).toEqual(['cli.oversize']);
  const faults = [
    fault('net.drop', 3),
    fault('net.dup', 0, 1, 'leader'),
    fault('proc.crash', 2, 10),
  ];
  expect(of(simulatedRun(faults), 'never struck')).toEqual([
    'net.dup at leader',
    'less often than asked: proc.crash (2 of 10)',
  ]);
  expect(of(simulatedRun(faults.slice(0, 1)), 'never struck')).toEqual([]);
});

test('states, vendors and metrics of the scenario that no total stands for', () => {
  expect(of(fixture.gapsRun(), 'no data')).toEqual([
    'no report came to the processors of state us-ak',
    'no report came to the processors of metric own-metric',
    'no total published: us-ct CodeVerified-v1',
  ]);
  const onlyApple = summaryWith({
    cells: summaryWith().cells.filter(({ vendor }) => vendor === 'apple'),
  });
  expect(of(onlyApple, 'no data')).toEqual(['no report came to the processors of vendor google']);
  expect(of(summaryWith(), 'no data')).toEqual([]);
  expect(of(fixture.emptyRun(), 'no data')).toEqual(['no report came to the processors']);
});

test('reports that were not run, or not to their end', () => {
  expect(of(fixture.interruptedRun(), 'not run')).toEqual([
    '600 of 800 reports not run: the run was stopped',
  ]);
  const fates = [{ outcome: 'pending', hop: 'leader', reason: 'none', count: 3 }];
  expect(of(summaryWith({ fates }), 'not run')).toEqual([
    '3 of 800 reports still pending at the end',
  ]);
});

test('what was not computed', () => {
  expect(of(fixture.lowerRun('shares-only'), 'fidelity')).toEqual([
    'shares-only: no encryption, uploads or attestation',
  ]);
  expect(of(summaryWith(), 'fidelity')).toEqual([]);
});

test('expectations without a verdict', () => {
  expect(of(fixture.gapsRun(), 'no verdict')).toEqual([
    'nothing to judge: noforge',
    'not measured well enough: throughput',
  ]);
});

test('bytes that were not searched for secrets, where somebody asked', () => {
  const run = simulatedRun([], 7);
  expect(of(run, 'not searched')).toEqual([]);
  const asked = { ...run, expectations: [outcomeOf('pass', 'leak.scan')] };
  expect(of(asked, 'not searched')).toEqual([
    'leak.scan did not see 7 bytes that were no longer kept',
  ]);
});

test('long lists are counted', () => {
  const faults = Array.from({ length: 12 }, (_, i) => fault(`f${i}`, 0));
  expect(of(simulatedRun(faults), 'never struck')).toEqual([
    'f0, f1, f2, f3, f4, f5, f6, f7, 4 more',
  ]);
});
