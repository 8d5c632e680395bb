/**
 * `npm run sweep -- [--on files|servers] [--only TEXT] [--every N]`: kills two real processors at
 * every durable step and compares what comes out with an undisturbed run.
 */

if (!process.features.typescript) {
  const { register } = await import('tsx/esm/api');
  register();
}
const { main } = await import('../apps/processor/test/sweep/main.ts');

process.exitCode = await main(process.argv.slice(2), (line) => console.log(line));
