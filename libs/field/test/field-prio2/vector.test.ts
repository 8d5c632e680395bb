/** Ranges: sums, differences, inner products, batch inversion; nothing outside the range moves. */

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import {
  FieldError,
  addInto,
  batchInvert,
  fieldPrio2,
  innerProduct,
  referenceField,
  subtractFrom,
  sum,
} from '../../src/index.ts';
import { element, p, runs } from '../elements.ts';

const list = fc.array(element, { minLength: 1, maxLength: 40 });

describe('sums and products', () => {
  test('equal the reference', () => {
    fc.assert(
      fc.property(list, list, (left, right) => {
        const length = Math.min(left.length, right.length);
        const a = Uint32Array.from([9, ...left, 8]);
        const b = Uint32Array.from(right);
        const pairs = left.slice(0, length).map((x, i) => [BigInt(x), BigInt(right[i]!)] as const);
        const products = pairs.reduce((total, [x, y]) => total + x * y, 0n);
        expect(BigInt(innerProduct(a, 1, b, 0, length))).toBe(referenceField.add(products, 0n));
        const terms = pairs.reduce((total, [x]) => total + x, 0n);
        expect(BigInt(sum(a, 1, length))).toBe(referenceField.add(terms, 0n));

        const sums = a.slice();
        addInto(sums, 1, b, 0, length);
        const differences = a.slice();
        subtractFrom(differences, 1, b, 0, length);
        pairs.forEach(([x, y], i) => {
          expect(BigInt(sums[1 + i]!)).toBe(referenceField.add(x, y));
          expect(BigInt(differences[1 + i]!)).toBe(referenceField.sub(y, x));
        });
        for (const result of [sums, differences]) {
          expect(result[0]).toBe(9);
          expect([...result.subarray(1 + length)]).toEqual([...a.subarray(1 + length)]);
        }
      }),
      runs(300),
    );
  });

  test('stay exact up to the most terms there can be, and refuse more', () => {
    const length = 2 ** 21;
    const a = new Uint32Array(length + 1).fill(p - 1);
    expect(sum(a, 0, length)).toBe(fieldPrio2.neg(length));
    expect(innerProduct(a, 0, a, 0, length)).toBe(length);
    expect(() => sum(a, 0, length + 1)).toThrow(FieldError);
    expect(() => innerProduct(a, 0, a, 0, length + 1)).toThrow('up to 2097152 terms');
  });
});

test('batch inversion inverts all, or reports a zero and changes nothing', () => {
  const sometimesZero = fc.array(fc.oneof({ weight: 9, arbitrary: element }, fc.constant(0)), {
    maxLength: 40,
  });
  fc.assert(
    fc.property(fc.oneof(list, sometimesZero), (values) => {
      const inverted = Uint32Array.from([0, ...values, 0]);
      const done = batchInvert(inverted, 1, values.length, new Uint32Array(values.length));
      expect(done).toBe(!values.includes(0));
      const expected = done ? values.map((x) => fieldPrio2.inv(x)) : values;
      expect([...inverted]).toEqual([0, ...expected, 0]);
    }),
    runs(500),
  );
});
