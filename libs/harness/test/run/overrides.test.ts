/** Settings by state and vendor take effect: noise, participation, and what judges them. */

import { describe, expect, test } from 'vitest';

import { cellSettings, scenarioDigest } from '../../src/index.ts';
import type { RunSummary, ScenarioInput } from '../../src/index.ts';
import { judge } from '../../src/expectations/judge.ts';
import { planOf } from '../../src/run/settings.ts';
import { runSmall, small } from './fixture.ts';

const overridden: Partial<ScenarioInput> = {
  population: { reports: 600, states: ['us-wa', 'us-md'] },
  crypto: { fidelity: 'shares-only', crossCheck: false },
  overrides: [
    { states: ['us-wa'], epsilon: 1, optIn: 0.9 },
    { states: ['us-wa'], vendors: ['google'], epsilon: 2 },
  ],
  expect: ['sum.exact', 'noise.dist', 'unbiased'],
};

test('the last override that says something holds', () => {
  const scenario = small(overridden);
  const { epsilon } = scenario.system;
  expect(cellSettings(scenario, 'us-md', 'apple')).toMatchObject({ epsilon, optIn: 0.4 });
  expect(cellSettings(scenario, 'us-wa', 'apple')).toMatchObject({ epsilon: 1, optIn: 0.9 });
  expect(cellSettings(scenario, 'us-wa', 'google')).toMatchObject({ epsilon: 2, optIn: 0.9 });
});

test('opt-in: fewer phones are looked at where more take part', () => {
  const plain = planOf(small({ ...overridden, overrides: [] }));
  const more = planOf(small(overridden));
  const phones = (plan: typeof plain, state: string): number => {
    let last = 0;
    for (let i = 0; i < plan.shardCount; i++) {
      const shard = plan.shard(i);
      if (shard.cell.state.id !== state) continue;
      last = Math.max(last, shard.firstDevice + shard.deviceSpan);
    }
    return last;
  };
  expect(phones(more, 'us-md')).toBe(phones(plain, 'us-md'));
  // 0.4 against 0.9 of the same reports.
  expect(phones(plain, 'us-wa') / phones(more, 'us-wa')).toBeGreaterThan(1.7);
});

describe('epsilon', () => {
  let summary: RunSummary;

  test('each cell has its own noise, and is judged by it', async () => {
    summary = await runSmall(small(overridden));
    expect(summary.expectations.map(({ id, verdict }) => [id, verdict])).toEqual([
      ['sum.exact', 'pass'],
      ['noise.dist', 'pass'],
      ['unbiased', 'pass'],
    ]);
    const rates = summary.tally.noiseByEpsilon!.map(({ epsilon, flippedBits, noisedBits }) => {
      return [epsilon, flippedBits / noisedBits] as const;
    });
    expect(rates.map(([epsilon]) => epsilon)).toEqual([1, 2, 4]);
    // 1 / (e^epsilon + 1): 0.269, 0.119, 0.018.
    expect(rates[0]![1]).toBeCloseTo(0.269, 1);
    expect(rates[1]![1]).toBeCloseTo(0.119, 1);
    expect(rates[2]![1]).toBeCloseTo(0.018, 1);
  });

  test('noise of another epsilon than the cell’s turns both oracles red', () => {
    const overrides = summary.scenario.overrides.map((override) => ({ ...override, epsilon: 3 }));
    const wrong = { ...summary, scenario: { ...summary.scenario, overrides } };
    expect(judge(wrong).find(({ id }) => id === 'unbiased')).toMatchObject({ verdict: 'fail' });
    const noiseByEpsilon = summary.tally.noiseByEpsilon!.map((group) =>
      group.epsilon === 2 ? { ...group, epsilon: 3 } : group,
    );
    const off = { ...summary, tally: { ...summary.tally, noiseByEpsilon } };
    expect(judge(off).find(({ id }) => id === 'noise.dist')).toMatchObject({ verdict: 'fail' });
  });

  test('a record that mixes the noise of several epsilons is not judged', () => {
    const { noiseByEpsilon: _left, ...tally } = summary.tally;
    const mixed = judge({ ...summary, tally }).find(({ id }) => id === 'noise.dist');
    expect(mixed).toMatchObject({ verdict: 'vacuous' });
  });
});

test('load: other windows, the same reports; another digest', async () => {
  const plain = small({ ...overridden, overrides: [] });
  const storm = small({
    ...overridden,
    overrides: [],
    load: [{ shape: 'storm', peak: '09:00', width: '10m' }],
  });
  expect(scenarioDigest(storm)).not.toBe(scenarioDigest(plain));
  const [usual, stormy] = [await runSmall(plain), await runSmall(storm)];
  const windows = ({ cells }: RunSummary): number =>
    new Set(cells.map(({ windowStartMs }) => windowStartMs)).size;
  expect(windows(usual)).toBe(3);
  expect(windows(stormy)).toBe(1);
  expect(stormy.verdict).toBe('pass');
});
