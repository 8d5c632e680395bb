/**
 * Student's t and Fisher's F against mpmath 1.3; a line and its intervals against
 * synthetic measurements whose truth is known: how often intervals hold it, over many seeds.
 */

import { createSeedTree } from '@priolab/crypto';
import { describe, expect, it, test } from 'vitest';

import { fitLine, ratioInterval } from '../../src/statistics/line.ts';
import type { ErrorModel, Observation } from '../../src/statistics/line.ts';
import { normalQuantile } from '../../src/statistics/normal.ts';
import { straightness } from '../../src/statistics/straight.ts';
import {
  betaI,
  fisherSurvival,
  studentFactor,
  studentSurvival,
} from '../../src/statistics/student.ts';

function expectRelative(actual: number, expected: number): void {
  expect(Math.abs(actual / expected - 1), `${actual} is not ${expected}`).toBeLessThan(1e-12);
}

describe('distributions', () => {
  it.each([
    [0.5, 0.5, 0.2, 0.295167235300867],
    [5, 0.5, 0.9, 0.316642915020012],
    [50, 0.5, 0.99, 0.317304397874197],
    [1, 4.5, 1e-4, 0.000449921256562254],
    [3, 2, 0, 0],
  ])('I(%d, %d) at %d', (a, b, x, expected) => {
    if (expected === 0) expect(betaI(a, b, x)).toBe(0);
    else expectRelative(betaI(a, b, x), expected);
  });

  it.each([
    [12.3, 4, 0.000125487870520948],
    [2, 1, 0.147583617650433],
    [-1.5, 7, 0.911350756505015],
    [40, 30, 6.8630225972032e-28],
  ])('t of %d with %d degrees of freedom', (t, freedom, expected) =>
    expectRelative(studentSurvival(t, freedom), expected),
  );

  it.each([
    [4.2, 2, 9, 0.0514777640803957],
    [0.3, 3, 20, 0.824988986404969],
    [90, 1, 30, 1.53784095226261e-10],
  ])('F of %d with %d and %d', (f, above, below, expected) =>
    expectRelative(fisherSurvival(f, above, below), expected),
  );

  it.each([
    [1, 12.7062047361747],
    [2, 4.30265272974946],
    [4.5, 2.6589123472044],
    [10, 2.22813885198627],
    [100, 1.98397151852355],
  ])('95 % factor of %d', (freedom, expected) =>
    expectRelative(studentFactor(0.95, freedom), expected),
  );
});

const COUNTS = [1000, 3000, 10_000, 30_000];

/** Measurements of 500 + x / 5 with normal errors, `repeat` at each count. */
function measure(
  seed: number,
  options: { errors: ErrorModel; size: number; repeat?: number; bend?: (x: number) => number },
): Observation[] {
  const { errors, size, repeat = 3, bend = () => 0 } = options;
  const branch = createSeedTree(`line ${seed}`);
  return COUNTS.flatMap((x, i) =>
    Array.from({ length: repeat }, (_, k) => {
      const word = new DataView(branch.bytes(i * repeat + k, 16).buffer).getUint32(0);
      const z = normalQuantile((word + 0.5) / 2 ** 32);
      const truth = 500 + x / 5 + bend(x);
      return { x, y: truth + z * size * (errors === 'relative' ? truth : 1) };
    }),
  );
}

const SEEDS = Array.from({ length: 1000 }, (_, i) => i);
/** What must hold the truth 95 times of 100: outside of this by chance once in 10,000 tests. */
const COVERAGE = { low: 0.92, high: 0.977 };

describe.each([
  ['relative', 0.05],
  ['equal', 40],
] as const)('a line with %s errors', (errors, size) => {
  const holds = (check: (all: Observation[]) => boolean): number =>
    SEEDS.filter((seed) => check(measure(seed, { errors, size }))).length / SEEDS.length;

  it.each([
    ['slope', 0.2, (all: Observation[]) => fitLine(all, errors).slopeInterval(0.95)],
    ['fixed part', 500, (all: Observation[]) => fitLine(all, errors).interceptInterval(0.95)],
  ])('the interval of its %s holds the truth as often as it says', (_name, truth, of) => {
    const share = holds((all) => {
      const { low, high } = of(all);
      return low <= truth && truth <= high;
    });
    expect(share).toBeGreaterThan(COVERAGE.low);
    expect(share).toBeLessThan(COVERAGE.high);
  });

  test('a measurement far beyond it falls into the prediction as often as it says', () => {
    const far = 2e9;
    const truth = 500 + far / 5;
    const share =
      SEEDS.filter((seed) => {
        const z = normalQuantile((SEEDS.length - seed - 0.5) / SEEDS.length);
        const { low, high } = fitLine(measure(seed, { errors, size }), errors).prediction(
          far,
          0.95,
        );
        const y = truth + z * size * (errors === 'relative' ? truth : 1);
        return low <= y && y <= high;
      }).length / SEEDS.length;
    expect(share).toBeGreaterThan(COVERAGE.low);
    expect(share).toBeLessThan(COVERAGE.high);
  });

  test('a straight one is called bent as often as the level says, at most', () => {
    const bent = holds((all) => straightness(all, errors, 0.05).verdict === 'bent');
    expect(bent).toBeLessThan(0.08);
    expect(bent).toBeGreaterThan(0.005);
  });
});

test('a line without errors is found exactly, and is not bent', () => {
  const all = measure(0, { errors: 'relative', size: 0 });
  const line = fitLine(all, 'relative');
  expectRelative(line.slope, 0.2);
  expectRelative(line.intercept, 500);
  expect(line.lackOfFit).toBe(1);
  expect(straightness(all, 'relative', 0.01).verdict).toBe('straight');
});

describe('a bend', () => {
  const bent = (bend: (x: number) => number, size = 0.03) =>
    SEEDS.slice(0, 100).map((seed) =>
      straightness(measure(seed, { errors: 'relative', size, bend }), 'relative', 0.01),
    );

  test('at the last count is found there, with its size', () => {
    const found = bent((x) => (x === 30_000 ? 0.4 * (500 + x / 5) : 0));
    expect(found.filter(({ verdict }) => verdict === 'bent').length).toBeGreaterThan(97);
    const at = found.flatMap((one) => (one.verdict === 'bent' ? [one] : []));
    expect(at.filter(({ at: x }) => x === 30_000).length).toBeGreaterThan(90);
    const mean = at.reduce((sum, { deviation }) => sum + deviation, 0) / at.length;
    expect(Math.abs(mean - 0.4)).toBeLessThan(0.05);
  });

  test('that is a square is found', () => {
    const found = bent((x) => (x * x) / 75_000);
    expect(found.filter(({ verdict }) => verdict === 'bent').length).toBeGreaterThan(97);
  });

  test('smaller than what is told to be detectable may go unseen; what is told is honest', () => {
    const all = measure(3, { errors: 'relative', size: 0.03 });
    const found = straightness(all, 'relative', 0.01);
    if (found.verdict !== 'straight') throw new Error(`got ${found.verdict}, expected straight`);
    const { detectable } = found;
    const line = fitLine(
      all.filter(({ x }) => x < 30_000),
      'relative',
    );
    const foretold = line.intercept + line.slope * 30_000;
    const moved = (by: number) =>
      all.map(({ x, y }) => (x === 30_000 ? { x, y: foretold * (1 + by) } : { x, y }));
    expect(straightness(moved(detectable * 1.01), 'relative', 0.01)).toMatchObject({
      verdict: 'bent',
      at: 30_000,
    });
  });

  test('is unknown with two counts, or without repeated measurements', () => {
    const all = measure(1, { errors: 'relative', size: 0.03 });
    const two = all.filter(({ x }) => x > 3000);
    expect(straightness(two, 'relative', 0.01).verdict).toBe('unknown');
    const once = measure(1, { errors: 'relative', size: 0.03, repeat: 1 });
    expect(straightness(once, 'relative', 0.01).verdict).toBe('unknown');
    expect(fitLine(once, 'relative').lackOfFit).toBeUndefined();
  });
});

test('the interval of a ratio holds the truth as often as it says', () => {
  const share =
    SEEDS.filter((seed) => {
      const lines = [seed, seed + 10_000].map((one) =>
        fitLine(measure(one, { errors: 'relative', size: 0.05 }), 'relative'),
      );
      const { low, high } = ratioInterval(lines[0]!, lines[1]!, 0.95);
      return low <= 1 && 1 <= high;
    }).length / SEEDS.length;
  expect(share).toBeGreaterThan(COVERAGE.low);
  expect(share).toBeLessThan(COVERAGE.high);
});
