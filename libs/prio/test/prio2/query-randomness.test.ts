/** Which r is refused, and what an honest processor would give away or let pass there. */

import { fieldPrio2, referenceField } from '@priolab/field';
import { describe, expect, test } from 'vitest';

import { isSafeQueryRandomness, prio2Shape, referencePrio2 } from '../../src/index.ts';
import { answerOne, p, scattered } from '../one-report.ts';

describe('unsafe query randomness', () => {
  test.each([1, 3, 5, 10, 31])('%i bins: every 2n-th root of unity is refused', (dimension) => {
    const { proofLen, rootCount, rootCountLog2 } = prio2Shape(dimension);
    const root = fieldPrio2.rootOfUnity(rootCountLog2 + 1);
    const share = scattered('share', proofLen);
    const unsafe = Array.from({ length: 2 * rootCount }, (_, k) => fieldPrio2.pow(root, k));
    expect(new Set(unsafe).size).toBe(2 * rootCount);
    for (const r of [...unsafe, p, p + 1, 2 ** 32 - 1]) {
      expect(isSafeQueryRandomness(r, rootCount)).toBe(false);
      expect(answerOne('leader', dimension, share, r)).toBeUndefined();
      expect(answerOne('helper', dimension, share, r)).toBeUndefined();
    }
  });

  test.each([1, 3, 5, 10, 31])('%i bins: its neighbours are not', (dimension) => {
    const { proofLen, rootCount, rootCountLog2 } = prio2Shape(dimension);
    const share = scattered('share', proofLen);
    // Among them the nearest miss: a 4n-th root of unity that is no 2n-th one.
    for (const r of [0, 2, 3, p - 2, fieldPrio2.rootOfUnity(rootCountLog2 + 2)]) {
      expect(isSafeQueryRandomness(r, rootCount)).toBe(true);
      expect(answerOne('leader', dimension, share, r)).toBeDefined();
    }
  });

  test('the largest number of bins has 2^20 unsafe points, the whole subgroup', () => {
    const { rootCount } = prio2Shape(2 ** 19 - 1);
    expect(isSafeQueryRandomness(fieldPrio2.generator, rootCount)).toBe(false);
    expect(isSafeQueryRandomness(5, rootCount)).toBe(true);
  });
});

describe('what would go wrong there (ENPA section 5.3)', () => {
  const dimension = 5;
  const { rootCount, proofLen } = prio2Shape(dimension);
  const root = referenceField.root(2 * rootCount);

  /** Both processors without the check of r. */
  function careless(proof: readonly bigint[], r: bigint): { f: bigint; accepted: boolean } {
    const helper = scattered('helper', proofLen).map(BigInt);
    const options = { dimension, r };
    const leader = referencePrio2.split(proof, helper);
    const a = referencePrio2.verifyInit(leader, { ...options, role: 'leader' });
    const b = referencePrio2.verifyInit(helper, { ...options, role: 'helper' });
    return { f: referenceField.add(a[0], b[0]), accepted: referencePrio2.decide(a, b) };
  }

  test('at an even root the two messages add up to a data bit in clear', () => {
    const data = [1n, 0n, 0n, 1n, 1n];
    const proof = referencePrio2.prove(data, 11n, 12n);
    data.forEach((bit, i) => {
      const r = referenceField.pow(root, BigInt(2 * (i + 1)));
      expect(careless(proof, r)).toEqual({ f: bit, accepted: true });
    });
  });

  test('a forged 7 passes at every root but its own, and nowhere else', () => {
    const proof = referencePrio2.prove([7n, 1n, 0n, 0n, 1n], 11n, 12n);
    for (let k = 0; k < 2 * rootCount; k++) {
      const r = referenceField.pow(root, BigInt(k));
      expect(careless(proof, r).accepted).toBe(k !== 2);
    }
    for (const r of scattered('r', 200)) expect(careless(proof, BigInt(r)).accepted).toBe(false);
  });
});
