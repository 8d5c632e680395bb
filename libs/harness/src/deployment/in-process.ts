/**
 * Ingestors and portal in the process of the run, behind an interceptor of its own requests or on
 * sockets of the loopback; processors in memory sum what the ingestors hand over. State is in files
 * of the run's folder, sums in memory.
 */

import { mkdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';

import { createAndroidVerifier } from '@priolab/attestation';
import { createBackend } from '@priolab/crypto';
import type { SeedBranch } from '@priolab/crypto';
import { readSumParts } from '@priolab/nodes/sum-parts';
import { DAY_MS } from '@priolab/roles';
import type { ProcessorRole, Vendor } from '@priolab/roles';
import { createBatchVerifier } from '@priolab/roles/enpa';
import type { Clock } from '@priolab/runtime';
import { openDatabase } from '@priolab/runtime/database';
import type { Database } from '@priolab/runtime/database';
import { createFetchClient, createPooledClient, serveHttp } from '@priolab/runtime/http';
import type { HttpClient, HttpService } from '@priolab/runtime/http';
import { TransportError, createMemoryStreamingStore } from '@priolab/runtime/stores';
import type { StreamingStore } from '@priolab/runtime/stores';

import type { PopulationPlan } from '../population/plan.ts';
import { branches, firstDay, seedTreeOf } from '../run/settings.ts';
import { scalarOf } from '../run/world.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { Found } from './compare.ts';
import { APK_DIGEST, PACKAGE_NAME, androidAuthority } from './documents.ts';
import { createMemoryProcessors } from './memory-processors.ts';
import type { MemoryProcessors } from './memory-processors.ts';
import { ROLES, processorSigningKey, signingKeyId } from './places.ts';
import { askedOf, readPortal } from './portal-reader.ts';
import type { DeploymentOptions, RunningIngestor, RunningPortal } from './services.ts';
import type { UploadForm } from './shard-uploads.ts';
import type { Settled, Site } from './site.ts';
import { batchReportsMax, tasksOf } from './tasks.ts';

const VENDORS: readonly Vendor[] = ['apple', 'google'];
const CONNECTIONS = 32;

export interface InProcessOptions {
  readonly kind: 'msw' | 'http';
  readonly scenario: Scenario;
  readonly plan: PopulationPlan;
  readonly options: DeploymentOptions;
  readonly google: UploadForm;
}

type Ingestors = Readonly<Record<Vendor, RunningIngestor>>;

export async function openInProcess(request: InProcessOptions): Promise<Site> {
  const { kind, scenario, options } = request;
  const folder = resolve(options.folder);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  // Whatever was opened is closed again, the last first, also where the next can't be.
  const closers: (() => Promise<void>)[] = [];
  const closeAll = async (): Promise<void> => {
    for (const close of closers.splice(0).reverse()) await close();
  };
  try {
    const clock = createMovableClock(firstDay(scenario) * DAY_MS);
    const parts = { ...request, folder, clock, closers, seedTree: seedTreeOf(scenario) };
    const stores = { leader: createMemoryStreamingStore(), helper: createMemoryStreamingStore() };
    const processors = memoryProcessors(parts, stores);
    const ingestors = {
      apple: await openIngestor(parts, 'apple', processors),
      google: await openIngestor(parts, 'google', processors),
    };
    const portal = await openPortal(parts, stores);
    const { client, urls } = await reach(parts, {
      apple: ingestors.apple.http,
      google: ingestors.google.http,
      portal: portal.http,
    });
    const site = { ingestors, processors, portal };
    return {
      kind,
      client: options.wrapClient?.(client) ?? client,
      urls,
      setTime: (timeMs) => clock.set(timeMs),
      shardSent: (vendor) => cutNow(ingestors[vendor]),
      settle: ({ signal }) => settle(site, signal),
      read: () => readAll({ ...parts, ...site, stores, client, url: urls.portal }),
      async close({ failed }) {
        await closeAll();
        if (!failed && options.keep !== true) rmSync(folder, { recursive: true, force: true });
      },
    };
  } catch (error) {
    await closeAll();
    throw error;
  }
}

interface Parts extends InProcessOptions {
  readonly folder: string;
  readonly clock: Clock;
  readonly closers: (() => Promise<void>)[];
  readonly seedTree: SeedBranch;
}

/** Goes where it is set, back too: the next shard is of the same day. */
function createMovableClock(startMs: number): Clock & { set(timeMs: number): void } {
  let nowMs = startMs;
  return { nowMs: () => nowMs, set: (timeMs) => void (nowMs = timeMs) };
}

function memoryProcessors(
  { scenario, seedTree }: Parts,
  stores: Readonly<Record<ProcessorRole, StreamingStore>>,
): MemoryProcessors {
  const capacity = batchReportsMax(scenario);
  return createMemoryProcessors({ scenario, seedTree, stores, capacity });
}

async function openIngestor(
  parts: Parts,
  vendor: Vendor,
  sink: MemoryProcessors,
): Promise<RunningIngestor> {
  const { scenario, plan, seedTree, options, google, clock, folder } = parts;
  const backend = createBackend(scenario.crypto.backend);
  const database = await databaseOf(parts, vendor);
  parts.closers.push(() => database.close());
  const isPlain = vendor === 'apple' || google === 'plain';
  const scalar = scalarOf(branches.authority(seedTree, vendor));
  const ingestor = await options.services.ingestor({
    vendor,
    tasks: tasksOf(scenario, plan).filter((task) => task.vendor === vendor),
    clock,
    database,
    sink,
    backend,
    ...(isPlain
      ? { authorityKey: backend.privateKey(scalar).publicKey }
      : { android: androidVerifier(scenario, seedTree) }),
    secret: branches.ingestor(seedTree, vendor).child('deployed').export(),
    batchReportsMax: batchReportsMax(scenario),
    logFile: join(folder, `${vendor}-ingestor.log`),
  });
  parts.closers.push(() => ingestor.close());
  return ingestor;
}

function androidVerifier(scenario: Scenario, seedTree: SeedBranch) {
  const { root } = androidAuthority(scenario, seedTree, createBackend(scenario.crypto.backend));
  return createAndroidVerifier({
    roots: [root],
    packageName: PACKAGE_NAME,
    apkDigests: [APK_DIGEST],
    leafDates: 'check',
  });
}

function databaseOf({ folder }: Parts, name: string): Promise<Database> {
  return openDatabase(`sqlite:${join(folder, `${name}.db`)}`);
}

async function openPortal(
  parts: Parts,
  stores: Readonly<Record<ProcessorRole, StreamingStore>>,
): Promise<RunningPortal> {
  const { options, seedTree, clock, folder } = parts;
  const source = (role: ProcessorRole) => ({
    store: stores[role],
    verifier: verifierOf(seedTree, role),
  });
  const portal = await options.services.portal({
    clock,
    // It closes this itself.
    database: await databaseOf(parts, 'portal'),
    sources: { leader: source('leader'), helper: source('helper') },
    logFile: join(folder, 'portal.log'),
  });
  parts.closers.push(() => portal.close());
  return portal;
}

export function verifierOf(seedTree: SeedBranch, role: ProcessorRole) {
  const { publicKey } = processorSigningKey(seedTree, role);
  return createBatchVerifier(new Map([[signingKeyId(role), publicKey]]));
}

type Places = Readonly<Record<Vendor | 'portal', string>>;

/** The way to the services: a client and where each is. */
async function reach(
  { kind, closers }: Parts,
  services: Readonly<Record<Vendor | 'portal', HttpService>>,
): Promise<{ client: HttpClient; urls: Places }> {
  if (kind === 'msw') {
    const urls = {
      apple: 'http://apple.ingest.test',
      google: 'http://google.ingest.test',
      portal: 'http://portal.test',
    };
    const { interceptHttp } = await import('@priolab/runtime/http-intercept');
    const byOrigin = Object.entries(urls).map(([name, url]) => [url, services[name as Vendor]]);
    const interception = interceptHttp(Object.fromEntries(byOrigin));
    closers.push(async () => interception.close());
    return { client: closing(createFetchClient(), closers), urls };
  }
  const serve = async (name: Vendor | 'portal'): Promise<string> => {
    const server = await serveHttp(services[name], { host: '127.0.0.1', port: 0 });
    closers.push(() => server.close());
    return server.url;
  };
  const urls = {
    apple: await serve('apple'),
    google: await serve('google'),
    portal: await serve('portal'),
  };
  return { client: closing(createPooledClient({ connections: CONNECTIONS }), closers), urls };
}

function closing(client: HttpClient, closers: (() => Promise<void>)[]): HttpClient {
  closers.push(() => client.close());
  return client;
}

/** What can't be handed over now is with the next shard's. */
async function cutNow(ingestor: RunningIngestor): Promise<void> {
  try {
    await ingestor.cut({ all: true });
  } catch (error) {
    if (!(error instanceof TransportError)) throw error;
  }
}

interface Running {
  readonly ingestors: Ingestors;
  readonly processors: MemoryProcessors;
  readonly portal: RunningPortal;
}

async function settle(
  { ingestors, processors, portal }: Running,
  signal: AbortSignal | undefined,
): Promise<Settled> {
  for (const vendor of VENDORS) await cutNow(ingestors[vendor]);
  if (signal?.aborted === true) return 'interrupted';
  await processors.writeSums();
  await portal.scan();
  const pending = await Promise.all(VENDORS.map((vendor) => ingestors[vendor].pendingCount()));
  const count = pending.reduce((a, b) => a + b);
  return count === 0 ? 'done' : { ended: `${count} stored reports are in no batch` };
}

async function readAll(
  running: Running &
    Parts & {
      readonly stores: Readonly<Record<ProcessorRole, StreamingStore>>;
      readonly client: HttpClient;
      readonly url: string;
    },
): Promise<Found> {
  const { scenario, processors, portal, stores, client, url, seedTree, plan } = running;
  const keys = new Map<string, string>();
  for (const state of new Set(plan.cells.map((cell) => cell.state.id))) {
    const { key } = await portal.addKey({ authority: state, localities: [state] });
    keys.set(state, key);
  }
  const results = await readPortal({ client, url, keys, ...askedOf(scenario) });
  const parts = await readParts(stores, seedTree);
  return { batches: processors.batches, ...parts, results };
}

/** Both processors' own words, as they signed them. */
export async function readParts(
  stores: Readonly<Record<ProcessorRole, StreamingStore>>,
  seedTree: SeedBranch,
): Promise<Pick<Found, 'parts' | 'unreadable'>> {
  const [leader, helper] = await Promise.all(
    ROLES.map((role, server) =>
      readSumParts({
        store: stores[role],
        server: server === 0 ? 0 : 1,
        verifier: verifierOf(seedTree, role),
      }),
    ),
  );
  const problems = [...leader!.problems, ...helper!.problems];
  // What is not signed yet is not there.
  const [problem] = problems.filter(({ code }) => code !== 'incomplete');
  return {
    parts: { leader: leader!.parts, helper: helper!.parts },
    unreadable: problem === undefined ? undefined : `${problem.key}: ${problem.detail}`,
  };
}
