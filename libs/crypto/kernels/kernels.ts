/**
 * What `npm run kernels` compiles for this lib: AssemblyScript in `assembly/`, and the sources that
 * the generators beside it write.
 */

import { p256Sources } from './p256/sources.ts';
import { symmetricSources } from './symmetric/sources.ts';

/** Read by the kernel compiler; the bytes below `memoryBase` are the kernels' scratch. */
export const kernels = {
  assembly: new URL('assembly/', import.meta.url),
  generated: { ...p256Sources(), ...symmetricSources() },
  memoryBase: 64 * 1024,
  output: new URL('../src/wasm/module.generated.ts', import.meta.url),
};
