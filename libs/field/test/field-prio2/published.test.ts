/** The published rows of `enpa/field.json` (libprio-rs, libprio-cc), fast path and reference. */

import { readVector, vectorsDir } from '@priolab/vectors';
import { describe, expect, test } from 'vitest';

import { evaluate, fieldPrio2, referenceField } from '../../src/index.ts';

type Row = readonly [number, number, number];

interface FieldVectors {
  modulus: number;
  encoded_size_bytes: number;
  'generator_of_2^20_subgroup': number;
  generator_order_log2: number;
  libprio_rs_montgomery_internal_form: { roots: number[] };
  arith_tests_v0_2_0: Record<'add' | 'sub' | 'mul' | 'div' | 'pow', Row[]> & {
    inverse_of_zero: number;
  };
  arith_tests_libprio_cc: Record<'add' | 'sub' | 'mul', Row[]>;
  poly_tests: { eval: { coeffs_low_first: number[]; x: number; y: number }[] };
}

const fast = {
  add: fieldPrio2.add,
  sub: fieldPrio2.sub,
  mul: fieldPrio2.mul,
  div: (a: number, b: number) => fieldPrio2.mul(a, fieldPrio2.inv(b)),
  pow: fieldPrio2.pow,
};
const reference = {
  add: referenceField.add,
  sub: referenceField.sub,
  mul: referenceField.mul,
  div: (a: bigint, b: bigint) => referenceField.mul(a, referenceField.inv(b)),
  pow: referenceField.pow,
};

describe.skipIf(vectorsDir === undefined)('published field vectors', () => {
  const vectors = (): FieldVectors => readVector<FieldVectors>('enpa/field.json');

  test('constants', () => {
    const published = vectors();
    expect(fieldPrio2.modulus).toBe(published.modulus);
    expect(Number(referenceField.modulus)).toBe(published.modulus);
    expect(fieldPrio2.encodedSize).toBe(published.encoded_size_bytes);
    expect(fieldPrio2.generator).toBe(published['generator_of_2^20_subgroup']);
    expect(fieldPrio2.generatorOrderLog2).toBe(published.generator_order_log2);
    expect(fieldPrio2.inv(0)).toBe(published.arith_tests_v0_2_0.inverse_of_zero);
  });

  test('all 21 principal roots (published as w * 2^128 mod p)', () => {
    const { roots } = vectors().libprio_rs_montgomery_internal_form;
    expect(roots).toHaveLength(21);
    const montgomery = fieldPrio2.pow(2, 128);
    roots.forEach((root, log2) => {
      expect(fieldPrio2.mul(fieldPrio2.rootOfUnity(log2), montgomery)).toBe(root);
    });
  });

  test.each(['add', 'sub', 'mul', 'div', 'pow'] as const)('libprio-rs: %s', (name) => {
    const rows = vectors().arith_tests_v0_2_0[name];
    expect(rows.length).toBeGreaterThanOrEqual(3);
    for (const [a, b, result] of rows) {
      expect(fast[name](a, b)).toBe(result);
      expect(reference[name](BigInt(a), BigInt(b))).toBe(BigInt(result));
    }
  });

  test.each(['add', 'sub', 'mul'] as const)('libprio-cc: %s', (name) => {
    const rows = vectors().arith_tests_libprio_cc[name];
    expect(rows).toHaveLength(2);
    for (const [a, b, result] of rows) {
      expect(fast[name](a, b)).toBe(result);
      expect(reference[name](BigInt(a), BigInt(b))).toBe(BigInt(result));
    }
  });

  test('polynomials at points', () => {
    const rows = vectors().poly_tests.eval;
    expect(rows).toHaveLength(2);
    for (const { coeffs_low_first: coefficients, x, y } of rows) {
      expect(evaluate(Uint32Array.from(coefficients), 0, coefficients.length, x)).toBe(y);
      expect(referenceField.evaluate(coefficients.map(BigInt), BigInt(x))).toBe(BigInt(y));
    }
  });
});
