/** `priolab where`: what became of one report of a stored run. */

import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';

import {
  EXIT,
  FATE_SIZE,
  LEDGER_FILE,
  deviceLabel,
  explainTerm,
  readFate,
  seedTreeOf,
} from '@priolab/harness';
import type { Fate } from '@priolab/harness';

import { parse, usage, wholeNumber } from '../arguments.ts';
import { planWithProgress } from '../prepare.ts';
import { SUMMARY_FILE, findRun, readRun } from '../run-folder.ts';

export async function where(args: readonly string[]): Promise<number> {
  const { positionals } = parse('where', args, {});
  const [run, reportText] = positionals;
  if (run === undefined || reportText === undefined || positionals.length > 2) {
    throw usage('where', 'expected a run and a report: priolab where runs/<run> <report>');
  }
  const folder = findRun('where', run);
  const { scenario } = readRun('where', folder);
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

function fateIn(ledger: string, report: number): Fate {
  try {
    return readFate(ledger, report);
  } catch (error) {
    throw usage('where', `${ledger}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
