/** Scalars: fast = reference = noble's generic field, on all pairs of edges and at random. */

import { Field } from '@noble/curves/abstract/modular.js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { FieldError, fieldPrio2, referenceField } from '../../src/index.ts';
import { edges, element, p, runs } from '../elements.ts';

const noble = Field(BigInt(p));

function expectAllEqual(a: number, b: number): void {
  const [x, y] = [BigInt(a), BigInt(b)];
  const rows = [
    [fieldPrio2.add(a, b), referenceField.add(x, y), noble.add(x, y)],
    [fieldPrio2.sub(a, b), referenceField.sub(x, y), noble.sub(x, y)],
    [fieldPrio2.mul(a, b), referenceField.mul(x, y), noble.mul(x, y)],
    [fieldPrio2.neg(a), referenceField.neg(x), noble.neg(x)],
  ] as const;
  for (const [fast, reference, oracle] of rows) {
    expect(reference).toBe(oracle);
    expect(fast).toBe(Number(reference));
  }
}

describe('scalars', () => {
  test('equal the reference and noble at every pair of edges', () => {
    expect(edges).toContain(0);
    expect(edges).toContain(p - 2);
    for (const a of edges) for (const b of edges) expectAllEqual(a, b);
  });

  test('equal the reference and noble on random elements', () => {
    fc.assert(fc.property(element, element, expectAllEqual), runs(3000));
  });

  test('products next to a multiple of p, where the quotient estimate may be one short', () => {
    for (let k = 1; k < 2000; k++) {
      const a = p - k;
      const b = fieldPrio2.inv(a);
      for (const rest of [1, 2, 2 ** 14, 2 ** 15, p - 1]) {
        const scaled = fieldPrio2.mul(b, rest);
        expect(fieldPrio2.mul(a, scaled)).toBe(rest);
        expect(fieldPrio2.mulAdd(a, scaled, p - rest)).toBe(0);
      }
    }
  });

  test('a * b + c takes c up to 2p', () => {
    const wide = fc.oneof(element, fc.integer({ min: p, max: 2 * p }), fc.constant(2 * p));
    fc.assert(
      fc.property(element, element, wide, (a, b, c) => {
        const expected = noble.create(BigInt(a) * BigInt(b) + BigInt(c));
        expect(fieldPrio2.mulAdd(a, b, c)).toBe(Number(expected));
      }),
      runs(3000),
    );
    expect(fieldPrio2.mulAdd(p - 1, p - 1, 2 * p)).toBe(1);
  });

  test('powers and inverses', () => {
    fc.assert(
      fc.property(element, fc.integer({ min: 0, max: 2 ** 40 }), (a, exponent) => {
        const expected = noble.pow(BigInt(a), BigInt(exponent));
        expect(referenceField.pow(BigInt(a), BigInt(exponent))).toBe(expected);
        expect(fieldPrio2.pow(a, exponent)).toBe(Number(expected));
        expect(fieldPrio2.mul(a, fieldPrio2.inv(a))).toBe(a === 0 ? 0 : 1);
        expect(BigInt(fieldPrio2.inv(a))).toBe(referenceField.inv(BigInt(a)));
      }),
      runs(300),
    );
    expect(fieldPrio2.inv(0)).toBe(0);
    expect(referenceField.inv(0n)).toBe(0n);
  });
});

describe('roots of unity', () => {
  test('the generator has order exactly 2^20', () => {
    expect(fieldPrio2.pow(fieldPrio2.generator, 2 ** 20)).toBe(1);
    expect(fieldPrio2.pow(fieldPrio2.generator, 2 ** 19)).toBe(p - 1);
  });

  test('principal roots equal the reference and square to each other', () => {
    for (let log2 = 0; log2 <= 20; log2++) {
      const root = fieldPrio2.rootOfUnity(log2);
      expect(BigInt(root)).toBe(referenceField.root(2 ** log2));
      if (log2 > 0) {
        expect(fieldPrio2.mul(root, root)).toBe(fieldPrio2.rootOfUnity(log2 - 1));
      }
    }
  });

  test.each([21, -1, 1.5])('there is none of order 2^%d', (log2) => {
    expect(() => fieldPrio2.rootOfUnity(log2)).toThrow(FieldError);
    expect(() => fieldPrio2.rootOfUnity(log2)).toThrow('order: expected 2^0..2^20, got 2^');
  });
});
