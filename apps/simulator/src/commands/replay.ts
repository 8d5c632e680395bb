/** `priolab replay`: runs what a capsule holds once more, and compares byte for byte. */

import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

import { CAPSULE_FILE, EXIT, compareToCapsule, decodeCapsule } from '@priolab/harness';
import type { Capsule, RunSummary, UsageError } from '@priolab/harness';
import { createInterrupt } from '@priolab/runtime';
import { availableParallelism, tmpdir } from 'node:os';

import { parse, usage, wholeNumber } from '../arguments.ts';
import { runFollowed } from '../follow.ts';
import { followLatest } from '../latest.ts';
import { planWithProgress } from '../prepare.ts';
import { runAgainCommand } from '../repeat.ts';
import { SCENARIO_FILE, SUMMARY_FILE, readRun } from '../run-folder.ts';
import { printable } from '../streams.ts';

export async function replay(args: readonly string[]): Promise<number> {
  const { values, positionals } = parse('replay', args, { workers: { type: 'string' } });
  const [name] = positionals;
  if (name === undefined || positionals.length > 1) {
    throw usage('replay', 'expected one capsule: priolab replay runs/<run>/capsule.json');
  }
  const workers =
    values.workers === undefined
      ? availableParallelism()
      : wholeNumber('replay', '--workers', values.workers, { min: 0, max: 256 });
  const capsule = readCapsule(name, 'replay');
  const { scenario, result } = capsule;
  console.log(printable(`${scenario.id}, seed ${scenario.seed}: ${scenario.about}`));
  const summary = await runAgain(name, capsule, workers);
  if (summary === undefined || summary.interrupted) {
    console.error('interrupted: nothing was compared');
    return EXIT.interrupted;
  }
  const { same, differences, ofMachine } = compareToCapsule(summary, capsule);
  if (!same) {
    console.error('DIFFERENT from the capsule');
    for (const line of differences) console.error(printable(`  ${line}`));
    return EXIT.nondeterminism;
  }
  const events = capsule.journal === undefined ? '' : `, ${capsule.journal.count} events`;
  console.log(`SAME as the capsule: result ${result.digest.slice(0, 16)}${events}`);
  console.log(`verdict ${result.verdict} (exit code ${result.exitCode})`);
  for (const one of summary.expectations.filter(({ verdict }) => verdict !== 'pass')) {
    console.log(printable(`  ${one.verdict} ${one.id}: ${one.observed}`));
  }
  for (const line of ofMachine) console.log(`  not compared, as machines differ: ${line}`);
  return result.exitCode;
}

/** Undefined where Ctrl-C came before it began. */
async function runAgain(
  name: string,
  { scenario, fork }: Capsule,
  workers: number,
): Promise<RunSummary | undefined> {
  const interrupt = createInterrupt();
  const { signal } = interrupt;
  try {
    const plan = await planWithProgress(name, scenario, signal);
    if (plan === undefined) return undefined;
    const options = { scenario, plan, workers, signal, ...(fork === undefined ? {} : { fork }) };
    return await runFollowed(options, { folder: join(tmpdir(), `priolab-replay-${process.pid}`) });
  } finally {
    interrupt.dispose();
  }
}

/** A capsule's file, or the folder of a run that has one. */
export function readCapsule(given: string, command: string): Capsule {
  const name = followLatest(given);
  const stat = statSync(name, { throwIfNoEntry: false });
  if (stat === undefined) throw usage(command, `no file ${name}`);
  const file = stat.isDirectory() ? join(name, CAPSULE_FILE) : name;
  if (stat.isDirectory() && !existsSync(file)) throw withoutCapsule(name, command);
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw usage(command, `can't read ${file}: ${error instanceof Error ? error.message : ''}`);
  }
  return decodeCapsule(text, file);
}

/** Of a folder without one: why, and how to repeat the run all the same. */
function withoutCapsule(folder: string, command: string): UsageError {
  if (!existsSync(join(folder, SUMMARY_FILE))) {
    return usage(command, `no ${CAPSULE_FILE} in ${folder}, which is no folder of a run`);
  }
  const { verdict, interrupted } = readRun(command, folder).summary;
  const why = interrupted
    ? 'a run that was cut short leaves none'
    : verdict === 'pass'
      ? 'a green run leaves none'
      : 'it was removed, or the scenario was too large for one';
  const again = existsSync(join(folder, SCENARIO_FILE))
    ? `to run it again: ${runAgainCommand(folder)}`
    : `nor is there a ${SCENARIO_FILE}, to run it again`;
  return usage(command, `no ${CAPSULE_FILE} in ${folder}: ${why}; ${again}`);
}
