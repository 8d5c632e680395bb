/** Composites are their parts: drawn by the seed alone, listed in the record, nothing else. */

import { describe, expect, test } from 'vitest';

import { resolveScenario } from '../../src/scenario/scenario.ts';
import { demonstrationOf } from '../../src/simulation/faults/demonstrations.ts';
import { nemesisOf } from '../../src/simulation/scenario-settings.ts';
import { redOf, runFaulty } from './faulty.ts';

function partsOf(id: 'nem.swarm' | 'nem.swizzle', seed: string, params = {}) {
  const input = { ...demonstrationOf(id)!, seed, nemesis: [{ id, from: '1h', params }] };
  return nemesisOf(resolveScenario(input, id)).slice(1);
}

describe('a swarm', () => {
  test('is the same for the same seed, differs between seeds, and has the size asked for', () => {
    const params = { atLeast: 2, atMost: 3 };
    const seeds = Array.from({ length: 30 }, (_, i) => `seed-${i}`);
    const swarms = seeds.map((seed) => partsOf('nem.swarm', seed, params));
    expect(seeds.map((seed) => partsOf('nem.swarm', seed, params))).toEqual(swarms);
    const names = swarms.map((parts) => parts.map(({ id }) => id).join());
    expect(new Set(names).size).toBeGreaterThan(15);
    expect(new Set(swarms.map(({ length }) => length))).toEqual(new Set([2, 3]));
    for (const part of swarms.flat()) expect(part).toMatchObject({ partOf: 0, fires: 0 });
  });

  test('of recoverable faults changes nothing, whatever the seed', async () => {
    for (const seed of ['a', 'b', 'c', 'd', 'e', 'f']) {
      const input = { ...demonstrationOf('nem.swarm')!, seed };
      const run = await runFaulty({ ...input, population: { ...input.population, reports: 60 } });
      expect([seed, redOf(run)]).toEqual([seed, []]);
      const [whole, ...parts] = run.simulation!.faults;
      expect(whole!.fired).toBe(parts.reduce((sum, { fired }) => sum + fired, 0));
    }
  });
});

test('a swizzle brings nodes back in another order than it cut them off', () => {
  const orders = Array.from({ length: 10 }, (_, i) => {
    const parts = partsOf('nem.swizzle', `seed-${i}`);
    const by = (time: 'fromMs' | 'untilMs') =>
      [...parts].sort((a, b) => a[time] - b[time]).map(({ at }) => at);
    expect(new Set(by('fromMs'))).toEqual(new Set(by('untilMs')));
    return by('fromMs').join() === by('untilMs').join();
  });
  expect(orders).toContain(false);
});
