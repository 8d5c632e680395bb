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

test('copies of wide reports come after several blocks, from two days', async () => {
  const scenario = small({
    population: { reports: 400, states: ['us-wa'], days: 2 },
    // 154 reports a block, so that a shard has more than one.
    system: { metrics: [{ id: 'wide-v1', bins: 1344 }], epsilon: 8, windowHours: 24 },
    adversaries: [
      { id: 'dev.retry_same', share: 0.2 },
      { id: 'net.dup', share: 0.3 },
      { id: 'net.replay', share: 0.3 },
    ],
    crypto: { crossCheck: false },
    expect: ['sum.exact', 'conserve', 'once', 'reason', 'rand.safe'],
  });
  const summary = await runSmall(scenario);
  expect(withVerdict(summary, 'pass')).toEqual(scenario.expect);
  const fired = summary.adversaries.map((adversary) => adversary.fired);
  expect(Math.min(...fired)).toBeGreaterThan(50);
  const [stale, replayed] = summary.copyFates;
  expect(stale).toMatchObject({ outcome: 'rejected', hop: 'ingestor', reason: 'stale' });
  expect(replayed).toMatchObject({ outcome: 'rejected', hop: 'ingestor', reason: 'replayed' });
  expect([stale!.count, replayed!.count]).toEqual([fired[2], fired[0]! + fired[1]!]);
});

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
    const { refusedAs, resends } = adversaries[id];
    if (resends !== undefined) {
      expect(rejected).toEqual([]);
      const [reason] = refusedAs;
      expect(summary.copyFates).toMatchObject([{ reason, count: record!.fired }]);
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
