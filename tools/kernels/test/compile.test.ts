/**
 * The compiler's seam, on kernels of a few lines: the same sources give the same bytes, generated
 * sources are found beside written ones, and a mistake is told.
 */

import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';

import { compileKernels, KernelError, moduleText } from '../src/compile.ts';
import type { KernelSource } from '../src/compile.ts';

function kernels(entry: string, generated: Record<string, string> = {}): KernelSource {
  const folder = mkdtempSync(join(tmpdir(), 'priolab-kernels-'));
  writeFileSync(join(folder, 'index.ts'), entry);
  const assembly = pathToFileURL(`${folder}/`);
  return { assembly, generated, memoryBase: 1024, output: new URL('module.ts', assembly) };
}

const SUM = `
import { TWO } from './two';
export function addTwo(at: usize): void {
  v128.store(at, i32x4.add(v128.load(at), i32x4.splat(TWO)));
}`;

test('compiles written and generated sources to one module that runs', async () => {
  const module = await compileKernels(kernels(SUM, { 'two.ts': 'export const TWO: i32 = 2;' }));
  const memory = new WebAssembly.Memory({ initial: 1 });
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(Buffer.from(module)), {
    env: { memory },
  });
  const lanes = new Int32Array(memory.buffer, 16, 4);
  lanes.set([1, -2, 3, 2 ** 31 - 1]);
  (exports['addTwo'] as (at: number) => void)(16);
  expect([...lanes]).toEqual([3, 0, 5, -(2 ** 31) + 1]);
});

test('gives the same bytes each time', async () => {
  const source = kernels(SUM, { 'two.ts': 'export const TWO: i32 = 2;' });
  const [first, second] = [await compileKernels(source), await compileKernels(source)];
  expect(Buffer.compare(first, second)).toBe(0);
  expect(moduleText(first)).toBe(moduleText(second));
});

test('tells what is wrong in a kernel', async () => {
  const wrong = kernels('export function f(): i32 { return nothing; }');
  await expect(compileKernels(wrong)).rejects.toThrow(KernelError);
  await expect(compileKernels(wrong)).rejects.toThrow(/nothing/);
});
