/** The replay guard against a `Set` of strings. */

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { createReplayGuard } from '../../src/ingestor/replay-guard.ts';

/** Ids that are close to each other: equal but for one word, or colliding in the table. */
const closeIds = fc
  .tuple(fc.integer({ min: 0, max: 15 }), fc.integer({ min: 0, max: 40 }))
  .map(([at, value]) => {
    const id = new Uint8Array(16);
    id[at] = value;
    return id;
  });
const randomIds = fc.uint8Array({ minLength: 16, maxLength: 16 });

type Step = Uint8Array | 'clear';
const steps = fc.array(
  fc.oneof(
    { weight: 100, arbitrary: closeIds as fc.Arbitrary<Step> },
    { weight: 100, arbitrary: randomIds },
    { weight: 1, arbitrary: fc.constant<Step>('clear') },
  ),
  { maxLength: 400, size: 'max' },
);

describe('replay guard', () => {
  test('behaves like a set, through growth and clearing', () => {
    let largest = 0;
    fc.assert(
      fc.property(steps, fc.integer({ min: 0, max: 40 }), (list, capacity) => {
        const guard = createReplayGuard(capacity);
        const model = new Set<string>();
        for (const step of list) {
          if (step === 'clear') {
            guard.clear();
            model.clear();
          } else {
            // Read from the middle of a larger array, as from an upload.
            const bytes = new Uint8Array(40).fill(0xee);
            bytes.set(step, 11);
            const fresh = !model.has(step.join());
            expect(guard.add(bytes, 11)).toBe(fresh);
            model.add(step.join());
          }
          expect(guard.size).toBe(model.size);
        }
        for (const id of model)
          expect(guard.add(Uint8Array.from(id.split(',').map(Number)), 0)).toBe(false);
        largest = Math.max(largest, model.size);
      }),
      { seed: 6, numRuns: 100 },
    );
    // Above 8 ids the smallest table has grown, above 64 three times more.
    expect(largest).toBeGreaterThan(64);
  });

  test('all bits count: 128 ids that differ in one bit each', () => {
    const guard = createReplayGuard(0);
    const ids = Array.from({ length: 128 }, (_, bit) => {
      const id = new Uint8Array(16).fill(0x55);
      id[bit >> 3]! ^= 1 << (bit & 7);
      return id;
    });
    expect(ids.map((id) => guard.add(id, 0))).toEqual(ids.map(() => true));
    expect(ids.map((id) => guard.add(id, 0))).toEqual(ids.map(() => false));
    expect(guard.size).toBe(128);
  });
});
