/** The seed tree against an independent derivation, and its independence of call order. */

import { ctr } from '@noble/ciphers/aes.js';
import { sha256 } from '@noble/hashes/sha2.js';
import fc from 'fast-check';
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { createSeedTree, seedBranchFrom, toHex } from '../src/index.ts';
import { utf8 } from './blocks.ts';

const RUNS = { seed: 20212, numRuns: 60 } as const;

/** The derivations of the header comment, written a second time on noble. */
const reference = {
  derive(label: string, ...parts: Uint8Array[]): Uint8Array {
    return sha256(Uint8Array.from([...utf8(label), 0, ...parts.flatMap((part) => [...part])]));
  },
  key(seed: string, names: readonly string[]): Uint8Array {
    const root = reference.derive('priolab seed root', utf8(seed));
    return names.reduce(
      (key, name) => reference.derive('priolab seed child', key, utf8(name)),
      root,
    );
  },
  item(key: Uint8Array, index: number, size: number): Uint8Array {
    const bigEndian = new Uint8Array(4);
    new DataView(bigEndian.buffer).setUint32(0, size);
    const stream = reference.derive('priolab seed stream', key, bigEndian);
    const counter = new Uint8Array(16);
    const block = BigInt(index) * BigInt(size / 16);
    new DataView(counter.buffer).setBigUint64(0, block >> 64n);
    new DataView(counter.buffer).setBigUint64(8, BigInt.asUintN(64, block));
    return ctr(stream, counter).encrypt(new Uint8Array(size));
  },
  items(key: Uint8Array, indexes: readonly number[], size: number): string {
    return indexes.map((index) => toHex(reference.item(key, index, size))).join('');
  },
};

const name = fc
  .string({ minLength: 1, maxLength: 8, unit: 'binary' })
  .filter((text) => !text.includes('/'));
const size = fc.constantFrom(16, 32, 48, 96, 160, 4096);

describe('items', () => {
  it('equal the reference, by fill and by bytes', () => {
    const first = fc.oneof(fc.nat(100), fc.constantFrom(2 ** 28 - 1, 2 ** 32 - 3, 2 ** 36));
    fc.assert(
      fc.property(
        fc.string(),
        fc.array(name, { maxLength: 4 }),
        fc.record({ first, count: fc.nat(5), size, offset: fc.nat(5) }),
        (seed, names, range) => {
          const branch = createSeedTree(seed).child(...names);
          const indexes = Array.from({ length: range.count }, (_, i) => range.first + i);
          const expected = reference.items(reference.key(seed, names), indexes, range.size);
          const out = new Uint8Array(range.offset + range.count * range.size + 3).fill(0xa5);
          branch.fill(range.first, range.count, range.size, out, range.offset);
          expect(toHex(out)).toBe('a5'.repeat(range.offset) + expected + 'a5a5a5');
          const single = indexes.map((index) => toHex(branch.bytes(index, range.size)));
          expect(single.join('')).toBe(expected);
        },
      ),
      RUNS,
    );
  });

  it('equal the reference up to the last safe index, where counters pass 2^53', () => {
    const branch = createSeedTree('far');
    const key = reference.key('far', []);
    const last = Number.MAX_SAFE_INTEGER;
    for (const itemSize of [16, 48, 4096, 2 ** 20]) {
      for (const index of [2 ** 49 + 1, 2 ** 52 - 1, last - 1, last]) {
        const item = Buffer.from(branch.bytes(index, itemSize));
        expect(item.equals(reference.item(key, index, itemSize)), `${index}`).toBe(true);
      }
    }
    expect(() => branch.fill(last, 2, 16, new Uint8Array(32))).toThrow(
      expect.objectContaining({ code: 'invalid-seed' }),
    );
  });

  it('equal the reference across chunks of a long fill', () => {
    const branch = createSeedTree('long');
    const count = 20_000;
    const out = new Uint8Array(count * 16);
    branch.fill(7, count, 16, out);
    // Item `count` of size 16 from item 7 on is one long item of the same stream.
    const key = reference.key('long', []);
    for (const at of [0, 8191, 8192, 16_383, 16_384, count - 1]) {
      const item = out.subarray(at * 16, at * 16 + 16);
      expect(toHex(item)).toBe(toHex(reference.item(key, 7 + at, 16)));
    }
    const large = branch.bytes(1, 300_000 - (300_000 % 16));
    expect(toHex(large)).toBe(toHex(reference.item(key, 1, large.length)));
  });

  it('gathered equal the reference, with small and large gaps', () => {
    const gap = fc.oneof(
      fc.constant(1),
      fc.integer({ min: 1, max: 4 }),
      fc.constantFrom(600, 99_999),
    );
    fc.assert(
      fc.property(
        fc.record({ start: fc.nat(50), gaps: fc.array(gap, { maxLength: 12 }) }),
        size,
        fc.nat(9),
        ({ start, gaps }, itemSize, offset) => {
          const indexes = gaps.map((_, i) => start + gaps.slice(0, i + 1).reduce((a, b) => a + b));
          const out = new Uint8Array(offset + indexes.length * itemSize + 3).fill(0xa5);
          const list = Uint32Array.from([...indexes, 0]);
          createSeedTree('g').gather(list, indexes.length, itemSize, out, offset);
          const expected = reference.items(reference.key('g', []), indexes, itemSize);
          expect(toHex(out)).toBe('a5'.repeat(offset) + expected + 'a5a5a5');
        },
      ),
      RUNS,
    );
  });

  it.each([0.05, 0.4, 0.95, 1])('gathered at density %d equal single ones', (density) => {
    const branch = createSeedTree('density');
    const draws = branch.bytes(0, 30_000 * 16);
    const indexes = Uint32Array.from({ length: 30_000 }, (_, i) => i).filter(
      (i) => draws[i]! < density * 256,
    );
    expect(indexes.length / 30_000).toBeCloseTo(density, 1);
    const itemSize = 48;
    const all = new Uint8Array(30_000 * itemSize);
    branch.fill(0, 30_000, itemSize, all);
    const gathered = new Uint8Array(indexes.length * itemSize);
    branch.gather(indexes, indexes.length, itemSize, gathered);
    const expected = new Uint8Array(gathered.length);
    indexes.forEach((index, i) => {
      expected.set(all.subarray(index * itemSize, (index + 1) * itemSize), i * itemSize);
    });
    expect(Buffer.compare(gathered, expected)).toBe(0);
  });

  it('larger than the scratch memory are gathered too', () => {
    const branch = createSeedTree('large');
    const itemSize = 256 * 1024;
    const out = new Uint8Array(2 * itemSize);
    branch.gather(Uint32Array.of(1, 3), 2, itemSize, out);
    const expected = [branch.bytes(1, itemSize), branch.bytes(3, itemSize)];
    expect(Buffer.compare(out, Buffer.concat(expected))).toBe(0);
  });
});

describe('branches', () => {
  it('have a path, and depend on nothing but it', () => {
    const root = createSeedTree('run 1');
    const branch = root.child('us-ca', 'apple').child('device');
    expect([root.path, branch.path]).toEqual(['', 'us-ca/apple/device']);
    branch.bytes(3, 32);
    const again = createSeedTree('run 1').child('us-ca', 'apple', 'device');
    expect(again.bytes(9, 32)).toEqual(branch.bytes(9, 32));
  });

  it('differ by seed, name, order of names, size and export', () => {
    const root = createSeedTree('a');
    const hexes = [
      root,
      createSeedTree('b'),
      root.child('x'),
      root.child('x', 'y'),
      root.child('y', 'x'),
      root.child('xy'),
      seedBranchFrom(root.export(), ''),
    ].flatMap((branch) => [
      toHex(branch.bytes(0, 16)),
      toHex(branch.bytes(0, 32)).slice(0, 32),
      toHex(branch.export()).slice(0, 32),
    ]);
    expect(new Set(hexes).size).toBe(hexes.length);
  });

  it('from an exported key are reproducible, and copy it', () => {
    const key = createSeedTree('a').child('processor').export();
    expect(toHex(key)).toBe(
      toHex(reference.derive('priolab seed export', reference.key('a', ['processor']))),
    );
    const branch = seedBranchFrom(key, 'processor');
    const expected = reference.items(Uint8Array.from(key), [4], 16);
    key.fill(0);
    expect([branch.path, branch.child('x').path]).toEqual(['processor', 'processor/x']);
    expect(toHex(branch.bytes(4, 16))).toBe(expected);
  });

  it('do not show their keys', () => {
    const branch = createSeedTree('secret').child('x');
    const shown = inspect(branch, { showHidden: true, depth: 4 }) + JSON.stringify(branch);
    const key = reference.key('secret', ['x']);
    expect(shown).toContain("path: 'x'");
    expect(shown).not.toContain(`${key[0]}, ${key[1]}, ${key[2]}`);
  });
});

describe('refusals', () => {
  const branch = createSeedTree('refusals');
  const out = new Uint8Array(64);
  const invalid = expect.objectContaining({ name: 'CryptoError', code: 'invalid-seed' });

  it.each(['', 'a/b', '/'])("of the name '%s'", (bad) => {
    expect(() => branch.child('ok', bad)).toThrow(invalid);
  });

  it.each([0, 8, 17, -16, 1.5, NaN, 2 ** 32])('of the item size %d', (bad) => {
    expect(() => branch.fill(0, 1, bad, out)).toThrow(invalid);
    expect(() => branch.gather(Uint32Array.of(0), 1, bad, out)).toThrow(invalid);
    expect(() => branch.bytes(0, bad)).toThrow(invalid);
  });

  it.each([-1, 0.5, NaN, 2 ** 53])('of the item number %d', (bad) => {
    expect(() => branch.bytes(bad, 16)).toThrow(invalid);
    expect(() => branch.fill(bad, 1, 16, out)).toThrow(invalid);
  });

  it('of indexes that do not ascend, and of too many', () => {
    expect(() => branch.gather(Uint32Array.of(1, 1), 2, 16, out)).toThrow(invalid);
    expect(() => branch.gather(Uint32Array.of(2, 1), 2, 16, out)).toThrow(invalid);
    expect(() => branch.gather(Uint32Array.of(2), 2, 16, out)).toThrow(invalid);
    branch.gather(Uint32Array.of(1, 2, 2), 2, 16, out);
  });

  it('of output that does not fit', () => {
    const full = expect.objectContaining({ code: 'invalid-layout' });
    expect(() => branch.fill(0, 5, 16, out)).toThrow(full);
    expect(() => branch.fill(0, 4, 16, out, 1)).toThrow(full);
    expect(() => branch.gather(Uint32Array.of(0, 1), 2, 32, out, 1)).toThrow(full);
  });

  it('of a key of another size', () => {
    expect(() => seedBranchFrom(new Uint8Array(31), '')).toThrow(invalid);
  });
});
