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
  /** More flips than that. */
  extra?(cell: number, bin: number): number;
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
    ['a-v1', 'b-v1'].map((metric, i) => {
      const cell = state === 'us-wa' ? i : 2 + i;
      const noisy = clean.map((ones, bin) => {
        const risen = draw(next, count - ones, fault.up ?? p);
        const fallen = fault.down === 0 ? 0 : draw(next, ones, fault.down ?? p);
        return ones + risen - fallen + (fault.extra?.(cell, bin) ?? 0);
      });
      const estimates = noisy.map(
        (total) => fault.estimate?.(total, count, p, metric) ?? right(total),
      );
      const truth = { count, noisy, honestCount: count, honestNoisy: noisy, honestClean: clean };
      const standardError = Math.sqrt(count * p * (1 - p)) / (1 - 2 * p);
      const name = { state, vendor: 'apple', metric, windowStartMs: 0 };
      return { ...name, totals: noisy, estimates, standardError, truth };
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

test('an error that rounds to nothing has no sign', () => {
  const sums = Array.from({ length: 100 }, (_, seed) => {
    // Nearly no noise: the estimates miss the truth by the least.
    const record = madeUp(numbers(seed), { epsilon: 14, count: 50 + seed, clean: [30, 20] });
    return checkUnbiased(record);
  });
  const small = sums.filter(({ value }) => value! < 0 && value! > -0.05);
  expect(small.length).toBeGreaterThan(0);
  for (const { observed } of small) expect(observed).toContain('; sum of errors 0.0, ');
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
    [
      'for an epsilon a little off',
      { estimate: (total, n, rate) => debias(total, n, rate * 1.001) },
    ],
    ['with the scale left out', { estimate: (total, n, rate) => total - n * rate }],
    ['with a count one short', { estimate: (total, n, rate) => debias(total, n - 1, rate) }],
    ['rounded', { estimate: (total, n, rate) => Math.round(debias(total, n, rate)) }],
    [
      'clamped at the top',
      { estimate: (total, n, rate) => Math.min(12_000, debias(total, n, rate)) },
    ],
    ['no number', { estimate: () => NaN }],
  ])('estimates %s', (_name, fault) => {
    const { verdict, observed } = checkUnbiased(madeUp(numbers(6), { ...sample, fault }));
    expect(verdict).toBe('fail');
    expect(observed).not.toMatch(/^0 estimates wrong/u);
  });

  test('a standard error that is off', () => {
    const record = madeUp(numbers(6), sample);
    const cells = record.cells.map((cell) => ({
      ...cell,
      standardError: cell.standardError! * 1.001,
    }));
    expect(checkUnbiased({ ...record, cells }).observed).toMatch(
      /^4 estimates wrong, first: us-wa/u,
    );
  });

  test('two cells exchanged', () => {
    const record = madeUp(numbers(8), sample);
    const [first, second, ...others] = record.cells;
    const exchanged = [
      { ...first!, estimates: second!.estimates! },
      { ...second!, estimates: first!.estimates! },
      ...others,
    ];
    expect(checkUnbiased({ ...record, cells: exchanged }).verdict).toBe('fail');
  });

  const metricB = (cell: number): boolean => cell % 2 === 1;
  test.each<[string, Fault, RegExp]>([
    ['up only', { up: p * 1.5, down: 0 }, /e-2\d \(.*\) of 3 sums/u],
    ['half as much', { up: p / 2, down: p / 2 }, /\(all\) of 3 sums/u],
    [
      'too much in one metric, too little in another',
      { extra: (cell) => (metricB(cell) ? 100 : -100) },
      /\([ab]-v1\) of 3 sums/u,
    ],
    [
      'too much in one bin, too little in another',
      { extra: (cell, bin) => (cell === 3 ? [200, -200, 0][bin]! : 0) },
      /\(us-md\/apple b-v1 1970-01-01T00:00Z bin [01]\) of 12 bins/u,
    ],
  ])('noise %s', (_name, fault, culprit) => {
    const { verdict, observed } = checkUnbiased(madeUp(numbers(6), { ...sample, fault }));
    expect(verdict).toBe('fail');
    expect(observed).toMatch(/^0 estimates wrong;/u);
    expect(observed).toMatch(culprit);
  });

  test('noise off by as much as it says it detects: found four times in five', () => {
    const { power } = checkUnbiased(madeUp(numbers(5), sample));
    const flips = (estimates: string): number => Math.round(Number(estimates) * (1 - 2 * p));
    const inBin = flips(/an error of \+(\d+) in a bin/u.exec(power!.detectable)![1]!);
    const inAll = flips(/a sum of errors of (\d+) in all/u.exec(power!.detectable)![1]!);
    const foundShare = (extra: Fault['extra']): number => {
      const fault = { extra: extra! };
      const verdicts = Array.from(
        { length: 100 },
        (_, k) => checkUnbiased(madeUp(numbers(100 + k), { ...sample, fault })).verdict,
      );
      return verdicts.filter((verdict) => verdict === 'fail').length / 100;
    };
    const in21 = (size: number) => (cell: number, bin: number) =>
      cell === 2 && bin === 1 ? size : 0;
    expect(foundShare(in21(inBin))).toBeGreaterThan(0.65);
    expect(foundShare(() => Math.round(inAll / 12))).toBeGreaterThan(0.65);
    expect(foundShare(in21(Math.round(inBin / 2)))).toBeLessThan(0.3);
  });
});
