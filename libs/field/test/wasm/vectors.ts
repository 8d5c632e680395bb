/** Blocks of vectors for the kernels' tests, and what the reference makes of a single one. */

import { expect } from 'vitest';

import { createBlockKernels, referenceField as field } from '../../src/index.ts';
import type { BlockKernels, BlockShape, ProofConstants } from '../../src/index.ts';
import { edges, p } from '../elements.ts';

export interface Layout extends BlockShape {
  readonly size: number;
  readonly vectorLen: number;
  readonly constants: ProofConstants;
  readonly kernels: BlockKernels;
}

/** Every width that a kernel treats in its own way, and neighbours of powers of two. */
export const dimensions = [1, 2, 3, 5, 7, 8, 15, 16, 100, 127, 128] as const;

/** Reports in a block, on both sides of what fills four lanes. */
export const counts = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9] as const;
/** The status of what a kernel refuses. */
export const FAILED = 7;
/** What is not for a kernel to write. */
export const GUARD = 0xdeadbeef;

/** Elements without a pattern, by label; every fifth one is an edge. */
export function elementsOf(label: number, count: number): Uint32Array {
  let state = label + 1;
  return Uint32Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const high = state >>> 4;
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const word = (high ^ state) >>> 0;
    return state % 5 === 0 ? edges[high % edges.length]! : word % p;
  });
}

/** Kernels of the smallest transform for `dimension`, with constants of no meaning. */
export function layoutOf(dimension: number): Layout {
  const sizeLog2 = Math.max(1, 32 - Math.clz32(dimension));
  const size = 2 ** sizeLog2;
  const constants = { offsets: elementsOf(dimension, size), slopes: elementsOf(-dimension, size) };
  const kernels = createBlockKernels({ dimension, sizeLog2 }, constants);
  const vectorLen = dimension + 3 + size;
  return { dimension, sizeLog2, size, vectorLen, constants, kernels };
}

export function blockOf(layout: Layout, count: number, label: number): Uint32Array {
  return elementsOf(label, count * layout.vectorLen);
}

export function vectorAt({ vectorLen }: Layout, block: Uint32Array, slot: number): Uint32Array {
  return block.subarray(slot * vectorLen, (slot + 1) * vectorLen);
}

const big = (values: Iterable<number>): bigint[] => Array.from(values, BigInt);

/** f0, data, 0... : the values of f at the n-th roots. */
function valuesOf({ dimension, size }: Layout, vector: Uint32Array): bigint[] {
  const values = [vector[dimension]!, ...vector.subarray(0, dimension)];
  return big(Array.from({ length: size }, (_, i) => values[i] ?? 0));
}

/** The whole vector, completed from its data, f0 and g0. */
export function referenceProof(layout: Layout, vector: Uint32Array): number[] {
  const { dimension, size, constants } = layout;
  const coefficients = field.interpolate(valuesOf(layout, vector));
  const zeros = Array.from({ length: size }, () => 0n);
  const all = field.transform([...coefficients, ...zeros], field.root(2 * size));
  const [f0, g0] = big(vector.subarray(dimension, dimension + 2)) as [bigint, bigint];
  const packed = Array.from({ length: size }, (_, j) => {
    const f = all[2 * j + 1]!;
    const slope = field.mul(field.sub(g0, f0), BigInt(constants.slopes[j]!));
    return field.mul(f, f + BigInt(constants.offsets[j]!) + slope);
  });
  const given = vector.subarray(0, dimension + 2);
  return [...given, ...[field.mul(f0, g0), ...packed].map(Number)];
}

/** f, g, h at r by coefficients and Horner. */
export function referenceValues(
  layout: Layout,
  vector: Uint32Array,
  leader: boolean,
  r: number,
): number[] {
  const { dimension, size } = layout;
  const f = valuesOf(layout, vector);
  const one = leader ? 1n : 0n;
  const g = f.map((x, i) => (i >= 1 && i <= dimension ? field.sub(x, one) : x));
  g[0] = BigInt(vector[dimension + 1]!);
  const h = Array.from({ length: 2 * size }, (_, k) => {
    if (k % 2 === 1) return BigInt(vector[dimension + 3 + (k - 1) / 2]!);
    return k === 0 ? BigInt(vector[dimension + 2]!) : 0n;
  });
  return [f, g, h].map((values) => Number(field.evaluate(field.interpolate(values), BigInt(r))));
}

/** `values` with guards around; `inner` is what a kernel gets. */
export function guarded(values: Uint32Array): { inner: Uint32Array; check(): void } {
  const whole = Uint32Array.from([GUARD, ...values, GUARD, GUARD, GUARD, GUARD]);
  return {
    inner: whole.subarray(1, 1 + values.length),
    check() {
      expect(whole[0]).toBe(GUARD);
      expect([...whole.subarray(1 + values.length)]).toEqual([GUARD, GUARD, GUARD, GUARD]);
    },
  };
}

/** Gives slot i the words of `source(i)`, then words counting up from 5. */
export const filling =
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
