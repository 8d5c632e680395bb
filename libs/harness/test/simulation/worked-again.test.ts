/**
 * A fault of ingestion meets the same batch again when its server crashes and does its work again:
 * then it must do the same again, or it is the fault's code that writes other bytes, no party.
 */

import { expect, test } from 'vitest';

import { faultIds } from '../../src/faults/catalogue.ts';
import type { FaultId } from '../../src/faults/catalogue.ts';
import { demonstrationOf } from '../../src/simulation/faults/demonstrations.ts';
import { ciSlice } from '../ci-slice.ts';
import { faultIn, redOf, runFaulty } from './fault-run.ts';

const crashes = demonstrationOf('ing.crash')!.nemesis!;
const all = faultIds.filter(
  (id) => id.startsWith('ing.') && id !== 'ing.crash' && demonstrationOf(id) !== undefined,
);
const slice = ciSlice(all, 5);

test.each<FaultId>(slice)('%s does the same again', async (id) => {
  const demonstration = demonstrationOf(id)!;
  const nemesis = [...demonstration.nemesis!, ...crashes];
  const run = await runFaulty({ ...demonstration, nemesis, expect: ['idem'] });
  expect(faultIn(run, id).fired).toBeGreaterThan(0);
  expect(faultIn(run, 'ing.crash').fired).toBeGreaterThan(0);
  expect(run.simulation!.rewrites.count).toBeGreaterThan(0);
  expect(redOf(run)).not.toContain('idem');
});
