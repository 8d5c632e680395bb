/**
 * Every adversary on its own: it strikes, what comes of it is what the catalogue says, and the
 * totals stay exact over what was accepted.
 */

import { describe, expect, test } from 'vitest';

import { adversaries, adversaryIds } from '../../src/index.ts';
import type { Scenario } from '../../src/index.ts';
import { seedTreeOf } from '../../src/run/settings.ts';
import { createWorld } from '../../src/run/world.ts';
import { runSmall, small, withVerdict } from '../run/fixture.ts';

const expectations = [
  'sum.exact',
  'count.exact',
  'conserve',
  'once',
  'sets.equal',
  'reason',
  'rand.safe',
  'crosscheck',
] as const;

describe.each(adversaryIds)('%s', (id) => {
  test('fires, and ends as documented', async () => {
    const scenario = small({
      adversaries: [{ id, share: 0.4 }],
      crypto: { crossCheck: { every: 20 } },
      expect: [...expectations],
    });
    const summary = await runSmall(scenario);
    expect(withVerdict(summary, 'pass')).toEqual([...expectations]);
    const [record] = summary.adversaries;
    expect(record!.fired).toBeGreaterThan(50);
    expect(record!.escaped).toBe(0);

    const rejected = summary.fates.filter(({ outcome }) => outcome === 'rejected');
    const { refusedAs } = adversaries[id];
    if (id === 'dev.retry_same') {
      expect(rejected).toEqual([]);
      expect(summary.copyFates).toMatchObject([{ reason: 'replayed', count: record!.fired }]);
    } else if (refusedAs.length === 0) {
      // A known limit: the reports count, and the truth says so.
      expect(rejected).toEqual([]);
      const added = summary.cells.reduce(
        (sum, { truth }) => sum + truth.count - truth.honestCount,
        0,
      );
      expect(added).toBe(record!.fired);
    } else {
      expect(rejected.reduce((sum, { count }) => sum + count, 0)).toBe(record!.fired);
      for (const { reason } of rejected) expect(refusedAs).toContain(reason);
    }
  });
});

describe('a world', () => {
  const linesOf = (scenario: Scenario) => {
    const seedTree = seedTreeOf(scenario);
    return createWorld({ scenario, seedTree, backend: 'node', shardParticipants: 4 }).lines;
  };

  test('without adversaries runs the honest device itself, and nothing is told of it', () => {
    for (const { device, deeds, capacity } of linesOf(small())) {
      expect(device).not.toHaveProperty('deeds');
      expect(deeds).toEqual({ bySlot: new Uint8Array(capacity), copies: [] });
    }
  });

  test('with adversaries runs the device that they wrap', () => {
    const adverse = small({ adversaries: [{ id: 'cli.forge', share: 0.5 }] });
    for (const { device, deeds } of linesOf(adverse)) {
      expect(device).toHaveProperty('deeds', deeds);
    }
  });
});
