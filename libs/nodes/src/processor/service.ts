/**
 * A processor as a service: looks through its stores for batches to take in and windows to sum,
 * puts what it finds into its queue, and has workers do it. Everything may happen twice or stop
 * half way: jobs write the same bytes when they are done again, and what is done is known by what
 * is in the stores. Source: ENPA section 6.5 "Worker loop", 6.7.
 */

import { ProtocolAbort } from '@priolab/roles';
import { TransportError } from '@priolab/runtime';
import type { Delivery, Host } from '@priolab/runtime';

import { endings, readBatchBase, taskPrefix, windowBase } from '../names.ts';
import { SIGNATURE } from '../signed-store.ts';
import { aggregateWindow } from './aggregate.ts';
import { NotReady } from './desk.ts';
import type { Job, ProcessorDesk } from './desk.ts';
import { expire } from './expire.ts';
import { takeIn } from './intake.ts';
import { createHandshake } from './versions.ts';
import type { DeskAtWork } from './versions.ts';

const CLEAN_EVERY_MS = 6 * 3_600_000;

export async function runProcessor(host: Host, given: ProcessorDesk): Promise<void> {
  const desk: DeskAtWork = { ...given, handshake: createHandshake(given) };
  const { settings } = desk;
  let cleanAtMs = host.clock.nowMs() + CLEAN_EVERY_MS;
  for (let i = 0; i < settings.workers; i++) host.spawn(() => work(host, desk));
  for (;;) {
    try {
      await shakeHands(host, desk);
      await scan(host, desk);
      if (host.clock.nowMs() >= cleanAtMs) {
        await expire(host, desk);
        cleanAtMs = host.clock.nowMs() + CLEAN_EVERY_MS;
      }
    } catch (error) {
      if (!(error instanceof TransportError)) throw error;
    }
    const nowMs = host.clock.nowMs();
    await host.sleep(settings.scanEveryMs - (nowMs % settings.scanEveryMs));
  }
}

async function shakeHands(host: Host, { role, versions, handshake, listener }: DeskAtWork) {
  await handshake.renew(host.clock.nowMs());
  const theirs = handshake.foreign();
  if (theirs === undefined) return;
  listener({ kind: 'peer-refused', role, reason: 'peer-version', ours: versions(), theirs });
}

/** Finds what there is to do; a job that is known is not added again. */
async function scan(host: Host, { tasks, ingestion, queue, settings }: ProcessorDesk) {
  const ending = endings.batch + SIGNATURE;
  for (const task of tasks.values()) {
    const windows = new Set<number>();
    for (const key of await ingestion.list(taskPrefix(task))) {
      if (!key.endsWith(ending)) continue;
      const base = key.slice(0, -ending.length);
      const found = readBatchBase(base);
      if (found === undefined) continue;
      windows.add(found.windowStartMs);
      queue.add(`intake-${base}`, { kind: 'intake', base, task });
    }
    for (const windowStartMs of windows) {
      if (host.clock.nowMs() < windowStartMs + task.windowMs + settings.graceMs) continue;
      const id = `aggregate-${windowBase(task, windowStartMs)}`;
      queue.add(id, { kind: 'aggregate', task, windowStartMs });
    }
  }
}

async function work(host: Host, desk: DeskAtWork): Promise<void> {
  for (;;) {
    const delivery = await desk.queue.take(host);
    await handle(host, desk, delivery);
  }
}

async function handle(host: Host, desk: DeskAtWork, delivery: Delivery<Job>): Promise<void> {
  const { id, body, attempt } = delivery;
  let isAtWork = true;
  host.spawn(() => holdOn(host, desk, delivery, () => isAtWork));
  try {
    if (body.kind === 'intake') await takeIn(desk, body, host.clock.nowMs());
    else await aggregateWindow(desk, body, host.clock.nowMs());
    delivery.done();
  } catch (error) {
    const isWait = error instanceof NotReady;
    const retryable = isWait || (error instanceof TransportError && error.retryable);
    const isExpected =
      retryable || error instanceof ProtocolAbort || error instanceof TransportError;
    if (!isExpected) throw error;
    const message = error instanceof Error ? error.message : String(error);
    if (!isWait) {
      const { role } = desk;
      desk.listener({ kind: 'task-failed', role, id, attempt, retryable, message });
    }
    // What can't work is put aside, named, and does not come again (ENPA: the rejected topic).
    if (retryable) delivery.giveBack(desk.settings.scanEveryMs);
    else delivery.done();
  } finally {
    isAtWork = false;
  }
}

/**
 * Extends the lease while the work goes on, however long that is; a worker that stands still does
 * not. ENPA section 6.5: the real one did so only while it wrote, and lost tasks while it computed.
 */
async function holdOn(
  host: Host,
  { settings }: ProcessorDesk,
  delivery: Delivery<Job>,
  isAtWork: () => boolean,
): Promise<void> {
  for (;;) {
    await host.sleep(settings.leaseMs / 2);
    if (!isAtWork()) return;
    delivery.extend();
  }
}
