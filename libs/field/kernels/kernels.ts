/**
 * What `npm run kernels` compiles for this lib; how the kernels come to be: README.md.
 */

export const kernels = {
  assembly: new URL('./assembly/', import.meta.url),
  /** No source is generated: the loops are short enough to be written out by hand. */
  generated: {},
  /** The kernels have no constants in memory; all of it is laid out by `src/wasm/memory-map.ts`. */
  memoryBase: 16,
  output: new URL('../src/wasm/module.generated.ts', import.meta.url),
};
