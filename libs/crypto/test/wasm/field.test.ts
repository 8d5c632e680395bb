/**
 * The field kernels against bigints, on random digits and on the largest that the generators let
 * through: results must be congruent, and within the bounds by which the formulas are proven.
 */

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { difference, element, multiple, P, product } from '../../kernels/p256/bounds.ts';
import { productDifference, R, reduced, sum } from '../../kernels/p256/bounds.ts';
import { squareDifference } from '../../kernels/p256/bounds.ts';
import type { Bounds } from '../../kernels/p256/bounds.ts';
import { ELEMENT } from '../../kernels/p256/field-source.ts';
import { kernels } from './scalars.ts';

const LANES = [0, 1, 2, 3];
const SIZE = 160;
const { exports, memory } = kernels;
const [intoAt, aAt, bAt, eAt] = [0, 1, 2, 3].map(() => kernels.reserve(SIZE)) as [
  number,
  number,
  number,
  number,
];
const TWICE = sum(ELEMENT, ELEMENT);
const SMALL = element(-80, 96);
const TRIPLE = multiple(SMALL, 3);
const OPERANDS = { ELEMENT, TWICE, SMALL, TRIPLE, DIFFERENCE: difference(SMALL, SMALL) };

type Digits = readonly number[];

/** Address of digit `index` of a lane as an index of 16-bit words. */
function digitAt(address: number, lane: number, index: number): number {
  return (address + 16 * (index >> 1) + 4 * lane + 2 * (index & 1)) / 2;
}

function put(address: number, lanes: readonly Digits[]): void {
  const words = new Int16Array(memory.buffer);
  for (const lane of LANES) {
    lanes[lane]!.forEach((digit, i) => (words[digitAt(address, lane, i)] = digit));
  }
}

function get(address: number): Digits[] {
  const words = new Int16Array(memory.buffer);
  return LANES.map((lane) =>
    Array.from({ length: 20 }, (_, i) => words[digitAt(address, lane, i)]!),
  );
}

function valueOf(digits: Digits): bigint {
  return digits.reduceRight((value, digit) => value * 8192n + BigInt(digit), 0n);
}

function modP(value: bigint): bigint {
  return ((value % P) + P) % P;
}

/** Digits within bounds: each at one of its ends as often as not, and values within theirs. */
function within(bounds: Bounds): fc.Arbitrary<Digits> {
  const digits = bounds.digits.map(({ lo, hi }) =>
    fc.oneof(fc.constantFrom(lo, hi), fc.integer({ min: lo, max: hi })),
  );
  const ends = fc
    .constantFrom<('lo' | 'hi')[]>(['lo', 'lo'], ['hi', 'hi'], ['lo', 'hi'], ['hi', 'lo'])
    .map((pattern) => bounds.digits.map((digit, i) => digit[pattern[i % 2]!]));
  const { value } = bounds;
  return fc
    .oneof(fc.tuple(...digits), ends)
    .map((all) => clamp(all, bounds))
    .filter((all) => value.lo <= valueOf(all) && valueOf(all) <= value.hi);
}

/** Moves the top digit, whose ends lie a little beyond those of the value, into range. */
function clamp(digits: Digits, { value }: Bounds): Digits {
  const inner = [...digits];
  if (valueOf(inner) > value.hi) inner[19]!--;
  if (valueOf(inner) < value.lo) inner[19]!++;
  return inner;
}

function lanesOf(bounds: Bounds): fc.Arbitrary<Digits[]> {
  return fc.array(within(bounds), { minLength: 4, maxLength: 4 });
}

function expectResults(bounds: Bounds, expected: readonly bigint[]): void {
  get(intoAt).forEach((digits, lane) => {
    expect(modP(valueOf(digits) * R)).toBe(modP(expected[lane]!));
    const value = valueOf(digits);
    expect(bounds.value.lo <= value && value <= bounds.value.hi).toBe(true);
    digits.forEach((digit, i) => {
      expect(digit).toBeGreaterThanOrEqual(bounds.digits[i]!.lo);
      expect(digit).toBeLessThanOrEqual(bounds.digits[i]!.hi);
    });
  });
}

const PAIRS = [
  ['ELEMENT', 'ELEMENT'],
  ['ELEMENT', 'TWICE'],
  ['TRIPLE', 'DIFFERENCE'],
  ['DIFFERENCE', 'TRIPLE'],
  ['TWICE', 'SMALL'],
] as const;

describe.each(PAIRS)('%s by %s', (first, second) => {
  const [A, B] = [OPERANDS[first], OPERANDS[second]];

  test('multiply', () => {
    fc.assert(
      fc.property(lanesOf(A), lanesOf(B), (a, b) => {
        put(aAt, a);
        put(bAt, b);
        exports.multiply(intoAt, aAt, bAt);
        expectResults(
          reduced(product(A, B)),
          a.map((x, i) => valueOf(x) * valueOf(b[i]!)),
        );
      }),
    );
  });

  test('multiplyMinus', () => {
    fc.assert(
      fc.property(lanesOf(A), lanesOf(B), lanesOf(TWICE), (a, b, e) => {
        put(aAt, a);
        put(bAt, b);
        put(eAt, e);
        exports.multiplyMinus(intoAt, aAt, bAt, eAt);
        expectResults(
          reduced(product(A, B), TWICE),
          a.map((x, i) => valueOf(x) * valueOf(b[i]!) - valueOf(e[i]!) * R),
        );
      }),
    );
  });
});

describe.each(['ELEMENT', 'TWICE', 'SMALL', 'DIFFERENCE'] as const)('%s squared', (name) => {
  const A = OPERANDS[name];

  test('square, squareMinus', () => {
    fc.assert(
      fc.property(lanesOf(A), lanesOf(TRIPLE), (a, e) => {
        put(aAt, a);
        put(eAt, e);
        exports.square(intoAt, aAt);
        const squares = a.map((x) => valueOf(x) ** 2n);
        expectResults(reduced(product(A, A)), squares);
        exports.squareMinus(intoAt, aAt, eAt);
        expectResults(
          reduced(product(A, A), TRIPLE),
          squares.map((x, i) => x - valueOf(e[i]!) * R),
        );
      }),
    );
  });

  test('multiplyMinusSquare', () => {
    fc.assert(
      fc.property(lanesOf(SMALL), lanesOf(SMALL), lanesOf(A), (a, b, c) => {
        put(aAt, a);
        put(bAt, b);
        put(eAt, c);
        exports.multiplyMinusSquare(intoAt, aAt, bAt, eAt);
        expectResults(
          reduced(productDifference(product(SMALL, SMALL), product(A, A))),
          a.map((x, i) => valueOf(x) * valueOf(b[i]!) - valueOf(c[i]!) ** 2n),
        );
      }),
    );
  });
});

test('3 (a^2 - b^2) as one product, whose columns only just fit', () => {
  fc.assert(
    fc.property(lanesOf(SMALL), lanesOf(SMALL), (a, b) => {
      put(aAt, a);
      put(bAt, b);
      exports.tripleDifference(eAt, aAt, bAt);
      put(
        bAt,
        a.map((x, lane) => x.map((digit, i) => digit + b[lane]![i]!)),
      );
      exports.multiply(intoAt, eAt, bAt);
      expectResults(
        reduced(squareDifference(SMALL, SMALL, 3)),
        a.map((x, i) => 3n * (valueOf(x) ** 2n - valueOf(b[i]!) ** 2n)),
      );
    }),
  );
});

describe('bounds that would overflow are refused', () => {
  test('digits', () => {
    expect(() => multiple(ELEMENT, 8)).toThrow(RangeError);
    expect(() => sum(multiple(ELEMENT, 4), multiple(ELEMENT, 4))).toThrow(RangeError);
    expect(multiple(ELEMENT, 7).digits[0]).toEqual({ lo: -7 * 4096, hi: 7 * 4096 });
  });

  test('columns', () => {
    expect(() => reduced(product(multiple(SMALL, 3), multiple(SMALL, 3)))).toThrow('column');
    expect(() => reduced(squareDifference(SMALL, SMALL, 4))).toThrow('column');
    expect(() => reduced(product(multiple(SMALL, 3), TWICE))).not.toThrow();
  });
});
