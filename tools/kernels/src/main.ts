/**
 * `npm run kernels [-- --check]`: compiles the kernels of every lib and writes the modules to where
 * the libs read them; with --check it writes nothing and fails where a kept module differs.
 */

import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

import { compileKernels, moduleText } from './compile.ts';
import type { KernelSource } from './compile.ts';

const LIBS = new URL('../../../libs/', import.meta.url);

/** Returns the exit code. */
export async function main(args: string[]): Promise<number> {
  const { values } = parseArgs({ args, options: { check: { type: 'boolean', default: false } } });
  let differing = 0;
  for (const { lib, source } of await findKernels()) {
    const module = await compileKernels(source);
    const text = moduleText(module);
    const path = fileURLToPath(source.output);
    const kept = existsSync(path) ? readFileSync(path, 'utf8') : undefined;
    const same = kept === text;
    if (!same && !values.check) writeFileSync(path, text);
    if (!same && values.check) differing++;
    const state = same ? 'as kept' : values.check ? 'DIFFERS from what is kept' : 'written';
    console.log(`${lib}: ${module.length} bytes, ${state}`);
  }
  if (differing > 0) console.error('run `npm run kernels` and commit what it writes');
  return differing > 0 ? 1 : 0;
}

/** Every lib that has a `kernels/kernels.ts`, which exports `kernels`. */
async function findKernels(): Promise<{ lib: string; source: KernelSource }[]> {
  const found: { lib: string; source: KernelSource }[] = [];
  for (const lib of readdirSync(LIBS).sort()) {
    const file = new URL(`${lib}/kernels/kernels.ts`, LIBS);
    if (!existsSync(file)) continue;
    const { kernels } = (await import(file.href)) as { kernels: KernelSource };
    found.push({ lib, source: kernels });
  }
  return found;
}
