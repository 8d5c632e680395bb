/**
 * Proof vectors against the reference: at every width that the kernel treats in its own way, in
 * blocks that do and don't fill four lanes and a chunk.
 */

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { createBlockKernels, fieldPrio2 } from '../../src/index.ts';
import { edges, element, p, runs } from '../elements.ts';
import {
  blockOf,
  counts,
  dimensions,
  guarded,
  layoutOf,
  referenceProof,
  vectorAt,
} from './vectors.ts';

describe('prove', () => {
  test.each(dimensions)('%i bins, blocks of 0 to 9', (dimension) => {
    const layout = layoutOf(dimension);
    for (const count of counts) {
      const block = blockOf(layout, count, 10 * dimension + count);
      const { inner, check } = guarded(block);
      layout.kernels.prove(count, inner);
      check();
      for (let slot = 0; slot < count; slot++) {
        const expected = referenceProof(layout, vectorAt(layout, block, slot));
        expect([...vectorAt(layout, inner, slot)]).toEqual(expected);
      }
    }
  });

  test.each([1344, 4096])('%i bins', (dimension) => {
    const layout = layoutOf(dimension);
    const block = blockOf(layout, 5, dimension);
    const proofs = block.slice();
    layout.kernels.prove(5, proofs);
    for (const slot of [0, 3, 4]) {
      const expected = referenceProof(layout, vectorAt(layout, block, slot));
      expect([...vectorAt(layout, proofs, slot)]).toEqual(expected);
    }
  });

  test('each slot of a block of many chunks is as if alone', () => {
    const layout = layoutOf(100);
    const block = blockOf(layout, 301, 1);
    const proofs = block.slice();
    layout.kernels.prove(301, proofs);
    for (let slot = 0; slot < 301; slot++) {
      const one = vectorAt(layout, block, slot).slice();
      layout.kernels.prove(1, one);
      expect(vectorAt(layout, proofs, slot)).toEqual(one);
    }
  });

  test('products of all pairs of edges', () => {
    const layout = layoutOf(1);
    const pairs = edges.flatMap((a) => edges.map((b) => [b, a, b, 0, 0, 0]));
    const proofs = Uint32Array.from(pairs.flat());
    layout.kernels.prove(pairs.length, proofs);
    pairs.forEach((pair, slot) => {
      const expected = referenceProof(layout, Uint32Array.from(pair));
      expect([...vectorAt(layout, proofs, slot)]).toEqual(expected);
    });
  });

  /**
   * With f0 = x on two roots, n * f is the word 2 f0 at both odd ones; here p or more. An offset
   * makes the other factor p + g, and of 2^20 such g some hundred make the product p or more.
   */
  test('a product of two words is made canonical', () => {
    const f0 = 2 ** 31 - 1;
    const { add, inv, mul, sub } = fieldPrio2;
    const R = 2 ** 32 % p;
    const factor = mul(mul(2 * f0 - p, R), inv(4));
    const word = (g: number): bigint => {
      const t = BigInt(2 * f0) * BigInt(p + g);
      const m = BigInt.asUintN(32, t * BigInt(1 + 2 ** 20));
      return (t - m * BigInt(p)) >> 32n;
    };
    const tried = Array.from({ length: 512 }, (_, i) => 2048 * i + 2047);
    const found = tried.filter((g) => g < factor && word(g) >= BigInt(p));
    expect(found.length).toBeGreaterThan(0);
    for (const g of found) {
      const offset = mul(sub(g, factor), mul(2, inv(R)));
      const constants = { offsets: Uint32Array.of(offset, offset), slopes: Uint32Array.of(1, 1) };
      const proof = Uint32Array.of(f0, f0, f0, 0, 0, 0);
      createBlockKernels({ dimension: 1, sizeLog2: 1 }, constants).prove(1, proof);
      expect(proof[4]).toBe(mul(f0, add(f0, offset)));
      expect(proof[4]).toBe(Number(word(g) - BigInt(p)));
      expect(proof[5]).toBe(proof[4]);
    }
  });

  test('any elements', () => {
    const layout = layoutOf(5);
    const vector = fc.array(element, { minLength: 16, maxLength: 16 });
    fc.assert(
      fc.property(fc.array(vector, { minLength: 1, maxLength: 5 }), (vectors) => {
        const proofs = Uint32Array.from(vectors.flat());
        layout.kernels.prove(vectors.length, proofs);
        const expected = vectors.map((one) => referenceProof(layout, Uint32Array.from(one)));
        expect([...proofs]).toEqual(expected.flat());
      }),
      runs(200),
    );
  });
});
