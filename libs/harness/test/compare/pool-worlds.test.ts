/**
 * Several worlds pooled: the level that is stated is kept whatever the figures' distribution, what
 * differs in enough worlds is told, and a rare disaster, too few worlds or another world are not
 * passed over.
 */

import { createSeedTree } from '@priolab/crypto';
import { beforeAll, describe, expect, test } from 'vitest';

import { compareRuns } from '../../src/compare/compare-runs.ts';
import type { ComparisonRow, RunComparison } from '../../src/compare/comparison.ts';
import { ALPHA } from '../../src/compare/judgement.ts';
import { WORLDS_TO_TELL, cutOf, poolWorlds } from '../../src/compare/pool-worlds.ts';
import type { RunSummary } from '../../src/record/run-record.ts';
import { binomialUpperTail } from '../../src/statistics/binomial.ts';
import { runSmall, small } from '../run/fixture.ts';

const SEEDS = ['1', '2', '3', '4', '5', '6', '7'];
const of = (seed: string, epsilon: number): Promise<RunSummary> =>
  runSmall(
    small({
      seed,
      population: { reports: 120, states: ['us-wa'] },
      crypto: { fidelity: 'shares-only', crossCheck: false },
      system: { ...small().system, epsilon },
    }),
  );

let runs: { four: RunSummary; one: RunSummary }[];
beforeAll(async () => {
  runs = [];
  for (const seed of SEEDS) runs.push({ four: await of(seed, 4), one: await of(seed, 1) });
});

function compared(a: RunSummary, b: RunSummary): RunComparison {
  return compareRuns({ name: 'a', summary: a }, { name: 'b', summary: b }, { isOneBuild: true });
}

function rowOf({ rows }: RunComparison, id: string): ComparisonRow {
  const row = rows.find((one) => one.id === id);
  expect(row, id).toBeDefined();
  return row!;
}

/** Worlds of which one row has these figures, the smaller one better. */
function worldsOf(
  pairs: readonly (readonly [number | null, number | null])[],
  row: Partial<ComparisonRow> = {},
): RunComparison[] {
  const { four } = runs[0]!;
  const whole = compared(four, four);
  return pairs.map(([a, b]): RunComparison => {
    const only: ComparisonRow = {
      id: 'losses.windows',
      section: 'losses',
      what: 'windows',
      unit: '%',
      a,
      b,
      direction: 'less is better',
      judgement: 'unknown',
      why: '',
      ...row,
    };
    return { ...whole, identical: false, rows: [only] };
  });
}

const judged = (...args: Parameters<typeof worldsOf>): ComparisonRow =>
  poolWorlds(worldsOf(...args)).rows[0]!;

describe('real runs', () => {
  test('less epsilon in seven worlds: larger errors in each, more privacy, nothing else', () => {
    const worlds = runs.map(({ four, one }) => compared(four, one));
    const pooled = poolWorlds(worlds);
    const told = pooled.rows.filter(
      ({ id, judgement }) => judgement !== 'same' && !id.startsWith('cpu.time'),
    );
    expect(told.map(({ id, judgement, worlds: tally }) => [id, judgement, tally])).toEqual([
      ['accuracy.rms', 'worse', { better: 0, same: 0, worse: 7, unknown: 0 }],
      ['accuracy.standard-error', 'worse', { better: 0, same: 0, worse: 7, unknown: 0 }],
      ['privacy.epsilon', 'better', { better: 7, same: 0, worse: 0, unknown: 0 }],
    ]);
    expect(pooled.overall).toBe('mixed');
    expect(pooled.a).toMatchObject({ seed: '1 to 7', runs: 7 });
    // All seven ratios lie in the interval, and their median in the middle.
    const ratios = worlds.map((one) => rowOf(one, 'accuracy.rms').effect!.value!);
    const sorted = ratios.toSorted((x, y) => x - y);
    const { effect } = rowOf(pooled, 'accuracy.rms');
    expect(effect!.value).toBeCloseTo(sorted[3]!, 9);
    expect(effect!.interval!.low).toBeCloseTo(sorted[0]!, 9);
    expect(effect!.interval!.high).toBeCloseTo(sorted[6]!, 9);
    expect(pooled.world).toMatchObject({ windows: 7 * worlds[0]!.world.windows });
    expect(pooled.world.equalTruths).toBe(pooled.world.windows);
  });

  test('a build against itself is the same in every world', () => {
    const pooled = poolWorlds(runs.map(({ four }) => compared(four, four)));
    expect([pooled.overall, pooled.identical]).toEqual(['same', true]);
    expect(pooled.worlds!.map(({ seed }) => seed)).toEqual(SEEDS);
  });

  test('fewer than six worlds tell no difference, and say so', () => {
    const pooled = poolWorlds(runs.slice(0, 5).map(({ four, one }) => compared(four, one)));
    expect(rowOf(pooled, 'accuracy.rms')).toMatchObject({ judgement: 'unknown' });
    expect(rowOf(pooled, 'accuracy.rms').effect!.interval!.by).toBe('range');
    expect(rowOf(pooled, 'privacy.epsilon').judgement).toBe('better');
    expect([pooled.overall, pooled.why]).toEqual([
      'unknown',
      '5 worlds are too few to tell a difference: it takes 6',
    ]);
  });

  test('one world that is none of both spoils them all, and is named', () => {
    const worlds = runs.map(({ four }) => compared(four, four));
    const pooled = poolWorlds([...worlds, compared(runs[0]!.four, runs[1]!.four)]);
    expect(pooled.world.otherWorld).toBe(
      'with seed 1: the seeds differ: other devices, other values',
    );
    expect(pooled.overall).toBe('unknown');
    expect(rowOf(pooled, 'losses.reports').judgement).toBe('unknown');
    expect(rowOf(pooled, 'privacy.epsilon').judgement).toBe('same');
  });
});

describe('rows', () => {
  const times = <T>(count: number, value: T): T[] => Array.from({ length: count }, () => value);

  test.each<[string, (readonly [number | null, number | null])[], string]>([
    ['worse in five of five', times(5, [1, 2]), 'unknown'],
    ['worse in six of six', times(6, [1, 2]), 'worse'],
    ['better in six of six', times(6, [2, 1]), 'better'],
    ['equal in all', times(3, [2, 2]), 'same'],
    ['worse in one of ten', [...times(9, [0, 0] as const), [0, 90]], 'unknown'],
    [
      'worse in six, equal in four',
      [...times(6, [0, 1] as const), ...times(4, [0, 0] as const)],
      'worse',
    ],
    [
      'worse in eight, better in two',
      [...times(8, [1, 2] as const), ...times(2, [2, 1] as const)],
      'unknown',
    ],
    ['equal where it is known', [...times(9, [1, 1] as const), [null, 1]], 'unknown'],
    ['known in no world', times(9, [null, 1]), 'unknown'],
  ])('%s: %s', (_what, pairs, judgement) => {
    expect(judged(pairs).judgement).toBe(judgement);
  });

  test('more is better where the row says so', () => {
    expect(judged(times(6, [1, 2]), { direction: 'more is better' }).judgement).toBe('better');
  });

  test('within the margin is the same, but not where one world by itself says otherwise', () => {
    const row = { id: 'accuracy.rms', section: 'accuracy' } as const;
    const close = times(9, [100, 101] as const);
    expect(judged(close, row).judgement).toBe('same');
    expect(judged(close, { ...row, judgement: 'worse' }).judgement).toBe('worse');
    // Of an exact figure nothing is close enough.
    expect(judged(close).judgement).toBe('worse');
  });

  test('verdicts: by what each world says, and worlds without the row are equal', () => {
    const row = { id: 'detection.expectation.blast', section: 'detection', unit: '' } as const;
    const turned = { ...row, a: 'pass', b: 'fail', judgement: 'worse' } as const;
    const worlds = worldsOf(times(8, [0, 0]), turned).map((one, i) =>
      i < 6 ? one : { ...one, rows: [] },
    );
    const tally = { better: 0, same: 2, worse: 6, unknown: 0 };
    const [first] = poolWorlds(worlds).rows;
    expect(first).toMatchObject({ a: 'pass', b: 'fail', judgement: 'worse', worlds: tally });
  });
});

describe('levels', () => {
  test.each([
    [5, 0],
    [6, 0],
    [8, 0],
    [9, 1],
    [20, 5],
  ])('of %i sorted values %i are cut off at each end', (n, cut) => {
    expect(cutOf(n)).toBe(cut);
    const outside = 2 * binomialUpperTail({ successes: n - cut, n, p: 0.5 });
    if (n >= WORLDS_TO_TELL) expect(outside).toBeLessThanOrEqual(ALPHA);
    else expect(outside).toBeGreaterThan(ALPHA);
  });

  test('alike but for luck of heavy tails: called different no more often than stated', () => {
    const words = new Uint32Array(
      createSeedTree('worlds of a test').bytes(0, 4 * 2 * 500 * 9).buffer,
    );
    const figure = (k: number): number => 1 / (1e-6 + words[k]! / 2 ** 32);
    const wrong = Array.from({ length: 500 }, (_, pool) => {
      const pairs = Array.from({ length: 9 }, (_unused, world) => {
        const at = 2 * (9 * pool + world);
        return [figure(at), figure(at + 1)] as const;
      });
      const { judgement, effect } = judged(pairs);
      // The test and the interval never contradict each other.
      const { low, high } = effect!.interval!;
      if (judgement === 'worse') expect(low).toBeGreaterThan(1);
      if (judgement === 'better') expect(high).toBeLessThan(1);
      return judgement !== 'unknown';
    }).filter(Boolean).length;
    expect(wrong).toBeGreaterThan(0);
    const chance = binomialUpperTail({ successes: wrong, n: 500, p: ALPHA });
    expect(chance).toBeGreaterThan(1e-3);
  });
});
