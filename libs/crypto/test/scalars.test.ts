/** Uniform scalars: rejection of 0 and of n and above, with branches that give such items first. */

import { describe, expect, it } from 'vitest';
import { createSeedTree, CryptoError, fillScalars } from '../src/index.ts';
import type { SeedBranch } from '../src/index.ts';
import { isScalar } from '../src/scalars.ts';
import { scalarOf } from './blocks.ts';

const N = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;

/** A branch whose items are given by `itemAt`; a child's path is its last name. */
function stubBranch(itemAt: (path: string, index: number) => bigint, path = 'first'): SeedBranch {
  const branch: SeedBranch = {
    path,
    child: (...names) => stubBranch(itemAt, names.at(-1)),
    fill(first, count, size, out, offset = 0) {
      for (let i = 0; i < count; i++) out.set(branch.bytes(first + i, size), offset + i * size);
    },
    gather(indexes, count, size, out, offset = 0) {
      for (let i = 0; i < count; i++) out.set(branch.bytes(indexes[i]!, size), offset + i * size);
    },
    bytes: (index) => scalarOf(itemAt(path, index)),
    export: () => new Uint8Array(32),
  };
  return branch;
}

function scalars(branch: SeedBranch, indexes: readonly number[], stride = 32): Uint8Array {
  const out = new Uint8Array(3 + indexes.length * stride);
  fillScalars(branch, Uint32Array.from(indexes), indexes.length, { bytes: out, offset: 3, stride });
  return out.subarray(3);
}

describe('isScalar', () => {
  it.each([
    [0n, false],
    [1n, true],
    [0xffn << 240n, true],
    [N - 1n, true],
    [N, false],
    [N + 1n, false],
    [N - (1n << 96n), true],
    [N + (1n << 96n), false],
    [(1n << 256n) - 1n, false],
  ])('%s: %s', (value, expected) => {
    expect(isScalar(scalarOf(value))).toBe(expected);
    const shifted = Buffer.concat([Uint8Array.of(7), scalarOf(value)]);
    expect(isScalar(shifted, 1)).toBe(expected);
  });
});

describe('fillScalars', () => {
  it('takes the items of the branch where they are in range', () => {
    const branch = createSeedTree('scalars');
    const indexes = [0, 4, 5, 900];
    const expected = Buffer.concat(indexes.map((index) => branch.bytes(index, 32)));
    expect(scalars(branch, indexes)).toEqual(new Uint8Array(expected));
  });

  it('retries each refused item at its own index', () => {
    const refused = [0n, N, N + 5n, (1n << 256n) - 1n];
    // Index i is refused i times: by the branch, then by retry-1, ...
    const branch = stubBranch((path, index) => {
      const attempt = path === 'first' ? 0 : Number(path.replace('retry-', ''));
      return attempt < index ? refused[attempt % 4]! : BigInt(1000 * index + attempt);
    });
    const expected = [1001n, 2002n, 3003n, 4004n];
    const found = scalars(branch, [1, 2, 3, 4]);
    expect(found).toEqual(new Uint8Array(Buffer.concat(expected.map(scalarOf))));
  });

  it('leaves the bytes between items alone, over several gathers', () => {
    const branch = createSeedTree('strided');
    const indexes = Array.from({ length: 2500 }, (_, i) => 2 * i);
    const packed = scalars(branch, indexes);
    const strided = scalars(branch, indexes, 40);
    for (let i = 0; i < indexes.length; i++) {
      const item = strided.subarray(40 * i, 40 * i + 32);
      expect(Buffer.compare(item, packed.subarray(32 * i, 32 * i + 32))).toBe(0);
      expect(strided.subarray(40 * i + 32, 40 * i + 40).some((byte) => byte !== 0)).toBe(false);
    }
  });

  it('gives up on a branch that never yields a scalar', () => {
    expect(() =>
      scalars(
        stubBranch(() => 0n),
        [1],
      ),
    ).toThrow(CryptoError);
  });
});
