// Sums of many lists of points at once. In each round the points of every list are added in pairs,
// all pairs of all lists in one batch of affine additions, until no list has two.
//
// A point is a word: the number of an entry in one array, and NEGATIVE for its negative. Sums are
// appended to that array. Lists lie one after the other in `words`; `lists` has where each starts
// and how long it is, two words.

import { DENOMINATOR, ENTRY_SIZE, INVERSE, OTHER, SELECTED, SUM } from './scratch';
import { subtract } from './field';
import { giveInverse, invertWhole, takeDenominator } from './invert';
import { chord } from './point';
import { selectEntries, selectX, storeEntries } from './windows';

const LIST_SIZE: usize = 8;
/** Four pairs: the first points of all, then the second ones. */
const QUARTET_SIZE: usize = 32;

export function lengthOf(lists: usize, list: usize): u32 {
  return load<u32>(lists + list * LIST_SIZE, 4);
}

/** The first point of a list. */
export function pointOf(lists: usize, words: usize, list: usize): u32 {
  return load<u32>(placeOf(lists, words, list));
}

/** Opens an empty list where the one before it ends for now. */
export function openList(lists: usize, list: usize): void {
  const at = lists + list * LIST_SIZE;
  const start = list == 0 ? 0 : load<u32>(at - LIST_SIZE) + load<u32>(at - LIST_SIZE, 4);
  store<u32>(at, start);
  store<u32>(at, 0, 4);
}

/** Counts one more point that a list is to have. */
export function lengthen(lists: usize, list: usize): void {
  const at = lists + list * LIST_SIZE;
  store<u32>(at, load<u32>(at, 4) + 1, 4);
}

/** Empties lists `first` to `end`, opened and lengthened, and leaves each its room. */
export function spreadLists(lists: usize, first: usize, end: usize): void {
  let start = load<u32>(lists + first * LIST_SIZE);
  for (let list = first; list < end; list++) {
    const at = lists + list * LIST_SIZE;
    store<u32>(at, start);
    start += load<u32>(at, 4);
    store<u32>(at, 0, 4);
  }
}

/** Appends a point to a list; what follows the list is overwritten. */
export function push(lists: usize, words: usize, list: usize, point: u32): void {
  const at = lists + list * LIST_SIZE;
  const length = load<u32>(at, 4);
  store<u32>(words + (<usize>(load<u32>(at) + length) << 2), point);
  store<u32>(at, length + 1, 4);
}

/**
 * Reduces each of `count` lists from `first` on to one point, or leaves it empty. `next` is the
 * number of the first free entry. `pairs` has room for a word for each word of a list, and 8 more;
 * `products` for an element for each 8 of them.
 *
 * @returns the number of the next free entry; 0, and worthless lists, where two points of a pair
 * had the same x
 */
export function sumLists(
  entries: usize, lists: usize, first: usize, count: usize, words: usize, next: u32,
  pairs: usize, products: usize,
): u32 {
  while (true) {
    const some = pairUp(lists, first, count, words, next, pairs);
    if (some == 0) return next;
    const groups = <usize>(some + 3) >> 2;
    if (!addPairs(entries, next, pairs, groups, products)) return 0;
    next += <u32>groups << 2;
  }
}

/**
 * Moves the points of all lists to `pairs`, and in their place the numbers of the sums to come,
 * from `next` on; the last of an odd number stays. The last quartet is filled with its last pair.
 *
 * @returns how many pairs there are
 */
function pairUp(
  lists: usize, first: usize, count: usize, words: usize, next: u32, pairs: usize,
): u32 {
  let some: u32 = 0;
  for (let list = first; list < first + count; list++) {
    const length = lengthOf(lists, list);
    if (length < 2) continue;
    const start = placeOf(lists, words, list);
    let from = start;
    let into = start;
    for (let i: u32 = length >> 1; i > 0; i--) {
      putPair(pairs, some, load<u32>(from), load<u32>(from, 4));
      store<u32>(into, next + some);
      some++;
      from += 8;
      into += 4;
    }
    if (length & 1) store<u32>(into, load<u32>(from));
    store<u32>(lists + list * LIST_SIZE, (length + 1) >> 1, 4);
  }
  for (let i = some; i & 3; i++) {
    const last = pairAt(pairs, i - 1);
    putPair(pairs, i, load<u32>(last), load<u32>(last, 16));
  }
  return some;
}

/** Appends the sums of four pairs in each of `groups`; returns false where a pair has one x. */
function addPairs(
  entries: usize, next: u32, pairs: usize, groups: usize, products: usize,
): bool {
  for (let g: usize = 0; g < groups; g++) {
    const quartet = pairs + g * QUARTET_SIZE;
    selectX(SELECTED, entries, quartet);
    selectX(OTHER, entries, quartet + 16);
    subtract(DENOMINATOR, OTHER, SELECTED);
    takeDenominator(products, g);
  }
  if (!invertWhole(products, groups)) return false;
  for (let g: usize = groups; g-- > 0; ) {
    const quartet = pairs + g * QUARTET_SIZE;
    selectEntries(SELECTED, entries, quartet);
    selectEntries(OTHER, entries, quartet + 16);
    subtract(DENOMINATOR, OTHER, SELECTED);
    giveInverse(products, g);
    chord(SUM, SELECTED, OTHER, INVERSE);
    storeEntries(entries + (<usize>next + 4 * g) * ENTRY_SIZE, ENTRY_SIZE, SUM);
  }
  return true;
}

function placeOf(lists: usize, words: usize, list: usize): usize {
  return words + (<usize>load<u32>(lists + list * LIST_SIZE) << 2);
}

function pairAt(pairs: usize, index: u32): usize {
  return pairs + <usize>(index >> 2) * QUARTET_SIZE + (<usize>(index & 3) << 2);
}

function putPair(pairs: usize, index: u32, a: u32, b: u32): void {
  const at = pairAt(pairs, index);
  store<u32>(at, a);
  store<u32>(at, b, 16);
}
