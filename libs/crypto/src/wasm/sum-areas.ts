/**
 * The kernels' memory for sums of multiples of many points, and how wide their windows are.
 */

import { SCALAR_SIZE } from '../backend.ts';
import type { KernelInstance } from './instance.ts';
import { CHUNK_COUNT, ELEMENT_SIZE, ENTRY_SIZE } from './workspace.ts';
import type { Workspace } from './workspace.ts';

/** Bits of long scalars, which are modulo n, and of short ones. */
const LONG_BITS = 256;
export const SHORT_BITS = 128;
/** Entries: the base point and keys, with long scalars; points, with short ones; sums. */
export const FIRST_POINT = 4 * Math.ceil((1 + CHUNK_COUNT) / 4);
export const FIRST_FREE = FIRST_POINT + CHUNK_COUNT;

const WIDTH_MIN = 4;
const WIDTH_MAX = 8;
/** A number modulo n. */
const ORDER_ELEMENT_SIZE = 36;
const LIST_SIZE = 8;
const WORD_SIZE = 4;
/** Sums are appended four at a time, in so many rounds at most. */
const ROUND_COUNT_MAX = 32;

/** Addresses. Items are for a chunk of signatures, if nothing else is said. */
export interface SumAreas {
  readonly xs: number;
  readonly parities: number;
  readonly recovered: number;
  readonly weights: number;
  readonly u1: number;
  readonly u2: number;
  readonly owners: number;
  /** For the base point and each key. */
  readonly scalars: number;
  readonly sums: number;
  readonly longDigits: number;
  readonly shortDigits: number;
  readonly entries: number;
  /** Within `entries`: `FIRST_POINT` and on. */
  readonly points: number;
  /** Lists of entries, for `sumVanishes`. */
  readonly lists: number;
  readonly words: number;
  readonly pairs: number;
  readonly products: number;
}

/** Reserves all areas, and puts the base point into entry 0. */
export function createSumAreas(
  kernels: KernelInstance,
  workspace: Workspace,
  generator: Uint8Array,
): SumAreas {
  const area = (count: number, size: number): number => kernels.reserve(count * size);
  const needs = largestNeeds();
  const entries = area(FIRST_FREE + needs.sums, ENTRY_SIZE);
  const areas: SumAreas = {
    xs: area(CHUNK_COUNT, SCALAR_SIZE),
    parities: area(CHUNK_COUNT, 1),
    recovered: area(CHUNK_COUNT, 1),
    weights: area(CHUNK_COUNT, SCALAR_SIZE),
    u1: area(CHUNK_COUNT, SCALAR_SIZE),
    u2: area(CHUNK_COUNT, SCALAR_SIZE),
    owners: area(CHUNK_COUNT, WORD_SIZE),
    scalars: area(1 + CHUNK_COUNT, SCALAR_SIZE),
    sums: area(1 + CHUNK_COUNT, ORDER_ELEMENT_SIZE),
    longDigits: area(needs.digits, WORD_SIZE),
    shortDigits: area(needs.digits, WORD_SIZE),
    entries,
    points: entries + FIRST_POINT * ENTRY_SIZE,
    lists: area(needs.lists, LIST_SIZE),
    words: area(needs.words, WORD_SIZE),
    pairs: area(needs.words + 8, WORD_SIZE),
    products: area(Math.ceil(needs.words / 8) + 1, ELEMENT_SIZE),
  };
  if (!workspace.importPoint(generator)) throw new Error('the base point is on the curve');
  workspace.view(entries, ENTRY_SIZE).set(workspace.selectedEntry());
  return areas;
}

/** Bits of a window with which the sum takes the fewest additions. */
export function windowWidth(longCount: number, shortCount: number): number {
  let best = WIDTH_MIN;
  for (let width = WIDTH_MIN; width <= WIDTH_MAX; width++) {
    if (additions(longCount, shortCount, width) < additions(longCount, shortCount, best)) {
      best = width;
    }
  }
  return best;
}

/** Each digit is added to a bucket; each bucket to a column, to a row, and less often to a bit. */
function additions(longCount: number, shortCount: number, width: number): number {
  return digitCount(longCount, shortCount, width) + 2 * bucketCount(width);
}

function digitCount(longCount: number, shortCount: number, width: number): number {
  return longCount * Math.ceil(LONG_BITS / width) + shortCount * Math.ceil(SHORT_BITS / width);
}

function bucketCount(width: number): number {
  return Math.ceil(LONG_BITS / width) * 2 ** (width - 1);
}

/** Items that areas need room for. */
export interface SumNeeds {
  readonly digits: number;
  readonly lists: number;
  readonly words: number;
  readonly sums: number;
}

/** What a sum of so many long and short scalars needs. */
export function needsOf(longCount: number, shortCount: number): SumNeeds {
  const width = windowWidth(longCount, shortCount);
  const windows = Math.ceil(LONG_BITS / width);
  const buckets = bucketCount(width);
  // Each bucket is in a column and in a row, and bits join no more of these than there are buckets.
  const words = digitCount(longCount, shortCount, width) + 3 * buckets;
  return {
    digits: Math.max(longCount * windows, shortCount * Math.ceil(SHORT_BITS / width)),
    lists: 2 * buckets + windows * width,
    words,
    sums: words + 4 * ROUND_COUNT_MAX,
  };
}

/** The most that a chunk of signatures needs, of any count: each with a key of its own. */
export function largestNeeds(): SumNeeds {
  const all = Array.from({ length: CHUNK_COUNT }, (_, i) => needsOf(i + 2, i + 1));
  const most = (item: keyof SumNeeds): number => Math.max(...all.map((needs) => needs[item]));
  return { digits: most('digits'), lists: most('lists'), words: most('words'), sums: most('sums') };
}
