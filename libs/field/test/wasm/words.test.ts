/**
 * Random words and bytes to elements, differences and sums, against the reference; what is not the
 * kernels' to write stays as it was.
 */

import { describe, expect, test } from 'vitest';

import { fieldPrio2, referenceField } from '../../src/index.ts';
import { edges, p } from '../elements.ts';
import {
  FAILED,
  GUARD,
  blockOf,
  counts,
  dimensions,
  elementsOf,
  filling,
  guarded,
  layoutOf,
  vectorAt,
} from './vectors.ts';

describe('expand', () => {
  test.each(dimensions)('%i bins: a word of p or more at every place', (dimension) => {
    const layout = layoutOf(dimension);
    const { vectorLen } = layout;
    const rejected = [p, 2 ** 32 - 1];
    // Slot i has a rejected word at i, and another one some places on.
    const words = Array.from({ length: vectorLen + 2 }, (_, slot) => {
      const list = [...elementsOf(slot, vectorLen + 4)];
      list[slot] = rejected[slot % 2]!;
      list[(slot + 1 + (slot % 6)) % (vectorLen + 4)] = rejected[1 - (slot % 2)]!;
      return list;
    });
    const count = words.length;
    const { inner, check } = guarded(new Uint32Array(count * vectorLen));
    layout.kernels.expand(
      count,
      filling((slot) => words[slot]!),
      inner,
      new Uint8Array(count),
    );
    check();
    words.forEach((list, slot) => {
      const expected = list.filter((word) => word < p).slice(0, vectorLen);
      expect([...vectorAt(layout, inner, slot)]).toEqual(expected);
    });
  });

  test('draws longer where too few are left, for those slots alone; skips refused ones', () => {
    const layout = layoutOf(5);
    const { vectorLen } = layout;
    const bad = (length: number): number[] => Array.from({ length }, (_, k) => p + k);
    // Good words follow each slot that runs short: they are not its own.
    const words = [0, 5, 40, 0, 1, 500, 0, 8, 0, 9, 0, 10, 0, 11, 12, 0].map(bad);
    const out = new Uint32Array(words.length * vectorLen).fill(GUARD);
    const status = new Uint8Array(words.length);
    status[4] = 3;
    layout.kernels.expand(
      words.length,
      filling((slot) => words[slot]!),
      out,
      status,
    );
    words.forEach((list, slot) => {
      const expected = Array.from({ length: vectorLen }, (_, k) => 5 + list.length + k);
      const skipped = Array.from({ length: vectorLen }, () => GUARD);
      expect([...vectorAt(layout, out, slot)]).toEqual(status[slot] === 0 ? expected : skipped);
    });
    expect([...status]).toEqual(words.map((_, slot) => (slot === 4 ? 3 : 0)));
  });

  test('a block of many chunks', () => {
    const layout = layoutOf(1344);
    const source = (slot: number) => [...elementsOf(slot, 3500)].with(slot % 9, p + slot);
    const out = new Uint32Array(30 * layout.vectorLen);
    layout.kernels.expand(30, filling(source), out, new Uint8Array(30));
    for (let slot = 0; slot < 30; slot++) {
      const expected = source(slot).filter((word) => word < p);
      const got = [...vectorAt(layout, out, slot)];
      expect(got).toEqual(expected.slice(0, layout.vectorLen));
    }
  });
});

describe('split and decode', () => {
  test.each(dimensions)('%i bins, blocks of 0 to 9: bytes of the difference', (dimension) => {
    const layout = layoutOf(dimension);
    const size = 4 * layout.vectorLen;
    for (const count of counts) {
      const proofs = blockOf(layout, count, count);
      const shares = blockOf(layout, count, 100 + count);
      for (const stride of [size, size + 3]) {
        const bytes = new Uint8Array(2 + count * stride + 9).fill(0xa5);
        layout.kernels.split(count, proofs, shares, { bytes, offset: 2, stride });
        const expected = new Uint8Array(bytes.length).fill(0xa5);
        const view = new DataView(expected.buffer);
        proofs.forEach((x, i) => {
          const slot = Math.floor(i / layout.vectorLen);
          const at = 2 + slot * stride + 4 * (i % layout.vectorLen);
          view.setUint32(at, Number(referenceField.sub(BigInt(x), BigInt(shares[i]!))), true);
        });
        expect(bytes).toEqual(expected);

        const { inner, check } = guarded(new Uint32Array(count * layout.vectorLen));
        const status = new Uint8Array(count);
        layout.kernels.decode(count, { bytes, offset: 2, stride }, inner, status, FAILED);
        check();
        expect([...status]).toEqual(Array.from(status, () => 0));
        const back = proofs.map((x, i) => fieldPrio2.sub(x, shares[i]!));
        expect([...inner]).toEqual([...back]);
      }
    }
  });

  test('all pairs of edges', () => {
    const layout = layoutOf(1);
    const pairs = edges.flatMap((a) => edges.map((b) => [a, b] as const));
    const count = Math.ceil(pairs.length / 6);
    const side = (k: 0 | 1) =>
      Uint32Array.from({ length: 6 * count }, (_, i) => pairs[i]?.[k] ?? 0);
    const bytes = new Uint8Array(24 * count);
    layout.kernels.split(count, side(0), side(1), { bytes, offset: 0, stride: 24 });
    const words = new Uint32Array(bytes.buffer);
    pairs.forEach(([a, b], i) => {
      expect(BigInt(words[i]!)).toBe(referenceField.sub(BigInt(a), BigInt(b)));
    });
  });

  test.each(dimensions)('%i bins: p at every place is refused, p - 1 is not', (dimension) => {
    const layout = layoutOf(dimension);
    const { vectorLen } = layout;
    const size = 4 * vectorLen;
    const count = vectorLen + 1;
    const words = new Uint32Array(count * vectorLen).fill(p - 1);
    for (let slot = 0; slot < vectorLen; slot++) words[slot * vectorLen + slot] = p;
    const items = { bytes: new Uint8Array(words.buffer), offset: 0, stride: size };
    const out = new Uint32Array(words.length).fill(GUARD);
    const status = new Uint8Array(count);
    status[vectorLen >> 1] = 3;
    layout.kernels.decode(count, items, out, status, FAILED);
    const expected = Array.from(status, (_, slot) =>
      slot === vectorLen >> 1 ? 3 : slot < vectorLen ? FAILED : 0,
    );
    expect([...status]).toEqual(expected);
    expect(out.subarray(0, vectorLen * vectorLen).every((word) => word === GUARD)).toBe(true);
    expect(vectorAt(layout, out, vectorLen).every((word) => word === p - 1)).toBe(true);
  });

  test('items far apart, and items one over another', () => {
    const layout = layoutOf(2);
    for (const stride of [100_000, 5, 0]) {
      const bytes = new Uint8Array(9 * stride + 4 * layout.vectorLen);
      bytes.forEach((_, i) => (bytes[i] = (i * i) % 255));
      const out = new Uint32Array(10 * layout.vectorLen);
      const items = { bytes, offset: 0, stride };
      layout.kernels.decode(10, items, out, new Uint8Array(10), FAILED);
      for (let slot = 0; slot < 10; slot++) {
        const view = new DataView(bytes.buffer, slot * stride);
        const expected = Array.from({ length: layout.vectorLen }, (_, k) =>
          view.getUint32(4 * k, true),
        );
        expect([...vectorAt(layout, out, slot)]).toEqual(expected);
      }
    }
  });
});

describe('aggregate', () => {
  test.each([...dimensions, 1344])('%i bins: sums of what has status 0', (dimension) => {
    const layout = layoutOf(dimension);
    for (const count of [...counts, 100]) {
      const block = blockOf(layout, count, count);
      const status = Uint8Array.from({ length: count }, (_, slot) => (slot % 3 === 1 ? 9 : 0));
      const before = elementsOf(dimension, dimension);
      const { inner, check } = guarded(before);
      layout.kernels.aggregate(count, block, status, inner);
      check();
      const expected = Array.from(before, (start, k) => {
        const terms = Array.from(status, (code, slot) =>
          code === 0 ? BigInt(vectorAt(layout, block, slot)[k]!) : 0n,
        );
        return Number(terms.reduce(referenceField.add, BigInt(start)));
      });
      expect([...inner]).toEqual(expected);
    }
  });

  test('the largest elements', () => {
    const layout = layoutOf(5);
    const count = 5000;
    const block = new Uint32Array(count * layout.vectorLen).fill(p - 1);
    const sum = new Uint32Array(5).fill(p - 1);
    layout.kernels.aggregate(count, block, new Uint8Array(count), sum);
    expect([...sum]).toEqual([1, 2, 3, 4, 5].map(() => p - 1 - count));
  });
});
