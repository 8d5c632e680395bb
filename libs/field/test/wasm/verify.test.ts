/** f, g, h at r against the reference; which r are refused. */

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { fieldPrio2, referenceField } from '../../src/index.ts';
import { element, p, runs } from '../elements.ts';
import {
  FAILED,
  blockOf,
  counts,
  dimensions,
  elementsOf,
  guarded,
  layoutOf,
  referenceValues,
  vectorAt,
} from './vectors.ts';

const isRoot = (r: number, order: number): boolean =>
  referenceField.pow(BigInt(r), BigInt(order)) === 1n;

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
