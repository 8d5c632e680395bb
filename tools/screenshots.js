/**
 * `npm run screenshots`: pictures of the authority's page, of a run's page, of comparisons' cards,
 * of a grid's page and of the terminal into `docs/images`, by a Chromium on the PATH or one that
 * PRIOLAB_CHROMIUM names. `-- portal`, `-- report`, `-- compare`, `-- scale` and `-- terminal` take
 * those alone. The run's page is the flagship's day, or what the `summary.json` holds that stands
 * behind `report`; the grid is small, or that of the `scale.json` behind `scale`; `--measure`
 * renews the times, speed and memory on the terminal's.
 */

import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const FLAGSHIP = 'scenarios/us-day.scenario.ts';

if (!process.features.typescript) {
  const { register } = await import('tsx/esm/api');
  register();
}
const [which, file] = process.argv.slice(2).filter((word) => !word.startsWith('--'));
const isMeasured = process.argv.includes('--measure');
const folder = join(ROOT, 'docs/images');
const say = (/** @type {string} */ line) => console.log(line);
const stored = () => (file === undefined ? undefined : readFileSync(file, 'utf8'));
const ofPages = () => import('../libs/report/test/browser/screenshots.ts');

/**
 * Runs the command line and reads a file that it leaves in a folder below `--out`.
 * @param {string[]} args @param {string} name of the file
 */
function leftBy(args, name) {
  const out = mkdtempSync(join(tmpdir(), 'priolab-pictures-'));
  try {
    const main = join(ROOT, 'apps/simulator/bin/priolab.js');
    const { error } = spawnSync(process.execPath, [main, ...args, '--out', out], {
      cwd: ROOT,
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    if (error !== undefined) throw error;
    const folder = readdirSync(out).find((entry) => existsSync(join(out, entry, name)));
    if (folder === undefined) throw new Error(`priolab ${args.join(' ')}: left no ${name}`);
    return readFileSync(join(out, folder, name), 'utf8');
  } finally {
    rmSync(out, { recursive: true });
  }
}

/** What is compared on a card's picture. */
const COMPARISONS = {
  'compare-epsilon': [FLAGSHIP, '--a', 'system.epsilon=8', '--b', 'system.epsilon=4'],
  'compare-poison': [
    'scenarios/incidents/04-undecryptable-packet.scenario.yaml',
    '--a',
    'services.legacy=[poison-drops-batch]',
  ],
};
/** A grid of some minutes that is large enough to be told. */
const GRID = [FLAGSHIP, '--reports', '2000,4000,8000,16000', '--workers', '1,2', '--repeat', '3'];

/** @type {Record<string, () => Promise<number>>} */
const pictures = {
  async portal() {
    const { main } = await import('../apps/portal/test/browser/screenshots.ts');
    return main(folder, say);
  },
  async report() {
    const { reportSubjects, takePictures } = await ofPages();
    const summary = JSON.parse(stored() ?? leftBy(['run', FLAGSHIP], 'summary.json'));
    const seed = `--seed ${summary.identity.seed} --reports ${summary.population.reports}`;
    const replay = `npx priolab run scenarios/${summary.identity.id}.scenario.ts ${seed}`;
    return takePictures(reportSubjects(summary, replay), { folder, say });
  },
  async compare() {
    const { takePictures } = await ofPages();
    const subjects = Object.entries(COMPARISONS).map(([name, args]) => {
      return { name, html: leftBy(['ab', ...args], 'card.html') };
    });
    return takePictures(subjects, { folder, say });
  },
  async scale() {
    const { scaleSubjects, takePictures } = await ofPages();
    const record = JSON.parse(stored() ?? leftBy(['scale', ...GRID], 'scale.json'));
    return takePictures(scaleSubjects(record), { folder, say });
  },
  async terminal() {
    const { findChromium, launch } = await import('./vectors/src/browser.ts');
    const { main } = await import('../apps/simulator/test/pictures/main.ts');
    const executable = findChromium();
    const openBrowser = executable === undefined ? undefined : () => launch(executable);
    return main({ folder, openBrowser, isMeasured, say });
  },
};

for (const [name, take] of Object.entries(pictures)) {
  if (which === undefined || which === name) process.exitCode ||= await take();
}
