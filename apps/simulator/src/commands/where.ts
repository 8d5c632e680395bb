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
  planOf,
  readFate,
  seedTreeOf,
} from '@priolab/harness';
import type { Fate, RunSummary } from '@priolab/harness';

import { parse, usage, wholeNumber } from '../arguments.ts';

export async function where(args: readonly string[]): Promise<number> {
  const { positionals } = parse('where', args, {});
  const [run, reportText] = positionals;
  if (run === undefined || reportText === undefined || positionals.length > 2) {
    throw usage('where', 'expected a run and a report: priolab where runs/<run> <report>');
  }
  const folder = findRun(run);
  const { scenario } = readSummary(folder);
  const max = scenario.population.reports - 1;
  const report = wholeNumber('where', 'report', reportText, { min: 0, max });
  const ledger = join(folder, LEDGER_FILE);
  if (!existsSync(ledger)) throw usage('where', `${folder} has no ${LEDGER_FILE}`);
  // An interrupted run's ledger ends early: what it does not reach was never run.
  const isPending = report >= statSync(ledger).size / FATE_SIZE;
  const pending: Fate = { outcome: 'pending', hop: 'none', reason: 'none' };
  const fate = isPending ? pending : readFate(ledger, report);
  const place = planOf(scenario).locate(report);
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
  const folder = [run, join('runs', run)].find((path) => existsSync(join(path, 'summary.json')));
  if (folder !== undefined) return folder;
  throw usage('where', `no run at ${run} or runs/${run}: expected a folder with summary.json`);
}

function readSummary(folder: string): RunSummary {
  const file = join(folder, 'summary.json');
  let summary: RunSummary;
  try {
    summary = JSON.parse(readFileSync(file, 'utf8')) as RunSummary;
  } catch (error) {
    throw usage('where', `${file} is no JSON: ${error instanceof Error ? error.message : ''}`);
  }
  if (summary.schema === RECORD_SCHEMA) return summary;
  throw usage('where', `${file}: got schema ${String(summary.schema)}; expected ${RECORD_SCHEMA}`);
}
