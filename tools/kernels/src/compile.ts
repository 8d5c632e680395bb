/**
 * Compiles the WebAssembly kernels of a lib: AssemblyScript written by hand, and straight-line
 * AssemblyScript written by a generator, to one module. The same sources and compiler version give
 * the same bytes, so that a module kept in the repository can be checked against its sources.
 */

import { main as asc } from 'assemblyscript/asc';
import { readFileSync } from 'node:fs';

/** What a lib's `kernels/kernels.ts` exports. */
export interface KernelSource {
  /** Folder of the AssemblyScript sources, with a final slash; `index.ts` is the entry. */
  readonly assembly: URL;
  /** Sources that the lib's generator writes, by their name in that folder. */
  readonly generated: Readonly<Record<string, string>>;
  /** The first byte that the compiler may use for constants; what is below is the kernels' own. */
  readonly memoryBase: number;
  /** The TypeScript file that holds the compiled module. */
  readonly output: URL;
}

/** The compiler found something wrong in a kernel; `message` is its report. */
export class KernelError extends Error {}

/**
 * The module's bytes. It imports its memory as `env.memory`: whoever makes an instance decides how
 * much there is.
 * @throws KernelError with the compiler's messages
 */
export async function compileKernels(source: KernelSource): Promise<Uint8Array> {
  let messages = '';
  let module: Uint8Array | undefined;
  const { error } = await asc(
    [
      'index.ts',
      '--outFile=module.wasm',
      '-O3',
      '--converge',
      '--noAssert',
      '--runtime=stub',
      '--enable=simd',
      '--importMemory',
      `--memoryBase=${source.memoryBase}`,
    ],
    {
      readFile: (name) => readSource(source, name),
      writeFile(name, contents) {
        if (name === 'module.wasm') module = Buffer.from(contents);
      },
      listFiles: () => [],
      stdout: { write: () => true },
      stderr: { write: (text: string | Uint8Array) => ((messages += String(text)), true) },
    },
  );
  if (error !== null || module === undefined) {
    throw new KernelError(`${source.assembly.pathname}: ${messages || String(error)}`);
  }
  return module;
}

function readSource({ assembly, generated }: KernelSource, name: string): string | null {
  if (Object.hasOwn(generated, name)) return generated[name]!;
  try {
    return readFileSync(new URL(name, assembly), 'utf8');
  } catch {
    return null; // The compiler tries several names for one import.
  }
}

/** The source text of the TypeScript file that holds `module`. */
export function moduleText(module: Uint8Array): string {
  const lines = Buffer.from(module)
    .toString('base64')
    .match(/.{1,96}/g)!;
  return `/** A compiled module, written by \`npm run kernels\`; not to be edited. */

export const MODULE_SIZE = ${module.length};

export const MODULE_BASE64 = \`
${lines.join('\n')}
\`;
`;
}
