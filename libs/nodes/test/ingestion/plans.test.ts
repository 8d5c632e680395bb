/** Plans of the batch job: read back as they were written, and garbage is none. */

import { toHex } from '@priolab/crypto';
import { TransportError } from '@priolab/runtime';
import { describe, expect, test } from 'vitest';

import {
  DONE,
  PLANS,
  decodePlan,
  doneKey,
  encodePlan,
  planKey,
  planPrefix,
  readPlanKey,
} from '../../src/ingestion/plans.ts';
import { DAY, task } from '../fixture.ts';

const place = { task, day: DAY };

test.each([[[]], [['uploads/1/a/b']], [['z', 'a', '"', '\u{1f600}', 'a']]])(
  'the uploads %j, in their order',
  (keys) => {
    expect(decodePlan(encodePlan(keys))).toEqual(keys);
  },
);

describe('garbage is refused, and may come back right', () => {
  const whole = encodePlan(['uploads/1/a/b', 'uploads/1/a/c']);
  test.each<[string, Uint8Array]>([
    ['nothing', new Uint8Array(0)],
    ['half of it', whole.subarray(0, whole.length / 2)],
    ['a byte that was changed', whole.map((byte, i) => (i === 0 ? byte ^ 0x20 : byte))],
    ['no text', Uint8Array.of(0xff, 0xfe)],
    ['no list', Buffer.from('{"0":"a"}')],
    ['a list of other things', Buffer.from('["a",1]')],
    ['null', Buffer.from('null')],
  ])('%s', (_, bytes) => {
    expect(() => decodePlan(bytes)).toThrow(TransportError);
    expect(() => decodePlan(bytes)).toThrow(/expected a plan/);
  });
});

test('names are in the order of the numbers, and lead to the note of their own plan', () => {
  const keys = [0, 9, 10, 123_456].map((plan) => planKey(place, plan));
  expect(keys).toEqual(keys.toSorted());
  expect(planPrefix(place)).toBe(`${PLANS}${DAY}/${toHex(task.id)}/`);
  for (const key of keys) expect(key.startsWith(planPrefix(place))).toBe(true);
  expect(readPlanKey(keys[2]!)).toEqual({ day: DAY, doneKey: doneKey(place, 10) });
  expect(doneKey(place, 10)).toBe(`${DONE}${DAY}/${toHex(task.id)}/10`);
});
