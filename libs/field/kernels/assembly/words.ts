/**
 * What is done to vectors as they come and go: keystream to elements, bytes to elements,
 * differences and sums. Vectors lie one after another, so that four neighbouring words make a v128
 * and no transposition is needed. Words may be read and written up to 12 bytes beyond the last.
 */

import { P, add, canonical, sub } from './lanes';

/** into[i] = from[i] - into[i], elements. */
export function subtractFrom(into: usize, from: usize, length: u32): void {
  const end = into + (<usize>length << 2);
  for (; into < end; into += 16, from += 16) {
    v128.store(into, sub(v128.load(from), v128.load(into)));
  }
}

/** Adds the first `dimension` elements of each vector whose status is 0 into `sums`, words. */
export function accumulate(
  sums: usize,
  vectors: usize,
  stride: usize,
  count: u32,
  dimension: u32,
  status: usize,
): void {
  const size = <usize>dimension << 2;
  for (let i: usize = 0; i < count; i++, vectors += stride) {
    if (load<u8>(status + i) !== 0) continue;
    for (let at: usize = 0; at < size; at += 16) {
      v128.store(sums + at, add(v128.load(sums + at), v128.load(vectors + at)));
    }
  }
}

/** Words to elements, in place. */
export function makeCanonical(words: usize, length: u32): void {
  const end = words + (<usize>length << 2);
  for (; words < end; words += 16) v128.store(words, canonical(v128.load(words)));
}

/**
 * From `count` items of words at `stride` bytes, takes the words below p, `length` an item, and
 * moves them together: item i's begin at items + i * 4 * length. An item is no shorter than what it
 * becomes, so that writing never overtakes reading. One group of four in a thousand has a word of p
 * or more; that one is taken word by word.
 * @param first the item to begin with
 * @returns the item that has too few words below p, where this stopped; `count` if none has
 */
export function takeElements(
  items: usize,
  stride: usize,
  itemSize: usize,
  first: u32,
  count: u32,
  length: u32,
): u32 {
  const size = <usize>length << 2;
  for (let item = first; item < count; item++) {
    let from = items + item * stride;
    const fromEnd = from + itemSize;
    let into = items + item * size;
    const intoEnd = into + size;
    while (into < intoEnd && from < fromEnd) {
      if (into + 16 <= intoEnd && from + 16 <= fromEnd) {
        const words = v128.load(from);
        if (!v128.any_true(i32x4.ge_u(words, i32x4.splat(P)))) {
          v128.store(into, words);
          into += 16;
          from += 16;
          continue;
        }
      }
      const word = load<u32>(from);
      from += 4;
      if (word < P) {
        store<u32>(into, word);
        into += 4;
      }
    }
    if (into < intoEnd) return item;
  }
  return count;
}

/**
 * Copies `count` items of `length` words from `stride` bytes apart to vectors one after another.
 * Sets verdicts[i] to 1 where item i has a word of p or more, else to 0.
 */
export function copyChecked(
  into: usize,
  from: usize,
  stride: usize,
  count: u32,
  length: u32,
  verdicts: usize,
): void {
  const size = <usize>length << 2;
  for (let i: usize = 0; i < count; i++, from += stride) {
    let bad = i32x4.splat(0);
    let at: usize = 0;
    for (; at + 16 <= size; at += 16) {
      const words = v128.load(from + at);
      bad = v128.or(bad, i32x4.ge_u(words, i32x4.splat(P)));
      v128.store(into + at, words);
    }
    let tail: u32 = 0;
    for (; at < size; at += 4) {
      const word = load<u32>(from + at);
      tail |= u32(word >= P);
      store<u32>(into + at, word);
    }
    store<u8>(verdicts + i, tail | u32(v128.any_true(bad)));
    into += size;
  }
}
