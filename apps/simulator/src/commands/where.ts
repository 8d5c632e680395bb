/** `priolab where`: what became of one report of a stored run. */

import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

import {
  EXIT,
  FATE_SIZE,
  LEDGER_FILE,
  RECORD_SCHEMA,
  deviceLabel,
  explainTerm,
  readFate,
  resolveScenario,
  seedTreeOf,
} from '@priolab/harness';
import type { Fate, Scenario } from '@priolab/harness';

import { parse, usage, wholeNumber } from '../arguments.ts';
import { planWithProgress } from '../prepare.ts';
import { SUMMARY_FILE } from '../run-folder.ts';

export async function where(args: readonly string[]): Promise<number> {
  const { positionals } = parse('where', args, {});
  const [run, reportText] = positionals;
  if (run === undefined || reportText === undefined || positionals.length > 2) {
    throw usage('where', 'expected a run and a report: priolab where runs/<run> <report>');
  }
  const folder = findRun(run);
  const scenario = readScenario(folder);
  const max = scenario.population.reports - 1;
  const report = wholeNumber('where', 'report', reportText, { min: 0, max });
  const ledger = join(folder, LEDGER_FILE);
  if (!existsSync(ledger)) throw usage('where', `${folder} has no ${LEDGER_FILE}`);
  // An interrupted run's ledger ends early: what it does not reach was never run.
  const isPending = report >= statSync(ledger).size / FATE_SIZE;
  const pending: Fate = { outcome: 'pending', hop: 'none', reason: 'none' };
  const fate = isPending ? pending : fateIn(ledger, report);
  const plan = (await planWithProgress(join(folder, SUMMARY_FILE), scenario))!;
  const place = plan.locate(report);
  const { cell, day } = place.shard;
  const label = await deviceLabel(seedTreeOf(scenario), cell, place.device);
  const metric = scenario.system.metrics[place.metricSlot]!;
  const metricId = typeof metric === 'string' ? metric : metric.id;
  const path = `${cell.state.id}/${cell.vendor}/device`;
  console.log(`report ${report}: ${fate.outcome}`);
  if (fate.reason !== 'none') console.log(`  why     ${fate.reason}: ${explainTerm(fate.reason)}`);
  if (fate.hop !== 'none') console.log(`  where   ${fate.hop}`);
  console.log(`  metric  ${metricId}, day ${day}`);
  console.log(`  from    ${label} (device ${place.device} of ${cell.state.name}, ${cell.vendor})`);
  console.log(`  seed    every byte of it comes from ${path}, index ${place.device}`);
  console.log(`  shard   ${place.shard.index}, report ${place.position} of its metric there`);
  return EXIT.pass;
}

function findRun(run: string): string {
  const folder = [run, join('runs', run)].find((path) => existsSync(join(path, SUMMARY_FILE)));
  if (folder !== undefined) return folder;
  throw usage('where', `no run at ${run} or runs/${run}: expected a folder with ${SUMMARY_FILE}`);
}

/** The scenario that a stored run was made of, checked like any other: files can be damaged. */
function readScenario(folder: string): Scenario {
  const file = join(folder, SUMMARY_FILE);
  let summary: { schema?: unknown; scenario?: unknown } | null;
  try {
    summary = JSON.parse(readFileSync(file, 'utf8')) as typeof summary;
  } catch (error) {
    throw usage('where', `${file} is no JSON: ${error instanceof Error ? error.message : ''}`);
  }
  if (summary?.schema === RECORD_SCHEMA) return resolveScenario(summary.scenario, file);
  throw usage('where', `${file}: got schema ${String(summary?.schema)}; expected ${RECORD_SCHEMA}`);
}

function fateIn(ledger: string, report: number): Fate {
  try {
    return readFate(ledger, report);
  } catch (error) {
    throw usage('where', `${ledger}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
