/**
 * Two processors in one process, to be driven step by step: real configurations, keys, manifests,
 * SQLite and files; time is what the test says. For tests.
 */

import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished } from 'vitest';

import { unshard } from '@priolab/prio';
import type { ProcessorRole } from '@priolab/roles';
import { decodeContainer, decodeOne, records, sumPartPath } from '@priolab/roles/enpa';
import type { SumPart } from '@priolab/roles/enpa';
import { openStore } from '@priolab/runtime/stores';
import type { StreamingStore } from '@priolab/runtime/stores';

import { readConfig } from '../../src/config.ts';
import type { Arithmetic, Desk } from '../../src/service/desk.ts';
import { openDesk } from '../../src/service/open.ts';
import type { OpenedDesk } from '../../src/service/open.ts';
import { scan } from '../../src/service/scan.ts';
import { doOne } from '../../src/service/worker.ts';
import { INSTANCE, ROLES, createDeployment } from '../deployment.ts';
import type { Deployment, DeploymentOptions } from '../deployment.ts';
import { AGGREGATION, batchObjects, putAll, totalsOf } from './reports.ts';
import type { BatchContent, Report } from './reports.ts';

export interface LogLine {
  readonly role: ProcessorRole;
  readonly level: string;
  readonly event: string;
  readonly [field: string]: string | number;
}

/** After the window from 08:00 to 16:00 and its hour of grace. */
export const AFTERNOON = '2021-12-01T17:30:00Z';
export const WINDOW_MS = Date.UTC(2021, 11, 1, 8);
const PERIOD_MS = 8 * 3_600_000;
/** No power fails here: files in memory, where the system has a folder for them. */
const MEMORY_FOLDER = '/dev/shm';
const PARENT = existsSync(MEMORY_FOLDER) ? MEMORY_FOLDER : tmpdir();
/** Longer than any pause of the queue: what waits is tried again in each round. */
const ROUND_MS = 60_000;
/** A task's attempts, and then each side's turn to agree. */
const ROUNDS = 9;

export type Rehearsal = Awaited<ReturnType<typeof createRehearsal>>;

export interface RehearsalOptions extends DeploymentOptions {
  readonly arithmetic?: (role: ProcessorRole, own: Arithmetic) => Arithmetic;
}

export async function createRehearsal(options: RehearsalOptions = {}) {
  const folder = mkdtempSync(join(PARENT, 'priolab-service-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const settings = { arithmetic: 'simulation', ...options.settings };
  const deployment: Deployment = await createDeployment(folder, { ...options, settings });
  deployment.setClock(AFTERNOON);
  const logs: LogLine[] = [];
  const opened = new Map<ProcessorRole, OpenedDesk>();
  let machineMs = 0;
  const machineClock = { nowMs: () => machineMs };
  const bucket = (name: string): StreamingStore =>
    openStore(options.bucket?.(name) ?? deployment.path(`buckets/${name}`), {});

  const open = async (role: ProcessorRole): Promise<Desk> => {
    const known = opened.get(role);
    if (known !== undefined) return known.desk;
    const { desk, ...rest } = await openDesk(readConfig(deployment.config(role)), {
      environment: {},
      writeLog: (line) =>
        void logs.push({ role, ...(JSON.parse(line) as Omit<LogLine, 'role'>) } as LogLine),
    });
    const arithmetic = options.arithmetic?.(role, desk.arithmetic) ?? desk.arithmetic;
    opened.set(role, { ...rest, desk: { ...desk, machineClock, arithmetic } });
    return opened.get(role)!.desk;
  };
  const close = async (role: ProcessorRole): Promise<void> => {
    const desk = opened.get(role);
    opened.delete(role);
    await desk?.close();
  };
  onTestFinished(async () => {
    for (const role of ROLES) await close(role);
  });

  return {
    deployment,
    logs,
    bucket,
    open,
    close,
    opened: async (role: ProcessorRole): Promise<OpenedDesk> => {
      await open(role);
      return opened.get(role)!;
    },

    /** Ingestion batches in the buckets of those named. */
    async ingest(content: BatchContent, roles: readonly ProcessorRole[] = ROLES): Promise<void> {
      for (const role of roles) {
        await putAll(bucket(`${role}-ingestion`), batchObjects(role, content));
      }
    },

    /** Those named look and work, in turn, until none has a task that could be done. */
    async settle(roles: readonly ProcessorRole[] = ROLES): Promise<void> {
      for (let round = 0; round < ROUNDS; round++) {
        machineMs += ROUND_MS;
        let openCount = 0;
        for (const role of roles) {
          const desk = await open(role);
          await scan(desk);
          while (await doOne(desk)) continue;
          openCount += (await desk.queue.counts()).ready;
        }
        if (openCount === 0 && round > 0) return;
      }
    },

    async sumPart(role: ProcessorRole, startMs = WINDOW_MS, aggregation = AGGREGATION) {
      const window = { instance: INSTANCE, aggregation, start: startMs, end: startMs + PERIOD_MS };
      const names = sumPartPath(window, role === 'leader' ? 0 : 1);
      const store = bucket(`${role}-sums`);
      const bytes = await store.get(names.header);
      if (bytes === undefined) return undefined;
      const packets = await store.get(names.packets);
      const invalid = packets === undefined ? [] : decodeContainer(records.invalidPacket, packets);
      const header: SumPart = decodeOne(records.sumPart, bytes);
      return { header, invalid: invalid.map(({ uuid }) => uuid) };
    },

    /** Log lines of an event. */
    told: (role: ProcessorRole, event: string): LogLine[] =>
      logs.filter((line) => line.role === role && line.event === event),

    /** Tasks that were put aside, by the code of the reason. */
    async rejected(role: ProcessorRole): Promise<string[]> {
      const desk = await open(role);
      return (await desk.queue.rejected()).map(({ reason }) => reason.split(':', 1)[0]!);
    },
  };
}

export interface ExpectedSums {
  /** Reports whose bits are in the total. */
  readonly counted: readonly Report[];
  readonly batches: readonly string[];
  /** Where it is another number than that of `counted`. */
  readonly clients?: number;
  /** UUIDs called invalid, by both. */
  readonly invalid?: readonly string[];
  readonly startMs?: number;
  readonly aggregation?: string;
}

/** Both sum parts are there, say the same, and add up to exactly what is expected. */
export async function expectSums(rehearsal: Rehearsal, expected: ExpectedSums): Promise<void> {
  const { counted, batches, invalid = [], startMs, aggregation } = expected;
  const leader = await rehearsal.sumPart('leader', startMs, aggregation);
  const helper = await rehearsal.sumPart('helper', startMs, aggregation);
  expect(leader, 'the leader’s sum part').toBeDefined();
  expect(helper, 'the helper’s sum part').toBeDefined();
  const shares = [leader, helper].map((part) => Uint32Array.from(part!.header.sum));
  expect([...unshard(shares[0]!, shares[1]!)]).toEqual(totalsOf(counted));
  for (const { header, invalid: listed } of [leader!, helper!]) {
    expect(header.batchUuids).toEqual(batches);
    expect(header.totalIndividualClients).toBe(expected.clients ?? counted.length);
    expect(listed.toSorted()).toEqual([...invalid].sort());
  }
}
