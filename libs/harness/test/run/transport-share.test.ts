/** Which shards go with transport: so many as the share says, spread, and the seed's own choice. */

import { createSeedTree } from '@priolab/crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { shardsWithTransport } from '../../src/run/transport-share.ts';
import type { Scenario } from '../../src/index.ts';

const chosen = (sampleShare: number, shardCount: number, seed: string): number[] => {
  const crypto = { fidelity: 'sampled', sampleShare } as Scenario['crypto'];
  const isFull = shardsWithTransport(crypto, shardCount, createSeedTree(seed));
  return Array.from({ length: shardCount }, (_, i) => i).filter(isFull);
};

test('full: all; shares-only: none', () => {
  for (const fidelity of ['full', 'shares-only'] as const) {
    const isFull = shardsWithTransport({ fidelity } as Scenario['crypto'], 9, createSeedTree('a'));
    for (let i = 0; i < 9; i++) expect(isFull(i)).toBe(fidelity === 'full');
  }
});

describe('sampled', () => {
  const share = fc.double({ min: 1e-6, max: 1 - 1e-6, noNaN: true });

  test('the share is met to one shard, from the start on', () => {
    fc.assert(
      fc.property(share, fc.nat(3000), fc.string({ minLength: 1 }), (s, shardCount, seed) => {
        const list = chosen(s, shardCount, seed);
        expect(Math.abs(list.length - s * shardCount)).toBeLessThan(1 + shardCount / 2 ** 32);
        // No prefix is off by more than the stretch that is under way.
        list.forEach((shard, k) => expect(Math.abs(s * shard - k)).toBeLessThan(2));
      }),
      { seed: 11, numRuns: 300 },
    );
  });

  test('another seed chooses others, and no place in a period is favoured', () => {
    expect(chosen(0.25, 400, 'a')).toEqual(chosen(0.25, 400, 'a'));
    expect(chosen(0.25, 400, 'a')).not.toEqual(chosen(0.25, 400, 'b'));
    // Four cells, one shard each a day: every cell must be seen.
    const places = [0, 0, 0, 0];
    for (const shard of chosen(0.25, 4000, 'c')) places[shard % 4]!++;
    for (const count of places) expect(count).toBeGreaterThan(200);
  });
});
