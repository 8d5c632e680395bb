/**
 * One side of `priolab ab`: a scenario that is run here, or by the command line of another checkout
 * of Priolab, which gets what the scenario says and fills in its own defaults.
 */

import { spawn } from 'node:child_process';
import { existsSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { EXIT, LEDGER_FILE, describeEnvironment, runScenario } from '@priolab/harness';
import type { PopulationPlan, RunSummary, Scenario, UsageError } from '@priolab/harness';

import { usage } from './arguments.ts';
import { deploymentOptions } from './deployment-options.ts';
import { createProgressLine } from './progress-line.ts';
import { quote } from './quote.ts';
import { SUMMARY_FILE, makeFolder, openFolder, readRunToCompare, writeRun } from './run-folder.ts';
import { printable } from './streams.ts';

export interface ArmJob {
  /** `a` or `b`. */
  readonly side: string;
  /** What to call it on the card. */
  readonly name: string;
  readonly scenario: Scenario;
  readonly plan: PopulationPlan;
  /** What the scenario says, without defaults. */
  readonly value: unknown;
  /** The checkout whose command line runs it, in a process of its own; left out: this process. */
  readonly at?: string | undefined;
}

const BIN = 'apps/simulator/bin/priolab.js';

/** This program's own checkout. */
export const OWN_CHECKOUT = fileURLToPath(new URL('../../../', import.meta.url));

/** What is wrong with a path that should be a checkout. */
export function checkoutMistake(option: string, path: string | undefined): string | undefined {
  if (path === undefined || existsSync(join(path, BIN))) return undefined;
  return `${option}: got "${path}"; expected a checkout of Priolab, with ${BIN}`;
}

interface Settings {
  readonly folder: string;
  readonly workers: number;
  readonly signal: AbortSignal;
}

/** Runs it once and leaves its files in its folder; undefined where it was ended before that. */
export function runArm(job: ArmJob, settings: Settings): Promise<RunSummary | undefined> {
  return job.at === undefined ? runHere(job, settings) : runThere(job, job.at, settings);
}

async function runHere(job: ArmJob, { folder, workers, signal }: Settings): Promise<RunSummary> {
  const { scenario, plan } = job;
  const progress = createProgressLine(process.stderr, {
    doing: `running ${job.side}`,
    unit: 'reports',
  });
  openFolder(folder);
  try {
    const summary = await runScenario({
      scenario,
      plan,
      workers,
      signal,
      environment: describeEnvironment(),
      ledgerPath: join(folder, LEDGER_FILE),
      onProgress: (state) => progress.update(state),
      deployment: deploymentOptions({ folder: join(folder, 'deployment') }),
    });
    progress.clear();
    writeRun(folder, summary, {
      replay: `npx priolab run ${quote(join(folder, 'scenario.json'))}`,
    });
    return summary;
  } finally {
    progress.clear();
  }
}

/** Exit codes after which a run has left a record. */
const HAS_RUN: ReadonlySet<number | null> = new Set(
  Object.values(EXIT).filter((code) => code !== EXIT.usage && code !== EXIT.bug),
);

async function runThere(
  { side, value }: ArmJob,
  at: string,
  { folder, workers, signal }: Settings,
): Promise<RunSummary | undefined> {
  const outside = `${folder}.runs`;
  for (const path of [folder, outside]) rmSync(path, { recursive: true, force: true });
  makeFolder(outside);
  const file = join(outside, `${side}.scenario.json`);
  writeFileSync(file, `${JSON.stringify(value, null, 2)}\n`);
  const args = ['run', file, '--out', outside, '--workers', String(workers)];
  console.error(printable(`running ${side} in ${at}`));
  const { ended, told } = await runChild([join(at, BIN), ...args], signal);
  if (signal.aborted) return undefined;
  const failed = (what: string): UsageError =>
    usage('ab', [`${side}: ${at} ${what}`, told].join(': '));
  if (typeof ended === 'string' || !HAS_RUN.has(ended)) {
    // What a scenario says is the one thing that can be mended from here.
    const advice =
      ended === EXIT.usage
        ? `; what it does not know can be said otherwise to it alone, with --${side} path=value`
        : '';
    throw failed(`could not run it (${endText(ended)}${advice})`);
  }
  const run = readdirSync(outside, { withFileTypes: true }).find((entry) => {
    return entry.isDirectory() && existsSync(join(outside, entry.name, SUMMARY_FILE));
  });
  if (run === undefined) throw failed(`left no ${SUMMARY_FILE} (${endText(ended)})`);
  renameSync(join(outside, run.name), folder);
  rmSync(outside, { recursive: true });
  return readRunToCompare('ab', folder);
}

function endText(ended: number | string): string {
  return typeof ended === 'number' ? `exit code ${ended}` : `ended by ${ended}`;
}

/** Lines of its standard error that are told where it failed: the last ones. */
const TOLD_LINES = 12;

/** Its exit code or the signal that ended it, and the end of what it said of mistakes. */
function runChild(
  args: readonly string[],
  signal: AbortSignal,
): Promise<{ ended: number | string; told: string }> {
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  const stop = (): void => void child.kill('SIGINT');
  signal.addEventListener('abort', stop, { once: true });
  let told = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    told = (told + text).slice(-4000);
  });
  return new Promise<{ ended: number | string; told: string }>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, killedBy) => {
      const lines = told.trim().split('\n').slice(-TOLD_LINES);
      resolve({ ended: code ?? killedBy ?? 'nothing', told: lines.join('\n') });
    });
  }).finally(() => signal.removeEventListener('abort', stop));
}
