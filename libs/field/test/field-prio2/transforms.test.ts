/**
 * Transforms, their extension to odd roots, the Lagrange basis and Horner: each equal to its
 * definition in the reference, at small sizes everywhere and at large ones at single points.
 */

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import {
  FieldError,
  batchInvert,
  createLagrangeBasis,
  createNtt,
  createOddExtension,
  evaluate,
  fieldPrio2,
  innerProduct,
  referenceField,
} from '../../src/index.ts';
import { edges, element, p, runs, scattered } from '../elements.ts';

const smallSizes = [0, 1, 2, 3, 4, 5, 6];
const big = (values: Iterable<number>): bigint[] => Array.from(values, BigInt);
const vectorOf = (length: number) => fc.array(element, { minLength: length, maxLength: length });

test('the reference by halves equals the reference by definition', () => {
  for (const log2 of smallSizes) {
    const values = big(scattered(2 ** log2));
    const root = referenceField.root(2 ** log2);
    expect(referenceField.transform(values, root)).toEqual(referenceField.dft(values, root));
  }
});

describe('number-theoretic transform', () => {
  test.each(smallSizes)('size 2^%i equals the definition, and goes back', (log2) => {
    const size = 2 ** log2;
    const ntt = createNtt(log2);
    fc.assert(
      fc.property(vectorOf(size), (values) => {
        const fast = Uint32Array.from([7, ...values, 8]);
        ntt.forward(fast, 1);
        const expected = referenceField.dft(big(values), referenceField.root(size)).map(Number);
        expect([...fast]).toEqual([7, ...expected, 8]);
        ntt.inverse(fast, 1);
        expect([...fast]).toEqual([7, ...values, 8]);
        ntt.inverse(fast, 1);
        const coefficients = referenceField.interpolate(big(values)).map(Number);
        expect([...fast]).toEqual([7, ...coefficients, 8]);
      }),
      runs(size > 16 ? 15 : 60),
    );
  });

  // Outputs at the edges put every quotient estimate of the last round at its worst: there a biased
  // estimate is off by one and the result off by 2^20.
  test.each(edges)('outputs of %i are exact', (edge) => {
    for (const log2 of [2, 5, 9]) {
      const size = 2 ** log2;
      const ntt = createNtt(log2);
      const mixed = scattered(size).map((x, i) => (i % 3 === 0 ? x : edge));
      const root = referenceField.root(size);
      const inputs = referenceField.interpolate(big(mixed)).map(Number);
      const forward = Uint32Array.from(inputs);
      ntt.forward(forward, 0);
      expect(forward).toEqual(mixed);
      const inverse = Uint32Array.from(referenceField.transform(big(mixed), root), Number);
      ntt.inverse(inverse, 0);
      expect(inverse).toEqual(mixed);
    }
  });

  test('is linear', () => {
    const ntt = createNtt(6);
    const forward = (values: readonly number[]): number[] => {
      const out = Uint32Array.from(values);
      ntt.forward(out, 0);
      return [...out];
    };
    fc.assert(
      fc.property(vectorOf(64), vectorOf(64), element, (a, b, factor) => {
        const [left, right] = [forward(a), forward(b)];
        const mixed = a.map((x, i) => fieldPrio2.mulAdd(factor, b[i]!, x));
        expect(forward(mixed)).toEqual(left.map((x, i) => fieldPrio2.mulAdd(factor, right[i]!, x)));
      }),
      runs(50),
    );
  });

  test.each([7, 11, 14, 20])('size 2^%i: values at single points, and back', (log2) => {
    const ntt = createNtt(log2);
    const { size } = ntt;
    const coefficients = scattered(size);
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

  test.each([21, -1, 0.5])('size 2^%d does not exist', (log2) => {
    expect(() => createNtt(log2)).toThrow(FieldError);
  });
});

describe('extension to odd roots', () => {
  test.each(smallSizes)('size 2^%i: the polynomial at the odd roots of twice the order', (log2) => {
    const size = 2 ** log2;
    const extend = createOddExtension(log2);
    const root = referenceField.root(2 * size);
    fc.assert(
      fc.property(vectorOf(size), (values) => {
        const coefficients = referenceField.interpolate(big(values));
        const expected = values.map((_, j) =>
          Number(
            referenceField.evaluate(coefficients, referenceField.pow(root, BigInt(2 * j + 1))),
          ),
        );
        const fast = Uint32Array.from([7, ...values, 8]);
        extend(fast, 1);
        expect([...fast]).toEqual([7, ...expected, 8]);
      }),
      runs(20),
    );
  });

  test('ends where the field has no root of twice the order', () => {
    expect(() => createOddExtension(20)).toThrow('order: expected 2^0..2^20, got 2^21');
  });
});

describe('Lagrange basis', () => {
  test.each(smallSizes)('size 2^%i: an inner product with values is the value at y', (log2) => {
    const size = 2 ** log2;
    const basis = createLagrangeBasis(log2);
    const out = new Uint32Array(size);
    fc.assert(
      fc.property(vectorOf(size), element, element, (values, y, scale) => {
        basis(y, scale, out);
        expect(out.every((x) => x < p)).toBe(true);
        const coefficients = referenceField.interpolate(big(values));
        const expected = referenceField.evaluate(coefficients, BigInt(y)) * BigInt(scale);
        expect(BigInt(innerProduct(out, 0, Uint32Array.from(values), 0, size))).toBe(
          referenceField.add(expected, 0n),
        );
      }),
      runs(60),
    );
  });

  test('at a root it picks that value, exactly', () => {
    const basis = createLagrangeBasis(5);
    const out = new Uint32Array(32);
    for (let k = 0; k < 32; k++) {
      for (const scale of edges) {
        basis(fieldPrio2.pow(fieldPrio2.rootOfUnity(5), k), scale, out);
        expect([...out]).toEqual(Array.from(out, (_, i) => (i === k ? scale : 0)));
      }
    }
  });

  test('elsewhere it is (y^n - 1)/n * w^i / (y - w^i)', () => {
    const log2 = 11;
    const size = 2 ** log2;
    const root = fieldPrio2.rootOfUnity(log2);
    const y = 998314904;
    const roots = Uint32Array.from({ length: size }, (_, i) => fieldPrio2.pow(root, i));
    const differences = roots.map((w) => fieldPrio2.sub(y, w));
    expect(batchInvert(differences, 0, size, new Uint32Array(size))).toBe(true);
    const front = fieldPrio2.mul(fieldPrio2.sub(fieldPrio2.pow(y, size), 1), fieldPrio2.inv(size));
    const expected = roots.map((w, i) => fieldPrio2.mul(front, fieldPrio2.mul(w, differences[i]!)));
    const out = new Uint32Array(size);
    createLagrangeBasis(log2)(y, 1, out);
    expect(out).toEqual(expected);
  });
});

test('Horner equals the reference', () => {
  fc.assert(
    fc.property(fc.array(element, { maxLength: 30 }), element, (coefficients, x) => {
      const values = Uint32Array.from([5, ...coefficients, 5]);
      expect(BigInt(evaluate(values, 1, coefficients.length, x))).toBe(
        referenceField.evaluate(big(coefficients), BigInt(x)),
      );
    }),
    runs(300),
  );
});
