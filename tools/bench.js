/**
 * `npm run bench -- [--smoke] [--filter TEXT] [--json]`: the benchmarks of all libs. Registers the
 * TypeScript loader where Node has none of its own, then starts the runner.
 */

if (!process.features.typescript) {
  const { register } = await import('tsx/esm/api');
  register();
}
const { main } = await import('./repository/src/benchmarks/main.ts');
process.exitCode = await main(process.argv.slice(2));
