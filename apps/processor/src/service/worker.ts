/**
 * Does tasks, one after the other, until it is stopped. A task that can't be done yet waits, one
 * that fails is tried again with growing pauses, one that can't ever be done is put aside with its
 * reason: none is dropped. Source: ENPA section 6.5 (worker loop), 6.8 (backoff), 9.2 nos. 12-16.
 */

import { EnpaError } from '@priolab/roles/enpa';
import { backoffMs, fateOf } from '@priolab/runtime/database';
import type { Taken } from '@priolab/runtime/database';
import { explain } from '@priolab/service';

import { aggregate } from './aggregate.ts';
import type { Desk } from './desk.ts';
import { takeIn } from './intake.ts';
import type { TaskBody } from './scan.ts';
import type { BatchName } from './state.ts';
import { NotReady, Refused, adviceOn, isOutage, isRetryable } from './task-errors.ts';

export type TaskKind = 'intake' | 'aggregate';
const KINDS: readonly TaskKind[] = ['intake', 'aggregate'];

/** @returns whether there was one to do */
export async function doOne(desk: Desk): Promise<boolean> {
  const { queue, machineClock, log, metrics, reach } = desk;
  const task = await queue.take(machineClock.nowMs(), KINDS);
  if (task === undefined) return false;
  reach('worker.taken');
  const kind = task.kind as TaskKind;
  const body = JSON.parse(task.body) as TaskBody;
  const fields = { task: task.id, kind, attempt: task.attempt };
  metrics.taskStarted(kind, body.aggregation);
  log('debug', 'task-started', fields);
  try {
    await perform(desk, kind, body, extender(desk, task));
    reach('worker.performed');
    const isOurs = await task.done();
    reach('worker.done');
    if (!isOurs) log('warn', 'lease-lost', fields);
    metrics.taskFinished(kind, body.aggregation, isOurs ? 'success' : 'error');
    if (isOurs) log('info', 'task-done', fields);
  } catch (error) {
    await settle(desk, { task, kind, body, error });
    reach('worker.settled');
  }
  return true;
}

async function perform(
  desk: Desk,
  kind: TaskKind,
  body: TaskBody,
  extend: () => Promise<void>,
): Promise<void> {
  const { aggregation, timeMs, batchUuid } = body;
  const instance = desk.instances.get(body.instance);
  if (instance === undefined) {
    throw new Refused('unknown-instance', `instance ${body.instance}: not in the configuration`);
  }
  if (kind === 'aggregate') {
    await aggregate(desk, instance, { aggregation, startMs: timeMs }, extend);
  } else {
    await takeIn(desk, instance, { aggregation, timeMs, batchUuid: batchUuid! }, extend);
  }
}

/** Holds the task for longer once half of its lease is over. */
function extender({ config, machineClock: clock }: Desk, task: Taken): () => Promise<void> {
  let heldMs = clock.nowMs();
  return async () => {
    const nowMs = clock.nowMs();
    if (nowMs - heldMs < config.schedule.leaseMs / 2) return;
    heldMs = nowMs;
    if (await task.extend(nowMs)) return;
    throw new NotReady(`task ${task.id} is another worker's by now`);
  };
}

async function settle(
  desk: Desk,
  failed: {
    readonly task: Taken;
    readonly kind: TaskKind;
    readonly body: TaskBody;
    readonly error: unknown;
  },
): Promise<void> {
  const { machineClock, config, log, metrics } = desk;
  const { task, kind, body, error } = failed;
  const nowMs = machineClock.nowMs();
  const { code, detail } = explain(error);
  const fields = { task: task.id, kind, attempt: task.attempt, code, detail };
  if (error instanceof NotReady) {
    await task.postpone(nowMs, config.schedule.scanEveryMs);
    log('debug', 'task-waits', fields);
    return;
  }
  const { attemptsMax } = config.schedule;
  const advice = adviceOn(error);
  if (isOutage(error) && task.attempt >= attemptsMax) {
    // It is not the task that fails: it is never put aside for that, however long it takes.
    const delayMs = backoffMs(task.attempt);
    await task.postpone(nowMs, delayMs);
    metrics.taskFinished(kind, body.aggregation, 'error');
    log('warn', 'task-failed', { ...fields, againInMs: delayMs, advice });
    return;
  }
  const failure = isRetryable(error) ? 'retryable' : 'final';
  const fate = fateOf(failure, { attempt: task.attempt, attemptsMax });
  if (kind === 'intake' && error instanceof EnpaError) {
    const part = error.code === 'digest-mismatch' ? 'packet_file' : 'header';
    if (INTEGRITY.has(error.code)) metrics.invalidIngestionBatch(body.aggregation, part);
  }
  if (fate.kind === 'reject') {
    if (kind === 'intake') await forgetClaims(desk, { ...body, batchUuid: body.batchUuid! });
    await task.reject(`${code}: ${detail}`);
    metrics.taskFinished(kind, body.aggregation, 'rejected');
    log('error', 'task-rejected', { ...fields, advice });
    return;
  }
  if (code === 'unknown-key') await desk.renewTrust();
  await task.giveBack(nowMs, fate.delayMs, `${code}: ${detail}`);
  metrics.taskFinished(kind, body.aggregation, 'error');
  log('warn', 'task-failed', { ...fields, againInMs: fate.delayMs, advice });
}

/** What was noted is written once the task is given back: its reports stay claimed. */
async function forgetClaims({ state }: Desk, batch: BatchName): Promise<void> {
  if ((await state.batch(batch)) === undefined) await state.forgetClaims(batch);
}

const INTEGRITY: ReadonlySet<string> = new Set([
  'invalid-signature',
  'unknown-key',
  'digest-mismatch',
]);
