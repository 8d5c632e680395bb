/**
 * FieldPrio2: published rows, then fast path = reference = noble on edges and random elements.
 */

import { Field } from '@noble/curves/abstract/modular.js';
import { readVector, vectorsDir } from '@priolab/vectors';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { rows } from '../bench/field.bench.ts';
import {
  FieldError,
  addInto,
  batchInvert,
  createNtt,
  decodeElements,
  encodeElements,
  evaluate,
  fieldPrio2,
  innerProduct,
  interpolate,
  referenceField,
  subtractFrom,
} from '../src/index.ts';

const p = fieldPrio2.modulus;
const noble = Field(BigInt(p));
const edges = [
  0,
  1,
  2,
  3,
  p - 1,
  p - 2,
  p - 3,
  65_535,
  65_536,
  65_537,
  2 ** 20 - 1,
  2 ** 20,
  2 ** 20 + 1,
  2 ** 31 - 1,
  2 ** 31,
  2 ** 31 + 1,
  (p - 1) / 2,
  (p + 1) / 2,
];
const element = fc.oneof(fc.constantFrom(...edges), fc.integer({ min: 0, max: p - 1 }));
const runs = { seed: 20211201, numRuns: 2000 };

describe('scalars', () => {
  const pairs = edges.flatMap((a) => edges.map((b) => [a, b] as const));

  function expectAllEqual(a: number, b: number): void {
    const [x, y] = [BigInt(a), BigInt(b)];
    expect(BigInt(fieldPrio2.add(a, b))).toBe(referenceField.add(x, y));
    expect(BigInt(fieldPrio2.sub(a, b))).toBe(referenceField.sub(x, y));
    expect(BigInt(fieldPrio2.mul(a, b))).toBe(referenceField.mul(x, y));
    expect(BigInt(fieldPrio2.mul(a, b))).toBe(noble.mul(x, y));
    expect(BigInt(fieldPrio2.neg(a))).toBe(noble.neg(x));
  }

  test('equal the reference and noble at every pair of edges', () => {
    for (const [a, b] of pairs) expectAllEqual(a, b);
  });

  test('equal the reference and noble on random elements', () => {
    fc.assert(fc.property(element, element, expectAllEqual), runs);
  });

  test('products whose quotient estimate is one short are still exact', () => {
    // a * b just above a multiple of p: the remainder is tiny, the estimate may fall below.
    for (let k = 1; k < 3000; k++) {
      const a = p - k;
      const b = fieldPrio2.inv(a);
      expect(fieldPrio2.mul(a, b)).toBe(1);
      expect(fieldPrio2.mul(a, fieldPrio2.neg(b))).toBe(p - 1);
    }
  });

  test('powers and inverses', () => {
    fc.assert(
      fc.property(element, fc.integer({ min: 0, max: 2 ** 32 }), (a, e) => {
        expect(BigInt(fieldPrio2.pow(a, e))).toBe(referenceField.pow(BigInt(a), BigInt(e)));
        expect(fieldPrio2.mul(a, fieldPrio2.inv(a))).toBe(a === 0 ? 0 : 1);
      }),
      { ...runs, numRuns: 300 },
    );
    expect(fieldPrio2.inv(0)).toBe(0);
  });

  test('the generator has order exactly 2^20, and roots are its powers', () => {
    expect(fieldPrio2.pow(fieldPrio2.generator, 2 ** 20)).toBe(1);
    expect(fieldPrio2.pow(fieldPrio2.generator, 2 ** 19)).toBe(p - 1);
    for (let k = 0; k <= 20; k++) {
      expect(BigInt(fieldPrio2.rootOfUnity(k))).toBe(referenceField.root(2 ** k));
    }
    expect(() => fieldPrio2.rootOfUnity(21)).toThrow(RangeError);
  });
});

describe.skipIf(vectorsDir === undefined)('published rows (vectors enpa/field.json)', () => {
  interface FieldVectors {
    modulus: number;
    'generator_of_2^20_subgroup': number;
    arith_tests_v0_2_0: Record<'add' | 'sub' | 'mul' | 'div' | 'pow', [number, number, number][]>;
    arith_tests_libprio_cc: { sub?: number[][]; [name: string]: number[][] | undefined };
  }
  const vectors =
    vectorsDir === undefined ? undefined : readVector<FieldVectors>('enpa/field.json');
  const operations = {
    add: fieldPrio2.add,
    sub: fieldPrio2.sub,
    mul: fieldPrio2.mul,
    div: (a: number, b: number) => fieldPrio2.mul(a, fieldPrio2.inv(b)),
    pow: fieldPrio2.pow,
  };

  test('constants', () => {
    expect(vectors!.modulus).toBe(p);
    expect(vectors!['generator_of_2^20_subgroup']).toBe(fieldPrio2.generator);
  });

  test.each(Object.keys(operations) as (keyof typeof operations)[])('libprio-rs %s', (name) => {
    const rows = vectors!.arith_tests_v0_2_0[name];
    expect(rows.length).toBeGreaterThan(0);
    for (const [a, b, result] of rows) expect(operations[name](a, b)).toBe(result);
  });

  test('libprio-cc rows', () => {
    let seen = 0;
    for (const [name, rows] of Object.entries(vectors!.arith_tests_libprio_cc)) {
      if (!(name in operations) || rows === undefined) continue;
      for (const [a, b, result] of rows) {
        expect(operations[name as keyof typeof operations](a!, b!)).toBe(result);
        seen++;
      }
    }
    expect(seen).toBeGreaterThan(0);
  });
});

describe('vectors', () => {
  const list = fc.array(element, { minLength: 1, maxLength: 40 });

  test('sums, differences and inner products equal the reference', () => {
    fc.assert(
      fc.property(list, list, (left, right) => {
        const length = Math.min(left.length, right.length);
        const a = Uint32Array.from([9, ...left]);
        const b = Uint32Array.from(right);
        const expected = left
          .slice(0, length)
          .reduce((sum, x, i) => referenceField.add(sum, BigInt(x) * BigInt(right[i]!)), 0n);
        expect(BigInt(innerProduct(a, 1, b, 0, length))).toBe(expected);
        const sum = a.slice();
        addInto(sum, 1, b, 0, length);
        const difference = a.slice();
        subtractFrom(difference, 1, b, 0, length);
        for (let i = 0; i < length; i++) {
          expect(sum[1 + i]).toBe(fieldPrio2.add(left[i]!, right[i]!));
          expect(difference[1 + i]).toBe(fieldPrio2.sub(right[i]!, left[i]!));
        }
        expect(sum[0]).toBe(9);
      }),
      { ...runs, numRuns: 300 },
    );
  });

  test('batch inversion inverts all, or reports a zero and changes nothing', () => {
    fc.assert(
      fc.property(list, (values) => {
        const inverted = Uint32Array.from(values);
        const done = batchInvert(inverted, 0, values.length, new Uint32Array(values.length));
        expect(done).toBe(!values.includes(0));
        const expected = done ? values.map((x) => fieldPrio2.inv(x)) : values;
        expect([...inverted]).toEqual(expected);
      }),
      { ...runs, numRuns: 300 },
    );
  });
});

describe('transforms and polynomials', () => {
  test.each([0, 1, 2, 3, 4, 5, 6])('size 2^%i equals the definition', (log2) => {
    const size = 2 ** log2;
    const ntt = createNtt(log2);
    const values = Array.from({ length: size }, (_, i) => (i * 2654435761 + 17) % p);
    const fast = Uint32Array.from([7, ...values, 8]);
    ntt.forward(fast, 1);
    const slow = referenceField.transform(values.map(BigInt), referenceField.root(size));
    expect([...fast.subarray(1, -1)].map(BigInt)).toEqual(slow);
    ntt.inverse(fast, 1);
    expect([...fast]).toEqual([7, ...values, 8]);

    const coefficients = Uint32Array.from(values);
    interpolate(ntt, coefficients, 0);
    const expected = referenceField.interpolate(values.map(BigInt));
    expect([...coefficients].map(BigInt)).toEqual(expected);
    const x = 998314904;
    expect(BigInt(evaluate(coefficients, 0, size, x))).toBe(
      referenceField.evaluate(expected, BigInt(x)),
    );
  });

  test.each([7, 11, 14, 20])('size 2^%i: round trip, and values at single points', (log2) => {
    const size = 2 ** log2;
    const ntt = createNtt(log2);
    const coefficients = new Uint32Array(size);
    for (let i = 0; i < size; i++) coefficients[i] = (i * 2654435761 + 12345) % p;
    const values = coefficients.slice();
    ntt.forward(values, 0);
    const root = fieldPrio2.rootOfUnity(log2);
    for (const k of [0, 1, size / 2, size - 1]) {
      expect(values[k]).toBe(evaluate(coefficients, 0, size, fieldPrio2.pow(root, k)));
    }
    ntt.inverse(values, 0);
    // Not `toEqual`: it takes seconds on a million elements.
    expect(values.findIndex((value, i) => value !== coefficients[i])).toBe(-1);
  });

  test('size 2^21 does not exist', () => {
    expect(() => createNtt(21)).toThrow(RangeError);
  });
});

describe('encoding', () => {
  test('round trip, little-endian', () => {
    const elements = Uint32Array.from([1, p - 1, 0x01020304]);
    const bytes = new Uint8Array(13);
    encodeElements(elements, 0, 3, bytes, 1);
    expect([...bytes]).toEqual([0, 1, 0, 0, 0, 0, 0, 0xf0, 0xff, 4, 3, 2, 1]);
    const decoded = new Uint32Array(3);
    expect(decodeElements(bytes, 1, 3, decoded, 0)).toBe(-1);
    expect(decoded).toEqual(elements);
  });

  test('everything from p to 2^32 - 1 is refused at its index', () => {
    const refused = fc.oneof(
      fc.constantFrom(p, p + 1, 2 ** 32 - 1),
      fc.integer({ min: p, max: 2 ** 32 - 1 }),
    );
    fc.assert(
      fc.property(fc.array(element, { maxLength: 5 }), refused, (before, bad) => {
        const bytes = new Uint8Array(Uint32Array.from([...before, bad, bad]).buffer);
        const out = new Uint32Array(before.length + 2);
        expect(decodeElements(bytes, 0, before.length + 2, out, 0)).toBe(before.length);
      }),
      { ...runs, numRuns: 200 },
    );
  });

  test('a range that is too short is an error that names both sizes', () => {
    const decode = (): number => decodeElements(new Uint8Array(7), 0, 2, new Uint32Array(2), 0);
    expect(decode).toThrow(FieldError);
    expect(decode).toThrow('expected room for 8 bytes, got 7');
    expect(() => encodeElements(new Uint32Array(2), 0, 2, new Uint8Array(8), 4)).toThrow(
      FieldError,
    );
  });
});

test.each(rows)('benchmark row "$name" gives the same checksum twice', ({ prepare, sizes }) => {
  const run = prepare(sizes.smoke);
  const checksum = run();
  expect(Number.isInteger(checksum)).toBe(true);
  expect(run()).toBe(checksum);
});
