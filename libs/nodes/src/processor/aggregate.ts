/**
 * Sums one window of one task, once its grace is over. Both processors first write down, for good,
 * which batches they have in full, and then sum those that both named: in the 2021 system each
 * summed what it had heard of from the other, and where the two differed the window was lost
 * (ENPA sections 6.5, 9.2 nos. 5 to 7, 10.3). Then proofs are decided and accepted shares added.
 */

import { toHex } from '@priolab/crypto';
import {
  REPORT_ID_SIZE,
  decodeBatchSet,
  encodeSumPart,
  includedDigest,
  reasonCode,
  reportIdsOf,
} from '@priolab/roles';
import type { BatchSet, PeerWord, Rejected, ShareBatch, Task } from '@priolab/roles';

import { endings, peerOf, readBatchBase, taskPrefix, windowBase } from '../names.ts';
import { SIGNATURE, putDurably, readSigned, writeSigned } from '../signed-store.ts';
import { NotReady, readBatch, readValidity } from './desk.ts';
import type { BatchRead, ProcessorDesk, ValidityRead } from './desk.ts';
import { isReadable, unheard } from './versions.ts';
import type { DeskAtWork } from './versions.ts';
import { fixWindowSet, givenUpMs, sayIfMissing } from './window-set.ts';

const DUPLICATE_ID = reasonCode('duplicate-report-id');
const PEER_MISSING = reasonCode('peer-missing');
const PROOF_INVALID = reasonCode('proof-invalid');

export interface Window {
  readonly task: Task;
  readonly windowStartMs: number;
}

/** A batch of which both halves and the peer's word are there. */
export interface Ready {
  readonly batch: ShareBatch;
  readonly word: PeerWord;
}

/** @param nowMs by the processor's own clock */
export async function aggregateWindow(
  desk: DeskAtWork,
  window: Window,
  nowMs: number,
): Promise<void> {
  const read = new Map<string, Ready>();
  const own = await fixWindowSet(desk, window, nowMs, () => findReady(desk, window, nowMs, read));
  const peer = desk.settings.legacy.peerIntersection ? own : await peerSet(desk, window, nowMs);
  const agreed = intersection(own.batchIds, peer.batchIds);
  const repeated = new Set([...own.repeated, ...peer.repeated]);
  const ready: Ready[] = [];
  for (const batchId of agreed) {
    const found = read.get(batchId) ?? (await readReady(desk, await baseOf(desk, window, batchId)));
    if (found === undefined) throw new NotReady(`batch ${batchId} can't be read at the moment`);
    ready.push(found);
  }
  const unmatched = own.batchIds.filter((batchId) => !agreed.includes(batchId));
  await writeSum(desk, window, { ready, unmatched, repeated });
  const { task, windowStartMs } = window;
  const doneKey = windowBase(task, windowStartMs) + endings.done(desk.role);
  await putDurably(desk.state, doneKey, new Uint8Array(0));
}

/**
 * Batches of the window that we and the peer have, by id. What is not among them now never will be:
 * each that is left out is named.
 * @param read receives them
 */
async function findReady(
  desk: DeskAtWork,
  window: Window,
  nowMs: number,
  read: Map<string, Ready>,
): Promise<ReadonlyMap<string, Ready>> {
  const { role, listener } = desk;
  for (const base of await basesOf(desk, window)) {
    const { batchId } = readBatchBase(base)!;
    const own = await readBatch(desk, base);
    const peer = own.state === 'good' ? await readValidity(desk, base, own.batch) : undefined;
    if (own.state === 'good' && peer?.state === 'good') {
      read.set(batchId, { batch: own.batch, word: peer.word });
    } else if (own.state !== 'good') {
      listener({ kind: 'batch-refused', role, batchId, of: 'ingestion', ...refusalOf(own) });
    } else {
      const why = peer?.state === 'refused' ? refusalOf(peer) : unheard(desk);
      // Written by a newer version that we may come to speak again.
      const isForeign = peer?.state === 'refused' && peer.reason === 'peer-version';
      if (isForeign && nowMs < givenUpMs(desk, window)) throw new NotReady(why.detail);
      listener({ kind: 'batch-refused', role, batchId, of: 'validity', ...why });
    }
  }
  return read;
}

function refusalOf(read: BatchRead | ValidityRead): { reason: string; detail: string } {
  if (read.state === 'refused') return { reason: read.reason, detail: read.detail };
  return { reason: 'batch-incomplete', detail: 'a part of it is not there' };
}

/** Complete batches of the window in our ingestion store. */
async function basesOf(desk: ProcessorDesk, { task, windowStartMs }: Window): Promise<string[]> {
  const keys = await desk.ingestion.list(taskPrefix(task));
  const ending = endings.batch + SIGNATURE;
  return keys
    .filter((key) => key.endsWith(ending))
    .map((key) => key.slice(0, -ending.length))
    .filter((base) => readBatchBase(base)?.windowStartMs === windowStartMs);
}

async function baseOf(desk: ProcessorDesk, window: Window, batchId: string): Promise<string> {
  const base = (await basesOf(desk, window)).find((one) => one.endsWith(`/${batchId}`));
  if (base === undefined) throw new NotReady(`batch ${batchId} is not listed at the moment`);
  return base;
}

/** Our part of a batch and the peer's word about it; undefined unless both are there and good. */
async function readReady(desk: ProcessorDesk, base: string): Promise<Ready | undefined> {
  const own = await readBatch(desk, base);
  if (own.state !== 'good') return undefined;
  const peer = await readValidity(desk, base, own.batch);
  return peer.state === 'good' ? { batch: own.batch, word: peer.word } : undefined;
}

async function peerSet(desk: ProcessorDesk, window: Window, nowMs: number): Promise<BatchSet> {
  const { role, tasks, validity, peerReader, listener } = desk;
  const { task, windowStartMs } = window;
  const peer = peerOf(role);
  const key = windowBase(task, windowStartMs) + endings.set(peer);
  const opened = await readSigned(validity, key, peerReader);
  if (opened === undefined) {
    sayIfMissing(desk, window, nowMs);
    throw new NotReady(`the ${peer}'s set of batches is not there yet`);
  }
  const refuse = (reason: string, detail: string): NotReady => {
    listener({ kind: 'batch-refused', role, batchId: '', window, of: 'set', reason, detail });
    return new NotReady(`the ${peer}'s set of batches is refused: ${reason}`);
  };
  if (!opened.ok) throw refuse(opened.reason, opened.detail);
  if (!isReadable(desk, opened.header))
    throw refuse('peer-version', 'of a version that is not ours');
  const decoded = decodeBatchSet(opened.header, opened.packets, { role: peer, tasks });
  if (!decoded.ok) throw refuse('batch-header', decoded.detail);
  if (decoded.value.task !== task || decoded.value.windowStartMs !== windowStartMs) {
    throw refuse('batch-header', 'the set is of another window');
  }
  return decoded.value;
}

function intersection(a: readonly string[], b: readonly string[]): string[] {
  const right = new Set(b);
  return a.filter((id) => right.has(id));
}

/**
 * Decides and sums in one go: nothing is awaited between the first batch and the last, so that two
 * workers never share the processor's running sum.
 */
async function writeSum(
  desk: ProcessorDesk,
  { task, windowStartMs }: Window,
  found: {
    readonly ready: readonly Ready[];
    readonly unmatched: readonly string[];
    readonly repeated: ReadonlySet<string>;
  },
): Promise<void> {
  const { role, portal, audit, signer, listener, settings } = desk;
  const processor = desk.processorOf(task);
  const included: Uint8Array[] = [];
  const rejected: Rejected[] = [];
  let miscounted = 0;
  for (const { batch, word } of found.ready) {
    const status = decide(desk, { batch, word }, found.repeated);
    processor.aggregate();
    miscounted += status.filter((code) => code === PROOF_INVALID).length;
    rejected.push(...rejectedOf(batch, status, word.unheld));
    const { reportIds, queryRandomness } = batch;
    for (let i = 0; i < batch.count; i++) {
      if (status[i] === 0) {
        included.push(reportIds.subarray(i * REPORT_ID_SIZE, (i + 1) * REPORT_ID_SIZE));
      }
    }
    const batchId = toHex(batch.batchId);
    const about = { role, task, windowStartMs, batchId, reportIds, queryRandomness };
    const said = { peerValues: word.shares.values, unheld: word.unheld };
    listener({ kind: 'decided', ...about, ...said, status });
  }
  const [taken] = processor.takeAggregateShares();
  const drift = settings.legacy.countInvalidProofs ? miscounted : 0;
  const count = (taken?.count ?? 0) + drift;
  const counts = { count, rejectedCount: rejected.length - drift };
  const empty = found.ready.filter(({ batch }) => batch.count === 0);
  const left = new Set(settings.legacy.unequalEmptyBatches ? empty.map(idOf) : []);
  const listed = (taken?.batchIds ?? []).filter((id) => !left.has(id));
  const lists = { batchIds: listed, includedDigest: includedDigest(included) };
  const share = taken && { ...taken, ...counts, ...lists };
  const batchIds = share?.batchIds ?? [];
  const { unmatched } = found;
  listener({ kind: 'summed', role, task, windowStartMs, batchIds, unmatched, ...counts });
  if (share === undefined) return;
  // Each processor keeps small sums back itself: the peer or the portal may not.
  if (share.count < settings.minBatch(task)) {
    listener({ kind: 'suppressed', by: role, task, windowStartMs, count: share.count });
    return;
  }
  const { header, packets } = encodeSumPart(share, rejected, role);
  const key = windowBase(task, windowStartMs) + endings.sum(role);
  // The auditor's copy first: the combiner waits for both and compares them.
  await writeSigned(audit, key, signer.seal(header, packets));
  await writeSigned(portal, key, signer.seal(header, packets));
}

function idOf({ batch }: Ready): string {
  return toHex(batch.batchId);
}

/** A reason code for each report of the batch; 0: in the sum of both. */
function decide(
  desk: ProcessorDesk,
  { batch, word }: Ready,
  repeated: ReadonlySet<string>,
): Uint8Array {
  const processor = desk.processorOf(batch.task);
  processor.verifyInit(batch);
  const status = word.shares.status.slice();
  if (repeated.size > 0) {
    const batchId = toHex(batch.batchId);
    reportIdsOf(batch).forEach((id, i) => {
      if (repeated.has(batchId + id)) status[i] = DUPLICATE_ID;
    });
  }
  return processor.verifyNext({ ...word.shares, status }).slice();
}

/**
 * Reports that either side has in the batch and that are not in the sum, each once: so both sides'
 * lists are equally long where one lacks a report or has it twice.
 */
function rejectedOf(
  batch: ShareBatch,
  status: Uint8Array,
  unheld: readonly string[],
): readonly Rejected[] {
  const ids = reportIdsOf(batch);
  const accepted = new Set(ids.filter((_, i) => status[i] === 0));
  const reasons = new Map<string, number>();
  ids.forEach((id, i) => {
    if (!accepted.has(id) && !reasons.has(id)) reasons.set(id, status[i]!);
  });
  for (const id of unheld) reasons.set(id, PEER_MISSING);
  return [...reasons].map(([reportId, reason]) => ({ reportId, reason }));
}
