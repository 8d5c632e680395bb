/** Each defence against a fault, taken away: the oracles must say so. */

import type { Ingestor } from '@priolab/roles';
import { expect, test } from 'vitest';

import type { Inject } from '../../src/simulation/fault.ts';
import { guessedPoints } from '../../src/simulation/faults/client-proofs.ts';
import { failedIn, faultIn, forgetful, runDemonstration } from './fault-run.ts';

test('without memory of phones, clones count twice', async () => {
  const summary = await runDemonstration('dev.clone', { under: forgetful });
  expect(failedIn(summary)).toEqual(expect.arrayContaining(['once', 'reason', 'dev.clone']));
});

test('without memory of phones, so do fresh reports of one event', async () => {
  const services = { ingestion: { batchEvery: '1m' } };
  const scenario = { population: { reports: 60, days: 1, states: ['us-wa' as const] }, services };
  const nemesis = { fires: 1 };
  const whole = await runDemonstration('dev.retry_fresh', { scenario, nemesis });
  expect(failedIn(whole)).toEqual([]);
  const summary = await runDemonstration('dev.retry_fresh', {
    under: forgetful,
    scenario,
    nemesis,
  });
  expect(failedIn(summary)).toEqual(expect.arrayContaining(['once', 'sum.exact']));
});

test('without memory of ids, a victim’s id is used twice', async () => {
  const summary = await runDemonstration('cli.dup_uuid', { under: forgetful });
  expect(failedIn(summary)).toEqual(expect.arrayContaining(['reason', 'cli.dup_uuid']));
});

test('with r known beforehand, ground proofs pass', async () => {
  const knownPoint: Inject = ({ hooks, draw }) => {
    const [r] = guessedPoints(draw, 1) as [number];
    hooks.ingestor.push((inner: Ingestor) => ({
      openPartition: (index) => inner.openPartition(index),
      receive(task, day, uploads) {
        const intake = inner.receive(task, day, uploads);
        for (const { leader, helper } of intake.batches) {
          leader.queryRandomness.fill(r);
          helper.queryRandomness.fill(r);
        }
        return intake;
      },
    }));
  };
  const summary = await runDemonstration('cli.grind', { under: knownPoint });
  expect(failedIn(summary)).toEqual(expect.arrayContaining(['reason', 'cli.grind']));
  const { fates, fired } = faultIn(summary);
  // Both processors took them all; that a bin sums to more than its count gives them away.
  expect(fates).toEqual({ 'total-out-of-range': fired });
});

test('a door that takes any time is not fresh, and lets old reports pile up', async () => {
  const anyTime: Inject = ({ hooks }) => {
    hooks.front.push((inner) => ({ ...inner, ageMsMax: Infinity, skewMsMax: Infinity }));
  };
  for (const id of ['cli.backdate', 'cli.postdate', 'dev.clock_skew', 'dev.offline'] as const) {
    const summary = await runDemonstration(id, { under: anyTime });
    expect(failedIn(summary)).toEqual(expect.arrayContaining(['reason', 'fresh', id]));
  }
});

test('a door without a limit stores the whole flood', async () => {
  const whole = await runDemonstration('cli.flood');
  const unlimited: Inject = ({ hooks }) => {
    hooks.front.push((inner) => ({ ...inner, uploadsPerKeyMax: Infinity }));
  };
  const open = await runDemonstration('cli.flood', { under: unlimited });
  expect(faultIn(whole).measured['refused at the door']).toBe(2 * (100 - 64));
  expect(faultIn(open).measured['refused at the door']).toBe(0);
});

test('what is sealed to a key that a processor keeps is accepted, and may be', async () => {
  const hoarder: Inject = ({ parties }) => {
    for (const generation of [...parties.rings.leader, ...parties.rings.helper]) {
      generation.untilMs = Infinity;
    }
  };
  const summary = await runDemonstration('dev.stale_key', {
    under: (context) => context.timeline.at(context.startMs + 1, () => hoarder(context)),
    params: { key: 'retired' },
  });
  // By then the fault has read when the keys end only on the second day: it sees the new ends.
  expect(failedIn(summary)).toEqual([]);
  expect(faultIn(summary).fates).toEqual({ accepted: faultIn(summary).fired });
});
