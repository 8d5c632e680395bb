/**
 * Sums one window of one task, once its grace is over. Both processors first write down, for good,
 * which batches they have in full, and then sum those that both named: in the 2021 system each
 * summed what it had heard of from the other, and where the two differed the window was lost
 * (ENPA sections 6.5, 9.2 nos. 5 to 7, 10.3). Then proofs are decided and accepted shares added.
 */

import { toHex } from '@priolab/crypto';
import {
  decodeBatchSet,
  encodeBatchSet,
  encodeSumPart,
  includedDigest,
  reasonCode,
} from '@priolab/roles';
import type { Rejected, ShareBatch, Task, VerifierShareBlock } from '@priolab/roles';

import { endings, peerOf, readBatchBase, taskPrefix, windowBase } from '../names.ts';
import { SIGNATURE, readSigned, writeSigned } from '../signed-store.ts';
import { NotReady, readBatch, readValidity } from './desk.ts';
import type { ProcessorDesk } from './desk.ts';

const REPORT_ID_SIZE = 16;
const PROOF_INVALID = reasonCode('proof-invalid');

export interface Window {
  readonly task: Task;
  readonly windowStartMs: number;
}

interface Ready {
  readonly base: string;
  readonly batch: ShareBatch;
  readonly shares: VerifierShareBlock;
}

/** @param nowMs by the processor's own clock */
export async function aggregateWindow(
  desk: ProcessorDesk,
  window: Window,
  nowMs: number,
): Promise<void> {
  const read = new Map<string, Ready>();
  const own = await ownSet(desk, window, read);
  const agreed = desk.settings.legacy.peerIntersection
    ? own
    : intersection(own, await peerSet(desk, window, nowMs));
  const ready: Ready[] = [];
  for (const batchId of agreed) {
    const found = read.get(batchId) ?? (await readReady(desk, await baseOf(desk, window, batchId)));
    if (found === undefined) throw new NotReady(`batch ${batchId} can't be read at the moment`);
    ready.push(found);
  }
  await writeSum(
    desk,
    window,
    ready,
    own.filter((batchId) => !agreed.includes(batchId)),
  );
}

/**
 * The batches of the window that we and the peer have; written once and never changed.
 * @param read receives what was read to find out
 */
async function ownSet(
  desk: ProcessorDesk,
  window: Window,
  read: Map<string, Ready>,
): Promise<readonly string[]> {
  const { role, state, signer, peerValidity } = desk;
  const key = windowBase(window.task, window.windowStartMs) + endings.set(role);
  const noted = await state.get(key);
  const batchIds =
    noted === undefined
      ? await findReady(desk, window, read)
      : (JSON.parse(new TextDecoder().decode(noted)) as string[]);
  if (noted === undefined) {
    await state.put(key, new TextEncoder().encode(JSON.stringify(batchIds)));
  }
  const { header, packets } = encodeBatchSet({ ...window, batchIds }, role);
  await writeSigned(peerValidity, key, signer.seal(header, packets));
  return batchIds;
}

async function findReady(
  desk: ProcessorDesk,
  window: Window,
  read: Map<string, Ready>,
): Promise<string[]> {
  for (const base of await basesOf(desk, window)) {
    const ready = await readReady(desk, base);
    if (ready !== undefined) read.set(toHex(ready.batch.batchId), ready);
  }
  return [...read.keys()].sort();
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
  const { role, listener } = desk;
  const batchId = readBatchBase(base)!.batchId;
  const own = await readBatch(desk, base);
  if (own.state !== 'good') return undefined;
  const peer = await readValidity(desk, base, own.batch);
  if (peer.state === 'refused') {
    const { reason, detail } = peer;
    listener({ kind: 'batch-refused', role, batchId, of: 'validity', reason, detail });
  }
  if (peer.state === 'absent') {
    const detail = `the ${peerOf(role)} says nothing of it`;
    const reason = 'batch-unmatched';
    listener({ kind: 'batch-refused', role, batchId, of: 'validity', reason, detail });
  }
  return peer.state === 'good' ? { base, batch: own.batch, shares: peer.shares } : undefined;
}

async function peerSet(
  desk: ProcessorDesk,
  { task, windowStartMs }: Window,
  nowMs: number,
): Promise<readonly string[]> {
  const { role, tasks, validity, peerReader, listener, settings } = desk;
  const peer = peerOf(role);
  const key = windowBase(task, windowStartMs) + endings.set(peer);
  const opened = await readSigned(validity, key, peerReader);
  if (opened === undefined) {
    const dueMs = windowStartMs + task.windowMs + settings.graceMs + settings.peerPatienceMs;
    if (nowMs >= dueMs) listener({ kind: 'peer-missing', role, task, windowStartMs });
    throw new NotReady(`the ${peer}'s set of batches is not there yet`);
  }
  const refuse = (reason: string, detail: string): NotReady => {
    listener({ kind: 'batch-refused', role, batchId: '', of: 'set', reason, detail });
    return new NotReady(`the ${peer}'s set of batches is refused: ${reason}`);
  };
  if (!opened.ok) throw refuse(opened.reason, opened.detail);
  const decoded = decodeBatchSet(opened.header, { role: peer, tasks });
  if (!decoded.ok) throw refuse('batch-header', decoded.detail);
  if (decoded.value.task !== task || decoded.value.windowStartMs !== windowStartMs) {
    throw refuse('batch-header', 'the set is of another window');
  }
  return decoded.value.batchIds;
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
  ready: readonly Ready[],
  unmatched: readonly string[],
): Promise<void> {
  const { role, portal, audit, signer, listener, settings } = desk;
  const processor = desk.processorOf(task);
  const included: Uint8Array[] = [];
  const rejected: Rejected[] = [];
  let miscounted = 0;
  for (const { batch, shares } of ready) {
    processor.verifyInit(batch);
    const status = processor.verifyNext(shares).slice();
    processor.aggregate();
    for (let i = 0; i < batch.count; i++) {
      if (status[i] === PROOF_INVALID) miscounted += 1;
      const id = batch.reportIds.subarray(i * REPORT_ID_SIZE, (i + 1) * REPORT_ID_SIZE);
      if (status[i] === 0) included.push(id);
      else rejected.push({ reportId: toHex(id), reason: status[i]! });
    }
    const { reportIds, queryRandomness } = batch;
    const batchId = toHex(batch.batchId);
    const decided = { role, task, windowStartMs, batchId, reportIds, queryRandomness, status };
    listener({ kind: 'decided', ...decided });
  }
  const [taken] = processor.takeAggregateShares();
  const drift = settings.legacy.countInvalidProofs ? miscounted : 0;
  const count = (taken?.count ?? 0) + drift;
  const counts = { count, rejectedCount: (taken?.rejectedCount ?? 0) - drift };
  const share = taken && { ...taken, ...counts, includedDigest: includedDigest(included) };
  const batchIds = share?.batchIds ?? [];
  listener({ kind: 'summed', role, task, windowStartMs, batchIds, unmatched, ...counts });
  if (share === undefined) return;
  // Each processor keeps small sums back itself: the peer or the portal may not.
  if (share.count < settings.minBatch) {
    listener({ kind: 'suppressed', by: role, task, windowStartMs, count: share.count });
    return;
  }
  const { header, packets } = encodeSumPart(share, rejected, role);
  const key = windowBase(task, windowStartMs) + endings.sum(role);
  // The auditor's copy first: the combiner waits for both and compares them.
  await writeSigned(audit, key, signer.seal(header, packets));
  await writeSigned(portal, key, signer.seal(header, packets));
}
