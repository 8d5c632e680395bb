/**
 * `npm run screenshots`: pictures of the authority's page and of the terminal into `docs/images`,
 * by a Chromium that is on the PATH or that PRIOLAB_CHROMIUM names. `-- terminal` takes those of
 * the terminal alone, `--measure` renews the times, speed and memory on them.
 */

if (!process.features.typescript) {
  const { register } = await import('tsx/esm/api');
  register();
}
const asked = process.argv.slice(2);
const folder = new URL('../docs/images', import.meta.url).pathname;
/** @param {string} line */
const say = (line) => console.log(line);

if (!asked.includes('terminal')) {
  const { main } = await import('../apps/portal/test/browser/screenshots.ts');
  process.exitCode = await main(folder, say);
}
if (!process.exitCode) {
  const { findChromium, launch } = await import('../apps/portal/test/browser/stand.ts');
  const { main } = await import('../apps/simulator/test/pictures/main.ts');
  const executable = findChromium();
  const openBrowser = executable === undefined ? undefined : () => launch(executable);
  process.exitCode = await main({
    folder,
    openBrowser,
    isMeasured: asked.includes('--measure'),
    say,
  });
}
