/**
 * Reasons under which what a fault touched is refused: those of its card, and no others. CI runs
 * every fifth variation; `npm test` all. What demonstrations show is in `demonstrations.test.ts`.
 */

import { expect, test } from 'vitest';

import { createStrikes } from '../../src/simulation/strikes.ts';
import type { NemesisItem } from '../../src/simulation/settings.ts';
import { ciSlice } from '../ci-slice.ts';
import { faultIn, redOf, runDemonstration } from './fault-run.ts';
import { variations } from './reasons-elsewhere.ts';

const slice = ciSlice(variations, 5);

test.each(slice)('%s %o is refused as %o', async (id, changes, reasons) => {
  const summary = await runDemonstration(id, changes);
  const { fates, refused } = faultIn(summary, id);
  expect(Object.keys({ ...fates, ...refused })).toEqual(expect.arrayContaining([...reasons]));
  expect(redOf(summary)).not.toContain('reason');
});

test('a strike that allows, or counts, what the card does not name is an error', () => {
  const item = { id: 'net.misroute' } as NemesisItem;
  const strikes = createStrikes([item], { onStrike: () => {}, onShown: () => {} });
  const strike = (allowed: readonly string[]) => () => strikes.add(0, 0, { what: 'test', allowed });
  expect(strike(['accepted', 'batch-header', 'peer-missing'])).not.toThrow();
  expect(strike(['decrypt-failed'])).toThrow(/net\.misroute: .*, got decrypt-failed$/);
  expect(() => strikes.excuse(0, ['stale'], 0)).toThrow(/got stale$/);
  expect(() => strikes.refused(0, 'replayed', 1)).toThrow(/got replayed$/);
});
