/**
 * Ingestors, processors and portal as programs of their own, as others start them: laid out from
 * the scenario, reached over sockets of the loopback, waited for by what they log and by what lies
 * in their buckets, and stopped in order.
 */

import { rmSync } from 'node:fs';
import { resolve } from 'node:path';

import type { SeedBranch } from '@priolab/crypto';
import type { ProcessorRole, Vendor } from '@priolab/roles';
import { readSumPartPath } from '@priolab/roles/enpa';
import { monotonicMs } from '@priolab/runtime';
import { createPooledClient } from '@priolab/runtime/http';
import { openStore } from '@priolab/runtime/stores';
import type { StreamingStore } from '@priolab/runtime/stores';

import { keyOf } from '../deployment/compare.ts';
import type { Found } from '../deployment/compare.ts';
import { readParts } from '../deployment/in-process.ts';
import { ROLES, sumBucket } from '../deployment/places.ts';
import type { Buckets } from '../deployment/places.ts';
import { askedOf, readPortal } from '../deployment/portal-reader.ts';
import type { DeploymentOptions, RunningProgram } from '../deployment/services.ts';
import type { UploadForm } from '../deployment/shard-uploads.ts';
import type { Settled, Site, Wanted } from '../deployment/site.ts';
import type { PopulationPlan } from '../population/plan.ts';
import { runDigest } from '../scenario/digest.ts';
import { seedTreeOf } from '../run/settings.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { ProcessesSetup } from '../scenario/deployment-schema.ts';
import { readBatches } from './batches.ts';
import type { FoundBatches } from './batches.ts';
import { layOut } from './prepare.ts';
import type { Laid } from './prepare.ts';
import { addPortalKeys } from './prepare-portal.ts';
import { PROGRAMS, bucketsOf, checkEnvironment, clearPlaces, stateUrlsOf } from './settings.ts';
import { storeOptions } from './settings.ts';
import type { Program } from './settings.ts';

export interface ProcessesRequest {
  readonly setup: ProcessesSetup;
  readonly scenario: Scenario;
  readonly plan: PopulationPlan;
  readonly options: DeploymentOptions;
  readonly google: UploadForm;
}

const POLL_MS = 100;
const PATIENCE_MS = 60_000;
const CONNECTIONS = 32;
/** A wide metric's results of one day. */
const ANSWER_SIZE_MAX = 2 ** 26;

type Running = ReadonlyMap<Program, RunningProgram>;

interface Parts extends ProcessesRequest {
  readonly seedTree: SeedBranch;
  readonly buckets: Buckets;
  readonly laid: Laid;
  readonly running: Running;
  readonly keys: ReadonlyMap<string, string>;
}

/** @throws UsageError where the environment lacks what the scenario asks for */
export async function openProcesses(request: ProcessesRequest): Promise<Site> {
  const { setup, scenario, plan, options } = request;
  const { environment } = options;
  checkEnvironment(setup, environment);
  const folder = resolve(options.folder);
  // Two runs of one scenario at a time must not meet in one bucket or database.
  const name = `priolab-${runDigest(scenario).slice(0, 8)}-${process.pid}`;
  const buckets = bucketsOf(setup, { folder, name, environment });
  const stateUrls = stateUrlsOf(setup, { name, environment });
  rmSync(folder, { recursive: true, force: true });
  await clearPlaces(buckets, stateUrls, environment);
  const seedTree = seedTreeOf(scenario);
  const laid = layOut({ ...request, seedTree, folder, buckets, stateUrls });
  const states = [...new Set(plan.cells.map(({ state }) => state.id))];
  const keys = await addPortalKeys(options.programs, laid.configFiles.portal, states);
  const running = await startAll(request, laid);
  const parts = { ...request, seedTree, buckets, laid, running, keys };
  const site = siteOf(parts);
  return {
    ...site,
    async close({ failed }) {
      await site.client.close();
      await stopAll(running);
      if (failed || options.keep === true) return;
      await clearPlaces(buckets, stateUrls, environment);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function siteOf(parts: Parts): Site {
  const { running, laid, options } = parts;
  const pooled = createPooledClient({
    connections: CONNECTIONS,
    responseSizeMax: ANSWER_SIZE_MAX,
  });
  const url = (program: Program): string => running.get(program)?.url ?? 'http://127.0.0.1:1';
  let batches: FoundBatches = { book: new Map(), count: 0 };
  return {
    kind: 'processes',
    client: options.wrapClient?.(pooled) ?? pooled,
    urls: { apple: url('apple-ingestor'), google: url('google-ingestor') },
    setTime: (timeMs) => laid.setTime(timeMs),
    // They cut by themselves, what is full now and then, and the rest when they are told to.
    shardSent: async () => {},
    async settle(wanted) {
      await cutRest(parts);
      batches = await readBatches(parts);
      return settle(parts, wanted, batches);
    },
    async read(): Promise<Found> {
      const { scenario, keys, seedTree } = parts;
      const portal = { client: pooled, url: url('portal'), keys, ...askedOf(scenario) };
      const found = await readParts(storesOf(parts), seedTree);
      return { batches: batches.book, ...found, results: await readPortal(portal) };
    },
    close: async () => {},
  };
}

function vendorsOf({ plan }: Pick<Parts, 'plan'>): Vendor[] {
  return [...new Set(plan.cells.map(({ vendor }) => vendor))];
}

const PROGRAM_OF = {
  leader: 'processor',
  helper: 'processor',
  'apple-ingestor': 'ingestor',
  'google-ingestor': 'ingestor',
  portal: 'portal',
} as const satisfies Record<Program, string>;

/** All or none. */
async function startAll(request: ProcessesRequest, { configFiles }: Laid): Promise<Running> {
  const { programs } = request.options;
  const absent = new Set(['apple', 'google'].map((vendor) => `${vendor}-ingestor`));
  for (const vendor of vendorsOf(request)) absent.delete(`${vendor}-ingestor`);
  const names = PROGRAMS.filter((name) => !absent.has(name));
  const starts = await Promise.allSettled(
    names.map((name) => {
      return programs.start({ program: PROGRAM_OF[name], name, configFile: configFiles[name] });
    }),
  );
  const running = new Map<Program, RunningProgram>();
  starts.forEach((one, i) => {
    if (one.status === 'fulfilled') running.set(names[i]!, one.value);
  });
  const failed = starts.find((one) => one.status === 'rejected');
  if (failed === undefined) return running;
  await stopAll(running);
  throw failed.reason;
}

/** Those first that others get things from. */
async function stopAll(running: Running): Promise<void> {
  const isIngestor = (name: Program): boolean => name.endsWith('-ingestor');
  const stop = (which: (name: Program) => boolean) =>
    Promise.all([...running].filter(([name]) => which(name)).map(([, one]) => one.stop()));
  await stop(isIngestor);
  await stop((name) => name === 'leader' || name === 'helper');
  await stop((name) => name === 'portal');
}

/** Ingestors end what they have begun; what they hold is cut when they are gone. */
async function cutRest({ running, laid, options }: Parts): Promise<void> {
  for (const name of ['apple-ingestor', 'google-ingestor'] as const) {
    const ingestor = running.get(name);
    if (ingestor === undefined || ingestor.ended() !== undefined) continue;
    await ingestor.stop();
    const configFile = laid.configFiles[name];
    await options.programs.run({
      program: 'ingestor',
      name: `${name}-cut`,
      configFile,
      args: ['cut'],
    });
  }
}

async function settle(
  parts: Parts,
  { signal }: Wanted,
  { book, count }: FoundBatches,
): Promise<Settled> {
  const { laid, running, options } = parts;
  const stores = storesOf(parts);
  const sumCount = 2 * book.size;
  const startMs = monotonicMs();
  const tell = (sumsDone: number): void =>
    options.onWaiting?.({ sumsDone, sumCount, elapsedMs: monotonicMs() - startMs });
  // A window is summed of what was taken in when it ends: all of it, whatever the machine's speed.
  const intake = await waitUntil(parts, signal, () => {
    tell(0);
    return ROLES.every((role) => running.get(role)!.settledCount() >= count);
  });
  if (intake !== 'done') return intake;
  laid.endWindows();
  const sums = await waitUntil(parts, signal, async () => {
    const there = await Promise.all(ROLES.map((role) => signedNames(stores[role])));
    const sumsDone = there.flat().filter((name) => book.has(name)).length;
    tell(sumsDone);
    return sumsDone === sumCount;
  });
  if (sums !== 'done') return sums;
  return waitUntil(parts, signal, () => running.get('portal')!.settledCount() >= book.size);
}

/** Looks again and again, as long as anything goes on. */
async function waitUntil(
  { running, options }: Parts,
  signal: AbortSignal | undefined,
  isSo: () => boolean | Promise<boolean>,
): Promise<Settled> {
  const { pause, patienceMs = PATIENCE_MS } = options;
  const watched = [...running].filter(([name]) => !name.endsWith('-ingestor'));
  let progressMs = monotonicMs();
  let progress = '';
  for (;;) {
    if (await isSo()) return 'done';
    for (const [name, program] of watched) {
      const end = program.ended();
      if (end !== undefined) return { ended: `the ${name}'s process ended: ${end}` };
    }
    if (signal?.aborted === true) return 'interrupted';
    const nowMs = monotonicMs();
    const state = watched.map(([, program]) => program.settledCount()).join('/');
    if (state !== progress) [progress, progressMs] = [state, nowMs];
    if (nowMs - progressMs > patienceMs) return { ended: stalled(watched, patienceMs) };
    await pause(POLL_MS);
  }
}

function stalled(watched: readonly [Program, RunningProgram][], patienceMs: number): string {
  const complaints = watched.flatMap(([name, program]) => {
    return program.complaints().map((line) => `; ${name}: ${line}`);
  });
  return `nothing was done for ${patienceMs / 1000} s${complaints.slice(-4).join('')}`;
}

async function signedNames(store: StreamingStore): Promise<string[]> {
  const names: string[] = [];
  for (const key of await store.list('')) {
    const read = readSumPartPath(key);
    if (read?.part === 'signature') names.push(keyOf(read));
  }
  return names;
}

function storesOf({ buckets, options }: Parts): Record<ProcessorRole, StreamingStore> {
  const { environment } = options;
  const open = (role: ProcessorRole): StreamingStore =>
    openStore(sumBucket(buckets, role), environment, storeOptions(environment));
  return { leader: open('leader'), helper: open('helper') };
}
