/**
 * The kernels against the reference: at every width that they treat in their own way, for blocks
 * that do and don't fill four lanes and a chunk, on edges and elements without a pattern; what is
 * not theirs to write stays as it was.
 */

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import {
  createBlockKernels,
  createLagrangeBasis,
  createOddExtension,
  fieldPrio2,
  innerProduct,
  referenceField,
  sum as sumOf,
} from '../../src/index.ts';
import { edges, element, p, runs } from '../elements.ts';
import { blockOf, dimensions, elementsOf, layoutOf, vectorAt } from './vectors.ts';
import { referenceProof, referenceValues } from './vectors.ts';

const FAILED = 7;
const counts = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];
const GUARD = 0xdeadbeef;

/** `values` with guards around; `inner` is what a kernel gets. */
function guarded(values: Uint32Array): { inner: Uint32Array; check(): void } {
  const whole = Uint32Array.from([GUARD, ...values, GUARD, GUARD, GUARD, GUARD]);
  return {
    inner: whole.subarray(1, 1 + values.length),
    check() {
      expect(whole[0]).toBe(GUARD);
      expect([...whole.subarray(1 + values.length)]).toEqual([GUARD, GUARD, GUARD, GUARD]);
    },
  };
}

describe('prove', () => {
  test.each(dimensions)('%i bins, blocks of 0 to 9', (dimension) => {
    const layout = layoutOf(dimension);
    for (const count of counts) {
      const block = blockOf(layout, count, 10 * dimension + count);
      const { inner, check } = guarded(block);
      layout.kernels.prove(count, inner);
      check();
      for (let slot = 0; slot < count; slot++) {
        const expected = referenceProof(layout, vectorAt(layout, block, slot));
        expect([...vectorAt(layout, inner, slot)]).toEqual(expected);
      }
    }
  });

  test.each([1344, 4096])('%i bins', (dimension) => {
    const layout = layoutOf(dimension);
    const block = blockOf(layout, 5, dimension);
    const proofs = block.slice();
    layout.kernels.prove(5, proofs);
    for (const slot of [0, 3, 4]) {
      const expected = referenceProof(layout, vectorAt(layout, block, slot));
      expect([...vectorAt(layout, proofs, slot)]).toEqual(expected);
    }
  });

  test('each slot of a block of many chunks is as if alone', () => {
    const layout = layoutOf(100);
    const block = blockOf(layout, 301, 1);
    const proofs = block.slice();
    layout.kernels.prove(301, proofs);
    for (let slot = 0; slot < 301; slot++) {
      const one = vectorAt(layout, block, slot).slice();
      layout.kernels.prove(1, one);
      expect(vectorAt(layout, proofs, slot)).toEqual(one);
    }
  });

  test('products of all pairs of edges', () => {
    const layout = layoutOf(1);
    const pairs = edges.flatMap((a) => edges.map((b) => [b, a, b, 0, 0, 0]));
    const proofs = Uint32Array.from(pairs.flat());
    layout.kernels.prove(pairs.length, proofs);
    pairs.forEach((pair, slot) => {
      const expected = referenceProof(layout, Uint32Array.from(pair));
      expect([...vectorAt(layout, proofs, slot)]).toEqual(expected);
    });
  });

  /**
   * With f0 = x on two roots, n * f is the word 2 f0 at both odd ones; here p or more. An offset
   * makes the other factor p + g, and of 2^20 such g some hundred make the product p or more.
   */
  test('a product of two words is made canonical', () => {
    const f0 = 2 ** 31 - 1;
    const { add, inv, mul, sub } = fieldPrio2;
    const R = 2 ** 32 % p;
    const factor = mul(mul(2 * f0 - p, R), inv(4));
    const word = (g: number): bigint => {
      const t = BigInt(2 * f0) * BigInt(p + g);
      const m = BigInt.asUintN(32, t * BigInt(1 + 2 ** 20));
      return (t - m * BigInt(p)) >> 32n;
    };
    const tried = Array.from({ length: 512 }, (_, i) => 2048 * i + 2047);
    const found = tried.filter((g) => g < factor && word(g) >= BigInt(p));
    expect(found.length).toBeGreaterThan(0);
    for (const g of found) {
      const offset = mul(sub(g, factor), mul(2, inv(R)));
      const constants = { offsets: Uint32Array.of(offset, offset), slopes: Uint32Array.of(1, 1) };
      const proof = Uint32Array.of(f0, f0, f0, 0, 0, 0);
      createBlockKernels({ dimension: 1, sizeLog2: 1 }, constants).prove(1, proof);
      expect(proof[4]).toBe(mul(f0, add(f0, offset)));
      expect(proof[4]).toBe(Number(word(g) - BigInt(p)));
      expect(proof[5]).toBe(proof[4]);
    }
  });

  test('any elements', () => {
    const layout = layoutOf(5);
    const vector = fc.array(element, { minLength: 16, maxLength: 16 });
    fc.assert(
      fc.property(fc.array(vector, { minLength: 1, maxLength: 5 }), (vectors) => {
        const proofs = Uint32Array.from(vectors.flat());
        layout.kernels.prove(vectors.length, proofs);
        const expected = vectors.map((one) => referenceProof(layout, Uint32Array.from(one)));
        expect([...proofs]).toEqual(expected.flat());
      }),
      runs(200),
    );
  });
});

describe('verify', () => {
  /** The kernel's values, slots 3 at a time. */
  function valuesOf(
    layout: ReturnType<typeof layoutOf>,
    shares: Uint32Array,
    points: readonly number[],
    leader: boolean,
    status = new Uint8Array(points.length),
  ): number[] {
    const { inner, check } = guarded(new Uint32Array(3 * points.length).fill(11));
    layout.kernels.verify({
      leader,
      count: points.length,
      shares,
      points: Uint32Array.from(points),
      out: inner,
      status,
      failure: FAILED,
    });
    check();
    return [...inner];
  }

  test.each(dimensions)('%i bins, blocks of 0 to 9, either role', (dimension) => {
    const layout = layoutOf(dimension);
    for (const count of counts) {
      const shares = blockOf(layout, count, 7 * dimension + count);
      const points = [...elementsOf(count, count)].map((r) => (r < 3 ? 0 : r));
      for (const leader of [true, false]) {
        const status = new Uint8Array(count);
        const got = valuesOf(layout, shares, points, leader, status);
        points.forEach((r, slot) => {
          const share = vectorAt(layout, shares, slot);
          const expected =
            status[slot] === 0 ? referenceValues(layout, share, leader, r) : [11, 11, 11];
          expect(got.slice(3 * slot, 3 * slot + 3)).toEqual(expected);
        });
        const unsafe = points.map((r) => (isRoot(r, 2 * layout.size) ? FAILED : 0));
        expect([...status]).toEqual(unsafe);
      }
    }
  });

  test.each([1344, 4096])('%i bins', (dimension) => {
    const layout = layoutOf(dimension);
    const shares = blockOf(layout, 2, dimension);
    const got = valuesOf(layout, shares, [0, 998314904], true);
    const expected = [0, 998314904].map((r, slot) =>
      referenceValues(layout, vectorAt(layout, shares, slot), true, r),
    );
    expect(got).toEqual(expected.flat());
  });

  test.each(dimensions)('%i bins: values of 0 are 0, not p', (dimension) => {
    const layout = layoutOf(dimension);
    const share = blockOf(layout, 1, 3);
    const r = 998314904;
    // Each of f0, g0 and h0 moves one value; how far one step moves it, tells the reference.
    for (const k of [0, 1, 2]) {
      const [value, after] = [0, 1].map((step) => {
        const moved = share.with(dimension + k, fieldPrio2.add(share[dimension + k]!, step));
        return referenceValues(layout, moved, true, r)[k]!;
      }) as [number, number];
      const steps = fieldPrio2.mul(value, fieldPrio2.inv(fieldPrio2.sub(after, value)));
      share[dimension + k] = fieldPrio2.sub(share[dimension + k]!, steps);
    }
    expect(referenceValues(layout, share, true, r)).toEqual([0, 0, 0]);
    expect(valuesOf(layout, share, [r], true)).toEqual([0, 0, 0]);
  });

  test('any elements at any r', () => {
    const layout = layoutOf(5);
    const vector = fc.array(element, { minLength: 16, maxLength: 16 });
    fc.assert(
      fc.property(vector, element, fc.boolean(), (share, r, leader) => {
        const status = new Uint8Array(1);
        const got = valuesOf(layout, Uint32Array.from(share), [r], leader, status);
        const expected = referenceValues(layout, Uint32Array.from(share), leader, r);
        expect(status[0]).toBe(isRoot(r, 16) ? FAILED : 0);
        if (status[0] === 0) expect(got).toEqual(expected);
      }),
      runs(300),
    );
  });

  test.each([1, 2, 5, 100])(
    '%i bins: every 2n-th root and every word of p or more is refused, slot by slot',
    (dimension) => {
      const layout = layoutOf(dimension);
      const root = fieldPrio2.rootOfUnity(layout.sizeLog2 + 1);
      const roots = Array.from({ length: 2 * layout.size }, (_, k) => fieldPrio2.pow(root, k));
      const bad = [...roots, p, p + 1, 2 ** 32 - 1];
      const points = bad.flatMap((r) => [r, 998314904]);
      const shares = blockOf(layout, points.length, dimension);
      const status = new Uint8Array(points.length);
      status[0] = 3;
      const got = valuesOf(layout, shares, points, false, status);
      points.forEach((r, slot) => {
        const safe = slot % 2 === 1;
        expect(status[slot]).toBe(slot === 0 ? 3 : safe ? 0 : FAILED);
        const share = vectorAt(layout, shares, slot);
        const expected = safe ? referenceValues(layout, share, false, r) : [11, 11, 11];
        expect(got.slice(3 * slot, 3 * slot + 3)).toEqual(expected);
      });
    },
  );
});

const isRoot = (r: number, order: number): boolean =>
  referenceField.pow(BigInt(r), BigInt(order)) === 1n;

describe('expand', () => {
  /** Gives slot i the words of `source(i)`, then words counting up from 5. */
  const filling =
    (source: (slot: number) => readonly number[]) =>
    (
      first: number,
      count: number,
      size: number,
      into: { bytes: Uint8Array; offset: number; stride: number },
    ): void => {
      for (let i = 0; i < count; i++) {
        const words = source(first + i);
        const view = new DataView(into.bytes.buffer, into.offset + i * into.stride, size);
        for (let k = 0; k < size / 4; k++) view.setUint32(4 * k, words[k] ?? 5 + k, true);
      }
    };

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

test('shapes take turns in one memory, and small ones work after it has grown', () => {
  const small = layoutOf(3);
  const block = blockOf(small, 3, 5);
  const first = block.slice();
  small.kernels.prove(3, first);
  const large = layoutOf(4000);
  const other = blockOf(large, 1, 6);
  const second = other.slice();
  large.kernels.prove(1, second);
  const again = block.slice();
  small.kernels.prove(3, again);
  expect(again).toEqual(first);
  const third = other.slice();
  large.kernels.prove(1, third);
  expect(third).toEqual(second);
});

test('the most bins that the field has roots for', () => {
  const dimension = 2 ** 19 - 1;
  const { size, sizeLog2, vectorLen, constants, kernels } = layoutOf(dimension);
  const vector = elementsOf(1, vectorLen);
  const proof = vector.slice();
  kernels.prove(1, proof);
  const [f0, g0] = [vector[dimension]!, vector[dimension + 1]!];
  const f = Uint32Array.from([f0, ...vector.subarray(0, dimension)]);
  createOddExtension(sizeLog2)(f, 0);
  const difference = fieldPrio2.sub(g0, f0);
  const wrong = f.findIndex((value, j) => {
    const slope = fieldPrio2.mul(difference, constants.slopes[j]!);
    const factor = fieldPrio2.add(fieldPrio2.add(value, constants.offsets[j]!), slope);
    return proof[dimension + 3 + j] !== fieldPrio2.mul(value, factor);
  });
  expect(wrong).toBe(-1);

  const r = 998314904;
  const out = new Uint32Array(3);
  const points = Uint32Array.of(r);
  const block = { count: 1, shares: proof, points, out, status: new Uint8Array(1), failure: 1 };
  kernels.verify({ ...block, leader: true });
  const basis = createLagrangeBasis(sizeLog2);
  const even = new Uint32Array(size);
  const odd = new Uint32Array(size);
  const power = fieldPrio2.pow(r, size);
  const half = fieldPrio2.inv(2);
  basis(r, 1, even);
  const scale = fieldPrio2.mul(fieldPrio2.sub(1, power), half);
  basis(fieldPrio2.mul(r, fieldPrio2.inv(fieldPrio2.rootOfUnity(20))), scale, odd);
  const value = fieldPrio2.mulAdd(f0, even[0]!, innerProduct(proof, 0, even, 1, dimension));
  const g = fieldPrio2.mulAdd(difference, even[0]!, value);
  const first = fieldPrio2.mul(even[0]!, fieldPrio2.mul(fieldPrio2.add(1, power), half));
  const packed = innerProduct(proof, dimension + 3, odd, 0, size);
  const h = fieldPrio2.mulAdd(proof[dimension + 2]!, first, packed);
  expect([...out]).toEqual([value, fieldPrio2.sub(g, sumOf(even, 1, dimension)), h]);
}, 60_000);

test('a size that the field has no roots for is refused', () => {
  const constants = { offsets: new Uint32Array(2 ** 20), slopes: new Uint32Array(2 ** 20) };
  const create = () => createBlockKernels({ dimension: 2 ** 20 - 1, sizeLog2: 20 }, constants);
  expect(create).toThrow('order: expected 2^0..2^20, got 2^21');
});
