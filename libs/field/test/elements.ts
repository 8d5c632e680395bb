/** Elements for the tests: the edges where 32-bit arithmetic goes wrong, and random ones. */

import fc from 'fast-check';

import { fieldPrio2 } from '../src/index.ts';

export const p = fieldPrio2.modulus;

/** 0 and p, and every place where a bit, a half word or the special form of p turns over. */
const around = [0, 16, 20, 31].flatMap((bits) => [2 ** bits - 1, 2 ** bits, 2 ** bits + 1]);
export const edges: readonly number[] = [
  ...new Set([...around, ...around.map((x) => (p - x) % p)]),
];

export const element = fc.oneof(fc.constantFrom(...edges), fc.integer({ min: 0, max: p - 1 }));

/** One seed for all properties, so that a failure is the same everywhere. */
export function runs(numRuns: number): { seed: number; numRuns: number } {
  return { seed: 20211201, numRuns };
}

/** `count` elements without a pattern, the same ones each time. */
export function scattered(count: number): Uint32Array {
  return Uint32Array.from({ length: count }, (_, i) => (i * 2654435761 + 17) % p);
}
