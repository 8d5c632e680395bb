/** `priolab run`: runs scenarios, shows progress and verdict, writes the run folder. */

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { availableParallelism } from 'node:os';

import { EXIT, LEDGER_FILE, runScenario, scenarioDigest } from '@priolab/harness';
import type { RunSummary, Scenario } from '@priolab/harness';
import { renderJunit, renderSummary } from '@priolab/report';
import { createInterrupt } from '@priolab/runtime';

import { parse, usage, wholeNumber } from '../arguments.ts';
import { describeEnvironment } from '../environment.ts';
import { loadScenario } from '../load.ts';
import { createProgressLine } from '../progress-line.ts';
import { planOrUsageError } from './check.ts';

/** What comes first when several scenarios end differently. */
const PRECEDENCE = [
  EXIT.interrupted,
  EXIT.bug,
  EXIT.correctness,
  EXIT.performance,
  EXIT.vacuous,
  EXIT.invalid,
];

/** Rows of the table by state and metric: the flagship's 96 fit. */
const MAX_ROWS = 200;

const options = {
  seed: { type: 'string' },
  reports: { type: 'string' },
  workers: { type: 'string' },
  out: { type: 'string', default: 'runs' },
  json: { type: 'boolean', default: false },
} as const;

export async function run(args: readonly string[]): Promise<number> {
  const { values, positionals } = parse('run', args, options);
  if (positionals.length === 0) {
    throw usage('run', 'no scenario file; for example: priolab run scenarios/smoke.scenario.ts');
  }
  const reports =
    values.reports === undefined
      ? undefined
      : wholeNumber('run', '--reports', values.reports, { min: 1, max: 1_000_000_000 });
  const workers =
    values.workers === undefined
      ? availableParallelism()
      : wholeNumber('run', '--workers', values.workers, { min: 0, max: 256 });

  // All files are checked before any is run.
  const scenarios: { file: string; scenario: Scenario }[] = [];
  for (const file of positionals) {
    scenarios.push({ file, scenario: await loadScenario(file, { seed: values.seed, reports }) });
  }
  const interrupt = createInterrupt();
  const codes: number[] = [];
  try {
    for (const { file, scenario } of scenarios) {
      const settings = { file, workers, out: values.out, json: values.json };
      codes.push(await runOne(scenario, settings, interrupt.signal));
      if (interrupt.signal.aborted) break;
    }
  } finally {
    interrupt.dispose();
  }
  return PRECEDENCE.find((code) => codes.includes(code)) ?? EXIT.pass;
}

async function runOne(
  scenario: Scenario,
  settings: { file: string; workers: number; out: string; json: boolean },
  signal: AbortSignal,
): Promise<number> {
  const { file, workers, out, json } = settings;
  const folder = join(out, folderName(scenario));
  mkdirSync(folder, { recursive: true });
  const say = json ? console.error : console.log;
  const progress = createProgressLine(process.stderr);
  say(`${scenario.id}: ${scenario.about}`);
  let summary: RunSummary;
  planOrUsageError(file, scenario);
  try {
    summary = await runScenario({
      scenario,
      workers,
      signal,
      environment: describeEnvironment(),
      ledgerPath: join(folder, LEDGER_FILE),
      onProgress: (state) => progress.update(state),
    });
  } finally {
    progress.clear();
  }
  const replay = replayCommand(scenario, file);
  const files = writeRun(folder, scenario, summary, replay);
  say(
    renderSummary(summary, {
      colour: process.stdout.isTTY === true && process.env['NO_COLOR'] === undefined,
      width: process.stdout.columns ?? 100,
      maxRows: MAX_ROWS,
      replay,
      files,
    }),
  );
  if (json) console.log(JSON.stringify(summary, null, 2));
  return summary.exitCode;
}

/** `<id>-<seed>-<digest8>`, safe as a folder name whatever the seed. */
function folderName(scenario: Scenario): string {
  const safe = (text: string): string => text.replaceAll(/[^A-Za-z0-9._]+/g, '-').slice(0, 60);
  const digest = scenarioDigest(scenario).slice(0, 8);
  return `${safe(scenario.id)}-${safe(String(scenario.seed))}-${digest}`;
}

function replayCommand(scenario: Scenario, file: string): string {
  const quote = (text: string): string =>
    /^[\w./:-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
  const seed = quote(String(scenario.seed));
  const { reports } = scenario.population;
  return `npx priolab run ${quote(file)} --seed ${seed} --reports ${reports}`;
}

function writeRun(folder: string, scenario: Scenario, summary: RunSummary, replay: string) {
  const write = (name: string, text: string): string => {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  };
  const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;
  return [
    { path: write('summary.json', json(summary)), what: 'everything, for programs' },
    { path: write('scenario.json', json(scenario)), what: 'the scenario with all defaults' },
    { path: write('junit.xml', renderJunit(summary, { replay })), what: 'for CI' },
    { path: join(folder, LEDGER_FILE), what: 'the fate of every report: priolab where' },
  ];
}
