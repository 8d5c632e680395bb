/**
 * `npm run screenshots`: pictures of the authority's page, of a run's page and of the terminal into
 * `docs/images`, by a Chromium that is on the PATH or that PRIOLAB_CHROMIUM names. `-- portal`,
 * `-- report` and `-- terminal` take those alone; the run's page is the flagship's day, or what the
 * `summary.json` holds that stands behind `report`; `--measure` renews the times, speed and memory
 * on the terminal's.
 */

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const SCENARIO = 'scenarios/us-day.scenario.ts';

if (!process.features.typescript) {
  const { register } = await import('tsx/esm/api');
  register();
}
const [which, file] = process.argv.slice(2).filter((word) => !word.startsWith('--'));
const isMeasured = process.argv.includes('--measure');
const folder = join(ROOT, 'docs/images');
const say = (/** @type {string} */ line) => console.log(line);

/** The record of the flagship's day, run for this. */
function flagship() {
  const out = mkdtempSync(join(tmpdir(), 'priolab-flagship-'));
  try {
    const main = join(ROOT, 'apps/simulator/bin/priolab.js');
    const run = spawnSync(process.execPath, [main, 'run', SCENARIO, '--out', out], {
      cwd: ROOT,
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    if (run.error !== undefined) throw run.error;
    return readFileSync(join(out, 'latest', 'summary.json'), 'utf8');
  } finally {
    rmSync(out, { recursive: true });
  }
}

/** @type {Record<string, () => Promise<number>>} */
const pictures = {
  async portal() {
    const { main } = await import('../apps/portal/test/browser/screenshots.ts');
    return main(folder, say);
  },
  async report() {
    const { main } = await import('../libs/report/test/browser/screenshots.ts');
    const summary = JSON.parse(file === undefined ? flagship() : readFileSync(file, 'utf8'));
    const seed = `--seed ${summary.identity.seed} --reports ${summary.population.reports}`;
    const replay = `npx priolab run scenarios/${summary.identity.id}.scenario.ts ${seed}`;
    return main(summary, { folder, replay, say });
  },
  async terminal() {
    const { findChromium, launch } = await import('../apps/portal/test/browser/stand.ts');
    const { main } = await import('../apps/simulator/test/pictures/main.ts');
    const executable = findChromium();
    const openBrowser = executable === undefined ? undefined : () => launch(executable);
    return main({ folder, openBrowser, isMeasured, say });
  },
};

for (const [name, take] of Object.entries(pictures)) {
  if (which === undefined || which === name) process.exitCode ||= await take();
}
