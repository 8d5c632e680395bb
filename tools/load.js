/**
 * `npm run load -- [--seconds 60] [--rate N] [--replicas 2] [--attack] [--kill] ...`: phones in
 * this process upload to ingestors in others. Registers the TypeScript loader where Node has none
 * of its own, then starts the load.
 */

if (!process.features.typescript) {
  const { register } = await import('tsx/esm/api');
  register();
}
const { main } = await import('../apps/ingestor/bench/load/main.ts');

process.exitCode = await main(process.argv.slice(2), (line) => console.log(line));
