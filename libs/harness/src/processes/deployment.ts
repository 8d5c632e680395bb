/**
 * A run whose processors are two real processes. They are laid out and started before the first
 * shard; its batches go to their buckets while the processors in memory work on them too, as the
 * reference; in the end the clock of the processes goes on, their sums are waited for, combined,
 * and held against the reference.
 */

import { rmSync } from 'node:fs';
import { resolve } from 'node:path';

import { toHex } from '@priolab/crypto';
import { readSumParts } from '@priolab/nodes/sum-parts';
import type { SumPartProblem } from '@priolab/nodes/sum-parts';
import { REPORT_ID_SIZE } from '@priolab/roles';
import type { ProcessorRole } from '@priolab/roles';
import { createBatchVerifier, pairSumParts, readSumPartPath } from '@priolab/roles/enpa';
import { monotonicMs } from '@priolab/runtime';
import { openStore } from '@priolab/runtime/stores';
import type { StreamingStore } from '@priolab/runtime/stores';

import type { PopulationPlan } from '../population/plan.ts';
import type { Cell } from '../population/population-settings.ts';
import type { CellRecord, DeploymentRecord } from '../record/run-record.ts';
import { runDigest } from '../scenario/digest.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { ProcessesSetup } from '../scenario/deployment-schema.ts';
import type { CollectedCell } from '../run/collect.ts';
import { seedTreeOf } from '../run/settings.ts';
import type { ShardResult } from '../run/shard-result.ts';
import { storeOptions } from './batch-writer.ts';
import { compareSums, keyOf, sumNameOf } from './compare.ts';
import type { Compared, Reference } from './compare.ts';
import { ROLES, processorSigningKey, signingKeyId, sumBucket } from './places.ts';
import type { Buckets } from './places.ts';
import { layOut } from './prepare.ts';
import type { Laid } from './prepare.ts';
import type {
  ProcessesOptions,
  ProcessorProcesses,
  RunningProcessor,
} from './processor-processes.ts';
import { bucketsOf, checkEnvironment, clearPlaces, stateUrlsOf } from './settings.ts';

export interface Finished {
  readonly interrupted: boolean;
  readonly cells: readonly CellRecord[];
  readonly deployment: DeploymentRecord;
}

export interface Deployment {
  /** For the workers. */
  readonly buckets: Buckets;
  /** Takes note of what a shard gave to the processes. */
  note(result: ShardResult, cell: Cell): void;
  /** Waits for the sums, and puts them in place of those in memory. */
  finish(
    collected: readonly CollectedCell[],
    cells: readonly CellRecord[],
    options: { readonly interrupted: boolean; readonly signal: AbortSignal | undefined },
  ): Promise<Finished>;
  /** Stops the processes and clears up. */
  close(options: { readonly failed: boolean }): Promise<void>;
}

const POLL_MS = 100;
const PATIENCE_MS = 60_000;

type Running = Readonly<Record<ProcessorRole, RunningProcessor>>;

interface Deployed {
  readonly scenario: Scenario;
  readonly setup: ProcessesSetup;
  readonly options: ProcessesOptions;
  readonly folder: string;
  readonly buckets: Buckets;
  readonly stateUrls: Readonly<Record<ProcessorRole, string>>;
  readonly laid: Laid;
  readonly running: Running;
}

/** @throws UsageError where the environment lacks what the scenario asks for */
export async function deploy(
  scenario: Scenario,
  setup: ProcessesSetup,
  plan: PopulationPlan,
  options: ProcessesOptions,
): Promise<Deployment> {
  const { environment, processes } = options;
  checkEnvironment(setup, environment);
  const folder = resolve(options.folder);
  // Two runs of one scenario at a time must not meet in one bucket or database.
  const name = `priolab-${runDigest(scenario).slice(0, 8)}-${process.pid}`;
  const buckets = bucketsOf(setup, { folder, name, environment });
  const stateUrls = stateUrlsOf(setup, { name, environment });
  rmSync(folder, { recursive: true, force: true });
  await clearPlaces(buckets, stateUrls, environment);
  const seedTree = seedTreeOf(scenario);
  const laid = layOut({ scenario, plan, seedTree, folder, buckets, stateUrls });
  const running = await startBoth(processes, laid);
  return deployed({ scenario, setup, options, folder, buckets, stateUrls, laid, running });
}

/** Both or none. */
async function startBoth(processes: ProcessorProcesses, { configFiles }: Laid): Promise<Running> {
  const starts = await Promise.allSettled(
    ROLES.map((role) => processes.start(role, configFiles[role])),
  );
  const started = starts.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  const failed = starts.find((one) => one.status === 'rejected');
  if (failed === undefined) return { leader: started[0]!, helper: started[1]! };
  await Promise.all(started.map((one) => one.stop()));
  throw failed.reason;
}

function deployed(parts: Deployed): Deployment {
  const { buckets, stateUrls, running, options, folder } = parts;
  const refused = new Map<string, Set<string>>();
  let batchCount = 0;
  return {
    buckets,

    note({ deployed: shard }, { state, vendor }) {
      batchCount += shard?.batchCount ?? 0;
      for (const { metric, windowStartMs, ids } of shard?.refused ?? []) {
        const key = `${state.id}/${vendor}/${metric}/${windowStartMs}`;
        const set = refused.get(key) ?? new Set();
        for (let at = 0; at < ids.length; at += REPORT_ID_SIZE) {
          set.add(toHex(ids.subarray(at, at + REPORT_ID_SIZE)));
        }
        refused.set(key, set);
      }
    },

    async finish(collected, cells, { interrupted, signal }) {
      const references = collected.map(({ task, shares, windowStartMs }, i): Reference => {
        const key = `${task.state}/${task.vendor}/${task.metric.id}/${windowStartMs}`;
        return {
          cell: cells[i]!,
          windowMs: task.windowMs,
          epsilon: task.epsilon,
          batchIds: shares.leader.batchIds,
          refused: refused.get(key) ?? new Set(),
        };
      });
      const waited = interrupted
        ? INTERRUPTED
        : await waitForSums(parts, { batchCount, references }, signal);
      const stopped = waited === INTERRUPTED;
      const found = stopped ? undefined : await readSums(parts);
      const compared = found === undefined ? undefined : compareSums(references, found);
      const ended = waited ?? found?.unreadable;
      return {
        interrupted: stopped,
        cells: compared?.cells ?? cells,
        deployment: recordOf(parts, { batchCount, references, compared, ended }),
      };
    },

    async close({ failed }) {
      await Promise.all(ROLES.map((role) => running[role].stop()));
      if (failed || options.keep === true) return;
      await clearPlaces(buckets, stateUrls, options.environment);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const INTERRUPTED = 'interrupted while waiting for the sums';

/** @returns why it ended without all of them; undefined where all are there */
async function waitForSums(
  deployed: Deployed,
  wanted: { readonly batchCount: number; readonly references: readonly Reference[] },
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  const { laid, running, options, buckets } = deployed;
  const windows = wanted.references.filter(({ batchIds }) => batchIds.length > 0);
  const names = new Set(windows.map((reference) => keyOf(sumNameOf(reference))));
  const stores = storesOf(buckets, options.environment);
  const sumCount = 2 * names.size;
  const startMs = monotonicMs();
  // A window is summed of what was taken in when it ends: all of it, whatever the machine's speed.
  const intake = await waitUntil(deployed, signal, () => {
    options.onWaiting?.({ sumsDone: 0, sumCount, elapsedMs: monotonicMs() - startMs });
    return ROLES.every((role) => running[role].settledCount() >= wanted.batchCount);
  });
  if (intake !== undefined) return intake;
  laid.endWindows();
  return waitUntil(deployed, signal, async () => {
    const there = await Promise.all(ROLES.map((role) => signedNames(stores[role])));
    const sumsDone = there.flat().filter((name) => names.has(name)).length;
    options.onWaiting?.({ sumsDone, sumCount, elapsedMs: monotonicMs() - startMs });
    return sumsDone === sumCount;
  });
}

/** Looks again and again, as long as anything goes on. @returns why it gave up */
async function waitUntil(
  { running, options }: Deployed,
  signal: AbortSignal | undefined,
  isSo: () => boolean | Promise<boolean>,
): Promise<string | undefined> {
  const { processes, patienceMs = PATIENCE_MS } = options;
  let progressMs = monotonicMs();
  let progress = '';
  for (;;) {
    if (await isSo()) return undefined;
    for (const role of ROLES) {
      const end = running[role].ended();
      if (end !== undefined) return `the ${role}'s process ended: ${end}`;
    }
    if (signal?.aborted === true) return INTERRUPTED;
    const nowMs = monotonicMs();
    const state = ROLES.map((role) => running[role].settledCount()).join('/');
    if (state !== progress) [progress, progressMs] = [state, nowMs];
    if (nowMs - progressMs > patienceMs) return stalled(running, patienceMs);
    await processes.pause(POLL_MS);
  }
}

function stalled(running: Running, patienceMs: number): string {
  const complaints = ROLES.flatMap((role) => {
    return running[role].complaints().map((line) => `; ${role}: ${line}`);
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

async function readSums({ scenario, buckets, options }: Deployed) {
  const stores = storesOf(buckets, options.environment);
  const seedTree = seedTreeOf(scenario);
  const [leader, helper] = await Promise.all(
    ROLES.map((role, server) => {
      const { publicKey } = processorSigningKey(seedTree, role);
      const verifier = createBatchVerifier(new Map([[signingKeyId(role), publicKey]]));
      return readSumParts({ store: stores[role], server: server === 0 ? 0 : 1, verifier });
    }),
  );
  const parts = { leader: leader!.parts, helper: helper!.parts };
  const [problem] = [...leader!.problems, ...helper!.problems].filter(isNoDraft);
  const unreadable = problem === undefined ? undefined : `${problem.key}: ${problem.detail}`;
  return { ...pairSumParts(parts.leader, parts.helper), parts, unreadable };
}

/** What is not signed yet is not there. */
function isNoDraft({ code }: SumPartProblem): boolean {
  return code !== 'incomplete';
}

function storesOf(
  buckets: Buckets,
  environment: ProcessesOptions['environment'],
): Record<ProcessorRole, StreamingStore> {
  const open = (role: ProcessorRole): StreamingStore =>
    openStore(sumBucket(buckets, role), environment, storeOptions(environment));
  return { leader: open('leader'), helper: open('helper') };
}

function recordOf(
  { setup, laid }: Deployed,
  found: {
    readonly batchCount: number;
    readonly references: readonly Reference[];
    readonly compared: Compared | undefined;
    readonly ended: string | undefined;
  },
): DeploymentRecord {
  const { batchCount, references, compared, ended } = found;
  const windows = references.filter(({ batchIds }) => batchIds.length > 0).length;
  const missing = compared?.missing ?? [];
  const none = { totals: 0, clients: 0, refused: 0, batches: 0, examples: [] };
  return {
    kind: 'processes',
    ...setup,
    instances: laid.instances.length,
    batches: batchCount,
    windows,
    combined: compared === undefined ? 0 : windows - missing.length,
    missing: [...missing],
    ...(ended === undefined ? {} : { ended }),
    deviations: compared?.deviations ?? none,
  };
}
