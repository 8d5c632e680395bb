/**
 * The proof: block code = reference for any data, bits or not; complete for bits; sound against
 * everything else, element by element.
 */

import { fieldPrio2 } from '@priolab/field';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { prio2Shape } from '../../src/index.ts';
import {
  acceptedPair,
  answerOne,
  p,
  proveOne,
  scattered,
  scatteredBits,
  splitOne,
} from '../one-report.ts';

const runs = { seed: 20211201, numRuns: 60 };
const element = fc.oneof(
  fc.constantFrom(0, 1, 2, p - 1, p - 2, 2 ** 31),
  fc.integer({ min: 0, max: p - 1 }),
);
const dimensions = fc.integer({ min: 1, max: 70 });
const vectorOf = (item: fc.Arbitrary<number>) =>
  dimensions.chain((length) => fc.array(item, { minLength: length, maxLength: length }));
const R = 998314904;

describe('proofs equal the reference', () => {
  test('for any field elements: a cheating device gets no other proof', () => {
    // The comparison is inside proveOne.
    fc.assert(
      fc.property(vectorOf(element), element, element, (data, f0, g0) => {
        expect(proveOne(data, f0, g0)).toHaveLength(prio2Shape(data.length).proofLen);
      }),
      runs,
    );
  });

  test.each([100, 127, 128, 255, 4096])('at %i bins, and verification with it', (dimension) => {
    for (const data of [scatteredBits('data', dimension), scattered('data', dimension)]) {
      const bits = data.every((x) => x < 2);
      const pair = splitOne(proveOne(data, 17, p - 3));
      expect(acceptedPair(dimension, pair, R)).toBe(bits);
    }
  });
});

describe('verification equals the reference', () => {
  test('for any share at any r', () => {
    fc.assert(
      fc.property(dimensions, fc.string(), element, (dimension, label, r) => {
        const share = scattered(label, prio2Shape(dimension).proofLen);
        const leader = answerOne('leader', dimension, share, r);
        const helper = answerOne('helper', dimension, share, r);
        expect(leader === undefined).toBe(helper === undefined);
        // Both evaluate the same f and h; only g differs, by the leader's ones.
        expect([leader?.[0], leader?.[2]]).toEqual([helper?.[0], helper?.[2]]);
      }),
      runs,
    );
  });
});

describe('completeness', () => {
  test('bits are accepted at any number of bins', () => {
    fc.assert(
      fc.property(vectorOf(fc.integer({ min: 0, max: 1 })), element, element, (data, f0, g0) => {
        expect(acceptedPair(data.length, splitOne(proveOne(data, f0, g0)), R)).toBe(true);
      }),
      runs,
    );
  });

  test.each([1, 5, 100])(
    'all ones are accepted: bits are proven, not their number',
    (dimension) => {
      const ones = Array.from({ length: dimension }, () => 1);
      expect(acceptedPair(dimension, splitOne(proveOne(ones, 3, 4)), R)).toBe(true);
    },
  );
});

describe('soundness', () => {
  test.each([1, 3, 10, 16])('%i bins: a change of any one element is refused', (dimension) => {
    const proof = proveOne(scatteredBits('bits', dimension), 5, 6);
    for (let i = 0; i < proof.length; i++) {
      for (const delta of [1, p - 1, 12345]) {
        const tampered = proof.with(i, fieldPrio2.add(proof[i]!, delta));
        expect(acceptedPair(dimension, splitOne(tampered), R)).toBe(false);
      }
    }
  });

  test.each([2, 7, 2 ** 31, p - 1])(
    'a bin of %i with the proof made for it is refused',
    (value) => {
      for (const at of [0, 3, 6]) {
        const data = Array.from({ length: 7 }, (_, i) => (i === at ? value : i % 2));
        expect(acceptedPair(7, splitOne(proveOne(data, 8, 9)), R)).toBe(false);
      }
    },
  );
});
