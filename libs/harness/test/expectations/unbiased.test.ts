/**
 * `unbiased` on made-up records: right noise and a right estimator are called wrong no more often
 * than alpha, even with few flips; each way of being wrong that it is there for turns it red.
 */

import { flipProbability, flipThreshold } from '@priolab/roles';
import { describe, expect, test } from 'vitest';

import type { RunRecord } from '../../src/index.ts';
import { checkUnbiased } from '../../src/expectations/unbiased.ts';
import { binomialUpperTail } from '../../src/statistics/binomial.ts';
import { small } from '../run/fixture.ts';

/** Uniform numbers in [0, 1): mulberry32. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A binomial draw, by the gaps between successes. */
function draw(next: () => number, n: number, p: number): number {
  let successes = 0;
  let at = Math.floor(Math.log(1 - next()) / Math.log1p(-p));
  for (; at < n; at += 1 + Math.floor(Math.log(1 - next()) / Math.log1p(-p))) successes++;
  return successes;
}

interface Fault {
  /** Flips among the zeros and among the ones of a bin; right: both with p. */
  up?: number;
  down?: number;
  /** The estimate of a bin, in place of the right one. */
  estimate?(total: number, count: number, p: number, metric: string): number;
}

/** Cells of two states and two metrics: `clean[bin]` of `count` reports hold a one. */
function madeUp(
  next: () => number,
  options: { epsilon: number; count: number; clean: readonly number[]; fault?: Fault },
): RunRecord {
  const { epsilon, count, clean, fault = {} } = options;
  const p = flipProbability(flipThreshold(epsilon));
  const right = (total: number): number => (total - count * p) / (1 - 2 * p);
  const cells = ['us-wa', 'us-md'].flatMap((state) =>
    ['a-v1', 'b-v1'].map((metric) => {
      const noisy = clean.map((ones) => {
        const risen = draw(next, count - ones, fault.up ?? p);
        return ones + risen - (fault.down === 0 ? 0 : draw(next, ones, fault.down ?? p));
      });
      const estimates = noisy.map(
        (total) => fault.estimate?.(total, count, p, metric) ?? right(total),
      );
      const truth = { count, noisy, honestCount: count, honestNoisy: noisy, honestClean: clean };
      return { state, vendor: 'apple', metric, windowStartMs: 0, totals: noisy, estimates, truth };
    }),
  );
  const scenario = small({ system: { metrics: ['CodeVerified-v1'], epsilon } });
  return { scenario, cells } as unknown as RunRecord;
}

const few = { epsilon: 8, count: 1500, clean: [1200, 300] };

test('with eight expected flips, false alarms stay within alpha', () => {
  const next = numbers(20);
  const alpha = 0.05;
  const trials = 3000;
  let alarms = 0;
  for (let k = 0; k < trials; k++) {
    if (checkUnbiased(madeUp(next, { ...few, count: 3000 }), alpha).verdict === 'fail') alarms++;
  }
  // Not more than alpha but for chance, and not never: the simulation could have failed.
  expect(binomialUpperTail({ successes: alarms, n: trials, p: alpha })).toBeGreaterThan(1e-3);
  expect(alarms).toBeGreaterThan(5);
});

test('also with many flips, where the level is nearly used up', () => {
  const next = numbers(21);
  const many = { epsilon: 3, count: 1000, clean: [700, 200, 100] };
  let alarms = 0;
  for (let k = 0; k < 1000; k++) {
    if (checkUnbiased(madeUp(next, many), 0.1).verdict === 'fail') alarms++;
  }
  expect(binomialUpperTail({ successes: alarms, n: 1000, p: 0.1 })).toBeGreaterThan(1e-3);
  expect(alarms).toBeGreaterThan(40);
});

test('too few flips to say anything of the noise: vacuous, unless something is wrong', () => {
  expect(checkUnbiased(madeUp(numbers(1), few)).verdict).toBe('vacuous');
  const fault = { estimate: (total: number) => total + 40 };
  expect(checkUnbiased(madeUp(numbers(1), { ...few, fault })).verdict).toBe('fail');
});

describe('red', () => {
  const sample = { epsilon: 4, count: 20_000, clean: [12_000, 6000, 100] };
  const p = flipProbability(flipThreshold(sample.epsilon));
  const debias = (total: number, count: number, rate: number): number =>
    (total - count * rate) / (1 - 2 * rate);

  test('right: green', () => {
    const { verdict, power } = checkUnbiased(madeUp(numbers(5), sample));
    expect(verdict).toBe('pass');
    expect(power?.alpha).toBe(1e-6);
  });

  test.each<[string, Fault]>([
    ['not de-biased', { estimate: (total) => total }],
    ['for another epsilon', { estimate: (total, n, rate) => debias(total, n, rate * 1.2) }],
    ['with the scale left out', { estimate: (total, n, rate) => total - n * rate }],
    ['with a count a tenth short', { estimate: (total, n, rate) => debias(total, 0.9 * n, rate) }],
    [
      'in one metric only',
      {
        estimate: (total, n, rate, metric) =>
          debias(total, n, rate) + (metric === 'b-v1' ? 300 : 0),
      },
    ],
    [
      'in two metrics, and not in all',
      {
        estimate: (total, n, rate, metric) =>
          debias(total, n, rate) + (metric === 'b-v1' ? 300 : -300),
      },
    ],
    [
      'clamped at both ends',
      { estimate: (total, n, rate) => Math.max(500, debias(total, n, rate)) },
    ],
    ['noise up only', { up: p * 1.5, down: 0 }],
    ['too little noise', { up: p / 2, down: p / 2 }],
  ])('%s', (_name, fault) => {
    expect(checkUnbiased(madeUp(numbers(6), { ...sample, fault })).verdict).toBe('fail');
  });

  test('two bins exchanged, which leaves every sum as it was', () => {
    const record = madeUp(numbers(7), sample);
    const cells = record.cells.map((cell, i) => {
      const [a, b, c] = cell.estimates!;
      return i === 3 ? { ...cell, estimates: [b!, a!, c!] } : cell;
    });
    const { verdict, observed } = checkUnbiased({ ...record, cells });
    expect(verdict).toBe('fail');
    expect(observed).toContain('us-md/apple b-v1 1970-01-01T00:00Z bin');
  });

  test('two cells exchanged', () => {
    const other = { ...sample, count: 21_000, clean: [12_500, 6000, 100] };
    const cells = [madeUp(numbers(8), sample).cells[0]!, madeUp(numbers(9), other).cells[1]!];
    const record = { ...madeUp(numbers(8), sample), cells };
    expect(checkUnbiased(record).verdict).toBe('pass');
    const [first, second] = cells;
    const exchanged = [
      { ...first!, estimates: second!.estimates! },
      { ...second!, estimates: first!.estimates! },
    ];
    expect(checkUnbiased({ ...record, cells: exchanged }).verdict).toBe('fail');
  });

  test('an error of the size that it says it detects, and four times in five', () => {
    const { power } = checkUnbiased(madeUp(numbers(5), sample));
    const inBin = Number(/an error of (\d+) in a bin/u.exec(power!.detectable)![1]);
    const inAll = Number(/a sum of errors of (\d+) in all/u.exec(power!.detectable)![1]);
    const share = (shift: (cell: number, bin: number) => number): number => {
      let found = 0;
      for (let k = 0; k < 60; k++) {
        const record = madeUp(numbers(100 + k), sample);
        const cells = record.cells.map((cell, i) => ({
          ...cell,
          estimates: cell.estimates!.map((value, bin) => value + shift(i, bin)),
        }));
        if (checkUnbiased({ ...record, cells }).verdict === 'fail') found++;
      }
      return found / 60;
    };
    expect(share((cell, bin) => (cell === 2 && bin === 1 ? inBin : 0))).toBeGreaterThan(0.7);
    expect(share(() => inAll / 12)).toBeGreaterThan(0.7);
    expect(share((cell, bin) => (cell === 2 && bin === 1 ? inBin / 2 : 0))).toBeLessThan(0.3);
  });
});
