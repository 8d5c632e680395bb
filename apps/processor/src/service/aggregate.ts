/**
 * Sums a window: fixes which batches it is made of, agrees on them with the peer, adds up what both
 * accept, and writes the sum part for the portal. Every step is noted before the next one, and what
 * was noted is never decided again.
 * Source: ENPA section 6.5 "Aggregation", 6.7 steps 3 to 5.
 */

import { setImmediate as turn } from 'node:timers/promises';

import { EnpaError } from '@priolab/roles/enpa';
import { explain } from '@priolab/service';

import { hearSet, ownSet, tellSet } from './agreement.ts';
import type { WindowSet } from './agreement.ts';
import { decide } from './decide.ts';
import type { Desk, InstanceDesk } from './desk.ts';
import { windowOf } from './places.ts';
import { intakeId, isOfWindow, readyIn } from './scan.ts';
import { decodeSaid } from './said.ts';
import { uuidBytes } from './share-blocks.ts';
import type { BatchName, BatchRow, WindowName, WindowRow } from './state.ts';
import { addBatch } from './sum.ts';
import type { Total } from './sum.ts';
import { NotReady, Refused } from './task-errors.ts';
import { writeSumPart } from './sum-part.ts';

export interface AggregateJob {
  readonly aggregation: string;
  readonly startMs: number;
}

/** @param extend holds the task for longer; called between batches */
export async function aggregate(
  desk: Desk,
  instance: InstanceDesk,
  job: AggregateJob,
  extend: () => Promise<void>,
): Promise<void> {
  const window: WindowName = { instance: instance.config.name, ...job };
  const { endMs } = windowOf(desk.config.schedule, job.startMs);
  // Fixed before, it would refuse batches that are in time.
  if (desk.clock.nowMs() < endMs + desk.config.schedule.graceMs) {
    throw new NotReady(`window ${windowText(window)}: it or its grace is not over yet`);
  }
  const row = await fix(desk, instance, window, extend);
  desk.reach('aggregate.fixed');
  if (row.state === 'summed') return;
  const { batches, repeated } = await agree(desk, instance, window, ownSet(row));
  desk.reach('aggregate.agreed');
  if (batches.length === 0) {
    await desk.state.closeWindow({ ...window, endMs }, 'held');
    throw new Refused('no-batches', `window ${windowText(window)}: expected batches of both sides`);
  }
  const included = await rowsOf(desk, window, endMs, batches);
  const total = await addUp(desk, instance, { included, repeated, extend });
  desk.reach('aggregate.added-up');
  await writeSumPart(desk, { window, endMs, parameters: row.parameters, total });
  await desk.state.closeWindow({ ...window, endMs }, 'summed');
  desk.reach('aggregate.closed');
  desk.metrics.packetsPerSumPart(job.aggregation, total.clientCount);
  const { aggregation } = job;
  const counts = {
    batches: batches.length,
    clients: total.clientCount,
    refused: total.invalid.length,
  };
  desk.log('info', 'window-summed', { aggregation, window: windowText(window), ...counts });
}

function windowText({ startMs }: Pick<WindowName, 'startMs'>): string {
  return new Date(startMs).toISOString();
}

/** Which batches we can sum: those about which both have spoken and of which all can be read. */
async function fix(
  desk: Desk,
  instance: InstanceDesk,
  window: WindowName,
  extend: () => Promise<void>,
): Promise<WindowRow> {
  const known = await desk.state.window(window);
  const begun = known ?? (await begin(desk, instance, window, extend));
  return begun.state === 'claiming' ? claimAll(desk, window, begun, extend) : begun;
}

async function begin(
  desk: Desk,
  instance: InstanceDesk,
  window: WindowName,
  extend: () => Promise<void>,
): Promise<WindowRow> {
  const { endMs } = windowOf(desk.config.schedule, window.startMs);
  await waitForIntake(desk, instance, window, endMs);
  const all = await desk.state.batchesIn(window, endMs);
  // Of what is not written the peer has not heard, and never will.
  const rows = all.filter(({ state }) => state !== 'said');
  // Fixed without any batch, it would refuse all that are still to come.
  if (rows.length === 0) {
    throw new NotReady(`window ${windowText(window)}: no batch of it is taken in`);
  }
  const ready: BatchRow[] = [];
  const waiting: BatchRow[] = [];
  for (const row of rows) {
    const answer = await tryDecide(desk, instance, row, extend);
    if (answer === 'ready') ready.push(row);
    if (answer === 'silent') waiting.push(row);
    await extend();
  }
  desk.metrics.batchesOfWindow(window.aggregation, ready.length);
  await waitForPeer(desk, instance, window, { ready, waiting, endMs });
  for (const { batchUuid: batch, aggregation } of waiting) {
    desk.log('error', 'batch-left-out', { batch, aggregation, code: 'peer-missing' });
  }
  const parameters = await commonParameters(desk, ready);
  const batches = ready.filter((row) => isLike(desk, row, parameters));
  const set = { endMs, batches: batches.map(({ batchUuid }) => batchUuid), parameters };
  return desk.state.beginWindow(window, set);
}

/** In slices, each for itself: claiming again is harmless, and others get their turn in between. */
async function claimAll(
  desk: Desk,
  window: WindowName,
  row: WindowRow,
  extend: () => Promise<void>,
): Promise<WindowRow> {
  desk.reach('aggregate.begun');
  const repeated: Uint8Array[] = [];
  for (const batchUuid of JSON.parse(row.batches) as string[]) {
    const batch = { ...window, batchUuid };
    for await (const ids of acceptedIds(desk, batch)) {
      for (const id of await desk.state.claim(batch, ids)) {
        repeated.push(uuidBytes(batchUuid), id);
      }
      desk.reach('aggregate.claimed');
      await extend();
      await turn();
    }
  }
  return desk.state.fixWindow(window, new Uint8Array(Buffer.concat(repeated)));
}

/**
 * After a pause of ours, or of the bucket's, there may be batches that came in time and are not
 * taken in yet, or not even seen.
 */
async function waitForIntake(
  desk: Desk,
  instance: InstanceDesk,
  window: WindowName,
  endMs: number,
): Promise<void> {
  const { graceMs, peerPatienceMs } = desk.config.schedule;
  if (desk.clock.nowMs() >= endMs + graceMs + peerPatienceMs) return;
  const open = new Set(await desk.queue.unfinished('intake'));
  for (const id of open) if (!isOfWindow(id, window, endMs)) open.delete(id);
  const taken = await desk.state.batchesIn(window, endMs);
  const known = new Set(taken.map(({ batchUuid }) => batchUuid));
  const refused = new Set((await desk.queue.rejected()).map(({ id }) => id));
  for (const batch of await readyIn(instance, window, endMs)) {
    const id = intakeId(window.instance, batch);
    if (!known.has(batch.batchUuid) && !refused.has(id)) open.add(id);
  }
  if (open.size === 0) return;
  throw new NotReady(`window ${windowText(window)}: ${open.size} batches are yet to be taken in`);
}

/** @throws NotReady where the window should not be fixed yet */
async function waitForPeer(
  desk: Desk,
  instance: InstanceDesk,
  window: WindowName,
  batches: {
    readonly ready: readonly BatchRow[];
    readonly waiting: readonly BatchRow[];
    readonly endMs: number;
  },
): Promise<void> {
  const { peer, schedule, legacy } = desk.config;
  const { ready, waiting, endMs } = batches;
  if (waiting.length === 0) return;
  const isPatient = desk.clock.nowMs() < endMs + schedule.graceMs + schedule.peerPatienceMs;
  const text = `window ${windowText(window)}: the peer has not spoken of ${waiting.length} batches`;
  if (peer === 'priolab' && !legacy.has('peer-intersection')) {
    const heard = await tryHear(desk, instance, window);
    // What the peer has not named by now it never sums: there is nothing to wait for.
    const isAwaited = (row: BatchRow): boolean => heard?.batches.includes(row.batchUuid) ?? true;
    if (isPatient && waiting.some(isAwaited)) throw new NotReady(text);
    if (heard !== undefined) return;
  }
  if (ready.length > 0) return;
  // Nothing is lost by waiting on: there is no sum to be late with.
  if (!isPatient) desk.metrics.peerMissing(window.aggregation);
  throw new NotReady(text);
}

/** Causes that pass: a signature before its header, a key before our next look at its manifest. */
const PASSING: ReadonlySet<string> = new Set(['unknown-key', 'avro', 'incomplete']);

async function tryDecide(
  desk: Desk,
  instance: InstanceDesk,
  row: BatchRow,
  extend: () => Promise<void>,
): Promise<'ready' | 'silent' | 'unusable'> {
  try {
    return (await decide(desk, instance, row, extend)) ? 'ready' : 'silent';
  } catch (error) {
    // One validation that can't be read does not hold up the others (ENPA 9.2 no. 3).
    if (!(error instanceof EnpaError || error instanceof Refused)) throw error;
    const { code, message: detail } = error;
    const { batchUuid: batch, aggregation } = row;
    desk.log('error', 'validation-refused', { batch, aggregation, code, detail });
    const part = code === 'digest-mismatch' ? 'packet_file' : 'header';
    desk.metrics.invalidPeerBatch(aggregation, part);
    return PASSING.has(code) ? 'silent' : 'unusable';
  }
}

/**
 * ENPA 9.2 no. 27: batches of other parameters can't be added up. Those under which most reports
 * are accepted are summed, so that one stray batch does not push out a window of good ones.
 */
async function commonParameters(desk: Desk, rows: readonly BatchRow[]): Promise<string> {
  const counts = new Map<string, number>();
  for (const { parameters } of rows) counts.set(parameters, 0);
  if (counts.size > 1) {
    for (const row of rows) {
      let count = counts.get(row.parameters)!;
      for await (const { verdicts } of desk.state.chunks(row)) {
        for (const code of verdicts!) if (code === 0) count += 1;
      }
      counts.set(row.parameters, count);
    }
  }
  // Of equal ones the first by its text: both sides must choose the same.
  const ranked = [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  return ranked[0]?.[0] ?? '';
}

function isLike(
  desk: Desk,
  { parameters, batchUuid, aggregation }: BatchRow,
  chosen: string,
): boolean {
  if (parameters === chosen) return true;
  const detail = `expected ${chosen}, got ${parameters}`;
  desk.log('error', 'batch-left-out', {
    batch: batchUuid,
    aggregation,
    code: 'parameters-differ',
    detail,
  });
  return false;
}

/** Ids of the reports of a batch that both accept, a block at a time. */
async function* acceptedIds(desk: Desk, batch: BatchName): AsyncGenerator<Uint8Array[]> {
  // Claimed at intake, or not at all.
  const { legacy, peer } = desk.config;
  if (legacy.has('per-batch-dedup') || peer === 'prio-server') return;
  for await (const { said, verdicts } of desk.state.chunks(batch)) {
    const { count, idOf } = decodeSaid(said);
    const ids: Uint8Array[] = [];
    for (let i = 0; i < count; i++) if (verdicts?.[i] === 0) ids.push(idOf(i));
    yield ids;
  }
}

/** What both name; what either has counted elsewhere. */
async function agree(
  desk: Desk,
  instance: InstanceDesk,
  window: WindowName,
  own: WindowSet,
): Promise<WindowSet> {
  const { peer, legacy, schedule } = desk.config;
  if (peer === 'prio-server' || legacy.has('peer-intersection')) return own;
  await tellSet(desk, instance, window, own);
  const heard = await tryHear(desk, instance, window);
  if (heard === undefined) {
    const { endMs } = windowOf(schedule, window.startMs);
    const untilMs = endMs + schedule.graceMs + schedule.peerPatienceMs;
    const text = `window ${windowText(window)}: the peer has not said what it can sum`;
    if (desk.clock.nowMs() < untilMs) throw new NotReady(text);
    desk.metrics.peerMissing(window.aggregation);
    throw new NotReady(`${text}; it is overdue`);
  }
  const theirs = new Set(heard.batches);
  for (const batch of own.batches) {
    if (theirs.has(batch)) continue;
    await desk.state.forgetClaims({ ...window, batchUuid: batch });
    const { aggregation } = window;
    desk.log('warn', 'batch-left-out', { batch, aggregation, code: 'batch-unmatched' });
  }
  return {
    batches: own.batches.filter((batch) => theirs.has(batch)),
    repeated: [...own.repeated, ...heard.repeated],
  };
}

/** Undefined also where what was said can't be read at the moment. */
async function tryHear(
  desk: Desk,
  instance: InstanceDesk,
  window: WindowName,
): Promise<WindowSet | undefined> {
  try {
    return await hearSet(desk, instance, window);
  } catch (error) {
    if (!(error instanceof EnpaError && PASSING.has(error.code))) throw error;
    const { aggregation } = window;
    desk.log('error', 'set-refused', {
      aggregation,
      window: windowText(window),
      ...explain(error),
    });
    return undefined;
  }
}

async function rowsOf(
  desk: Desk,
  window: WindowName,
  endMs: number,
  batches: readonly string[],
): Promise<BatchRow[]> {
  const wanted = new Set(batches);
  const rows = await desk.state.batchesIn(window, endMs);
  return rows.filter(({ batchUuid }) => wanted.has(batchUuid));
}

async function addUp(
  desk: Desk,
  instance: InstanceDesk,
  parts: {
    readonly included: readonly BatchRow[];
    readonly repeated: readonly string[];
    readonly extend: () => Promise<void>;
  },
): Promise<Total> {
  const repeated = new Set(parts.repeated);
  const total: Total = {
    sum: undefined,
    clientCount: 0,
    invalid: [],
    batches: [],
  };
  for (const row of parts.included) {
    await addBatch(desk, instance, { row, repeated, total, extend: parts.extend });
    desk.metrics.packetsPerBatch(row.aggregation, row.reportCount);
    await parts.extend();
  }
  return total;
}
