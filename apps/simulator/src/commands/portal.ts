/**
 * `priolab portal`: serves a run's results on the authority's page, on this machine only. Those of
 * a finished run are all there; those of a scenario in simulated time come while it runs, as its
 * combiner publishes them. Results and keys are in memory; each state is an authority with a key of
 * its own.
 */

import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import { EXIT, cellSettings } from '@priolab/harness';
import type { CellRecord, PublishedWindow, Scenario } from '@priolab/harness';
import { createPortalService, pageAssets } from '@priolab/portal';
import type { FinishedCell, PortalService } from '@priolab/portal';
import { createInterrupt, wallClock } from '@priolab/runtime';
import { openDatabase } from '@priolab/runtime/database';
import { serveHttp } from '@priolab/runtime/http';

import { numberMistake, parse, usage } from '../arguments.ts';
import { followLatest } from '../latest.ts';
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
type Values = Arguments['values'];

export async function portal(args: readonly string[]): Promise<number> {
  const { values, positionals } = parse('portal', args, options, mistakesIn);
  const name = followLatest(positionals[0]!);
  const scenario = await unfinished(name, values.out);
  if (scenario?.clock === 'simulated') return watch(name, scenario, values);
  const folder = await folderOf(name, scenario, values.out);
  if (typeof folder === 'number') return folder;
  const cells = cellsIn(folder);
  const states = chosen([...new Set(cells.map(({ locality }) => locality))], values.state);
  const wanted = cells.filter(({ locality }) => states.includes(locality));
  const { live } = values;
  const site = await open(states, values);
  const interrupt = createInterrupt();
  if (live === undefined) await site.service.putResults(wanted);
  console.log(printable(`results of ${folder} at ${site.url}${site.keys}`));
  if (live !== undefined) await replay(site.service, wanted, Number(live), interrupt.signal);
  await ended(interrupt.signal);
  interrupt.dispose();
  await site.close();
  return EXIT.pass;
}

/** Serves while the scenario runs: the page shows windows as they are published. */
async function watch(name: string, scenario: Scenario, values: Values): Promise<number> {
  const states = chosen(statesIn(scenario), values.state);
  const isWanted = ({ locality }: FinishedCell): boolean => states.includes(locality);
  const site = await open(states, values);
  console.log(printable(`results of ${name} come in at ${site.url}${site.keys}\n`));
  let last: Promise<unknown> = Promise.resolve();
  const put = (cells: readonly FinishedCell[]): void => {
    last = Promise.all([last, site.service.putResults(cells.filter(isWanted))]);
    // Thrown where it is awaited, when the run is over.
    last.catch(() => {});
  };
  try {
    const exitCode = await run([name, '--out', values.out], (window) => put([published(window)]));
    await last;
    if (exitCode === EXIT.interrupted || exitCode === EXIT.usage) return exitCode;
    // What was never published is told too: held, or too small.
    await site.service.putResults(cellsIn(runFolder(values.out, scenario)).filter(isWanted));
    const interrupt = createInterrupt();
    console.log(printable(`\nthe run is over; its results stay at ${site.url} until Ctrl-C`));
    await ended(interrupt.signal);
    interrupt.dispose();
    return EXIT.pass;
  } finally {
    await site.close();
  }
}

interface Site {
  readonly service: PortalService;
  readonly url: string;
  /** What to print of how to sign in. */
  readonly keys: string;
  close(): Promise<void>;
}

/** @throws UsageError where the port is taken */
async function open(states: readonly string[], values: Values): Promise<Site> {
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
  const port = Number(values.port);
  const server = await serveHttp(service.http, { host: '127.0.0.1', port }).catch(
    (error: unknown) => {
      throw usage('portal', `can't serve on port ${port}: ${(error as Error).message}`);
    },
  );
  const lines: string[] = [];
  for (const state of states) lines.push(`  ${state}  ${await keyOf(service, state)}`);
  const keys = [
    '',
    '',
    'sign in with a key:',
    ...lines,
    '',
    'Keys are good until this ends: Ctrl-C.',
  ];
  return {
    service,
    url: server.url,
    keys: keys.join('\n'),
    async close() {
      await server.close();
      await service.close();
    },
  };
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

/** The scenario in a file, where it is one that has not been run yet. */
async function unfinished(name: string, out: string): Promise<Scenario | undefined> {
  if (!existsSync(name) || !statSync(name).isFile()) return undefined;
  const scenario = await loadScenario(name);
  return existsSync(join(runFolder(out, scenario), SUMMARY_FILE)) ? undefined : scenario;
}

/** The folder of a run, which is run first where it has to be; or its exit code. */
async function folderOf(
  name: string,
  scenario: Scenario | undefined,
  out: string,
): Promise<string | number> {
  if (scenario !== undefined) {
    const exitCode = await run([name, '--out', out]);
    // A run that fails is worth looking at; one that was stopped has too little in it.
    return exitCode === EXIT.interrupted ? exitCode : runFolder(out, scenario);
  }
  const isFile = existsSync(name) && statSync(name).isFile();
  return isFile ? runFolder(out, await loadScenario(name)) : findRun('portal', name);
}

function statesIn({ population: { states } }: Scenario): string[] {
  return Array.isArray(states) ? states : Object.keys(states);
}

function chosen(all: readonly string[], wanted: string | undefined): readonly string[] {
  if (wanted === undefined) return all;
  const states = [...new Set(wanted.split(','))];
  const unknown = states.find((state) => !all.includes(state));
  if (unknown === undefined) return states;
  throw usage('portal', `--state: got "${unknown}"; the run has ${all.join(', ')}`);
}

function cellsIn(folder: string): FinishedCell[] {
  const { summary, scenario } = readRun('portal', folder);
  const windowMs = scenario.system.windowHours * HOUR_MS;
  return summary.cells.map((cell) => finished(cell, scenario, windowMs));
}

function published(window: PublishedWindow): FinishedCell {
  const { state, vendor, metric, windowStartMs, windowMs, epsilon, clients, totals } = window;
  const endMs = windowStartMs + windowMs;
  const which = { locality: state, vendor, aggregation: metric, startMs: windowStartMs, endMs };
  return { ...which, epsilon, clients, totals };
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
