/** What a swarm draws, and what it must not draw together; and reports that two faults struck. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { DAY_MS } from '@priolab/roles';
import { expect, test } from 'vitest';

import { faults } from '../../src/faults/catalogue.ts';
import type { FaultId } from '../../src/faults/catalogue.ts';
import { resolveScenario } from '../../src/scenario/scenario.ts';
import type { ScenarioInput } from '../../src/scenario/scenario.ts';
import { APART, expandNemesis } from '../../src/simulation/faults/composite.ts';
import { demonstrationOf, demonstrations } from '../../src/simulation/faults/demonstrations.ts';
import { faultCode } from '../../src/simulation/faults/registry.ts';
import { faultIn, redOf, runDemonstration, runFaulty } from './fault-run.ts';

const SEEDS = 3000;

/** Ids that a swarm draws, by seed; the deployment has all that faults need. */
function drawn(): FaultId[][] {
  const swarm = { id: 'nem.swarm', params: { of: 'all', atLeast: 2, atMost: 4 } } as const;
  const scenario = resolveScenario(
    {
      ...demonstrationOf('nem.swarm')!,
      population: {
        reports: 120,
        days: 7,
        states: ['us-wa', 'us-md'],
        enabled: { 'us-md': { fromDay: 1 } },
      },
      services: {
        ingestion: { replicas: 3 },
        processors: { workers: 3 },
        keys: { rotateEvery: '12h', overlap: '1d' },
      },
      nemesis: [swarm],
    },
    'test',
  );
  return Array.from({ length: SEEDS }, (_, i) => {
    const { nemesis } = expandNemesis({ ...scenario, seed: String(i) });
    return [...new Set(nemesis.slice(1).map(({ id }) => id))];
  });
}

test('docs/SCENARIOS.md names the pairs that are never drawn together, and no others', () => {
  const page = readFileSync(join(import.meta.dirname, '../../../../docs/SCENARIOS.md'), 'utf8');
  const [, list] = /never draws together: ([^]*?)\.\n\n/.exec(page)!;
  const named = list!.split(';').map((pair) => [...pair.matchAll(/`(\S+)`/g)].map(([, id]) => id));
  expect(named).toEqual(APART);
});

test('draws every fault, two to four at a time, and never two that are apart', () => {
  const sets = drawn();
  const counts = new Map(sets.flat().map((id) => [id, 0]));
  for (const set of sets) {
    expect(set.length).toBeGreaterThanOrEqual(2);
    for (const id of set) counts.set(id, counts.get(id)! + 1);
    for (const apart of APART) {
      expect(apart.filter((id) => set.includes(id)).length).toBeLessThanOrEqual(1);
    }
    // Some faults show themselves beside another one, which comes with them.
    const companions = set.flatMap((id) =>
      demonstrations[id]!.nemesis.map((one) => one.id).filter((other) => other !== id),
    );
    const leavingTraces = set.filter(
      (id) =>
        !companions.includes(id) &&
        faults[id].outcome.some((one) => one !== 'recover' && one !== 'prevent'),
    );
    expect(leavingTraces.length).toBeLessThanOrEqual(1);
  }
  // Each of those that are kept apart does come, so that the loop above has seen something.
  for (const id of APART.flat()) expect(counts.get(id), id).toBeGreaterThan(0);
  const missing = Object.keys(demonstrations).filter(
    (id) => !id.startsWith('nem.') && !counts.has(id as FaultId),
  );
  expect(missing).toEqual([]);
});

test('another seed draws others, the same seed the same', () => {
  expect(drawn().slice(0, 50)).toEqual(drawn().slice(0, 50));
  expect(new Set(drawn().map((set) => set.join())).size).toBeGreaterThan(SEEDS / 3);
});

/** Changed on the way, and the store is so slow that phones often don't hear of the refusal. */
const unheard: ScenarioInput = {
  ...demonstrationOf('sto.slow')!,
  nemesis: [{ id: 'net.corrupt', p: 0.4, fires: 10 }, ...demonstrationOf('sto.slow')!.nemesis!],
};

test('a report that was refused unheard and then taken is no mistake', async () => {
  const { verdict, exitCode } = await runFaulty(unheard);
  expect({ verdict, exitCode }).toEqual({ verdict: 'pass', exitCode: 0 });
});

test('without that allowance it would be one', async () => {
  const corrupt = faultCode.get('net.corrupt')!;
  const { expectations } = await runFaulty(unheard, {
    id: 'net.corrupt',
    instead: (context) => corrupt({ ...context, alsoAllow: () => {} }),
  });
  const red = expectations.filter((one) => one.verdict === 'fail').map(({ id }) => id);
  expect(red).toContain('reason');
});

const both = (...ids: readonly FaultId[]): ScenarioInput => ({
  ...demonstrationOf(ids[0]!)!,
  nemesis: ids.flatMap((id) => demonstrationOf(id)!.nemesis!),
});

test('a phone that gave up since it heard no refusal was refused all the same', async () => {
  const [oversize] = demonstrationOf('cli.oversize')!.nemesis!;
  const lost = { id: 'net.lose_response' } as const;
  const run = await runFaulty({
    ...demonstrationOf('cli.oversize')!,
    nemesis: [oversize!, { ...lost, dose: 1e6, fires: 10 }],
  });
  expect(redOf(run)).toEqual([]);
  expect(Object.keys(faultIn(run, 'cli.oversize').fates)).toEqual(['oversized']);
  expect(faultIn(run, 'net.lose_response').fates['accepted']).toBeGreaterThan(50);
});

test('who waits for the id of a late victim comes too late with an early report', async () => {
  const run = await runDemonstration('cli.dup_uuid', {
    over({ hooks }) {
      hooks.phones.measured.push(({ timesMs }) =>
        timesMs.fill(1, 1).fill(DAY_MS - 30 * 60_000, 0, 1),
      );
    },
  });
  expect(redOf(run)).toEqual([]);
  expect(Object.keys(faultIn(run).fates)).toEqual(['stale']);
});

test('who waits for a victim’s id comes after it, whatever else moves what they send', async () => {
  const run = await runFaulty(both('cli.dup_uuid', 'dev.storm'));
  expect(redOf(run)).toEqual([]);
  expect(Object.keys(faultIn(run, 'cli.dup_uuid').fates)).toEqual(['duplicate-report-id']);
});

test('where all batches of a window are late, what comes first is summed', async () => {
  const run = await runDemonstration('ing.late_batch', { nemesis: { p: 1 } });
  expect(redOf(run)).toEqual([]);
  const { fates } = faultIn(run);
  expect(Object.keys(fates).sort()).toEqual(['accepted', 'batch-late', 'peer-missing']);
});

test('where each side has a copy of another report, all of them count once', async () => {
  // The halves are the other way round when places in them are copied into the next batch.
  const run = await runFaulty(both('ing.reorder_one', 'ing.dup_cross_batch'));
  expect(redOf(run)).toEqual([]);
  expect(Object.keys(faultIn(run, 'ing.dup_cross_batch').fates)).toEqual(['accepted']);
});

test('what is taken out of both halves is the same, in whatever order it stands', async () => {
  const run = await runFaulty(both('ing.reorder_one', 'ing.isolate'));
  expect(faultIn(run, 'ing.reorder_one').fired).toBeGreaterThan(0);
  expect(redOf(run).filter((one) => one !== 'minbatch.on_accepted')).toEqual([]);
});

test('what two faults take out of one half each is lost, and nothing else is', async () => {
  const run = await runFaulty(both('ing.drop_one', 'ing.empty_batch'));
  expect(redOf(run)).toEqual([]);
  for (const id of ['ing.drop_one', 'ing.empty_batch'] as const) {
    const lost = run.simulation!.faults.filter((one) => one.id === id && one.fates['lost']);
    expect(lost.length, id).toBe(1);
  }
});

test('without that allowance it would be one of conserve', async () => {
  const dropOne = faultCode.get('ing.drop_one')!;
  const run = await runFaulty(both('ing.empty_batch', 'ing.drop_one'), {
    id: 'ing.drop_one',
    instead: (context) => dropOne({ ...context, alsoAllow: () => {} }),
  });
  expect(redOf(run)).toContain('conserve');
});
