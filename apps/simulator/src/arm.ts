/**
 * One side of `priolab ab`: a scenario that is run here, or by the command line of another checkout
 * of Priolab, which gets what the scenario says and fills in its own defaults.
 */

import { spawn } from 'node:child_process';
import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { EXIT, LEDGER_FILE, describeEnvironment, runScenario } from '@priolab/harness';
import type { PopulationPlan, RunSummary, Scenario } from '@priolab/harness';

import { usage } from './arguments.ts';
import { deploymentOptions } from './deployment-options.ts';
import { createProgressLine } from './progress-line.ts';
import { SUMMARY_FILE, makeFolder, openFolder, readRunToCompare, writeRun } from './run-folder.ts';

export interface ArmJob {
  /** `a` or `b`. */
  readonly side: string;
  /** What to call it on the card. */
  readonly name: string;
  readonly scenario: Scenario;
  readonly plan: PopulationPlan;
  /** What the scenario says, without defaults. */
  readonly value: unknown;
  /** The other checkout that runs it; left out: this one. */
  readonly at?: string | undefined;
  readonly folder: string;
}

const BIN = 'apps/simulator/bin/priolab.js';

/** What is wrong with a path that should be a checkout. */
export function checkoutMistake(option: string, path: string | undefined): string | undefined {
  if (path === undefined || existsSync(join(path, BIN))) return undefined;
  return `${option}: got "${path}"; expected a checkout of Priolab, with ${BIN}`;
}

interface Settings {
  readonly workers: number;
  readonly signal: AbortSignal;
}

/** Runs it once and leaves its files in its folder. */
export function runArm(job: ArmJob, settings: Settings): Promise<RunSummary> {
  return job.at === undefined ? runHere(job, settings) : runThere(job, job.at, settings);
}

async function runHere(job: ArmJob, { workers, signal }: Settings): Promise<RunSummary> {
  const { scenario, plan, folder } = job;
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
    writeRun(folder, summary, { replay: `npx priolab run ${join(folder, 'scenario.json')}` });
    return summary;
  } finally {
    progress.clear();
  }
}

/** Exit codes after which a run has left a record. */
const HAS_RUN: ReadonlySet<number | null> = new Set(
  Object.values(EXIT).filter((code) => code !== EXIT.usage && code !== EXIT.bug),
);

async function runThere(job: ArmJob, at: string, settings: Settings): Promise<RunSummary> {
  const { side, value, folder } = job;
  rmSync(folder, { recursive: true, force: true });
  makeFolder(folder);
  const file = join(folder, `${side}.scenario.json`);
  writeFileSync(file, `${JSON.stringify(value, null, 2)}\n`);
  const out = join(folder, 'runs');
  const args = ['run', file, '--out', out, '--workers', String(settings.workers)];
  const { code, told } = await runChild([join(at, BIN), ...args], settings.signal);
  if (!HAS_RUN.has(code)) {
    throw usage('ab', `${side}: ${at} could not run it (exit code ${code}): ${told.trim()}`);
  }
  const [run] = existsSync(out) ? readdirSync(out) : [];
  if (run === undefined || !existsSync(join(out, run, SUMMARY_FILE))) {
    throw usage('ab', `${side}: ${at} left no ${SUMMARY_FILE} (exit code ${code})`);
  }
  return readRunToCompare('ab', join(out, run));
}

/** Its standard error is kept, for what it says of mistakes. */
function runChild(
  args: readonly string[],
  signal: AbortSignal,
): Promise<{ code: number | null; told: string }> {
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  const stop = (): void => void child.kill('SIGINT');
  signal.addEventListener('abort', stop, { once: true });
  let told = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    told = (told + text).slice(-4000);
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, told }));
  }).finally(() => signal.removeEventListener('abort', stop)) as Promise<{
    code: number | null;
    told: string;
  }>;
}
