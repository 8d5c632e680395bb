/** The command line as a child process in a temporary folder, and scenario files to give it. */

import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../../..');
// Nx sets FORCE_COLOR; beside NO_COLOR, Node then warns on stderr, which tests read.
const ofTests = { NO_COLOR: '1', FORCE_COLOR: undefined, CI: '1', GITHUB_ACTIONS: undefined };
const env = { ...process.env, ...ofTests };

export const scenarios = join(root, 'scenarios');
export const smoke = join(scenarios, 'smoke.scenario.ts');

/** A line of the log of progress, which only a run of more than five seconds has. */
const PROGRESS = /^(?:[^,\n]+ )?\d+\.\d %, [\d,]+ of [\d,]+ [a-z]+, .*\n/gm;

/** What was said on standard error, however slow the machine was. */
export const withoutProgress = (err: string): string => err.replace(PROGRESS, '');

/**
 * The caller removes `folder`.
 * @param of the clone whose command line it is
 * @param spoiledBy a script that is run before it, for what can't be had otherwise
 * @param within further variables of the environment
 */
export function createCli(
  of = root,
  { spoiledBy, within }: { readonly spoiledBy?: string; readonly within?: NodeJS.ProcessEnv } = {},
) {
  const bin = join(of, 'apps/simulator/bin/priolab.js');
  const folder = mkdtempSync(join(tmpdir(), 'priolab-cli-'));
  const spoiled = spoiledBy === undefined ? {} : { NODE_OPTIONS: `--require ${spoiledBy}` };
  const options = { env: { ...env, ...spoiled, ...within }, cwd: folder };
  return {
    folder,

    /** Runs it to its end; `err` is without lines of progress. */
    priolab(...args: string[]) {
      const all = { ...options, encoding: 'utf8', timeout: 170_000, maxBuffer: 2 ** 26 } as const;
      const done = spawnSync(process.execPath, [bin, ...args], all);
      return { code: done.status, out: done.stdout, err: withoutProgress(done.stderr) };
    },

    start: (...args: string[]) => spawn(process.execPath, [bin, ...args], options),

    /** A file that imports nothing, so that it can lie anywhere. */
    scenarioFile(name: string, change: object): string {
      const base = {
        id: name,
        about: 'for a test',
        population: { reports: 60, states: ['us-wa'] },
        system: { metrics: ['PeriodicExposureNotification-v1'] },
        crypto: { crossCheck: false },
        expect: ['sum.exact'],
      };
      const path = join(folder, `${name}.scenario.ts`);
      writeFileSync(path, `export default ${JSON.stringify({ ...base, ...change })};\n`);
      return path;
    },
  };
}
