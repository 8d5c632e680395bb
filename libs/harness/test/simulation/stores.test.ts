/**
 * What stores change, tear or put elsewhere, at each store that a deployment has: nothing crashes,
 * and no oracle is red that the catalogue does not allow for. CI runs every eighth; `npm test` all.
 */

import { expect, test } from 'vitest';

import { EVERYWHERE } from '../../src/faults/fault.ts';
import type { FaultId } from '../../src/faults/catalogue.ts';
import { namesOf } from '../../src/faults/places.ts';
import { unexplainedOf } from '../../src/many/explained.ts';
import { resolveScenario } from '../../src/scenario/scenario.ts';
import { demonstrationOf } from '../../src/simulation/faults/demonstrations.ts';
import { ciSlice } from '../ci-slice.ts';
import { faultIn, runDemonstration } from './fault-run.ts';

const ids = ['sto.corrupt', 'sto.torn', 'sto.misdirect'] as const satisfies readonly FaultId[];
const scenario = resolveScenario(demonstrationOf('sto.corrupt')!, 'stores');
const stores = [...namesOf('store', scenario)!, EVERYWHERE];

/** Read after a crash alone, or once a task was given out again: it may be that none is. */
const isSeldom = (id: FaultId, at: string): boolean =>
  id === 'sto.corrupt' && at.startsWith('state-');

/** Stores in which there is nothing for a fault to do, by the beginning of their names. */
const spared: Readonly<Record<(typeof ids)[number], readonly string[]>> = {
  // Objects of no bytes; what the portal reads again only after a crash.
  'sto.corrupt': ['announced-', 'results'],
  'sto.torn': ['announced-'],
  // Names that begin with no state.
  'sto.misdirect': ['inbox-'],
};

/**
 * A result that lies under another state's name is read there: the portal says so (`not-shown`),
 * and `tenant`, which its card names, sees it.
 */
function seenBy(id: FaultId, at: string): readonly string[] {
  return id === 'sto.misdirect' && ['results', EVERYWHERE].includes(at) ? ['tenant'] : [];
}

const all = ids.flatMap((id) =>
  stores.flatMap((at) => [0.1, 0.7].map((p) => [id, at, p] as const)),
);
const slice = ciSlice(all, 8);

test.each(slice)('%s at %s, p %d', async (id, at, p) => {
  const summary = await runDemonstration(id, {
    nemesis: { at, p, fires: 1 },
    scenario: ({ population }) => ({ population: { ...population, reports: 60 } }),
  });
  const isSpared = spared[id].some((one) => at.startsWith(one));
  // With a small p it may be that none of a few objects is hit.
  if (isSpared) expect(faultIn(summary).fired).toBe(0);
  else if (p > 0.5 && !isSeldom(id, at)) expect(faultIn(summary).fired).toBeGreaterThan(0);
  const unseen = unexplainedOf(summary).filter((one) => !seenBy(id, at).includes(one));
  expect(unseen).toEqual([]);
});
