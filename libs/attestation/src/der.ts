/**
 * DER by hand, strict: one encoding for one value, nothing after it, every length within what is
 * there. Only what certificates and Android's key descriptions need.
 * Source: X.690 sections 8 and 10.
 */

import { Refusal } from './refusal.ts';

export const BOOLEAN = 0x01;
export const INTEGER = 0x02;
export const BIT_STRING = 0x03;
export const OCTET_STRING = 0x04;
export const NULL = 0x05;
export const OBJECT_IDENTIFIER = 0x06;
export const ENUMERATED = 0x0a;
export const UTF8_STRING = 0x0c;
export const UTC_TIME = 0x17;
export const GENERALIZED_TIME = 0x18;
export const SEQUENCE = 0x30;
export const SET = 0x31;
/** The first octet of a tag whose number is 31 or more; so are those of KeyMint's tags. */
const HIGH = 0x1f;
const CONSTRUCTED_CONTEXT = 0xa0;

/** One tag, length, value; it begins at `from`, its value at `start`. */
export interface DerElement {
  readonly bytes: Uint8Array;
  readonly tag: number;
  readonly from: number;
  readonly start: number;
  readonly end: number;
}

/** What is still to be read of an element's value. */
export interface DerCursor {
  readonly bytes: Uint8Array;
  at: number;
  readonly end: number;
}

/** The tag of `[number] EXPLICIT`. */
export function contextTag(number: number): number {
  if (number < HIGH) return CONSTRUCTED_CONTEXT | number;
  return ((CONSTRUCTED_CONTEXT | HIGH) << 16) | number;
}

export function cursorOf(bytes: Uint8Array): DerCursor {
  return { bytes, at: 0, end: bytes.length };
}

export function contents({ bytes, start, end }: DerElement): DerCursor {
  return { bytes, at: start, end };
}

export function isAtEnd({ at, end }: DerCursor): boolean {
  return at === end;
}

/** The value alone, a view. */
export function valueOf({ bytes, start, end }: DerElement): Uint8Array {
  return bytes.subarray(start, end);
}

/** Tag, length and value, a view. */
export function wholeOf({ bytes, from, end }: DerElement): Uint8Array {
  return bytes.subarray(from, end);
}

/** The next element, which must be there and have this tag. */
export function next(cursor: DerCursor, tag: number, what: string): DerElement {
  const found = nextOfAny(cursor, what);
  if (found.tag !== tag) throw refusal(what, 'something else');
  return found;
}

/** The next element if it has this tag; otherwise nothing is read. */
export function nextIf(cursor: DerCursor, tag: number, what: string): DerElement | undefined {
  if (isAtEnd(cursor)) return undefined;
  const before = cursor.at;
  const found = nextOfAny(cursor, what);
  if (found.tag === tag) return found;
  cursor.at = before;
  return undefined;
}

/** The next element with nothing after it. */
export function last(cursor: DerCursor, tag: number, what: string): DerElement {
  const found = next(cursor, tag, what);
  requireEnd(cursor, what);
  return found;
}

export function requireEnd(cursor: DerCursor, what: string): void {
  if (!isAtEnd(cursor)) throw refusal(`nothing after ${what}`, 'more bytes');
}

export function nextOfAny(cursor: DerCursor, what: string): DerElement {
  const { bytes, at, end } = cursor;
  let lengthAt = at + 1;
  let tag = at < end ? bytes[at]! : 0;
  if ((tag & HIGH) === HIGH) {
    // Two octets of seven bits give numbers up to 16,383; KeyMint's go up to 724.
    const high = lengthAt < end ? bytes[lengthAt]! : 0;
    const isTwo = high >= 0x80;
    const low = isTwo && lengthAt + 1 < end ? bytes[lengthAt + 1]! : 0;
    const number = isTwo ? ((high & 0x7f) << 7) | low : high;
    if (low >= 0x80 || number < (isTwo ? 0x80 : HIGH)) throw refusal(what, 'a tag not in DER');
    tag = (tag << 16) | number;
    lengthAt += isTwo ? 2 : 1;
  }
  const first = lengthAt < end ? bytes[lengthAt]! : 0x80;
  const extra = first < 0x80 ? 0 : first - 0x80;
  const start = lengthAt + 1 + extra;
  const isLong = extra === 1 || extra === 2;
  if ((first >= 0x80 && !isLong) || start > end) throw refusal(what, 'a length that is not DER');
  let size = extra === 0 ? first : bytes[lengthAt + 1]!;
  if (extra === 2) size = 256 * size + bytes[lengthAt + 2]!;
  const isShortest = extra === 0 || size >= (extra === 1 ? 0x80 : 0x100);
  if (!isShortest || start + size > end) throw refusal(what, 'a length that is not DER');
  cursor.at = start + size;
  return { bytes, tag, from: at, start, end: start + size };
}

/** A whole number from 0 to 2^31 - 1, of an INTEGER or an ENUMERATED. */
export function smallNumber(element: DerElement, what: string): number {
  const bytes = valueOf(element);
  const isPadded = bytes.length > 1 && bytes[0] === 0 && bytes[1]! < 0x80;
  if (bytes.length < 1 || bytes.length > 4 || bytes[0]! >= 0x80 || isPadded) {
    throw refusal(what, 'a number that is negative, long or padded');
  }
  return bytes.reduce((value, byte) => value * 256 + byte, 0);
}

/** DER has one true: 0xff. */
export function booleanOf(element: DerElement, what: string): boolean {
  const { [0]: byte, length } = valueOf(element);
  if (length !== 1 || (byte !== 0 && byte !== 0xff)) throw refusal(what, 'another byte');
  return byte === 0xff;
}

/** One element of the parts' bytes. */
export function encode(tag: number, ...parts: readonly Uint8Array[]): Uint8Array {
  const size = parts.reduce((sum, part) => sum + part.length, 0);
  const long = size < 0x100 ? [0x81, size] : [0x82, size >> 8, size & 0xff];
  const number = tag & 0xffff;
  const high = number < 0x80 ? [number] : [0x80 | (number >> 7), number & 0x7f];
  const octets = tag < 0x100 ? [tag] : [tag >> 16, ...high];
  const head = Uint8Array.of(...octets, ...(size < 0x80 ? [size] : long));
  return new Uint8Array(Buffer.concat([head, ...parts]));
}

function refusal(expected: string, got: string): Refusal<'chain'> {
  return new Refusal('chain', `expected ${expected}, got ${got}`);
}
