/**
 * Upload times by the shapes of load, held against their distributions: chi-square over 24 equal
 * parts of the day, alpha 1e-6 each, on 200,000 drawn items. That sees one part that is off by some
 * 9 % of its even share with power 0.8 (noncentrality 63 at 23 degrees of freedom).
 */

import { createSeedTree } from '@priolab/crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { loadParts, loadTimeMs } from '../../src/population/load-times.ts';
import { dayMs, uploadWords } from '../../src/population/upload-times.ts';
import { resolveScenario } from '../../src/index.ts';
import type { ScenarioInput } from '../../src/index.ts';
import { chiSquareSurvival } from '../../src/statistics/chi-square.ts';
import { smallInput } from '../run/fixture.ts';

type LoadInput = NonNullable<ScenarioInput['load']>;

const COUNT = 200_000;
const HOUR = 3_600_000;
const bytes = createSeedTree('load')
  .child('words')
  .bytes(0, COUNT * uploadWords * 4);
const words = new Uint32Array(bytes.buffer, bytes.byteOffset, COUNT * uploadWords);

function partsOf(load: LoadInput) {
  return loadParts(resolveScenario({ ...smallInput, load }, 'file').load);
}

function timesOf(load: LoadInput, utcOffsetHours = 0): number[] {
  const parts = partsOf(load);
  const draw = { words, utcOffsetHours, metricSlot: 0 };
  return Array.from({ length: COUNT }, (_, i) => loadTimeMs(parts, draw, i));
}

/** Probability of a chi-square this large, where hour h should hold `weights[h]` of the whole. */
function fit(times: readonly number[], weights: readonly number[]): number {
  const counts = weights.map(() => 0);
  for (const time of times) counts[Math.floor(time / HOUR)]!++;
  const total = weights.reduce((a, b) => a + b, 0);
  let statistic = 0;
  let cells = 0;
  weights.forEach((weight, hour) => {
    const due = (COUNT * weight) / total;
    if (due === 0) return expect(counts[hour]).toBe(0);
    statistic += (counts[hour]! - due) ** 2 / due;
    cells++;
  });
  return chiSquareSurvival(statistic, cells - 1);
}

const hours = Array.from({ length: 24 }, (_, hour) => hour);
/** Triangle with its top at 20:00: how much of it is in each hour. */
const hill = (peak: number): number[] =>
  hours.map((hour) => {
    const near = (at: number): number =>
      12 - Math.min(Math.abs(at - peak), 24 - Math.abs(at - peak));
    return (near(hour) + near(hour + 1)) / 2;
  });

describe('shapes', () => {
  test.each<[string, LoadInput, number, number[]]>([
    ['constant', [{ shape: 'constant' }], 0, hours.map(() => 1)],
    [
      'constant in a part of the day',
      [{ shape: 'constant', from: '6h', until: '18h' }],
      0,
      hours.map((hour) => (hour >= 6 && hour < 18 ? 1 : 0)),
    ],
    ['ramp', [{ shape: 'ramp' }], 0, hours.map((hour) => 2 * hour + 1)],
    ['diurnal', [{ shape: 'diurnal' }], 0, hill(20)],
    ['diurnal, five hours west', [{ shape: 'diurnal', peak: '14:00' }], -5, hill(19)],
    [
      'outbreak',
      [{ shape: 'outbreak', peak: '10:00', width: '2h' }],
      0,
      hours.map((hour) => (hour === 9 || hour === 10 ? 10 : 1)),
    ],
    [
      'storm',
      [{ shape: 'storm', peak: '03:00', width: '2h' }],
      0,
      hours.map((h) => (h === 3 || h === 4 ? 1 : 0)),
    ],
    [
      'a mix by weight',
      [
        { shape: 'constant', weight: 3 },
        { shape: 'storm', peak: '12:00', width: '30m', weight: 1 },
      ],
      0,
      hours.map((hour) => (hour === 12 ? 3 / 24 + 1 : 3 / 24)),
    ],
  ])('%s', (_, load, offset, weights) => {
    expect(fit(timesOf(load, offset), weights)).toBeGreaterThan(1e-6);
  });

  test('the check sees one part of 24 that is off by a fifth', () => {
    const skewed = hours.map((hour) => (hour === 5 ? 1.2 : 1));
    expect(fit(timesOf([{ shape: 'constant' }]), skewed)).toBeLessThan(1e-6);
  });

  test('a storm is over within its width', () => {
    const times = timesOf([{ shape: 'storm', peak: '00:10', width: '30s' }]);
    expect(Math.min(...times.slice(0, 50_000))).toBeGreaterThanOrEqual(600_000);
    expect(Math.max(...times.slice(0, 50_000))).toBeLessThan(630_000);
  });
});

test('any load, any words: a time within the day, later metrics not earlier', () => {
  const shape = fc.constantFrom<LoadInput[number]['shape']>(
    'constant',
    'ramp',
    'diurnal',
    'outbreak',
    'storm',
  );
  const word = fc.oneof(fc.nat(0xffffffff), fc.constantFrom(0, 0xffffffff));
  const arbitraryLoad = fc.array(fc.record({ shape, weight: fc.integer({ min: 1, max: 9 }) }), {
    minLength: 1,
    maxLength: 4,
  });
  fc.assert(
    fc.property(
      arbitraryLoad,
      fc.tuple(word, word, word),
      fc.integer({ min: -12, max: 14 }),
      (load, drawn, utcOffsetHours) => {
        const parts = partsOf(load);
        const times = [0, 1, 12].map((metricSlot) =>
          loadTimeMs(parts, { words: Uint32Array.of(...drawn, 0), utcOffsetHours, metricSlot }, 0),
        );
        expect(times).toEqual(times.toSorted((a, b) => a - b));
        for (const time of times) {
          expect(Number.isInteger(time) && time >= 0 && time < dayMs).toBe(true);
        }
      },
    ),
    { seed: 7 },
  );
});
