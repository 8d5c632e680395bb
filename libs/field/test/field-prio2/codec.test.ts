/** Bytes: little-endian, canonical; the range check at every index; sizes. */

import fc from 'fast-check';
import { expect, test } from 'vitest';

import { FieldError, decodeInto, encodeInto } from '../../src/index.ts';
import { element, p, runs } from '../elements.ts';

test('the bytes are little-endian and stay in their range', () => {
  const elements = Uint32Array.from([1, p - 1, 0x01020304]);
  const bytes = new Uint8Array(14);
  encodeInto(elements, 0, 3, bytes, 1);
  expect([...bytes]).toEqual([0, 1, 0, 0, 0, 0, 0, 0xf0, 0xff, 4, 3, 2, 1, 0]);
});

test('what is encoded decodes, at any offset', () => {
  fc.assert(
    fc.property(fc.array(element), fc.nat(5), fc.nat(5), (values, before, after) => {
      const elements = Uint32Array.from([...Array<number>(before).fill(3), ...values]);
      const bytes = new Uint8Array(after + 4 * values.length);
      encodeInto(elements, before, values.length, bytes, after);
      const decoded = new Uint32Array(values.length + 1);
      expect(decodeInto(bytes, after, values.length, decoded, 1)).toBe(-1);
      expect([...decoded]).toEqual([0, ...values]);
    }),
    runs(200),
  );
});

test('everything from p to 2^32 - 1 is refused at its index', () => {
  const refused = fc.oneof(
    fc.constantFrom(p, p + 1, 2 ** 32 - 1),
    fc.integer({ min: p, max: 2 ** 32 - 1 }),
  );
  fc.assert(
    fc.property(fc.array(element, { maxLength: 5 }), refused, (before, bad) => {
      const words = [...before, bad, bad];
      const bytes = new Uint8Array(4 * words.length);
      words.forEach((word, i) => new DataView(bytes.buffer).setUint32(4 * i, word, true));
      const out = new Uint32Array(words.length);
      expect(decodeInto(bytes, 0, words.length, out, 0)).toBe(before.length);
    }),
    runs(300),
  );
});

test('a range that its array does not hold is an error that names both sizes', () => {
  const decode = (): number => decodeInto(new Uint8Array(7), 0, 2, new Uint32Array(2), 0);
  expect(decode).toThrow(FieldError);
  expect(decode).toThrow(
    expect.objectContaining({ code: 'size', expected: 'room for 8 bytes', got: '7' }) as Error,
  );
  expect(() => decodeInto(new Uint8Array(8), 0, 2, new Uint32Array(2), 1)).toThrow(
    'size: expected room for 2 elements, got 1',
  );
  expect(() => encodeInto(new Uint32Array(2), 0, 2, new Uint8Array(8), 4)).toThrow(FieldError);
  expect(() => encodeInto(new Uint32Array(2), 3, 1, new Uint8Array(8), 0)).toThrow('got 0');
});
