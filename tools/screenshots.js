/**
 * `npm run screenshots`: pictures of the authority's page into `docs/images`, by a Chromium that is
 * on the PATH or that PRIOLAB_CHROMIUM names.
 */

if (!process.features.typescript) {
  const { register } = await import('tsx/esm/api');
  register();
}
const { main } = await import('../apps/portal/test/browser/screenshots.ts');
const folder = new URL('../docs/images', import.meta.url).pathname;

process.exitCode = await main(folder, (line) => console.log(line));
