/**
 * FieldPrio2 elements as bytes: 4 bytes each, little-endian, canonical (below p). ENPA's wire form;
 * an element of p or more is refused, never reduced. Source: ENPA section 2.
 */

import { FieldError } from '../field-error.ts';
import { ENCODED_SIZE, MODULUS } from './arithmetic.ts';

// Own copies, see `arithmetic.ts`.
const P = MODULUS;

/** Writes `count` elements as 4 * count bytes. */
export function encodeInto(
  elements: Uint32Array,
  offset: number,
  count: number,
  bytes: Uint8Array,
  bytesOffset: number,
): void {
  checkRoom(elements.length - offset, count, 'elements');
  checkRoom(bytes.length - bytesOffset, count * ENCODED_SIZE, 'bytes');
  for (let i = 0, at = bytesOffset; i < count; i++, at += ENCODED_SIZE) {
    const value = elements[offset + i]!;
    bytes[at] = value & 0xff;
    bytes[at + 1] = (value >>> 8) & 0xff;
    bytes[at + 2] = (value >>> 16) & 0xff;
    bytes[at + 3] = value >>> 24;
  }
}

/**
 * Reads `count` elements.
 * @returns -1, or the index of the first element that is not below p; those before it are written
 * @throws FieldError `size` if either range is too short
 */
export function decodeInto(
  bytes: Uint8Array,
  bytesOffset: number,
  count: number,
  elements: Uint32Array,
  offset: number,
): number {
  checkRoom(bytes.length - bytesOffset, count * ENCODED_SIZE, 'bytes');
  checkRoom(elements.length - offset, count, 'elements');
  for (let i = 0, at = bytesOffset; i < count; i++, at += ENCODED_SIZE) {
    const low = bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16);
    const value = (low | (bytes[at + 3]! << 24)) >>> 0;
    if (value >= P) return i;
    elements[offset + i] = value;
  }
  return -1;
}

function checkRoom(got: number, expected: number, what: string): void {
  if (got < expected) {
    throw new FieldError('size', `room for ${expected} ${what}`, `${Math.max(0, got)}`);
  }
}
