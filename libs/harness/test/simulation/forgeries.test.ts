/**
 * `noforge` counts what faults forge as it counts what adversaries forge: above all reports made
 * for a point r that was told beforehand, which Prio v2 accepts.
 */

import { expect, test } from 'vitest';

import type { FaultId } from '../../src/faults/catalogue.ts';
import type { RunSummary } from '../../src/record/run-record.ts';
import type { Inject } from '../../src/simulation/fault.ts';
import { failedIn, faultIn, redOf, runDemonstration } from './fault-run.ts';

const known: FaultId = 'ing.rpit_known';
const outcome = { id: 'outcome', of: known } as const;

const outcomeIn = ({ expectations }: RunSummary) =>
  expectations.find(({ id }) => id === `outcome ${known}`)!;

test('every report forged for a known r is counted, and noforge says so', async () => {
  const run = await runDemonstration(known);
  const { measured } = faultIn(run);
  expect(measured['forged']).toBeGreaterThan(0);
  expect(measured['accepted']).toBe(measured['forged']);
  expect(run.tally.soundnessEscapes).toBe(measured['forged']);
  expect(failedIn(run)).toEqual([]);
  expect(outcomeIn(run).verdict).toBe('pass');
  expect(outcomeIn(run).observed).toMatch(/detect: noforge is red because of it$/);
  // Their values are nobody's measurements.
  const notHonest = run.cells.reduce((sum, { truth }) => sum + truth.count - truth.honestCount, 0);
  expect(notHonest).toBe(measured['forged']);
});

test('beside other cheats, which are refused, noforge counts the same', async () => {
  const run = await runDemonstration(known, {
    scenario: ({ nemesis }) => ({
      nemesis: [...nemesis!, { id: 'cli.inconsistent', p: 0.1 }],
      expect: ['noforge', 'reason', outcome],
    }),
  });
  expect(redOf(run)).toEqual(['noforge']);
  const { measured } = faultIn(run);
  const cheats = faultIn(run, 'cli.inconsistent').fired;
  const tried = run.expectations.find(({ id }) => id === 'noforge')!.n;
  expect([tried, run.tally.otherEscapes + run.tally.soundnessEscapes]).toEqual([
    measured['forged']! + cheats,
    measured['accepted'],
  ]);
  expect(outcomeIn(run).observed).toMatch(/detect: noforge is red because of it$/);
});

test('where all forge, totals are out of range: how it is noticed, too', async () => {
  const run = await runDemonstration(known, {
    nemesis: { p: 1 },
    scenario: { expect: ['reason', 'live', outcome] },
  });
  const { fates, measured } = faultIn(run);
  expect(fates['total-out-of-range']).toBe(measured['forged']);
  expect(measured['accepted']).toBe(0);
  expect(failedIn(run)).toEqual([]);
  expect(outcomeIn(run).verdict).toBe('pass');
});

test('with an r drawn after the upload the proofs fail: it would be prevented', async () => {
  const drawnAnew: Inject = ({ hooks }) => {
    hooks.ingestor.push((inner) => ({
      openPartition: (index) => inner.openPartition(index),
      receive(task, day, uploads) {
        const { status, batches } = inner.receive(task, day, uploads);
        for (const { leader, helper } of batches) {
          for (const half of [leader, helper])
            half.queryRandomness.forEach((r, i, all) => (all[i] = r + 1));
        }
        return { status, batches };
      },
    }));
  };
  const run = await runDemonstration(known, {
    over: drawnAnew,
    scenario: { expect: ['noforge', 'reason', outcome] },
  });
  const { fates, measured } = faultIn(run);
  expect(measured['accepted']).toBe(0);
  expect(fates['proof-invalid']).toBe(measured['forged']);
  expect(failedIn(run)).toEqual([]);
  expect(outcomeIn(run).verdict).toBe('pass');
  expect(outcomeIn(run).observed).toMatch(/prevent: .*noforge, live hold$/);
});

test.each([
  ['cli.grind', 'proof'],
  ['ing.no_attest', 'form'],
] as const)('reports of %s are tried, and none is counted', async (id, how) => {
  const run = await runDemonstration(id, { scenario: { expect: ['noforge'] } });
  const { forgedByFaults, soundnessTrials, soundnessEscapes, otherEscapes } = run.tally;
  expect(forgedByFaults).toBe(faultIn(run).fired);
  expect(soundnessTrials).toBe(how === 'proof' ? forgedByFaults : 0);
  expect([soundnessEscapes, otherEscapes]).toEqual([0, 0]);
  expect(failedIn(run)).toEqual([]);
});
