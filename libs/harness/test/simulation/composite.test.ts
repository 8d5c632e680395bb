/** Faults made of faults: they have struck when their parts have, and hand on their time. */

import { expect, test } from 'vitest';

import { resolveScenario } from '../../src/scenario/scenario.ts';
import type { ScenarioInput } from '../../src/scenario/scenario.ts';
import { expandNemesis } from '../../src/simulation/faults/composite.ts';
import { demonstrationOf, demonstrations } from '../../src/simulation/faults/demonstrations.ts';
import { failedIn, faultIn, runDemonstration } from './fault-run.ts';

type Item = NonNullable<ScenarioInput['nemesis']>[number];

/** The parts of a composite fault. */
function partsOf(item: Item, seed = 'parts') {
  const phases = [{ name: 'noon', from: '11h', until: '13h' }];
  const input = { ...demonstrationOf(item.id)!, seed, phases, nemesis: [item] };
  return expandNemesis(resolveScenario(input, 'test')).nemesis.slice(1);
}

test('a minority that did nothing has not struck', async () => {
  const id = 'nem.byzantine_minority';
  const summary = await runDemonstration(id, {
    params: { share: 1e-6 },
    withoutOracles: ['noforge', 'blast'],
  });
  expect(faultIn(summary, id).fired).toBe(0);
  expect(failedIn(summary)).toContain(id);
});

test('a minority has struck as often as its parts, in its time', async () => {
  const id = 'nem.byzantine_minority';
  const summary = await runDemonstration(id, { nemesis: { from: '11h', until: '13h' } });
  const [whole, ...parts] = summary.simulation!.faults;
  expect(whole!.fired).toBeGreaterThan(0);
  expect(whole!.fired).toBe(parts.reduce((sum, { fired }) => sum + fired, 0));
  const all = faultIn(await runDemonstration(id), id).fired;
  expect(whole!.fired).toBeLessThan(all / 3);
});

test('parts strike in the time of the whole, but for those with a time of their own', () => {
  const minority = partsOf({ id: 'nem.byzantine_minority', phase: 'noon' });
  expect(minority.length).toBeGreaterThan(1);
  for (const { phase } of minority) expect(phase).toBe('noon');

  const seen = { own: 0, whole: 0 };
  for (let seed = 0; seed < 50; seed++) {
    for (const part of partsOf({ id: 'nem.swarm', from: '3h', until: '4h' }, String(seed))) {
      const { from, until } = part;
      const times = demonstrations[part.id]!.nemesis.map((one) => [one.from, one.until]);
      const isOwn = times.some(([a, b]) => (a ?? b) !== undefined && a === from && b === until);
      if (!isOwn) expect({ from, until }).toEqual({ from: '3h', until: '4h' });
      seen[isOwn ? 'own' : 'whole'] += 1;
    }
  }
  expect(seen.own).toBeGreaterThan(0);
  expect(seen.whole).toBeGreaterThan(0);
});
