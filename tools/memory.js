/**
 * `npm run memory -- [--reports 1000000] [--base 100000] [--runs 3] [--workers N] [--scenario FILE]
 * [--json]`: does a run's memory grow with its reports? Registers the TypeScript loader where Node
 * has none of its own, then starts the measurement.
 */

if (!process.features.typescript) {
  const { register } = await import('tsx/esm/api');
  register();
}
const { main } = await import('./repository/src/memory/main.ts');
process.exitCode = await main(process.argv.slice(2));
