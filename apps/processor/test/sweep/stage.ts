/**
 * Two real processor processes on a deployment, and what every story on them needs: batches in
 * their buckets, waiting until both have done so many tasks, asking them to stop, and the checks.
 */

import { setTimeout as pause } from 'node:timers/promises';

import type { ProcessorRole } from '@priolab/roles';

import { ROLES, createDeployment } from '../deployment.ts';
import type { Deployment } from '../deployment.ts';
import { INTAKE_TASKS, TASKS } from './batches.ts';
import type { Ingested } from './batches.ts';
import { checkSameObjects, checkStates, checkTotals } from './checks.ts';
import type { Objects } from './checks.ts';
import type { Room } from './machines.ts';
import type { ProcessorProcess } from './processor-process.ts';

export type Processes = Record<ProcessorRole, ProcessorProcess>;

const DEADLINE_MS = 50_000;
const STOP_MS_MAX = 10_000;
export const POLL_MS = 25;
const AFTER_WINDOWS = '2021-12-01T17:30:00Z';

const SCHEDULE = {
  aggregationPeriodSeconds: 8 * 3600,
  graceSeconds: 3600,
  // Leases of a dead process end by time where others may share the state.
  leaseSeconds: 1,
};

export interface DeployOptions {
  /** Left out: the room's. */
  readonly state?: (role: ProcessorRole) => string;
  readonly schedule?: Readonly<Record<string, number>>;
}

/** Keys, manifests, two configurations, empty buckets. */
export async function deploy(room: Room, options: DeployOptions = {}): Promise<Deployment> {
  const isFiles = Object.keys(room.environment).length === 0;
  return createDeployment(room.folder, {
    ...(isFiles ? {} : { bucket: room.bucket }),
    state: options.state ?? room.state,
    settings: {
      // Signatures that are the same in every run: what is written is compared byte by byte.
      arithmetic: 'simulation',
      listen: { port: 0 },
      schedule: { ...SCHEDULE, scanEverySeconds: room.scanEverySeconds, ...options.schedule },
    },
  });
}

/** What the ingestor does. */
export async function ingest(room: Room, { objects }: Ingested): Promise<void> {
  for (const role of ROLES) {
    const store = room.store(`${role}-ingestion`);
    for (const [key, bytes] of objects[role]) await store.put(key, bytes);
  }
}

/** Polls until `isSo`. @throws Error with what the processes logged */
export async function until(
  what: string,
  processes: Readonly<Partial<Processes>>,
  isSo: () => boolean | Promise<boolean>,
): Promise<void> {
  const deadlineMs = performance.now() + DEADLINE_MS;
  while (!(await isSo())) {
    if (performance.now() > deadlineMs) {
      const lines = Object.entries(processes).flatMap(([role, one]) => whatHappened(role, one));
      throw new Error([`waited for: ${what}`, ...lines].join('\n'));
    }
    await pause(POLL_MS);
  }
}

/** On to when the windows are over, once both have taken in all there is; then to the end. */
export async function finish(processes: Processes, deployment: Deployment): Promise<void> {
  await until('all batches taken in', processes, () => haveDone(processes, INTAKE_TASKS));
  deployment.setClock(AFTER_WINDOWS);
  await until('all windows summed', processes, () => haveDone(processes, TASKS));
}

export async function haveDone(processes: Processes, count: number): Promise<boolean> {
  const answers = await Promise.all(ROLES.map((role) => processes[role].health()));
  return answers.every((answer) => answer !== undefined && answer.tasks.done >= count);
}

/** As an operator does: asks them to, and they end well, soon. @returns what was wrong */
export async function stopBoth(processes: Processes): Promise<string[]> {
  const answers = await Promise.all(
    ROLES.map(async (role) => {
      // At a point behind all work: nobody listens any more.
      if (processes[role].isPaused()) return [];
      const { tookMs, code } = await processes[role].stop();
      if ((code === 0 && tookMs < STOP_MS_MAX) || processes[role].isPaused()) return [];
      return [`${role}: asked to stop: exit code ${code} after ${Math.round(tookMs)} ms`];
    }),
  );
  return answers.flat();
}

/** When both are gone. @param reference objects of an undisturbed run, where there was one */
export async function checkAll(
  room: Room,
  ingested: Ingested,
  reference?: Objects,
): Promise<{ readonly objects: Objects; readonly problems: string[] }> {
  const objects = await room.objects();
  const problems = [
    ...checkTotals(objects, ingested.expected),
    ...(reference === undefined ? [] : checkSameObjects(objects, reference)),
    ...room.strays(objects).map((path) => `${path}: a file that is no object`),
    ...(await checkStates(room)),
  ];
  return { objects, problems };
}

export function whatHappened(role: string, process: ProcessorProcess): string[] {
  const ending = process.ending();
  const how = ending === undefined ? 'runs' : `ended: ${JSON.stringify(ending)}`;
  const lines = process.lines.filter(({ level }) => level === 'warn' || level === 'error');
  return [`${role} ${how}`, ...lines.slice(-5).map((line) => JSON.stringify(line)), process.text()];
}
