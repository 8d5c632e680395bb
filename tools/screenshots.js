/**
 * `npm run screenshots`: pictures of the authority's page and of a run's page into `docs/images`,
 * by a Chromium that is on the PATH or that PRIOLAB_CHROMIUM names. The run is the flagship's day,
 * or what a `summary.json` holds: `npm run screenshots -- runs/<run>/summary.json`.
 */

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const SCENARIO = 'scenarios/us-day.scenario.ts';

if (!process.features.typescript) {
  const { register } = await import('tsx/esm/api');
  register();
}
const portal = await import('../apps/portal/test/browser/screenshots.ts');
const report = await import('../libs/report/test/browser/screenshots.ts');
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
    const [name] = readdirSync(out);
    if (name === undefined) throw new Error(`${SCENARIO} left no run; exit code ${run.status}`);
    return readFileSync(join(out, name, 'summary.json'), 'utf8');
  } finally {
    rmSync(out, { recursive: true });
  }
}

const [file] = process.argv.slice(2);
const portalCode = file === undefined ? await portal.main(folder, say) : 0;
const summary = JSON.parse(file === undefined ? flagship() : readFileSync(file, 'utf8'));
const seed = `--seed ${summary.identity.seed} --reports ${summary.population.reports}`;
const replay = `npx priolab run scenarios/${summary.identity.id}.scenario.ts ${seed}`;
process.exitCode = portalCode || (await report.main(summary, { folder, replay, say }));
