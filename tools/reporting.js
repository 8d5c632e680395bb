/**
 * `npm run reporting -- [--reports 1000000] [--runs 1] [--workers N] [--scenario FILE] [--no-page]
 * [--json]`: what do reports take of a run's time and memory, and does its page work? Registers the
 * TypeScript loader where Node has none of its own, then starts the measurement.
 */

if (!process.features.typescript) {
  const { register } = await import('tsx/esm/api');
  register();
}
const { outputs } = await import('../libs/report/src/index.ts');
const { main } = await import('./repository/src/reporting/main.ts');
const forms = outputs.map(({ name }) => name);
process.exitCode = await main(process.argv.slice(2), forms);
