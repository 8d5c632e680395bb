// Whether a sum of multiples of many points, k_1 P_1 + k_2 P_2 + ..., is the point at infinity, by
// bucket sums (Pippenger, "On the evaluation of powers and related problems", 1976).
//
// Scalars are odd digits of `width` bits (`windows.ts`). In a window the points with one digit d
// are a bucket, and what counts is the sum of d times each bucket. That is the sum of 2^k T_k, T_k
// being the sum of the buckets whose d has bit k. A column of buckets has the lower half of those
// bits in common and a row the upper half, so columns and rows are summed first. All of these are
// sums of lists (`list-sums.ts`). In the end there is one point for each bit of a scalar.
//
// An addition that meets an exception (points with one x, or infinity) is found, and ends it all.

import { ELEMENT_SIZE, OTHER, SELECTED, TOTAL, WORDS } from './scratch';
import { HALF } from './constants';
import { toAffine } from './affine';
import { zeroLanes } from './convert';
import { add, subtract } from './field';
import { toJacobian } from './fixed-base';
import { lengthen, lengthOf, openList, pointOf, push, spreadLists } from './list-sums';
import { sumLists } from './list-sums';
import { addMixed, double } from './point';
import { NEGATIVE, selectEntries, windowCount } from './windows';

const ALL_LANES: u32 = 15;

/**
 * Whether the sum is infinity; false also where it can't be said. Long scalars, of 256 bits, are
 * those of entries 0 to `longCount`, short ones, of `shortBits`, those of entries from `firstShort`
 * on; entries from `firstFree` on receive sums. Digits are as `recode` leaves them.
 *
 * Lists are a bucket for each window and digit (`words` has room for all digits, and twice the
 * buckets), then columns and rows, then bits; for the other areas see `sumLists`.
 */
export function sumVanishes(
  entries: usize, longDigits: usize, longCount: usize,
  shortDigits: usize, shortCount: usize, shortBits: usize, firstShort: u32, firstFree: u32,
  width: usize, lists: usize, words: usize, pairs: usize, products: usize,
): bool {
  const windows = windowCount(width);
  const buckets = windows << (width - 1);
  const lower = (width + 1) >> 1;
  const halves = windows * ((1 << (lower - 1)) + (1 << (width - lower)));
  const bits = windows * width;

  const shortWindows = windowCount(width, shortBits);
  const longSize = 4 * longCount;
  const shortSize = 4 * shortCount;
  for (let i: usize = 0; i < windows; i++) {
    const bucket = i << (width - 1);
    const both = i < shortWindows;
    openBuckets(lists, bucket, width, longDigits, longCount, shortDigits, both ? shortCount : 0);
    fillBuckets(lists, bucket, words, longDigits, longCount, 0);
    if (both) fillBuckets(lists, bucket, words, shortDigits, shortCount, firstShort);
    longDigits += longSize;
    shortDigits += shortSize;
  }
  let next = sumLists(entries, lists, 0, buckets, words, firstFree, pairs, products);
  if (next == 0) return false;
  openHalves(lists, words, windows, width, lower);
  next = sumLists(entries, lists, buckets, halves, words, next, pairs, products);
  if (next == 0) return false;
  openBits(lists, words, buckets, windows, width, lower);
  next = sumLists(entries, lists, buckets + halves, bits, words, next, pairs, products);
  return next != 0 && doublesToInfinity(entries, lists, buckets + halves, words, bits, products);
}

/** Opens a window's buckets, each with room for its points. */
function openBuckets(
  lists: usize, first: usize, width: usize,
  longDigits: usize, longCount: usize, shortDigits: usize, shortCount: usize,
): void {
  const end = first + (1 << (width - 1));
  for (let bucket = first; bucket < end; bucket++) openList(lists, bucket);
  countDigits(lists, first, longDigits, longCount);
  countDigits(lists, first, shortDigits, shortCount);
  spreadLists(lists, first, end);
}

function countDigits(lists: usize, first: usize, digits: usize, count: usize): void {
  for (let i: usize = 0; i < count; i++) {
    lengthen(lists, first + <usize>(load<u32>(digits + 4 * i) & ~NEGATIVE));
  }
}

/** Puts the points of the window into its buckets. */
function fillBuckets(
  lists: usize, first: usize, words: usize, digits: usize, count: usize, firstPoint: u32,
): void {
  for (let i: usize = 0; i < count; i++) {
    const digit = load<u32>(digits + 4 * i);
    const point = (firstPoint + <u32>i) | (digit & NEGATIVE);
    push(lists, words, first + <usize>(digit & ~NEGATIVE), point);
  }
}

/** Opens the lists of a window's columns, then of its rows, for each window. */
function openHalves(
  lists: usize, words: usize, windows: usize, width: usize, lower: usize,
): void {
  const columns: usize = 1 << (lower - 1);
  const rows: usize = 1 << (width - lower);
  let list = windows << (width - 1);
  for (let i: usize = 0; i < windows; i++) {
    const bucket = i << (width - 1);
    for (let column: usize = 0; column < columns; column++) {
      openList(lists, list);
      for (let row: usize = 0; row < rows; row++) {
        pushOnly(lists, words, list, bucket + row * columns + column);
      }
      list++;
    }
    for (let row: usize = 0; row < rows; row++) {
      openList(lists, list);
      for (let column: usize = 0; column < columns; column++) {
        pushOnly(lists, words, list, bucket + row * columns + column);
      }
      list++;
    }
  }
}

/** Opens a list for each bit: the columns or rows, from list `halves` on, whose d has the bit. */
function openBits(
  lists: usize, words: usize, halves: usize, windows: usize, width: usize, lower: usize,
): void {
  const columns: usize = 1 << (lower - 1);
  const rows: usize = 1 << (width - lower);
  let column = halves;
  let list = halves + windows * (columns + rows);
  for (let i: usize = 0; i < windows; i++) {
    const row = column + columns;
    for (let bit: usize = 0; bit < width; bit++) {
      openList(lists, list);
      if (bit < lower) {
        for (let j: usize = 0; j < columns; j++) {
          if (((2 * <u32>j + 1) >> <u32>bit) & 1) pushOnly(lists, words, list, column + j);
        }
      } else {
        for (let j: usize = 0; j < rows; j++) {
          if ((<u32>j >> <u32>(bit - lower)) & 1) pushOnly(lists, words, list, row + j);
        }
      }
      list++;
    }
    column = row + rows;
  }
}

/** Appends the one point of list `from`, if it has one. */
function pushOnly(lists: usize, words: usize, list: usize, from: usize): void {
  if (lengthOf(lists, from) != 0) push(lists, words, list, pointOf(lists, words, from));
}

/**
 * Whether the sum of 2^k T_k is infinity, T_k being the one point, if any, of list `first` + k: by
 * doubling and adding from the top on; in the end what is there must be -T_0. Lanes are all alike.
 */
function doublesToInfinity(
  entries: usize, lists: usize, first: usize, words: usize, bits: usize, products: usize,
): bool {
  let begun = false;
  for (let bit = bits - 1; bit > 0; bit--) {
    if (begun) double(TOTAL);
    if (lengthOf(lists, first + bit) == 0) continue;
    selectForAll(entries, pointOf(lists, words, first + bit));
    if (begun) addMixed(TOTAL, SELECTED);
    else toJacobian(TOTAL, SELECTED);
    begun = true;
  }
  if (!begun || lengthOf(lists, first) == 0) return false;
  double(TOTAL);
  if (!toAffine(OTHER, TOTAL, HALF, 1, products)) return false;
  selectForAll(entries, pointOf(lists, words, first));
  subtract(OTHER, OTHER, SELECTED);
  add(OTHER + ELEMENT_SIZE, OTHER + ELEMENT_SIZE, SELECTED + ELEMENT_SIZE);
  return zeroLanes(OTHER) == ALL_LANES && zeroLanes(OTHER + ELEMENT_SIZE) == ALL_LANES;
}

/** SELECTED = the point in all lanes. */
function selectForAll(entries: usize, point: u32): void {
  v128.store(WORDS, i32x4.splat(point));
  selectEntries(SELECTED, entries, WORDS);
}
