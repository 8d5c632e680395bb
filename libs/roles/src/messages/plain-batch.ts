/**
 * Batches, verifier shares, agreed sets and sum parts as headers and packets of signed objects, in
 * Priolab's plain form. Decoders get bytes from outside: whatever does not fit is refused whole, as
 * `batch-header` or `batch-digest`, with what was expected and what came.
 * Source: ENPA section 6.1 (the fields), in the plain form of `signed-object.ts`.
 *
 *   ingestion packet = u8 reportId[16] || u32 r || u8 sealed[sealedSize]
 *   validity packet  = u8 reportId[16] || u8 status || u32 f || u32 g || u32 h
 *   set packet       = u8 batchId[16] || u8 reportId[16]
 *   sum packet       = u32 sum[bins] || (u8 reportId[16] || u8 reason) x rejected
 */

import { DIGEST_SIZE, copyBytes, fromHex, sha256, toHex } from '@priolab/crypto';
import type { Strided } from '@priolab/crypto';
import { FIELD_MODULUS } from '@priolab/prio';

import { BATCH_ID_SIZE, REPORT_ID_SIZE } from '../blocks.ts';
import type { AggregateShare, BatchHead, ProcessorRole } from '../blocks.ts';
import type { ShareBatch, VerifierShareBlock } from '../blocks.ts';
import { reasonCode } from '../reasons.ts';
import type { Task } from '../task.ts';
import { TASK_ID_SIZE } from '../task.ts';
import { hexField } from './signed-object.ts';
import type { Header } from './signed-object.ts';
import { readUint32, uploadLayout, writeUint32 } from './upload.ts';

export type Decoded<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly detail: string };

/** Which tasks a server takes part in, by the hex of their ids. */
export type KnownTasks = ReadonlyMap<string, Task>;

const REPORTS_MAX = 2 ** 16;
const VALIDITY_SIZE = REPORT_ID_SIZE + 13;
const REJECTED_SIZE = REPORT_ID_SIZE + 1;
const REPEATED_SIZE = BATCH_ID_SIZE + REPORT_ID_SIZE;
const PEER_MISSING = reasonCode('peer-missing');

/** The parameters that every party must agree on, as a header carries them. */
function taskFields({ id, metric, state, vendor, epsilon, windowMs, shape }: Task): Header {
  return {
    task: toHex(id),
    name: metric.id,
    bins: metric.bins,
    epsilon,
    prime: shape.modulus,
    numberOfServers: 2,
    state,
    vendor,
    windowMs,
  };
}

/** Fields of the header of an ingestion batch: these and no others. */
const INGESTION_FIELDS: ReadonlySet<string> = new Set(
  (
    'kind role task name bins epsilon prime numberOfServers state vendor windowMs batchId ' +
    'windowStartMs count packetDigest'
  ).split(' '),
);

function refuse(detail: string): { ok: false; detail: string } {
  return { ok: false, detail };
}

function otherRole({ role: got }: Header, expected: ProcessorRole): { ok: false; detail: string } {
  return refuse(`role: expected ${expected}, got ${String(got)}`);
}

/** The task of a header, if we know it and the header says of it what we know. */
function readTask(header: Header, kind: string, tasks: KnownTasks): Decoded<Task> {
  if (header['kind'] !== kind)
    return refuse(`kind: expected ${kind}, got ${String(header['kind'])}`);
  const id = hexField(header, 'task', TASK_ID_SIZE);
  const task = id === undefined ? undefined : tasks.get(toHex(id));
  if (task === undefined)
    return refuse(`task: expected one of ours, got ${String(header['task'])}`);
  for (const [name, expected] of Object.entries(taskFields(task))) {
    if (header[name] !== expected) {
      return refuse(`${name}: expected ${String(expected)}, got ${String(header[name])}`);
    }
  }
  return { ok: true, value: task };
}

function readWindow(header: Header, { windowMs }: Task): Decoded<number> {
  const { windowStartMs } = header;
  if (typeof windowStartMs !== 'number' || !Number.isSafeInteger(windowStartMs)) {
    return refuse(`windowStartMs: expected a whole number, got ${String(windowStartMs)}`);
  }
  if (windowStartMs < 0 || windowStartMs % windowMs !== 0) {
    return refuse(`windowStartMs: expected a multiple of ${windowMs}, got ${windowStartMs}`);
  }
  return { ok: true, value: windowStartMs };
}

function readCount(header: Header, packets: Uint8Array, packetSize: number): Decoded<number> {
  const { count } = header;
  if (typeof count !== 'number' || !Number.isInteger(count) || count < 0 || count > REPORTS_MAX) {
    return refuse(`count: expected 0 to ${REPORTS_MAX}, got ${String(count)}`);
  }
  if (packets.length !== count * packetSize) {
    return refuse(`packets: expected ${count} of ${packetSize} bytes, got ${packets.length} bytes`);
  }
  return { ok: true, value: count };
}

/** @param role whose shares these are: they go to that processor */
export function encodeShareBatch(
  batch: ShareBatch,
  role: ProcessorRole,
): { header: Header; packets: Uint8Array } {
  const { count, sealed, sealedSize, reportIds, queryRandomness } = batch;
  const size = REPORT_ID_SIZE + 4 + sealedSize;
  const packets = new Uint8Array(count * size);
  for (let i = 0; i < count; i++) {
    const at = i * size;
    copyBytes(REPORT_ID_SIZE, reportIds, i * REPORT_ID_SIZE, packets, at);
    writeUint32(packets, at + REPORT_ID_SIZE, queryRandomness[i]!);
    const from = sealed.offset + i * sealed.stride;
    copyBytes(sealedSize, sealed.bytes, from, packets, at + REPORT_ID_SIZE + 4);
  }
  return { header: { kind: 'ingestion', role, ...headFields(batch) }, packets };
}

/** Hex, in the batch's order. */
export function reportIdsOf({
  count,
  reportIds,
}: Pick<BatchHead, 'count' | 'reportIds'>): string[] {
  return Array.from({ length: count }, (_, i) =>
    toHex(reportIds.subarray(i * REPORT_ID_SIZE, (i + 1) * REPORT_ID_SIZE)),
  );
}

function headFields({ task, batchId, windowStartMs, count }: BatchHead): Header {
  return { ...taskFields(task), batchId: toHex(batchId), windowStartMs, count };
}

export function decodeShareBatch(
  header: Header,
  packets: Uint8Array,
  { role, tasks }: { readonly role: ProcessorRole; readonly tasks: KnownTasks },
): Decoded<ShareBatch> {
  const task = readTask(header, 'ingestion', tasks);
  if (!task.ok) return task;
  if (header['role'] !== role) return otherRole(header, role);
  const { leaderSealedSize, helperSealedSize } = uploadLayout(task.value.shape);
  const sealedSize = role === 'leader' ? leaderSealedSize : helperSealedSize;
  const size = REPORT_ID_SIZE + 4 + sealedSize;
  const window = readWindow(header, task.value);
  const count = readCount(header, packets, size);
  const batchId = hexField(header, 'batchId', BATCH_ID_SIZE);
  if (!window.ok) return window;
  if (!count.ok) return count;
  if (batchId === undefined) return refuse(`batchId: got ${String(header['batchId'])}`);
  // What an ingestor adds of its own (a phone's address, an exact time) is not for a processor.
  const odd = Object.keys(header).find((name) => !INGESTION_FIELDS.has(name));
  if (odd !== undefined) return refuse(`field ${odd.slice(0, 40)}: expected none of that name`);
  // A point r of p or more is the report's own fault, and refused with it alone (`verifyInit`).
  const points = Uint32Array.from({ length: count.value }, (_, i) =>
    readUint32(packets, i * size + REPORT_ID_SIZE),
  );
  const sealed: Strided = { bytes: packets, offset: REPORT_ID_SIZE + 4, stride: size };
  return {
    ok: true,
    value: {
      task: task.value,
      batchId,
      windowStartMs: window.value,
      count: count.value,
      reportIds: gather(packets, count.value, size, REPORT_ID_SIZE),
      queryRandomness: points,
      sealed,
      sealedSize,
    },
  };
}

/** The verifier shares about `batch`, for the peer. */
export function encodeVerifierShares(
  batch: BatchHead,
  { values, status }: VerifierShareBlock,
  role: ProcessorRole,
): { header: Header; packets: Uint8Array } {
  const packets = new Uint8Array(batch.count * VALIDITY_SIZE);
  for (let i = 0; i < batch.count; i++) {
    const at = i * VALIDITY_SIZE;
    copyBytes(REPORT_ID_SIZE, batch.reportIds, i * REPORT_ID_SIZE, packets, at);
    packets[at + REPORT_ID_SIZE] = status[i]!;
    for (let k = 0; k < 3; k++) {
      writeUint32(packets, at + REPORT_ID_SIZE + 1 + 4 * k, values[3 * i + k]!);
    }
  }
  return { header: { kind: 'validity', role, ...headFields(batch) }, packets };
}

/** What a processor says about a batch, in the batch's order. */
export interface PeerWord {
  readonly shares: VerifierShareBlock;
  /** Hex ids of reports that it has in this batch and we don't. */
  readonly unheld: readonly string[];
}

/**
 * Reads what `role` says about `batch`. Reports are joined by their ids, whatever the order: only a
 * report that one side lacks is lost with it, never its batch. Of two under one id the first is
 * meant, as at the one who wrote (ENPA section 6.5: the real system kept the last).
 */
export function decodeVerifierShares(
  header: Header,
  packets: Uint8Array,
  { role, batch }: { readonly role: ProcessorRole; readonly batch: BatchHead },
): Decoded<PeerWord> {
  const expected = { kind: 'validity', role, ...headFields(batch) };
  for (const [name, value] of Object.entries(expected)) {
    if (name !== 'count' && header[name] !== value) {
      return refuse(`${name}: expected ${String(value)}, got ${String(header[name])}`);
    }
  }
  const count = readCount(header, packets, VALIDITY_SIZE);
  if (!count.ok) return count;
  const placeOf = new Map<string, number>();
  for (let k = 0; k < count.value; k++) {
    const at = k * VALIDITY_SIZE;
    const id = toHex(packets.subarray(at, at + REPORT_ID_SIZE));
    if (!placeOf.has(id)) placeOf.set(id, at);
  }
  const unheld = new Set(placeOf.keys());
  const values = new Uint32Array(batch.count * 3);
  const status = new Uint8Array(batch.count);
  for (let i = 0; i < batch.count; i++) {
    const id = toHex(batch.reportIds.subarray(i * REPORT_ID_SIZE, (i + 1) * REPORT_ID_SIZE));
    const at = placeOf.get(id);
    unheld.delete(id);
    // A report of which the peer says nothing is one that it does not have.
    if (at === undefined) status[i] = PEER_MISSING;
    else {
      status[i] = packets[at + REPORT_ID_SIZE]!;
      for (let k = 0; k < 3; k++) {
        values[3 * i + k] = readUint32(packets, at + REPORT_ID_SIZE + 1 + 4 * k);
      }
    }
    const wild = [0, 1, 2].find((k) => values[3 * i + k]! >= FIELD_MODULUS);
    if (wild !== undefined) return refuse(`value ${wild} of report ${id}: expected below p`);
  }
  const { batchId, reportIds } = batch;
  const shares = { batchId, count: batch.count, reportIds, values, status };
  return { ok: true, value: { shares, unheld: [...unheld] } };
}

/** The batches that a processor is ready to sum for a window: it sums what both name. */
export interface BatchSet {
  readonly task: Task;
  readonly windowStartMs: number;
  readonly batchIds: readonly string[];
  /**
   * Hex `batchId || reportId` of reports that are in an earlier batch of this processor's: neither
   * counts them a second time, whichever batch it saw first.
   */
  readonly repeated: readonly string[];
}

export function encodeBatchSet(
  { task, windowStartMs, batchIds, repeated }: BatchSet,
  role: ProcessorRole,
) {
  const header: Header = { kind: 'set', role, ...taskFields(task), windowStartMs, batchIds };
  return { header, packets: fromHex(repeated.join('')) };
}

export function decodeBatchSet(
  header: Header,
  packets: Uint8Array,
  { role, tasks }: { readonly role: ProcessorRole; readonly tasks: KnownTasks },
): Decoded<BatchSet> {
  const task = readTask(header, 'set', tasks);
  if (!task.ok) return task;
  if (header['role'] !== role) return otherRole(header, role);
  const window = readWindow(header, task.value);
  if (!window.ok) return window;
  const batchIds = readBatchIds(header);
  if (batchIds === undefined) return refuse('batchIds: expected a list of batch ids');
  if (packets.length % REPEATED_SIZE !== 0) {
    return refuse(`packets: expected some of ${REPEATED_SIZE} bytes, got ${packets.length} bytes`);
  }
  const repeated = Array.from({ length: packets.length / REPEATED_SIZE }, (_, i) =>
    toHex(packets.subarray(i * REPEATED_SIZE, (i + 1) * REPEATED_SIZE)),
  );
  return {
    ok: true,
    value: { task: task.value, windowStartMs: window.value, batchIds, repeated },
  };
}

function readBatchIds(header: Header): readonly string[] | undefined {
  const { batchIds } = header;
  if (!Array.isArray(batchIds)) return undefined;
  const ids = batchIds as readonly string[];
  return ids.every((id) => /^[0-9a-f]{32}$/.test(id)) ? ids : undefined;
}

/** Hex digest over the ids (16 bytes each) of the reports in a sum, in the order of their bytes. */
export function includedDigest(ids: readonly Uint8Array[]): string {
  const sorted = [...ids].sort((a, b) => Buffer.compare(a, b));
  return toHex(sha256(Buffer.concat(sorted)));
}

/** A report that a processor refused, and why. */
export interface Rejected {
  /** Hex. */
  readonly reportId: string;
  readonly reason: number;
}

export function encodeSumPart(
  share: AggregateShare,
  rejected: readonly Rejected[],
  role: ProcessorRole,
): { header: Header; packets: Uint8Array } {
  const { task, windowStartMs, sum, count, rejectedCount, batchIds } = share;
  const packets = new Uint8Array(4 * sum.length + rejected.length * REJECTED_SIZE);
  sum.forEach((element, bin) => writeUint32(packets, 4 * bin, element));
  rejected.forEach(({ reportId, reason }, i) => {
    const at = 4 * sum.length + i * REJECTED_SIZE;
    packets.set(Buffer.from(reportId, 'hex'), at);
    packets[at + REPORT_ID_SIZE] = reason;
  });
  const digest = share.includedDigest === undefined ? {} : { includedDigest: share.includedDigest };
  const fields = { ...taskFields(task), windowStartMs, count, rejectedCount, batchIds, ...digest };
  return { header: { kind: 'sum', role, ...fields }, packets };
}

export function decodeSumPart(
  header: Header,
  packets: Uint8Array,
  { role, tasks }: { readonly role: ProcessorRole; readonly tasks: KnownTasks },
): Decoded<{ readonly share: AggregateShare; readonly rejected: readonly Rejected[] }> {
  const task = readTask(header, 'sum', tasks);
  if (!task.ok) return task;
  if (header['role'] !== role) return otherRole(header, role);
  const window = readWindow(header, task.value);
  if (!window.ok) return window;
  const { count, rejectedCount } = header;
  if (!isCount(count) || !isCount(rejectedCount)) return refuse('count: expected whole numbers');
  const batchIds = readBatchIds(header);
  if (batchIds === undefined) return refuse('batchIds: expected a list of batch ids');
  const digest = hexField(header, 'includedDigest', DIGEST_SIZE);
  if (digest === undefined)
    return refuse(`includedDigest: got ${String(header['includedDigest'])}`);
  const { bins } = task.value.metric;
  const tail = packets.length - 4 * bins;
  if (tail < 0 || tail % REJECTED_SIZE !== 0) {
    return refuse(`packets: expected ${bins} sums and a list, got ${packets.length} bytes`);
  }
  const sum = Uint32Array.from({ length: bins }, (_, bin) => readUint32(packets, 4 * bin));
  const wild = sum.findIndex((element) => element >= FIELD_MODULUS);
  if (wild !== -1) return refuse(`sum of bin ${wild}: expected below p, got ${sum[wild]}`);
  const rejected = Array.from({ length: tail / REJECTED_SIZE }, (_, i) => {
    const at = 4 * bins + i * REJECTED_SIZE;
    const reportId = toHex(packets.subarray(at, at + REPORT_ID_SIZE));
    return { reportId, reason: packets[at + REPORT_ID_SIZE]! };
  });
  const share = {
    task: task.value,
    windowStartMs: window.value,
    sum,
    count,
    rejectedCount,
    batchIds,
    includedDigest: toHex(digest),
  };
  return { ok: true, value: { share, rejected } };
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function gather(bytes: Uint8Array, count: number, stride: number, size: number): Uint8Array {
  const out = new Uint8Array(count * size);
  for (let i = 0; i < count; i++) copyBytes(size, bytes, i * stride, out, i * size);
  return out;
}
