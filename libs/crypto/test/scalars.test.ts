/** Uniform scalars by rejection. */

import { describe, expect, it } from 'vitest';
import { createSeedTree, fillScalars, toHex } from '../src/index.ts';
import type { SeedBranch } from '../src/index.ts';
import { isScalar } from '../src/scalars.ts';
import { scalarOf } from './blocks.ts';

const N = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
const GOOD = scalarOf(12345n);

/** A branch whose 32-byte items are listed: by path, then by index; any other is `GOOD`. */
function listed(items: Record<string, Record<number, bigint>>, path = ''): SeedBranch {
  const bytes = (index: number): Uint8Array => {
    const value = items[path]?.[index];
    return value === undefined ? GOOD : scalarOf(value);
  };
  const unused = (): never => {
    throw new Error('not used by fillScalars');
  };
  return {
    path,
    child: (...names) => listed(items, [path, ...names].filter((name) => name !== '').join('/')),
    fill: unused,
    export: unused,
    bytes,
    gather(indexes, count, size, out, offset = 0) {
      for (let i = 0; i < count; i++) out.set(bytes(indexes[i]!), offset + i * size);
    },
  };
}

describe('isScalar', () => {
  it.each([
    [0n, false],
    [1n, true],
    [255n, true],
    [1n << 248n, true],
    [(0xffn << 248n) | 1n, true],
    [N - 256n, true],
    [N - 1n, true],
    [N, false],
    [N + 1n, false],
    [2n ** 256n - 1n, false],
  ])('of %d is %s', (value, expected) => {
    expect(isScalar(scalarOf(value))).toBe(expected);
    const within = new Uint8Array(40).fill(0xff);
    within.set(scalarOf(value), 5);
    expect(isScalar(within, 5)).toBe(expected);
  });
});

describe('fillScalars', () => {
  it.each([32, 40])('is the items of the branch where in range, at stride %d', (stride) => {
    const branch = createSeedTree('scalars').child('ephemeral');
    const count = 1500;
    const indexes = Uint32Array.from({ length: count }, (_, i) => 3 * i + (i % 2));
    const bytes = new Uint8Array(7 + count * stride).fill(0xa5);
    fillScalars(branch, indexes, count, { bytes, offset: 7, stride });
    for (let i = 0; i < count; i++) {
      const start = 7 + i * stride;
      const found = toHex(bytes.subarray(start, start + stride));
      const expected = toHex(branch.bytes(indexes[i]!, 32)) + 'a5'.repeat(stride - 32);
      if (found !== expected) expect(found, `slot ${i}`).toBe(expected);
    }
    expect(toHex(bytes.subarray(0, 7))).toBe('a5'.repeat(7));
  });

  it.each([32, 33])('draws again where out of range, at stride %d', (stride) => {
    const branch = listed({
      '': { 2: 0n, 4: N, 5: N - 1n, 8: 2n ** 256n - 1n, 9: N + 1n },
      'retry-1': { 2: 22n, 3: 33n, 4: 0n, 8: N, 9: 99n },
      'retry-2': { 4: 44n, 8: N },
      'retry-3': { 4: 45n, 8: 88n },
    });
    const indexes = Uint32Array.of(1, 2, 3, 4, 5, 8, 9);
    const bytes = new Uint8Array(indexes.length * stride);
    fillScalars(branch, indexes, indexes.length, { bytes, offset: 0, stride });
    const found = Array.from(indexes, (_, i) =>
      BigInt(`0x${toHex(bytes.subarray(i * stride, i * stride + 32))}`),
    );
    expect(found).toEqual([12345n, 22n, 12345n, 44n, N - 1n, 88n, 99n]);
  });

  it('gives up on a branch that is never in range', () => {
    const zeros: Record<string, Record<number, bigint>> = { '': { 0: 0n } };
    for (let attempt = 1; attempt <= 64; attempt++) zeros[`retry-${attempt}`] = { 0: 0n };
    const out = { bytes: new Uint8Array(32), offset: 0, stride: 32 };
    expect(() => fillScalars(listed(zeros), Uint32Array.of(0), 1, out)).toThrow(
      expect.objectContaining({ code: 'invalid-seed' }),
    );
  });

  it('refuses overlapping or short output', () => {
    const branch = createSeedTree('scalars');
    const short = expect.objectContaining({ code: 'invalid-layout' });
    for (const stride of [0, 31, 33]) {
      const out = { bytes: new Uint8Array(64), offset: 0, stride };
      expect(() => fillScalars(branch, Uint32Array.of(0, 1), 2, out)).toThrow(short);
    }
  });
});
