/**
 * What a statistical verdict rests on, for programs: the interval holds what is due if and only if
 * the test passes, however near the two are to each other, and says what the text says.
 */

import { beforeAll, describe, expect, test } from 'vitest';

import { judge } from '../../src/index.ts';
import type { ExpectationOutcome, RunRecord, SimulationRecord } from '../../src/index.ts';
import { checkNoise } from '../../src/expectations/noise.ts';
import { checkUnbiased } from '../../src/expectations/unbiased.ts';
import { checkViews } from '../../src/expectations/view.ts';
import { binomialTwoSidedP } from '../../src/statistics/binomial.ts';
import { chiSquareTest } from '../../src/statistics/chi-square.ts';
import { poissonUpperTail } from '../../src/statistics/poisson.ts';
import { runSmall, small } from '../run/fixture.ts';

type Outcome = Omit<ExpectationOutcome, 'id'>;

let good: RunRecord;

beforeAll(async () => {
  const forging = { id: 'cli.forge', share: 0.2 } as const;
  good = await runSmall(small({ adversaries: [forging], expect: ['noforge', 'sum.exact'] }));
}, 30_000);

/** What the interval says of the verdict. */
function holds({ interval }: Outcome): boolean {
  const { low, high = Infinity, due } = interval!;
  return low <= due && due <= high;
}

/** Goes through counts on both sides of the place where the verdict turns. */
function expectToTurn(counts: readonly number[], judgeAt: (count: number) => Outcome): void {
  const outcomes = counts.map(judgeAt);
  for (const outcome of outcomes) expect(holds(outcome)).toBe(outcome.verdict === 'pass');
  expect(new Set(outcomes.map(({ verdict }) => verdict)).size).toBe(2);
}

const from = (first: number, last: number): number[] =>
  Array.from({ length: last - first + 1 }, (_, k) => first + k);

describe('noise.dist', () => {
  const at = (flippedBits: number, noiseByEpsilon?: RunRecord['tally']['noiseByEpsilon']) => {
    const tally = { ...good.tally, noisedBits: 20_000, flippedBits };
    return checkNoise({ ...good, tally: { ...tally, ...(noiseByEpsilon && { noiseByEpsilon }) } });
  };

  test('the share of flipped bits: what it is due is outside where it is red', () => {
    expectToTurn(from(240, 480), (flipped) => at(flipped));
    const { value, interval } = at(400);
    expect(value).toBe(0.02);
    expect(interval).toMatchObject({ of: 'share of bits flipped', level: 1 - 1e-6 });
    expect(interval!.due).toBeCloseTo(1 / (1 + Math.exp(4)), 5);
    expect(interval!.low).toBeLessThan(0.02);
    expect(interval!.high).toBeGreaterThan(0.02);
    // At its ends the test is at its level.
    const tail = (p: number) => binomialTwoSidedP({ successes: 400, n: 20_000, p });
    expect(tail(interval!.low) / 1e-6).toBeCloseTo(1, 6);
    expect(tail(interval!.high!) / 1e-6).toBeCloseTo(1, 6);
  });

  test('of several epsilons the one that is nearest to a failure', () => {
    const right = { epsilon: 4, flippedBits: 360, noisedBits: 20_000 };
    const off = { epsilon: 3, flippedBits: 600, noisedBits: 20_000 };
    for (const groups of [
      [off, right],
      [right, off],
    ]) {
      const { verdict, value, interval } = at(960, groups);
      expect(verdict).toBe('fail');
      expect(value).toBe(0.03);
      expect(interval).toMatchObject({ of: 'share of bits flipped, epsilon 3', level: 1 - 5e-7 });
      expect(interval!.high).toBeLessThan(interval!.due);
    }
  });

  test('none where nothing was tested', () => {
    const { verdict, interval, value } = at(0, [{ epsilon: 4, flippedBits: 0, noisedBits: 9 }]);
    expect([verdict, interval, value]).toEqual(['vacuous', undefined, undefined]);
  });
});

describe('unbiased', () => {
  /** So many more flips in one bin, and an estimate that fits. */
  const at = (more: number, bin = 0): Outcome => {
    const cells = good.cells.map((cell, i) => {
      if (i > 0) return cell;
      const { honestNoisy, noisy } = cell.truth;
      const add = (list: readonly number[]) => list.with(bin, list[bin]! + more);
      const truth = { ...cell.truth, honestNoisy: add(honestNoisy), noisy: add(noisy) };
      const scale = (cell.estimates![0]! - cell.estimates![1]!) / (noisy[0]! - noisy[1]!);
      const estimates = cell.estimates!.with(bin, cell.estimates![bin]! + more * scale);
      return { ...cell, truth, estimates };
    });
    return checkUnbiased({ ...good, cells });
  };

  test('no bias is outside where it is red', () => {
    expectToTurn(from(-4, 16), (more) => at(more));
    const { interval, value, observed } = at(0);
    expect(interval).toMatchObject({ of: 'sum of errors: all', unit: 'reports', due: 0 });
    expect(observed).toContain(`; sum of errors ${value!.toFixed(1)}, `);
    expect(interval!.low).toBeLessThan(value!);
    expect(interval!.high).toBeGreaterThan(value!);
  });

  test('of the bin that fails, with its own level', () => {
    const { interval, value, verdict } = at(14);
    expect(verdict).toBe('fail');
    expect(interval!.of).toMatch(/^error: us-.* bin 0$/);
    expect(interval!.low).toBeGreaterThan(0);
    expect(value).toBeGreaterThan(interval!.low);
    expect(value).toBeLessThan(interval!.high!);
    expect(interval!.level).toBeGreaterThan(1 - 1e-8);
  });

  test('none where there is no estimate', () => {
    const { verdict, interval } = checkUnbiased({ ...good, cells: [] });
    expect([verdict, interval]).toEqual(['vacuous', undefined]);
  });
});

describe('noforge', () => {
  const at = (soundnessEscapes: number, escapeBound = 2.5): ExpectationOutcome => {
    const tally = { ...good.tally, soundnessEscapes, escapeBound };
    return judge({ ...good, tally }).find(({ id }) => id === 'noforge')!;
  };

  test('a mean within the soundness bound is outside where it is red', () => {
    expectToTurn(from(0, 20), (escapes) => at(escapes));
    const { value, interval } = at(7);
    expect(value).toBe(7);
    const { low, high, level, due } = interval!;
    expect([high, level, due]).toEqual([undefined, 1 - 1e-4, 2.5]);
    expect(poissonUpperTail(7, low) / 1e-4).toBeCloseTo(1, 6);
  });

  test('none where nothing was forged', () => {
    const tally = { ...good.tally, soundnessTrials: 0 };
    const [found] = judge({ ...good, tally }).filter(({ id }) => id === 'noforge');
    expect(found).not.toHaveProperty('interval');
  });
});

describe('view.indist', () => {
  const table = (both: number): SimulationRecord['views'][number]['counts'] => [
    [200, 100],
    [200 - both, 100 + both],
  ];
  const at = (both: number): Outcome => {
    const quiet = { role: 'leader', feature: 'quiet', counts: table(-50) };
    const loud = { role: 'helper', feature: 'loud', counts: table(both) };
    return checkViews({ views: [quiet, loud] } as unknown as SimulationRecord);
  };

  test('no difference is outside where it is red, by chi-square as it is in books', () => {
    const counts = from(0, 120);
    expectToTurn(counts, at);
    for (const both of counts) {
      const [[a, b], [c, d]] = table(both);
      const total = a + b + c + d;
      const expected = [a + b, c + d].flatMap((row) =>
        [a + c, b + d].map((column) => (row * column) / total),
      );
      const { p } = chiSquareTest([a, b, c, d], expected, 2);
      expect(at(both).verdict === 'fail').toBe(p < 5e-7);
    }
  });

  test('of the feature that goes with the bit the most', () => {
    const { value, interval } = at(100);
    expect(value).toBeCloseTo(200 / 300 - 100 / 300, 12);
    expect(interval!.of).toMatch(/, helper: loud$/);
    expect(interval!.low).toBeGreaterThan(0);
    expect(interval!.level).toBe(1 - 5e-7);
  });
});
