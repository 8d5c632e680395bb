/**
 * Comparisons of real, small runs: common random numbers hold whatever a variant changes, what is
 * better or worse is found, and what can't be told is not. And of records changed by hand, where it
 * is known what must come out.
 */

import { createSeedTree } from '@priolab/crypto';
import { flipProbability, flipThreshold } from '@priolab/roles';
import { beforeAll, describe, expect, test } from 'vitest';

import { compareAccuracy } from '../../src/compare/accuracy.ts';
import { compareRuns } from '../../src/compare/compare-runs.ts';
import type { ComparisonRow, RunComparison } from '../../src/compare/comparison.ts';
import { ALPHA } from '../../src/compare/judgement.ts';
import type { CellRecord, RunSummary } from '../../src/record/run-record.ts';
import type { ScenarioInput } from '../../src/scenario/scenario.ts';
import { binomialUpperTail } from '../../src/statistics/binomial.ts';
import { runSmall, small } from '../run/fixture.ts';

const metrics: ScenarioInput['system']['metrics'] = ['PeriodicExposureNotification-v1'];
const system = { metrics, epsilon: 4, windowHours: 24 } as const;
const timed: Partial<ScenarioInput> = {
  clock: 'simulated',
  population: { reports: 80, states: ['us-wa', 'us-md'] },
  system,
  crypto: { crossCheck: false },
  services: { ingestion: { batchEvery: '4h' }, processors: { scanEvery: '30m' } },
  nemesis: [{ id: 'cli.undecryptable', p: 0.1, fires: 3 }],
  expect: ['sum.exact', 'once', 'blast', 'reason'],
};

let base: RunSummary;
let ofTime: RunSummary;
beforeAll(async () => {
  base = await runSmall(small());
  ofTime = await runSmall(small(timed));
});

function compared(a: RunSummary, b: RunSummary): RunComparison {
  return compareRuns({ name: 'a', summary: a }, { name: 'b', summary: b }, { isOneBuild: true });
}

function rowOf({ rows }: RunComparison, id: string): ComparisonRow {
  const row = rows.find((one) => one.id === id);
  expect(row, id).toBeDefined();
  return row!;
}

const judgements = ({ rows }: RunComparison): Record<string, string> =>
  Object.fromEntries(rows.map(({ id, judgement }) => [id, judgement]));

describe('common random numbers', () => {
  const crypto = { crossCheck: false } as const;
  test.each<[string, Partial<ScenarioInput>]>([
    ['epsilon', { system: { ...small().system, epsilon: 1 } }],
    ['the backend', { crypto: { backend: 'noble', crossCheck: false } }],
    ['the fidelity', { crypto: { fidelity: 'shares-only', crossCheck: false } }],
    ['what is expected', { expect: ['once'] }],
    ['epsilon of a state', { overrides: [{ states: ['us-wa'], epsilon: 0.5 }] }],
  ])('%s changes no true value', async (_what, changes) => {
    const { world } = compared(base, await runSmall(small({ crypto, ...changes })));
    expect(world.otherWorld).toBeUndefined();
    expect(world.parts.every(({ same }) => same)).toBe(true);
    expect(world.windows).toBe(base.cells.length);
    expect(world.equalTruths).toBe(world.windows);
  });

  test.each<[string, Partial<ScenarioInput>]>([
    ['epsilon', { system: { ...system, epsilon: 8 } }],
    ['the length of windows', { system: { ...system, windowHours: 12 } }],
    ['the size of batches', { services: { ingestion: { batchEvery: '1h', batchSize: 3 } } }],
    ['the number of servers', { services: { ingestion: { replicas: 5, batchEvery: '4h' } } }],
    ['the least batch', { services: { ...timed.services, minBatch: 15 } }],
  ])('in simulated time %s changes neither devices nor strikes', async (_what, changes) => {
    const other = await runSmall(small({ ...timed, ...changes }));
    const { world } = compared(ofTime, other);
    expect(world.otherWorld).toBeUndefined();
    expect(world.parts.every(({ same }) => same)).toBe(true);
    expect(world.equalTruths).toBe(world.windows);
    const struck = ({ simulation }: RunSummary) => simulation!.faults.map(({ fired }) => fired);
    expect(struck(other)).toEqual(struck(ofTime));
    expect(struck(other)[0]).toBeGreaterThan(0);
  });

  test.each<[string, Partial<ScenarioInput>, RegExp]>([
    ['another seed', { seed: 'another' }, /seeds differ/],
    ['fewer reports', { population: { reports: 200, states: ['us-wa', 'us-md'] } }, /population/],
    ['another metric', { system: { ...small().system, metrics } }, /metrics differ/],
  ])('%s is another world, and nothing of it is judged', async (_what, changes, why) => {
    const comparison = compared(base, await runSmall(small(changes)));
    expect(comparison.world.otherWorld).toMatch(why);
    expect(comparison.overall).toBe('unknown');
    const settled = ['privacy.epsilon', 'bytes.upload', 'bytes.batches', 'bytes.validity'];
    for (const { id, judgement, effect } of comparison.rows) {
      if (!settled.includes(id))
        expect([id, judgement, effect]).toEqual([id, 'unknown', undefined]);
    }
    expect(comparison.differences).not.toEqual([]);
  });

  test('true values that differ where nothing else does betray another build', () => {
    const [first, ...cells] = base.cells;
    const honestClean = first!.truth.honestClean.toReversed();
    const other = {
      ...base,
      cells: [{ ...first!, truth: { ...first!.truth, honestClean } }, ...cells],
    };
    expect(compared(base, other).world).toMatchObject({
      otherWorld: expect.stringContaining('draw otherwise') as string,
      equalTruths: base.cells.length - 1,
    });
  });

  test('a run that was interrupted is no whole run', () => {
    const { world, overall } = compared(base, { ...base, interrupted: true });
    expect([world.otherWorld, overall]).toEqual([
      expect.stringContaining('before its end: b'),
      'unknown',
    ]);
  });
});

describe('a run against itself', () => {
  test.each([
    ['on the wall clock', () => base],
    ['in simulated time', () => ofTime],
  ])('%s: the same in all but what is noisy', (_clock, of) => {
    const comparison = compared(of(), of());
    expect([comparison.overall, comparison.identical]).toEqual(['same', true]);
    expect(comparison.differences).toEqual([]);
    const others = Object.entries(judgements(comparison)).filter(([, one]) => one !== 'same');
    expect(others).toEqual([['cpu.time', 'unknown']]);
  });
});

describe('accuracy and privacy', () => {
  test('less epsilon: larger errors, and more privacy', async () => {
    const other = await runSmall(small({ system: { ...small().system, epsilon: 1 } }));
    const comparison = compared(base, other);
    expect(comparison.overall).toBe('mixed');
    const found = judgements(comparison);
    expect(found).toMatchObject({
      'accuracy.rms': 'worse',
      'accuracy.standard-error': 'worse',
      'privacy.epsilon': 'better',
      'losses.reports': 'same',
      'cpu.work.multiplications': 'same',
    });
    // Of a standard error both have one: its ratio is that of the two laws of noise.
    const deviation = (epsilon: number): number => {
      const p = flipProbability(flipThreshold(epsilon));
      return Math.sqrt(p * (1 - p)) / (1 - 2 * p);
    };
    const { effect } = rowOf(comparison, 'accuracy.standard-error');
    expect(effect!.value).toBeCloseTo(deviation(1) / deviation(4), 9);
    const { interval, value } = rowOf(comparison, 'accuracy.rms').effect!;
    expect(interval!.low).toBeLessThan(deviation(1) / deviation(4));
    expect(value).toBeGreaterThan(interval!.low!);
    // The other way around it is better by as much.
    const back = compared(other, base);
    expect(rowOf(back, 'accuracy.rms').judgement).toBe('better');
    expect(rowOf(back, 'accuracy.rms').effect!.value).toBeCloseTo(1 / value!, 9);
  });

  test('windows of other lengths are pooled by day, where the noise is the same', async () => {
    const other = await runSmall(small({ system: { ...small().system, windowHours: 24 } }));
    const row = rowOf(compared(base, other), 'accuracy.rms');
    expect(row).toMatchObject({ judgement: 'same' });
    expect(row.why).toMatch(/420 bins of 8 windows pooled by day$/);
    expect(row.b).toBeCloseTo(row.a as number, 9);
    // What a day's standard error is does not depend on how it is cut into windows.
    const published = rowOf(compared(base, other), 'accuracy.standard-error');
    expect(published).toMatchObject({ judgement: 'same' });
    expect(published.why).toMatch(/of 8 windows pooled by day$/);
  });

  test('other bins have other errors: of these nothing is said, of their bytes it is', async () => {
    const [first] = small().system.metrics;
    const of = (bins: number) => ({
      ...small().system,
      metrics: [first!, { id: 'wide-v1', bins }],
    });
    const other = await runSmall(small({ system: { ...of(50) } }));
    const comparison = compared(
      { ...base, cells: base.cells.slice(-3) },
      {
        ...other,
        cells: other.cells.slice(-3),
      },
    );
    expect(rowOf(comparison, 'bytes.upload').judgement).toBe('better');
    const row = rowOf(comparison, 'accuracy.rms');
    expect(row).toMatchObject({ a: null, judgement: 'unknown' });
    expect(row.why).toMatch(/other bins/);
  });

  test('what is not computed is no saving', async () => {
    const crypto = { fidelity: 'shares-only', crossCheck: false } as const;
    const comparison = compared(base, await runSmall(small({ crypto })));
    expect(rowOf(comparison, 'cpu.work.multiplications')).toMatchObject({
      b: 0,
      judgement: 'unknown',
    });
    expect(Object.values(judgements(comparison))).not.toContain('better');
  });

  test('where other reports were counted, errors are not compared', () => {
    const cells = base.cells.map(({ truth, ...cell }) => {
      return { ...cell, truth: { ...truth, honestCount: truth.honestCount - 1 } };
    });
    const row = rowOf(compared(base, { ...base, cells }), 'accuracy.rms');
    expect(row).toMatchObject({ a: null, judgement: 'unknown' });
  });

  test('a wrong total is worse, however small', () => {
    const [first, ...cells] = base.cells;
    const totals = first!.totals!.with(0, first!.totals![0]! + 1);
    const other = { ...base, cells: [{ ...first!, totals }, ...cells] };
    const row = rowOf(compared(base, other), 'accuracy.wrong-totals');
    expect(row).toMatchObject({ a: 0, b: 1, judgement: 'worse' });
  });
});

/**
 * The run with noise of its own: each bit of each true value flipped as devices do, from words of a
 * branch that no other has.
 */
function withNoise(run: RunSummary, name: string, epsilon: number): RunSummary {
  const branch = createSeedTree('noise of a test').child(name);
  const threshold = flipThreshold(epsilon);
  const p = flipProbability(threshold);
  const cells = run.cells.map((cell, c): CellRecord => {
    const { honestClean, honestCount } = cell.truth;
    const bytes = branch.bytes(c, 16 * Math.ceil((honestCount * honestClean.length) / 4));
    const words = new Uint32Array(bytes.buffer, bytes.byteOffset);
    // Of a bin's words the first are those of the reports that have a one.
    const noisy = honestClean.map((ones, bin) => {
      const own = words.subarray(bin * honestCount, (bin + 1) * honestCount);
      return own.reduce((sum, word, i) => {
        return sum + (i < ones === word >= threshold ? 1 : 0);
      }, 0);
    });
    const estimates = noisy.map((total) => (total - honestCount * p) / (1 - 2 * p));
    return { ...cell, totals: noisy, estimates, truth: { ...cell.truth, noisy } };
  });
  return { ...run, cells };
}

describe('alike but for their luck', () => {
  const seeds = Array.from({ length: 300 }, (_, seed) => `seed ${seed}`);
  const judgementsOf = (a: number, b: number): string[] =>
    seeds.map((seed) => {
      const [one, other] = [withNoise(base, `${seed} a`, a), withNoise(base, `${seed} b`, b)];
      return compareAccuracy(one, other).find(({ id }) => id === 'accuracy.rms')!.judgement;
    });
  const count = (all: readonly string[], ...words: string[]): number =>
    all.filter((one) => words.includes(one)).length;

  // Many flips in a bin, and so few that most errors are nothing or one whole flip.
  test.each([1, 4, 8])(
    'epsilon %d: called better or worse no more often than stated',
    (epsilon) => {
      const wrong = count(judgementsOf(epsilon, epsilon), 'better', 'worse');
      // So many alarms would come less than once in a thousand at the level that is stated.
      const chance = binomialUpperTail({ successes: wrong, n: seeds.length, p: ALPHA });
      expect(chance).toBeGreaterThan(1e-3);
    },
  );

  test('twice the noise is nearly always seen, and never taken for less', () => {
    const all = judgementsOf(4, 2.5);
    expect(count(all, 'worse')).toBeGreaterThan(0.95 * seeds.length);
    expect(count(all, 'better', 'same')).toBe(0);
  });
});
