/**
 * Which bins of a published sum are not shown, so that few people can't be singled out and so that
 * what is hidden can't be computed from what is shown. Decided once, on de-biased estimates, when a
 * window is published; what is hidden is not even stored. `docs/decisions/0018-portal.md` has the
 * rule and what it does not promise. Source: ENPA sections 1.3, 5.1 of the white paper.
 */

import assert from 'node:assert/strict';

import type { Shape } from './dataset.ts';

/**
 * @param estimates bins numbers of reports with a one, as estimated; may be negative
 * @param below smaller estimates are hidden; 0: none
 * @returns indexes of hidden bins, ascending
 */
export function suppressedBins(
  estimates: readonly number[],
  { below, shape }: { readonly below: number; readonly shape: Shape },
): number[] {
  assert(below >= 0, 'the limit of suppression is not negative');
  if (below === 0) return [];
  const hidden = new Set<number>();
  const hideSmall = (): void => {
    for (const [bin, estimate] of estimates.entries()) if (estimate < below) hidden.add(bin);
  };
  switch (shape.kind) {
    case 'whole':
      hideSmallest(estimates, below, hidden);
      break;
    case 'cumulative':
      hideSteps(estimates, below, shape.groupSize, hidden);
      break;
    case 'sums':
      hideSmall();
      hidePartners(estimates, shape.sums, hidden);
      break;
    case 'loose':
      hideSmall();
      break;
    case 'any':
      // What more is hidden than one of the rules asks for does not make that rule weaker.
      return union(shape.of.map((one) => suppressedBins(estimates, { below, shape: one })));
  }
  return union([[...hidden]]);
}

const union = (lists: readonly (readonly number[])[]): number[] =>
  [...new Set(lists.flat())].sort((a, b) => a - b);

/**
 * The number of clients gives away the sum of what is hidden. So the next smallest bin is always
 * hidden with the small ones, and its equals: then the same people could be spread over the hidden
 * bins in another way and be shown alike, for each of them, also to who knows this rule.
 */
function hideSmallest(estimates: readonly number[], below: number, hidden: Set<number>): void {
  if (!estimates.some((estimate) => estimate < below)) return;
  let next = Infinity;
  for (const estimate of estimates) if (estimate >= below && estimate < next) next = estimate;
  for (const [bin, estimate] of estimates.entries()) if (estimate <= next) hidden.add(bin);
}

/** A difference of two bins that are shown counts people too. */
function hideSteps(
  estimates: readonly number[],
  below: number,
  groupSize: number,
  hidden: Set<number>,
): void {
  for (let first = 0; first < estimates.length; first += groupSize) {
    let shown = Infinity;
    for (let bin = Math.min(first + groupSize, estimates.length) - 1; bin >= first; bin--) {
      const estimate = estimates[bin]!;
      if (estimate >= below && shown - estimate >= below) shown = estimate;
      else hidden.add(bin);
    }
  }
}

/** In a list where a bin follows from the others, one alone is not hidden. */
function hidePartners(
  estimates: readonly number[],
  sums: readonly (readonly number[])[],
  hidden: Set<number>,
): void {
  for (let before = -1; before !== hidden.size;) {
    before = hidden.size;
    for (const list of sums) {
      const rest = list.filter((bin) => !hidden.has(bin));
      if (rest.length !== list.length - 1) continue;
      const smallest = ascending(rest.map((bin) => estimates[bin]!))[0];
      if (smallest !== undefined) hidden.add(rest[smallest]!);
    }
  }
}

/** Indexes in the order of their values; of equals the first one first. */
function ascending(values: readonly number[]): number[] {
  return [...values.keys()].sort((a, b) => values[a]! - values[b]! || a - b);
}
