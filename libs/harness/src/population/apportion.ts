/**
 * Sharing out a whole number by weights, so that the parts are whole and sum exactly.
 * Method of largest remainders (Hamilton): each share is rounded down, and what is left goes to the
 * largest fractions, ties to the lower index. Whole-number arithmetic only.
 */

import assert from 'node:assert/strict';

/**
 * `total` shared out in proportion to `weights`, each part within 1 of its exact share.
 *
 * @param total whole number from 0
 * @param weights from 0, not all 0
 * @returns one whole number a weight; they sum to `total`
 */
export function apportion(total: number, weights: readonly bigint[]): number[] {
  assert(Number.isSafeInteger(total) && total >= 0, 'total is a whole number from 0');
  const sum = weights.reduce((a, b) => a + b, 0n);
  assert(sum > 0n, 'some weight is above 0');
  const parts = weights.map((weight, index) => {
    const share = BigInt(total) * weight;
    return { index, count: Number(share / sum), remainder: share % sum };
  });
  let left = total - parts.reduce((count, part) => count + part.count, 0);
  const byRemainder = [...parts].sort((a, b) =>
    a.remainder === b.remainder ? a.index - b.index : a.remainder > b.remainder ? -1 : 1,
  );
  for (const part of byRemainder) {
    if (left === 0) break;
    part.count += 1;
    left -= 1;
  }
  return parts.map((part) => part.count);
}

/** Part `index` of `total` spread evenly over `count` parts; all parts sum to `total`. */
export function evenPart(total: number, count: number, index: number): number {
  return Math.floor(((index + 1) * total) / count) - Math.floor((index * total) / count);
}
