/**
 * Recoded scalars against the sums that they stand for, on random scalars and at the edges.
 */

import fc from 'fast-check';
import { expect, test } from 'vitest';

import { SHARED_MULTIPLES, signedWindows } from '../../src/wasm/signed-windows.ts';
import { bytesOf, kernels, N } from './scalars.ts';

const { exports, memory } = kernels;
const EDGES = [1n, 2n, 3n, 15n, 16n, 17n, 31n, 2n ** 64n, 2n ** 255n, 2n ** 256n - 2n ** 224n];
const edge = fc.constantFrom(...EDGES, ...EDGES.map((k) => N - k));
const scalar = fc.oneof(edge, fc.bigInt({ min: 1n, max: N - 1n }));

test('non-adjacent form: the sum, odd digits in range, four zeros after each', () => {
  fc.assert(
    fc.property(scalar, (k) => {
      const digits = new Int8Array(signedWindows(bytesOf(k)));
      expect(digits.reduce((sum, digit) => 2n * sum + BigInt(digit), 0n)).toBe(k);
      expect(digits[0]).toBeGreaterThan(0);
      digits.forEach((digit, i) => {
        if (digit === 0) return;
        expect(Math.abs(digit) % 2).toBe(1);
        expect(Math.abs(digit)).toBeLessThan(2 * SHARED_MULTIPLES);
        // The top digit comes first: the digits before it are the more significant ones.
        expect(digits.subarray(Math.max(0, i - 4), i).every((other) => other === 0)).toBe(true);
      });
    }),
    { numRuns: 500 },
  );
});

const COUNT_MAX = 8;
const scalarsAt = kernels.reserve(32 * COUNT_MAX);
const digitsAt = kernels.reserve(4 * COUNT_MAX * 64);

test.each([5, 6, 8, 11, 12, 13])('odd windows of %i bits: the sum mod n', (width) => {
  const windows = Math.ceil(256 / width);
  const someScalars = fc.array(scalar, { minLength: 1, maxLength: COUNT_MAX });
  fc.assert(
    fc.property(someScalars, (scalars) => {
      scalars.forEach((k, i) => {
        new Uint8Array(memory.buffer, scalarsAt + 32 * i, 32).set(bytesOf(k));
      });
      exports.recode(digitsAt, scalarsAt, scalars.length, width);
      const words = new Uint32Array(memory.buffer, digitsAt, scalars.length * windows);
      scalars.forEach((k, i) => {
        let sum = 0n;
        for (let window = windows - 1; window >= 0; window--) {
          const word = words[window * scalars.length + i]!;
          const index = word & 0x7fffffff;
          expect(index).toBeLessThan(2 ** (width - 1));
          const digit = BigInt(2 * index + 1);
          sum = (sum << BigInt(width)) + (word >>> 31 === 1 ? -digit : digit);
        }
        expect(((sum % N) + N) % N).toBe(k);
      });
    }),
  );
});
