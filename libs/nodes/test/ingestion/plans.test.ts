/** Names of plans of the batch job; that they are read back as written is `../notes.test.ts`. */

import { toHex } from '@priolab/crypto';
import { expect, test } from 'vitest';

import {
  DONE,
  PLANS,
  doneKey,
  planKey,
  planPrefix,
  readPlanKey,
} from '../../src/ingestion/plans.ts';
import { DAY, task } from '../fixture.ts';

const place = { task, day: DAY };

test('names are in the order of the numbers, and lead to the note of their own plan', () => {
  const keys = [0, 9, 10, 123_456].map((plan) => planKey(place, plan));
  expect(keys).toEqual(keys.toSorted());
  expect(planPrefix(place)).toBe(`${PLANS}${DAY}/${toHex(task.id)}/`);
  for (const key of keys) expect(key.startsWith(planPrefix(place))).toBe(true);
  expect(readPlanKey(keys[2]!)).toEqual({ day: DAY, doneKey: doneKey(place, 10) });
  expect(doneKey(place, 10)).toBe(`${DONE}${DAY}/${toHex(task.id)}/10`);
});
