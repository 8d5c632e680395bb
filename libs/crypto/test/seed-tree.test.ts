/** The seed tree against a second implementation on @noble, and its independence of call order. */

import { inspect } from 'node:util';
import { ctr } from '@noble/ciphers/aes.js';
import { sha256 } from '@noble/hashes/sha2.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createSeedTree, CryptoError, fromHex, seedBranchFrom, toHex } from '../src/index.ts';
import type { SeedBranch } from '../src/index.ts';
import { utf8 } from './blocks.ts';

const FIXED = { seed: 20_201_217, numRuns: 100 };

function derive(label: string, ...parts: readonly Uint8Array[]): Uint8Array {
  return sha256(Buffer.concat([utf8(label), Uint8Array.of(0), ...parts]));
}

function referenceKey(seed: string, names: readonly string[]): Uint8Array {
  const root = derive('priolab seed root', utf8(seed));
  return names.reduce((key, name) => derive('priolab seed child', key, utf8(name)), root);
}

/** Item `index` as the header of `seed-tree.ts` defines it, in BigInt and one item at a time. */
function referenceItem(key: Uint8Array, index: bigint, size: number): Uint8Array {
  const sizeBytes = fromHex(size.toString(16).padStart(8, '0'));
  const streamKey = derive('priolab seed stream', key, sizeBytes);
  const block = (index * BigInt(size)) / 16n;
  const counter = fromHex(block.toString(16).padStart(32, '0'));
  return ctr(streamKey, counter).encrypt(new Uint8Array(size));
}

function gathered(
  branch: SeedBranch,
  indexes: Iterable<number>,
  size: number,
  misalign = 0,
): Uint8Array {
  const list = Uint32Array.from(indexes);
  const out = new Uint8Array(misalign + list.length * size);
  branch.gather(list, list.length, size, out, misalign);
  return out.subarray(misalign);
}

function itemByItem(branch: SeedBranch, indexes: Iterable<number>, size: number): Uint8Array {
  return new Uint8Array(Buffer.concat([...indexes].map((index) => branch.bytes(index, size))));
}

const names = fc.array(
  fc.string({ unit: 'binary', minLength: 1, maxLength: 8 }).filter((name) => !name.includes('/')),
  { maxLength: 4 },
);
const sizes = fc.integer({ min: 1, max: 9 }).map((blocks) => blocks * 16);

describe('seed tree', () => {
  it('gives what its definition says, up to the last safe index', () => {
    const index = fc.oneof(
      fc.nat({ max: 100 }),
      fc.maxSafeNat(),
      fc.constantFrom(2 ** 32 - 1, 2 ** 32, 2 ** 52, Number.MAX_SAFE_INTEGER),
    );
    fc.assert(
      fc.property(fc.string(), names, index, sizes, (seed, path, at, size) => {
        const item = createSeedTree(seed)
          .child(...path)
          .bytes(at, size);
        expect(item).toEqual(referenceItem(referenceKey(seed, path), BigInt(at), size));
      }),
      FIXED,
    );
  });

  it('keeps its bytes', () => {
    const branch = createSeedTree('priolab').child('us-ca', 'apple', 'device', 'noise');
    expect(branch.path).toBe('us-ca/apple/device/noise');
    expect(toHex(branch.bytes(0, 16))).toBe('813801634d8144b86c273e2734ad78de');
    expect(toHex(branch.bytes(Number.MAX_SAFE_INTEGER, 32))).toBe(
      '36ada6a8cae45240ce0dea552f5d3b9b99441547ebc2ecf25f4b0465bda6e6c3',
    );
  });

  it('fills ranges and gathers lists alike, at any alignment', () => {
    const branch = createSeedTree('lists').child('a');
    const gaps = fc.array(
      fc.oneof(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 2000 })),
    );
    fc.assert(
      fc.property(
        fc.nat({ max: 1e6 }),
        gaps,
        sizes,
        fc.nat({ max: 5 }),
        (first, steps, size, at) => {
          let index = first;
          const indexes = steps.map((step) => (index += step));
          expect(gathered(branch, indexes, size, at)).toEqual(itemByItem(branch, indexes, size));
          const out = new Uint8Array(at + steps.length * size);
          branch.fill(first, steps.length, size, out, at);
          const run = steps.map((_, i) => first + i);
          expect(out.subarray(at)).toEqual(itemByItem(branch, run, size));
        },
      ),
      FIXED,
    );
  });

  it('writes only its own part of the output', () => {
    const branch = createSeedTree('edges');
    const out = new Uint8Array(80).fill(0xee);
    branch.gather(Uint32Array.of(1, 3, 9), 2, 16, out, 16);
    branch.fill(5, 1, 16, out, 48);
    const expected = Buffer.concat([
      new Uint8Array(16).fill(0xee),
      itemByItem(branch, [1, 3, 5], 16),
      new Uint8Array(16).fill(0xee),
    ]);
    expect(out).toEqual(new Uint8Array(expected));
  });

  it('gathers across cipher calls: long runs, dense lists, items larger than a chunk', () => {
    const branch = createSeedTree('chunks');
    const dense = Array.from({ length: 9000 }, (_, i) => 3 * i - (i % 2));
    expect(gathered(branch, dense, 48)).toEqual(itemByItem(branch, dense, 48));
    const run = Array.from({ length: 9000 }, (_, i) => 7 + i);
    expect(gathered(branch, run, 32)).toEqual(itemByItem(branch, run, 32));
    const large = 144 * 1024;
    expect(gathered(branch, [0, 1, 5], large)).toEqual(itemByItem(branch, [0, 1, 5], large));
    expect(gathered(branch, [2 ** 32 - 2, 2 ** 32 - 1], 16)).toEqual(
      itemByItem(branch, [2 ** 32 - 2, 2 ** 32 - 1], 16),
    );
  });

  it('separates seeds, names, levels, sizes and exports', () => {
    const root = createSeedTree('separate');
    const branches = [
      createSeedTree('separate2'),
      root,
      root.child('a'),
      root.child('b'),
      root.child('a', 'b'),
      root.child('ab'),
      seedBranchFrom(root.export(), ''),
      seedBranchFrom(root.child('a').export(), 'a'),
    ];
    const items = branches.flatMap((branch) => [
      toHex(branch.bytes(0, 16)),
      toHex(branch.bytes(0, 32)).slice(0, 32),
      toHex(branch.bytes(1, 16)),
      toHex(branch.export()).slice(0, 32),
    ]);
    expect(new Set(items).size).toBe(items.length);
  });

  it('joins levels: child(a, b) is child(a).child(b)', () => {
    const root = createSeedTree('joined');
    const both = root.child('a', 'b');
    expect(root.child('a').child('b').path).toBe(both.path);
    expect(root.child('a').child('b').bytes(3, 48)).toEqual(both.bytes(3, 48));
    expect(root.child().path).toBe('');
    expect(root.child().bytes(3, 48)).toEqual(root.bytes(3, 48));
  });

  it('rebuilds a party’s sub-tree from its exported key', () => {
    const branch = createSeedTree('export').child('ingestor');
    const key = branch.export();
    const reference = derive('priolab seed export', referenceKey('export', ['ingestor']));
    expect(key).toEqual(reference);
    const theirs = seedBranchFrom(key, 'ingestor');
    key.fill(0);
    expect(theirs.path).toBe('ingestor');
    expect(theirs.child('r').path).toBe('ingestor/r');
    expect(theirs.child('r').bytes(9, 16)).toEqual(
      referenceItem(derive('priolab seed child', reference, utf8('r')), 9n, 16),
    );
  });

  it('does not print its key', () => {
    const branch = createSeedTree('printed').child('a');
    const printed = inspect(branch, { showHidden: true, depth: 9 }) + JSON.stringify(branch);
    expect(JSON.parse(JSON.stringify(branch))).toEqual({ path: 'a' });
    expect(printed).not.toContain(toHex(referenceKey('printed', ['a'])).slice(0, 8));
    expect(printed).not.toContain('Uint8Array');
  });

  it('refuses wrong names, sizes, indexes and outputs', () => {
    const branch = createSeedTree('refused');
    const out = new Uint8Array(64);
    const code = (call: () => unknown): string | undefined => {
      try {
        call();
      } catch (error) {
        if (error instanceof CryptoError) return error.code;
        throw error;
      }
      return undefined;
    };
    expect(code(() => branch.child('a', ''))).toBe('invalid-seed');
    expect(code(() => branch.child('a/b'))).toBe('invalid-seed');
    for (const size of [0, -16, 8, 17, 1.5, NaN, 2 ** 32]) {
      expect(
        code(() => branch.bytes(0, size)),
        `size ${size}`,
      ).toBe('invalid-seed');
    }
    for (const index of [-1, 0.5, NaN, 2 ** 53]) {
      expect(
        code(() => branch.bytes(index, 16)),
        `index ${index}`,
      ).toBe('invalid-seed');
    }
    expect(code(() => branch.fill(2 ** 53 - 1, 2, 16, out))).toBe('invalid-seed');
    expect(code(() => branch.fill(0, -1, 16, out))).toBe('invalid-seed');
    expect(code(() => branch.fill(0, 5, 16, out))).toBe('invalid-layout');
    expect(code(() => branch.fill(0, 4, 16, out, 1))).toBe('invalid-layout');
    expect(code(() => branch.gather(Uint32Array.of(1, 2), 3, 16, out))).toBe('invalid-seed');
    expect(code(() => branch.gather(Uint32Array.of(2, 1), 2, 16, out))).toBe('invalid-seed');
    expect(code(() => branch.gather(Uint32Array.of(2, 2), 2, 16, out))).toBe('invalid-seed');
    expect(code(() => branch.gather(Uint32Array.of(1, 2), 2, 48, out))).toBe('invalid-layout');
    expect(code(() => seedBranchFrom(new Uint8Array(31), ''))).toBe('invalid-seed');
    expect(out).toEqual(new Uint8Array(64));
  });
});
