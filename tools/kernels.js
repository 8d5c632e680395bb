/**
 * `npm run kernels [-- --check]`: compiles the WebAssembly kernels. Registers the TypeScript loader
 * where Node has none of its own, then starts the compiler.
 */

if (!process.features.typescript) {
  const { register } = await import('tsx/esm/api');
  register();
}
const { main } = await import('./kernels/src/main.ts');
process.exitCode = await main(process.argv.slice(2));
