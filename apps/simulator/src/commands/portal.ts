/**
 * `priolab portal`: serves a finished run's results on the authority's page, on this machine only.
 * Results and keys are in memory; each state is an authority with a key of its own.
 */

import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import { EXIT, cellSettings } from '@priolab/harness';
import type { CellRecord, RunSummary, Scenario } from '@priolab/harness';
import { createPortalService, pageAssets } from '@priolab/portal';
import type { FinishedCell, PortalService } from '@priolab/portal';
import { createInterrupt, wallClock } from '@priolab/runtime';
import { openDatabase } from '@priolab/runtime/database';
import { serveHttp } from '@priolab/runtime/http';

import { numberMistake, parse, usage } from '../arguments.ts';
import { loadScenario } from '../load.ts';
import { SUMMARY_FILE, findRun, readRun, runFolder } from '../run-folder.ts';
import { printable } from '../streams.ts';
import { run } from './run.ts';

const HOUR_MS = 3_600_000;
/** Nothing here comes in two parts that could wait for each other. */
const PATIENCE_MS = 0;

const options = {
  port: { type: 'string', default: '0' },
  state: { type: 'string' },
  live: { type: 'string' },
  minimum: { type: 'string', default: '100' },
  'suppress-below': { type: 'string', default: '0' },
  out: { type: 'string', default: 'runs' },
} as const;

type Arguments = ReturnType<typeof parse<typeof options>>;

export async function portal(args: readonly string[]): Promise<number> {
  const { values, positionals } = parse('portal', args, options, mistakesIn);
  const folder = await folderOf(positionals[0]!, values.out);
  if (typeof folder === 'number') return folder;
  const { summary, scenario } = readRun('portal', folder);
  const states = statesOf(summary, values.state);
  const cells = cellsOf(summary, scenario).filter(({ locality }) => states.includes(locality));

  const interrupt = createInterrupt();
  const service = await createPortalService({
    clock: wallClock,
    database: await openDatabase('sqlite::memory:'),
    log: (level, event) => level === 'error' && console.error(`portal: ${event}`),
    assets: await pageAssets(),
    policy: {
      clientsMin: Number(values.minimum),
      suppressBelow: Number(values['suppress-below']),
      patienceMs: PATIENCE_MS,
    },
  });
  const { live } = values;
  if (live === undefined) await service.putResults(cells);
  const port = Number(values.port);
  const server = await serveHttp(service.http, { host: '127.0.0.1', port }).catch(
    (error: unknown) => {
      throw usage('portal', `can't serve on port ${port}: ${(error as Error).message}`);
    },
  );
  console.log(printable(`results of ${folder} at ${server.url}\n\nsign in with a key:`));
  for (const state of states) console.log(`  ${state}  ${await keyOf(service, state)}`);
  console.log('\nKeys are good until this ends: Ctrl-C.');
  if (live !== undefined) await replay(service, cells, Number(live), interrupt.signal);
  await ended(interrupt.signal);
  interrupt.dispose();
  await server.close();
  await service.close();
  return EXIT.pass;
}

function mistakesIn({ values, positionals }: Arguments): (string | undefined)[] {
  return [
    positionals.length === 1
      ? undefined
      : 'expected one run; for example: priolab portal scenarios/fortnight.scenario.ts',
    numberMistake('--port', values.port, { min: 0, max: 65_535 }),
    numberMistake('--live', values.live, { min: 0, max: 3600 }),
    numberMistake('--minimum', values.minimum, { min: 0, max: 1_000_000_000 }),
    numberMistake('--suppress-below', values['suppress-below'], { min: 0, max: 1_000_000_000 }),
  ];
}

/** The folder of a run, which is run first where a scenario is named; or its exit code. */
async function folderOf(name: string, out: string): Promise<string | number> {
  const isFile = existsSync(name) && statSync(name).isFile();
  if (!isFile) return findRun('portal', name);
  const folder = runFolder(out, await loadScenario(name));
  if (existsSync(join(folder, SUMMARY_FILE))) return folder;
  const exitCode = await run([name, '--out', out]);
  // A run that fails is worth looking at; one that was stopped has too little in it.
  return exitCode === EXIT.interrupted ? exitCode : folder;
}

function statesOf({ cells }: RunSummary, wanted: string | undefined): string[] {
  const all = [...new Set(cells.map(({ state }) => state))];
  if (wanted === undefined) return all;
  const states = [...new Set(wanted.split(','))];
  const unknown = states.find((state) => !all.includes(state));
  if (unknown === undefined) return states;
  throw usage('portal', `--state: got "${unknown}"; the run has ${all.join(', ')}`);
}

function cellsOf({ cells }: RunSummary, scenario: Scenario): FinishedCell[] {
  const windowMs = scenario.system.windowHours * HOUR_MS;
  return cells.map((cell) => finished(cell, scenario, windowMs));
}

function finished(cell: CellRecord, scenario: Scenario, windowMs: number): FinishedCell {
  const { state, metric, windowStartMs, counts, totals, held } = cell;
  const vendor = cell.vendor as FinishedCell['vendor'];
  return {
    locality: state,
    vendor,
    aggregation: metric,
    startMs: windowStartMs,
    endMs: windowStartMs + windowMs,
    epsilon: cellSettings(scenario, state, vendor).epsilon,
    clients: counts.leader,
    ...(totals === undefined ? {} : { totals }),
    ...(held === undefined ? {} : { held }),
  };
}

async function keyOf(service: PortalService, state: string): Promise<string> {
  const authority = `Health authority of ${state.toUpperCase()}`;
  return (await service.addKey({ authority, localities: [state] })).key;
}

/** A run publishes its windows when it is over: this shows them again, one window after another. */
async function replay(
  service: PortalService,
  cells: readonly FinishedCell[],
  seconds: number,
  signal: AbortSignal,
): Promise<void> {
  const starts = [...new Set(cells.map(({ startMs }) => startMs))].toSorted((a, b) => a - b);
  for (const start of starts) {
    if (signal.aborted) return;
    await service.putResults(cells.filter(({ startMs }) => startMs === start));
    await pause(1000 * seconds, undefined, { signal }).catch(() => {});
  }
}

function ended(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
