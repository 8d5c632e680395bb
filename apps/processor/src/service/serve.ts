/**
 * The processor as a service: looks for work, does it, until it is told to stop. Source: ENPA
 * sections 6.7 (workflow-manager), 6.5 (worker loop), both in one process.
 */

import { setTimeout as pause } from 'node:timers/promises';

import { monotonicMs } from '@priolab/runtime';
import type { TaskState } from '@priolab/runtime/database';
import { explain, serveOperators } from '@priolab/service';
import type { Health } from '@priolab/service';

import type { ProcessorConfig } from '../config.ts';
import type { Desk } from './desk.ts';
import { forgetOld } from './retention.ts';
import { openDesk } from './open.ts';
import { scan } from './scan.ts';
import { adviceOn } from './task-errors.ts';
import { doOne } from './worker.ts';

/** Without a sign of life for that long a service is ill. */
const STALLED_MS = 600_000;
const IDLE_MS = 20;

/** Resolves when `signal` is aborted and what was begun is done. */
export async function serve(
  config: ProcessorConfig,
  options: {
    readonly environment: Readonly<Record<string, string | undefined>>;
    readonly writeLog: (line: string) => void;
    readonly signal: AbortSignal;
  },
): Promise<void> {
  const { signal } = options;
  const { desk, renewTrust, close } = await openDesk(config, options);
  const { log, metrics } = desk;
  const life = createLife(config);
  const operators =
    config.listen === undefined
      ? undefined
      : await serveOperators({ ...config.listen, health: life.health, metrics: metrics.text });
  const instances = [...desk.instances.keys()].join(' ');
  log('info', 'serving', { role: config.role, instances, url: operators?.url });
  try {
    await Promise.all([look(desk, { renewTrust, signal, life }), work(desk, signal, life)]);
  } finally {
    await operators?.close();
    await close();
    log('info', 'stopped');
  }
}

/** When each loop was last seen to go on. */
interface Life {
  scanned(isGood: boolean): void;
  worked(isGood: boolean): void;
  counted(tasks: Readonly<Record<TaskState, number>>): void;
  health(): Health;
}

function createLife({ schedule }: ProcessorConfig): Life {
  let scannedMs = monotonicMs();
  let workedMs = scannedMs;
  let hasScanned = false;
  let failedScans = 0;
  let failedWork = 0;
  let tasks = { ready: 0, leased: 0, done: 0, rejected: 0 };
  const limitMs = Math.max(STALLED_MS, 3 * schedule.scanEveryMs);
  return {
    scanned(isGood) {
      scannedMs = monotonicMs();
      failedScans = isGood ? 0 : failedScans + 1;
      hasScanned ||= isGood;
    },
    worked(isGood) {
      workedMs = monotonicMs();
      failedWork = isGood ? 0 : failedWork + 1;
    },
    counted: (counts) => void (tasks = counts),
    health() {
      const sinceScanMs = Math.round(monotonicMs() - scannedMs);
      const sinceWorkMs = Math.round(monotonicMs() - workedMs);
      const isStalled = sinceScanMs > limitMs || sinceWorkMs > limitMs;
      const problem = isStalled ? `nothing has gone on for ${limitMs / 1000} s` : undefined;
      // Not ready while state or buckets can't be used; a restart would not help, so not ill.
      const isReady = hasScanned && failedScans === 0 && failedWork === 0;
      const fields = { sinceScanMs, sinceWorkMs, failedScans, failedWork, tasks };
      return { isReady, problem, fields };
    },
  };
}

async function look(
  desk: Desk,
  parts: {
    readonly renewTrust: () => Promise<void>;
    readonly signal: AbortSignal;
    readonly life: Life;
  },
): Promise<void> {
  const { config, clock, log, metrics, queue } = desk;
  const { renewTrust, signal, life } = parts;
  let renewedMs = monotonicMs();
  while (!signal.aborted) {
    const startMs = monotonicMs();
    let ok = true;
    try {
      if (startMs - renewedMs >= config.schedule.manifestsEveryMs) {
        await renewTrust();
        await forgetOld(desk);
        renewedMs = startMs;
      }
      await scan(desk);
      const counts = await queue.counts();
      metrics.tasks(counts);
      life.counted(counts);
    } catch (error) {
      ok = false;
      log('error', 'scan-failed', { ...explain(error), advice: adviceOn(error) });
    }
    life.scanned(ok);
    metrics.scanned({ nowMs: clock.nowMs(), tookMs: monotonicMs() - startMs, ok });
    await sleep(config.schedule.scanEveryMs, signal);
  }
}

async function work(desk: Desk, signal: AbortSignal, life: Life): Promise<void> {
  const { log, config } = desk;
  while (!signal.aborted) {
    let pauseMs = IDLE_MS;
    let ok = true;
    try {
      if (await doOne(desk)) pauseMs = 0;
    } catch (error) {
      ok = false;
      // The task stays with the queue, which gives it out again.
      log('error', 'work-failed', { ...explain(error), advice: adviceOn(error) });
      pauseMs = Math.min(1000, config.schedule.scanEveryMs);
    }
    life.worked(ok);
    if (pauseMs > 0) await sleep(pauseMs, signal);
  }
}

async function sleep(ms: number, signal: AbortSignal): Promise<void> {
  await pause(ms, undefined, { signal }).catch(() => {});
}
