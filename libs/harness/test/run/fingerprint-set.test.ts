/** The fingerprint set against a plain set, at its limits, and the list beside it. */

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import {
  createFingerprintList,
  createFingerprintSet,
  readFingerprint,
} from '../../src/run/fingerprint-set.ts';

const words = (...values: number[]): Uint32Array => Uint32Array.from(values);

describe('the set', () => {
  test('says what a plain set says, up to its capacity', () => {
    // Few different words, so that neighbours collide and repeat.
    const word = fc.constantFrom(0, 1, 2, 0x80000000, 0xffffffff);
    const values = fc.array(fc.tuple(word, word, word), { maxLength: 150 });
    const property = fc.property(values, (list) => {
      const set = createFingerprintSet(125);
      // Zeros are kept as if they ended in a one.
      const plain = new Set<string>();
      for (const [a, b, c] of list) {
        const name = [a, b, a === 0 && b === 0 && c === 0 ? 1 : c].join();
        expect(set.add(words(a, b, c), 0)).toBe(!plain.has(name));
        plain.add(name);
        expect(set.size).toBe(plain.size);
      }
    });
    fc.assert(property, { seed: 5 });
  });

  test('full, it still knows what it kept, and keeps no more', () => {
    const set = createFingerprintSet(3);
    for (let k = 0; k < 3; k++) expect(set.add(words(k, 7, 7), 0)).toBe(true);
    expect(set.add(words(9, 7, 7), 0)).toBe(true);
    expect(set.add(words(9, 7, 7), 0)).toBe(true);
    expect(set.add(words(1, 7, 7), 0)).toBe(false);
    expect(set.size).toBe(3);
    set.clear();
    expect(set.size).toBe(0);
    for (let k = 0; k < 3; k++) expect(set.add(words(k, 7, 7), 0)).toBe(true);
    expect(set.size).toBe(3);
  });

  test('of no capacity at all', () => {
    const set = createFingerprintSet(0);
    expect(set.add(words(1, 2, 3), 0)).toBe(true);
    expect(set.add(words(1, 2, 3), 0)).toBe(true);
  });

  test('tells values apart that differ in any one word', () => {
    const set = createFingerprintSet(4);
    for (const value of [words(1, 2, 3), words(0, 2, 3), words(1, 0, 3), words(1, 2, 0)]) {
      expect(set.add(value, 0)).toBe(true);
      expect(set.add(value, 0)).toBe(false);
    }
  });
});

test('the list grows and hands over a copy', () => {
  const list = createFingerprintList(1);
  const bytes = Uint8Array.from({ length: 60 }, (_, i) => i);
  const value = new Uint32Array(3);
  for (let at = 0; at + 12 <= 60; at += 12) {
    readFingerprint(bytes, at, value);
    list.push(value, 0);
  }
  const handed = list.toWords();
  expect([...new Uint8Array(handed.buffer)]).toEqual([...bytes]);
  list.push(value, 0);
  expect(handed).toHaveLength(15);
  expect(list.toWords()).toHaveLength(18);
  list.clear();
  expect(list.toWords()).toHaveLength(0);
});
