/** DER: one encoding for one value, and nothing read beyond what is there. */

import { fromHex, toHex } from '@priolab/crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  booleanOf,
  contextTag,
  cursorOf,
  encode,
  last,
  nextOfAny,
  smallNumber,
  valueOf,
} from '../src/der.ts';
import { Refusal } from '../src/refusal.ts';

/** Tag and value of the only element in the bytes; 'refused' where it is none. */
function read(hex: string): string {
  try {
    const cursor = cursorOf(fromHex(hex));
    const element = nextOfAny(cursor, 'an element');
    if (cursor.at !== cursor.end) return 'more';
    return `${element.tag.toString(16)} ${toHex(valueOf(element))}`;
  } catch (error) {
    if (error instanceof Refusal) return 'refused';
    throw error;
  }
}

const numberOf = (hex: string) => {
  try {
    return smallNumber(last(cursorOf(fromHex(hex)), 0x02, 'a number'), 'a number');
  } catch (error) {
    return error instanceof Refusal ? 'refused' : error;
  }
};

describe('elements', () => {
  it('have the shortest length', () => {
    expect(read('040141')).toBe('4 41');
    expect(read('0400')).toBe('4 ');
    expect(read(`048180${'41'.repeat(128)}`)).toBe(`4 ${'41'.repeat(128)}`);
    expect(read(`04820100${'41'.repeat(256)}`)).toBe(`4 ${'41'.repeat(256)}`);
    expect(read('04810141')).toBe('refused');
    expect(read(`04817f${'41'.repeat(127)}`)).toBe('refused');
    expect(read(`048200ff${'41'.repeat(255)}`)).toBe('refused');
    expect(read(`0483000100${'41'.repeat(256)}`)).toBe('refused');
    expect(read('30800000')).toBe('refused');
  });

  it('have the shortest tag', () => {
    expect(read('bf1f00')).toBe(`${contextTag(31).toString(16)} `);
    expect(read('bf854500')).toBe(`${contextTag(709).toString(16)} `);
    expect(read('bf1e00')).toBe('refused');
    expect(read('bf800100')).toBe('refused');
    expect(read('bf80ff')).toBe('refused');
    expect(read('bf81808000')).toBe('refused');
  });

  it('end within what is there', () => {
    const cases = ['', '04', '0401', '0481', '048180', '0482', '048201', '04820100', 'bf', 'bf85'];
    expect(cases.map(read)).toEqual(cases.map(() => 'refused'));
    expect(read('04014142')).toBe('more');
  });

  it('are read as they are written', () => {
    const values = fc.uint8Array({ maxLength: 70_000, size: 'max' });
    const tags = fc.oneof(
      fc.constantFrom(0x02, 0x30),
      fc.integer({ min: 0, max: 16_383 }).map(contextTag),
    );
    fc.assert(
      fc.property(tags, values, (tag, value) => {
        fc.pre(value.length < 65_536);
        const element = last(cursorOf(encode(tag, value)), tag, 'it');
        expect(toHex(valueOf(element))).toBe(toHex(value));
      }),
      { numRuns: 50 },
    );
  });
});

describe('values', () => {
  it('of numbers are whole, not negative and not padded', () => {
    expect(numberOf('020100')).toBe(0);
    expect(numberOf('02020080')).toBe(128);
    expect(numberOf('02047fffffff')).toBe(2 ** 31 - 1);
    const refused = ['0200', '020180', '0202007f', '02050080000000', '030100', '02010000'];
    expect(refused.map(numberOf)).toEqual(refused.map(() => 'refused'));
  });

  it('of booleans are 0 or 255', () => {
    const one = (hex: string) => booleanOf(last(cursorOf(fromHex(hex)), 0x01, 'it'), 'it');
    expect([one('0101ff'), one('010100')]).toEqual([true, false]);
    for (const hex of ['010101', '0100', '0102ffff']) expect(() => one(hex)).toThrow(Refusal);
  });
});
