/** `priolab run`: runs scenarios, shows progress and verdict, writes the run folders. */

import { join } from 'node:path';
import { availableParallelism } from 'node:os';

import {
  CAPSULE_FILE,
  CAPSULE_SIZE_MAX,
  EXIT,
  LEDGER_FILE,
  LedgerError,
  UsageError,
  capsuleOf,
  deploymentNames,
  didYouMean,
  encodeCapsule,
  prepareWorkers,
  worstExit,
} from '@priolab/harness';
import type { RunOptions, RunSummary, Scenario } from '@priolab/harness';
import { renderSummary, renderTerse } from '@priolab/report';
import { createInterrupt } from '@priolab/runtime';

import { numberMistake, parse, usage } from '../arguments.ts';
import { runFollowed } from '../follow.ts';
import { prepareAll } from '../prepare.ts';
import type { Prepared } from '../prepare.ts';
import { tellGithub } from '../github-actions.ts';
import { pointLatest } from '../latest.ts';
import { quote } from '../quote.ts';
import { repeatIn } from '../repeat.ts';
import type { Repeat } from '../repeat.ts';
import { checkFolder, openFolder, runFolder, writeRun } from '../run-folder.ts';
import { printable, wantsColour } from '../streams.ts';
import { outputsMistake, outputsNamed, writeOutputs } from '../write-outputs.ts';

/** What `--json` prints for several scenarios. For one it is the summary itself. */
const RUNS_SCHEMA = 'priolab-runs/1';
/** Where ingestors, processors and portal have their files, in the folder of the run. */
const DEPLOYMENT_FOLDER = 'deployment';
/** Rows of the table by state and metric: the flagship's 96 fit. */
const MAX_ROWS = 200;

const options = {
  seed: { type: 'string' },
  reports: { type: 'string' },
  deployment: { type: 'string' },
  workers: { type: 'string' },
  out: { type: 'string', default: 'runs' },
  report: { type: 'string' },
  profile: { type: 'boolean', default: false },
  keep: { type: 'boolean', default: false },
  terse: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
} as const;

type Arguments = ReturnType<typeof parse<typeof options>>;

interface Settings {
  readonly workers: number;
  readonly json: boolean;
  readonly profile: boolean;
  readonly keep: boolean;
  readonly terse: boolean;
  readonly out: string;
  /** Names of further outputs. */
  readonly report: readonly string[];
  readonly signal: AbortSignal;
  /** Said on the command line. */
  readonly deployment: string | undefined;
  readonly onPublished: RunOptions['onPublished'];
}

interface Job extends Prepared {
  readonly folder: string;
}

interface Finished {
  readonly job: Job;
  readonly summary: RunSummary;
}

/** @param onPublished told of windows as the combiner of a run in simulated time publishes them */
export async function run(
  args: readonly string[],
  onPublished?: RunOptions['onPublished'],
): Promise<number> {
  const { values, positionals } = parse('run', args, options, mistakesIn);
  const { seed, out, json, profile, keep, terse, deployment } = values;
  const numberOf = (text: string | undefined) => (text === undefined ? undefined : Number(text));
  const reports = numberOf(values.reports);
  const workers = numberOf(values.workers) ?? availableParallelism();

  // While scenarios are read and planned, workers get ready.
  prepareWorkers(workers);
  const interrupt = createInterrupt();
  const { signal } = interrupt;
  try {
    const { prepared, errors } = await prepareAll(
      positionals,
      { seed, reports, deployment },
      signal,
    );
    for (const error of errors) console.error(printable(error.message));
    if (errors.length > 0) return EXIT.usage;
    if (signal.aborted) {
      console.error('interrupted while planning: nothing was run');
      return EXIT.interrupted;
    }
    const jobs = jobsOf(prepared, out);
    const report = values.report?.split(',') ?? [];
    const shown = { json, profile, keep, terse, report };
    return await runAll(jobs, { workers, out, ...shown, signal, deployment, onPublished });
  } finally {
    interrupt.dispose();
  }
}

function mistakesIn({ values, positionals }: Arguments): (string | undefined)[] {
  const { seed, reports, workers, deployment } = values;
  const isSeed = seed === undefined || (seed.length >= 1 && seed.length <= 200);
  return [
    positionals.length === 0
      ? 'no scenario file; for example: priolab run scenarios/smoke.scenario.ts'
      : undefined,
    isSeed ? undefined : `--seed: got ${seed.length} characters; allowed: 1 to 200`,
    deploymentMistake(deployment),
    outputsMistake('--report', values.report),
    numberMistake('--reports', reports, { min: 1, max: 1_000_000_000 }),
    numberMistake('--workers', workers, { min: 0, max: 256 }),
  ];
}

function deploymentMistake(name: string | undefined): string | undefined {
  const names: readonly string[] = deploymentNames;
  if (name === undefined || names.includes(name)) return undefined;
  const meant = didYouMean(name, names);
  return `--deployment: got "${name}"${meant}; allowed: ${names.join(', ')}`;
}

/** Gives each run its folder, once it is known that all can be written. */
function jobsOf(prepared: readonly Prepared[], out: string): Job[] {
  const fileOf = new Map<string, string>();
  return prepared.map((one) => {
    const folder = runFolder(out, one.scenario);
    const other = fileOf.get(folder);
    if (other !== undefined) {
      const same = `${one.file} is the same run as ${other}: the same scenario with the same seed`;
      throw usage('run', `${same}; leave one of them out`);
    }
    fileOf.set(folder, one.file);
    checkFolder(out, folder);
    return { ...one, folder };
  });
}

async function runAll(jobs: readonly Job[], settings: Settings): Promise<number> {
  const finished: Finished[] = [];
  let exitCode: number = EXIT.bug;
  try {
    for (const job of jobs) {
      if (settings.signal.aborted) break;
      finished.push({ job, summary: await runOne(job, settings) });
    }
    exitCode = worstExit(finished.map(({ summary }) => summary.exitCode));
    return exitCode;
  } catch (error) {
    if (error instanceof UsageError) exitCode = EXIT.usage;
    throw error;
  } finally {
    // In `finally`, so that runs that ended well are reported whatever ended the next one.
    if (settings.json) printJson(jobs, finished, exitCode);
    else if (jobs.length > 1) printOverview(jobs, finished, settings);
  }
}

/** Of several scenarios one line each, at the end, so that nobody has to scroll for a red one. */
function printOverview(
  jobs: readonly Job[],
  finished: readonly Finished[],
  { terse }: Settings,
): void {
  const passed = finished.filter(({ summary }) => summary.verdict === 'pass').length;
  const count = `${passed} of ${jobs.length} scenarios pass`;
  // Its lines have just been printed, one below the other.
  if (terse && finished.length === jobs.length) return console.log(count);
  const lines = jobs.map((job) => {
    const verdict = finished.find((one) => one.job === job)?.summary.verdict;
    const where = verdict === undefined || verdict === 'pass' ? '' : `  ${job.folder}`;
    return `  ${(verdict ?? 'not run').padEnd(8)} ${job.scenario.id}${where}`;
  });
  console.log(printable([count, ...lines].join('\n')));
}

/** One document: the summary of one scenario; of several, a list and what was not run. */
function printJson(jobs: readonly Job[], finished: readonly Finished[], exitCode: number): void {
  if (finished.length === 0) return;
  const runs = finished.map(({ job: { file, folder }, summary }) => ({ file, folder, summary }));
  const done = new Set(runs.map(({ file }) => file));
  const notRun = jobs.map(({ file }) => file).filter((file) => !done.has(file));
  const document =
    jobs.length === 1 ? runs[0]!.summary : { schema: RUNS_SCHEMA, exitCode, runs, notRun };
  console.log(JSON.stringify(document, null, 2));
}

async function runOne(job: Job, settings: Settings): Promise<RunSummary> {
  const { workers, json, profile, keep, signal } = settings;
  const { scenario, plan, folder } = job;
  openFolder(folder);
  const say = json ? console.error : console.log;
  const stream = json ? process.stderr : process.stdout;
  if (!settings.terse) say(printable(`${scenario.id}: ${scenario.about}`));
  let summary: RunSummary;
  try {
    const { onPublished } = settings;
    const ledgerPath = join(folder, LEDGER_FILE);
    const options = { scenario, plan, workers, signal, ledgerPath, onPublished };
    summary = await runFollowed(options, { folder: join(folder, DEPLOYMENT_FOLDER), keep });
  } catch (error) {
    if (error instanceof LedgerError) throw usage('run', error.message);
    throw error;
  }
  const { note, repeat, replay } = repeatOf(summary, job, settings.deployment);
  const files = writeRun(folder, summary, repeat);
  const colour = wantsColour(stream);
  const width = stream.columns ?? 100;
  // `junit` is among those that every run has.
  const more = outputsNamed(settings.report.filter((name) => name !== 'junit'));
  files.push(...(await writeOutputs('run', more, { folder, summary, repeat })));
  const problem = pointLatest(settings.out, folder);
  say(
    settings.terse
      ? renderTerse(summary, { colour, replay })
      : renderSummary(summary, { colour, width, maxRows: MAX_ROWS, replay, files, profile }),
  );
  if (note !== undefined) say(note);
  if (problem !== undefined) console.error(printable(`priolab: ${problem}`));
  tellGithub(summary, { file: job.file, replay }, { say });
  return summary;
}

interface Repeated {
  /** For the files in its folder. */
  readonly repeat: Repeat;
  /** For who reads along: of a run without a capsule by the scenario's own file. */
  readonly replay: string;
  /** Where people would look for a capsule in vain. */
  readonly note?: string;
}

function repeatOf(summary: RunSummary, job: Job, deployment: string | undefined): Repeated {
  const other = deployment === undefined ? '' : ` --deployment ${deployment}`;
  const replay = `${runCommand(job.scenario, job.file)}${other}`;
  const repeat = repeatIn(job.folder, undefined);
  // A capsule of what was cut short would differ from every run that is not.
  if (summary.verdict === 'pass' || summary.interrupted) return { repeat, replay };
  const capsule = encodeCapsule(capsuleOf(summary));
  if (capsule === undefined) {
    const reason = `the scenario is too large for one (${CAPSULE_SIZE_MAX} bytes)`;
    return { repeat, replay, note: `no ${CAPSULE_FILE}: ${reason}; run its file again` };
  }
  const withCapsule = repeatIn(job.folder, capsule);
  return { repeat: withCapsule, replay: withCapsule.replay };
}

function runCommand(scenario: Scenario, file: string): string {
  const text = String(scenario.seed);
  // A seed that begins with a dash would be taken for an option.
  const seed = text.startsWith('-') ? `--seed=${quote(text)}` : `--seed ${quote(text)}`;
  const { reports } = scenario.population;
  return `npx priolab run ${quote(file)} ${seed} --reports ${reports}`;
}
