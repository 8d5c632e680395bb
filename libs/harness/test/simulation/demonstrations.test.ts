/**
 * Every fault that has code strikes in its demonstration, and its required outcome holds. CI runs
 * every third of them, to stay within its ten minutes; `npm test` and `npx priolab faults` run all.
 */

import { describe, expect, test } from 'vitest';

import type { FaultId } from '../../src/faults/catalogue.ts';
import { demonstrations } from '../../src/simulation/faults/demonstrations.ts';
import { faultCode } from '../../src/simulation/faults/registry.ts';
import { faultIn, runDemonstration } from './fault-run.ts';

const ids = Object.keys(demonstrations) as FaultId[];
const slice = process.env['CI'] ? ids.filter((_, index) => index % 3 === 0) : ids;

describe('demonstrations', () => {
  test.each(slice)('%s strikes, and its outcome holds', async (id) => {
    const summary = await runDemonstration(id);
    const failed = summary.expectations.filter(({ verdict }) => verdict !== 'pass');
    expect(failed).toEqual([]);
    expect(faultIn(summary, id).fired).toBeGreaterThan(0);
  });

  test('there is one for each fault that has code', () => {
    expect([...faultCode.keys()].sort()).toEqual([...ids].sort());
  });
});
