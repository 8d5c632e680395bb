/** The module, and the memory that kernels of all shapes share. */

import { expect, test } from 'vitest';

import {
  createBlockKernels,
  createLagrangeBasis,
  createOddExtension,
  fieldPrio2,
  innerProduct,
  sum as sumOf,
} from '../../src/index.ts';
import { threadWorkbench } from '../../src/wasm/instance.ts';
import { MODULE_BASE64 } from '../../src/wasm/module.generated.ts';
import { blockOf, elementsOf, filling, layoutOf } from './vectors.ts';

test('the module puts nothing into memory: the memory map has room for none of it', () => {
  const module = new WebAssembly.Module(Buffer.from(MODULE_BASE64, 'base64'));
  const memory = new WebAssembly.Memory({ initial: 1 });
  new WebAssembly.Instance(module, { env: { memory } });
  expect(new Uint8Array(memory.buffer).every((byte) => byte === 0)).toBe(true);
});

test('a thread has one workbench; it grows to what is asked for, and keeps what is in it', () => {
  const bench = threadWorkbench();
  expect(threadWorkbench()).toBe(bench);
  bench.claim(Uint32Array.of(7, 8), 64);
  const size = bench.bytes.length;
  bench.reserve(size);
  expect(bench.bytes).toHaveLength(size);
  bench.reserve(size + 1);
  expect(bench.bytes).toHaveLength(size + 65_536);
  expect(bench.words).toHaveLength(bench.bytes.length / 4);
  expect([...bench.words.subarray(16, 18)]).toEqual([7, 8]);
});

test('shapes take turns in one memory: whatever one does, another finds its tables', () => {
  const [small, large] = [layoutOf(3), layoutOf(4000)];
  const shapes = [small, large].map((layout) => {
    const count = layout === small ? 1001 : 2;
    const block = blockOf(layout, count, 5);
    const proofs = block.slice();
    layout.kernels.prove(count, proofs);
    return { layout, block, count, proofs };
  });
  const [a, b] = shapes as [(typeof shapes)[0], (typeof shapes)[0]];
  const { kernels, vectorLen } = a.layout;
  const bytes = new Uint8Array(4 * a.block.length);
  const items = { bytes, offset: 0, stride: 4 * vectorLen };
  const out = new Uint32Array(a.block.length);
  const status = new Uint8Array(a.count);
  const points = elementsOf(1, a.count);
  const verify = { leader: true, count: a.count, shares: a.block, points, out, status, failure: 1 };
  const ones = filling(() => []);
  for (const work of [
    () => kernels.split(a.count, a.block, a.proofs, items),
    () => kernels.decode(a.count, items, out, status, 1),
    () => kernels.expand(a.count, ones, out, status),
    () => kernels.aggregate(a.count, a.block, status, new Uint32Array(3)),
    () => kernels.verify(verify),
    () => kernels.prove(a.count, a.block.slice()),
  ]) {
    work();
    const again = b.block.slice();
    b.layout.kernels.prove(b.count, again);
    expect(again).toEqual(b.proofs);
  }
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
