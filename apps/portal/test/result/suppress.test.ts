/** What is hidden can't be computed from what is shown: on random sums, and on a table of cases. */

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { shapeOf } from '../../src/result/dataset.ts';
import { suppressedBins } from '../../src/result/suppress.ts';

const WHOLE = { kind: 'whole' } as const;
const LOOSE = { kind: 'loose' } as const;

describe('a table', () => {
  const cases: [name: string, estimates: number[], below: number, hidden: number[]][] = [
    ['off', [0, 1, 2], 0, []],
    ['nothing small', [50, 10, 40], 10, []],
    ['small ones, and the next smallest', [500, 6, 5, 80], 10, [1, 2, 3]],
    ['one alone', [500, 3, 80, 20], 10, [1, 3]],
    ['an estimate below zero', [500, -4, 80, 20], 10, [1, 3]],
    ['equals share their fate', [500, 3, 20, 20], 10, [1, 2, 3]],
    ['nothing but small ones', [5, 3, 0], 10, [0, 1, 2]],
    ['two bins', [500, 3], 10, [0, 1]],
    ['a bin alone', [3], 10, [0]],
  ];
  test.each(cases)('%s', (_, estimates, below, hidden) => {
    expect(suppressedBins(estimates, { below, shape: WHOLE })).toEqual(hidden);
  });

  test('bins that add up to nothing known are hidden one by one', () => {
    expect(suppressedBins([500, 3, 80], { below: 10, shape: LOOSE })).toEqual([1]);
  });

  test('of cumulative bins, also steps that count few people', () => {
    const shape = { kind: 'cumulative', groupSize: 4 } as const;
    // 40 and 43 would tell of 3 people.
    expect(suppressedBins([4, 40, 43, 90], { below: 10, shape })).toEqual([0, 1]);
    expect(suppressedBins([4, 40, 43, 90, 20, 40, 60, 80], { below: 10, shape })).toEqual([0, 1]);
    expect(suppressedBins([1, 2, 3, 4], { below: 10, shape })).toEqual([0, 1, 2, 3]);
  });

  test('of vaccine bins, those that sums would give away', () => {
    const shape = shapeOf('KeysUploadedVaccineStatus-v1', 15);
    const [no, yes] = [60, 4];
    const estimates = [64, 34, 30, no, 32, 28, yes, 2, 2, 0, 0, 0, yes, 2, 2];
    const hidden = new Set(suppressedBins(estimates, { below: 10, shape }));
    if (shape.kind !== 'sums') throw new Error('expected sums');
    for (const list of shape.sums) {
      expect(
        list.filter((bin) => hidden.has(bin)),
        String(list),
      ).not.toHaveLength(1);
    }
    expect(hidden.has(6)).toBe(true);
  });

  test('which shape a dataset has; one that nobody knows is taken for one-hot', () => {
    expect(shapeOf('PeriodicExposureNotification-v1', 5)).toEqual(WHOLE);
    expect(shapeOf('com.apple.EN.UserNotification', 5)).toEqual(WHOLE);
    expect(shapeOf('KeysUploaded-v1', 6)).toEqual(LOOSE);
    expect(shapeOf('KeysUploaded-v1', 7)).toEqual(WHOLE);
    expect(shapeOf('DateExposure14d-v3', 48)).toEqual({ kind: 'cumulative', groupSize: 12 });
    expect(shapeOf('KeysUploadedVaccineStatus14d-v3', 15)).toMatchObject({ kind: 'sums' });
  });

  const DATES = ['com.apple.EN.DateExposureV2D14', 'DateExposure14d-v2', 'DateExposure-v2'];
  test.each(DATES)('%s: steps that count few people are hidden as well', (name) => {
    // 100 and 103 would tell of 3 people, and no bin is small.
    const group = [100, 103, 120, 140, 160, 180, 200, 220, 240, 260, 280, 300];
    const estimates = [group, group, group, group].flat();
    const hidden = suppressedBins(estimates, { below: 10, shape: shapeOf(name, 48) });
    expect(hidden).toEqual([0, 12, 24, 36]);
    // The first group of another width, its classes unknown.
    const shape = shapeOf(name, 12);
    expect(suppressedBins(group, { below: 10, shape })).toEqual([0]);
    // It may be one-hot as well: a small bin is not hidden alone.
    expect(suppressedBins([4, ...group], { below: 10, shape: shapeOf(name, 13) })).toEqual([0, 1]);
  });

  const VACCINE = [
    'KeysUploadedVaccineStatus-v2',
    'KeysUploadedVaccineStatus14d-v2',
    'com.apple.EN.KeysUploadedVaccineStatusV2D14',
  ];
  test.each(VACCINE)('%s: hides what either layout would give away', (name) => {
    const estimates = [160, 80, 80, 96, 48, 48, 64, 32, 32, 40, 40, 40, 64, 4, 60];
    const shapes = [name, 'KeysUploadedVaccineStatus-v1'].map((one) => shapeOf(one, 15));
    const [hidden, sums] = shapes.map((shape) => suppressedBins(estimates, { below: 10, shape }));
    expect(hidden).toEqual(expect.arrayContaining(sums!));
    const whole = suppressedBins(estimates, { below: 10, shape: WHOLE });
    expect(hidden).toEqual(expect.arrayContaining(whole));
    expect(sums!.every((bin) => whole.includes(bin))).toBe(false);
    // Of a shorter form only the sums that it can have.
    expect(shapeOf(name, 9)).toMatchObject({ kind: 'any', of: [WHOLE, { kind: 'sums' }] });
    expect(suppressedBins([50, 4, 46], { below: 10, shape: shapeOf(name, 3) })).toEqual([1, 2]);
  });

  test('each rule of a union holds in what it hides', () => {
    const counts = fc.array(fc.integer({ min: 0, max: 90 }), { minLength: 12, maxLength: 12 });
    fc.assert(
      fc.property(counts, (estimates) => {
        const hidden = new Set(
          suppressedBins(estimates, { below: 10, shape: shapeOf('DateExposure-v2', 12) }),
        );
        const shown = estimates.filter((_, bin) => !hidden.has(bin));
        for (const [index, one] of shown.entries()) {
          expect(one - (shown[index - 1] ?? 0)).toBeGreaterThanOrEqual(10);
        }
        for (const bin of suppressedBins(estimates, { below: 10, shape: WHOLE })) {
          expect(hidden).toContain(bin);
        }
      }),
    );
  });
});

describe('one-hot bins, whose sum is known', () => {
  const counts = fc.array(fc.integer({ min: 0, max: 60 }), { minLength: 2, maxLength: 12 });
  const limit = fc.integer({ min: 1, max: 40 });
  const view = (estimates: readonly number[], below: number): string => {
    const hidden = new Set(suppressedBins(estimates, { below, shape: WHOLE }));
    return JSON.stringify(estimates.map((one, bin) => (hidden.has(bin) ? null : one)));
  };

  test('no small bin is shown, and none is hidden where none is small', () => {
    fc.assert(
      fc.property(counts, limit, (estimates, below) => {
        const hidden = new Set(suppressedBins(estimates, { below, shape: WHOLE }));
        const isSmall = (one: number): boolean => one < below;
        for (const [bin, one] of estimates.entries())
          if (isSmall(one)) expect(hidden).toContain(bin);
        if (!estimates.some(isSmall)) expect(hidden.size).toBe(0);
      }),
    );
  });

  test('one alone is never hidden, nor a group of few people beside what is shown', () => {
    fc.assert(
      fc.property(counts, limit, (estimates, below) => {
        const hidden = suppressedBins(estimates, { below, shape: WHOLE });
        if (hidden.length === 0) return;
        expect(hidden.length).toBeGreaterThan(1);
        const rest = hidden.reduce((sum, bin) => sum + estimates[bin]!, 0);
        if (hidden.length < estimates.length) expect(rest).toBeGreaterThanOrEqual(below);
      }),
    );
  });

  test('the same people otherwise spread over the hidden bins are shown alike', () => {
    fc.assert(
      fc.property(counts, limit, fc.nat(), (estimates, below, turn) => {
        const hidden = suppressedBins(estimates, { below, shape: WHOLE });
        const turned = [...estimates];
        for (const [i, bin] of hidden.entries()) {
          turned[bin] = estimates[hidden[(i + turn) % hidden.length]!]!;
        }
        expect(view(turned, below)).toBe(view(estimates, below));
      }),
    );
  });

  test('no hidden bin has only one value that fits what is shown, the sum and the rule', () => {
    // All ways to spread what is left over the hidden bins, up to a small size.
    const small = fc.array(fc.integer({ min: 0, max: 7 }), { minLength: 2, maxLength: 4 });
    fc.assert(
      fc.property(small, fc.integer({ min: 1, max: 5 }), (estimates, below) => {
        const hidden = suppressedBins(estimates, { below, shape: WHOLE });
        const people = hidden.reduce((sum, bin) => sum + estimates[bin]!, 0);
        if (hidden.length === 0 || people === 0) return;
        const shown = view(estimates, below);
        const possible = spreads(people, hidden.length)
          .map((spread) => {
            const other = [...estimates];
            for (const [i, bin] of hidden.entries()) other[bin] = spread[i]!;
            return other;
          })
          .filter((other) => view(other, below) === shown);
        for (const bin of hidden) {
          const values = new Set(possible.map((other) => other[bin]));
          expect(values.size, `${estimates.join()} below ${below}: bin ${bin}`).toBeGreaterThan(1);
        }
      }),
      { numRuns: 500 },
    );
  });
});

function spreads(people: number, places: number): number[][] {
  if (places === 1) return [[people]];
  return Array.from({ length: people + 1 }, (_, first) =>
    spreads(people - first, places - 1).map((rest) => [first, ...rest]),
  ).flat();
}
