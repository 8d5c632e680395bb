/** Windows with fewer reports than may be published: who is to blame, and who is not. */

import { expect, test } from 'vitest';

import { demonstrationOf } from '../../src/simulation/faults/demonstrations.ts';
import { redOf, runFaulty } from './fault-run.ts';

const demonstration = demonstrationOf('ing.drop_one')!;
/** Without what must come of its own fault: each test has another. */
const expected = demonstration.expect.filter((one) => typeof one === 'string');
const input = { ...demonstration, expect: expected };
const withMinimum = (minBatch: number) => ({ ...input.services, minBatch });

test('too small from the start: withheld, and that is no fault', async () => {
  const nemesis = [{ id: 'proc.order' as const, p: 0.5 }];
  const summary = await runFaulty({ ...input, nemesis, services: withMinimum(1000) });
  expect(redOf(summary)).toEqual([]);
  expect(summary.fates).toEqual([expect.objectContaining({ reason: 'below-minimum', count: 120 })]);
});

test('too small because of a fault: the reports that it did not strike are missed', async () => {
  const nemesis = [{ id: 'ing.drop_one' as const, p: 0.7 }];
  const summary = await runFaulty({ ...input, nemesis, services: withMinimum(15) });
  expect(redOf(summary)).toEqual(['blast']);
});
