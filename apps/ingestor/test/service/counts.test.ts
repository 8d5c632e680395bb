/** Counts in bounded memory: exact while they fit, and no reason to refuse for others’ sake. */

import { describe, expect, test } from 'vitest';

import { sha256 } from '@priolab/crypto';

import { createFailureCounts, createKeyCounts } from '../../src/service/counts.ts';

const keyOf = (i: number): Uint8Array => sha256(Buffer.from(`key ${i}`));

describe('by key', () => {
  test('each key has its own', () => {
    const counts = createKeyCounts(100);
    for (let i = 0; i < 90; i++) for (let n = 0; n < i % 7; n++) counts.add(keyOf(i));
    for (let i = 0; i < 90; i++) expect(counts.add(keyOf(i))).toBe((i % 7) + 1);
    expect(counts.size).toBe(90);
  });

  test('when there are too many all begin anew', () => {
    const counts = createKeyCounts(4);
    for (let i = 0; i < 4; i++) counts.add(keyOf(i));
    expect(counts.add(keyOf(9))).toBe(1);
    expect(counts.size).toBe(1);
    for (let i = 0; i < 1000; i++) expect(counts.add(keyOf(i))).toBeLessThan(3);
    expect(counts.size).toBeLessThanOrEqual(4);
  });

  test('a view into other bytes, and cleared', () => {
    const counts = createKeyCounts(4);
    const inside = new Uint8Array(40);
    inside.set(keyOf(1), 5);
    counts.add(keyOf(1));
    expect(counts.add(inside.subarray(5, 37))).toBe(2);
    counts.clear();
    expect(counts.add(keyOf(1))).toBe(1);
  });
});

describe('by address', () => {
  test('up to its number in a minute, then anew', () => {
    let nowMs = 0;
    const failures = createFailureCounts(2, () => nowMs);
    failures.add('10.0.0.1');
    expect(failures.isOver('10.0.0.1')).toBe(false);
    failures.add('10.0.0.1');
    expect([failures.isOver('10.0.0.1'), failures.isOver('10.0.0.2')]).toEqual([true, false]);
    nowMs = 60_000;
    expect(failures.isOver('10.0.0.1')).toBe(false);
  });

  test('a network of version 6 is one, a mapped address is its own', () => {
    const failures = createFailureCounts(1, () => 0);
    failures.add('2001:db8:1:2::1');
    expect(failures.isOver('2001:db8:1:2:ffff::9')).toBe(true);
    expect(failures.isOver('2001:db8:1:3::1')).toBe(false);
    failures.add('2001:db8::1');
    expect(failures.isOver('2001:db8:0:0:5::')).toBe(true);
    failures.add('::ffff:10.0.0.1');
    expect(failures.isOver('::ffff:10.0.0.2')).toBe(false);
    expect(failures.isOver('::ffff:10.0.0.1')).toBe(true);
  });

  test('within the process nobody is counted', () => {
    const failures = createFailureCounts(1, () => 0);
    failures.add('');
    expect(failures.isOver('')).toBe(false);
  });

  test('many addresses: the first ones are forgotten', () => {
    const failures = createFailureCounts(1, () => 0);
    for (let i = 0; i < 5000; i++) failures.add(`10.1.${i >> 8}.${i & 255}`);
    expect(failures.isOver('10.1.0.0')).toBe(false);
    expect(failures.isOver(`10.1.${4999 >> 8}.${4999 & 255}`)).toBe(true);
  });
});
