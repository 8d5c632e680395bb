/**
 * Checks of a block's arrays, done once per block so that no loop reads or writes past an end
 * (typed arrays would clamp or ignore it silently), and views of single slots.
 */

import { CryptoError } from './errors.ts';
import type { Strided } from './backend.ts';

/** Item `index` of `size` bytes, as a view. */
export function slot(items: Strided, index: number, size: number): Uint8Array {
  const start = items.offset + index * items.stride;
  return items.bytes.subarray(start, start + size);
}

/** Throws `invalid-layout` unless `items` holds `count` items of `size` bytes. */
export function checkInput(what: string, items: Strided, count: number, size: number): void {
  checkCount(count);
  const { offset, stride, bytes } = items;
  const whole = isSize(offset) && isSize(stride) && isSize(size);
  if (!whole || (count > 0 && offset + (count - 1) * stride + size > bytes.length)) {
    throw new CryptoError(
      'invalid-layout',
      `${count} ${what} of ${size} bytes`,
      `${bytes.length} bytes, offset ${offset}, stride ${stride}`,
    );
  }
}

/** As `checkInput`; items that are written must not overlap either. */
export function checkOutput(what: string, items: Strided, count: number, size: number): void {
  checkInput(what, items, count, size);
  if (count > 1 && items.stride < size) {
    throw new CryptoError('invalid-layout', `${what} of ${size} bytes`, `stride ${items.stride}`);
  }
}

/** Throws `invalid-layout` unless the per-slot array `list` has `count` entries. */
export function checkList(what: string, list: ArrayLike<number>, count: number): void {
  checkCount(count);
  if (list.length < count) {
    throw new CryptoError('invalid-layout', `${count} ${what}`, `${list.length}`);
  }
}

/** Message `index` of a packed array, as a view; throws `invalid-layout` where it runs past it. */
export function message(
  messages: Uint8Array,
  offsets: Uint32Array,
  sizes: Uint32Array,
  index: number,
): Uint8Array {
  const start = offsets[index]!;
  const end = start + sizes[index]!;
  if (end > messages.length) {
    throw new CryptoError('invalid-layout', `message ${index} within the array`, `end ${end}`);
  }
  return messages.subarray(start, end);
}

function isSize(value: number): boolean {
  return Number.isInteger(value) && value >= 0;
}

function checkCount(count: number): void {
  if (!isSize(count)) {
    throw new CryptoError('invalid-layout', 'a count', `${count}`);
  }
}
