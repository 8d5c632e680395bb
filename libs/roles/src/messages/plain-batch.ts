/**
 * Batches, verifier shares, agreed sets and sum parts as headers and packets of signed objects, in
 * Priolab's plain form. Decoders get bytes from outside: whatever does not fit is refused whole, as
 * `batch-header` or `batch-digest`, with what was expected and what came.
 * Source: ENPA section 6.1 (the fields), in the plain form of `signed-object.ts`.
 *
 *   ingestion packet = u8 reportId[16] || u32 r || u8 sealed[sealedSize]
 *   validity packet  = u8 reportId[16] || u8 status || u32 f || u32 g || u32 h
 *   sum packet       = u32 sum[bins] || (u8 reportId[16] || u8 reason) x rejected
 */

import { DIGEST_SIZE, copyBytes, sha256, toHex } from '@priolab/crypto';
import type { Strided } from '@priolab/crypto';
import { FIELD_MODULUS } from '@priolab/prio';

import { BATCH_ID_SIZE, REPORT_ID_SIZE } from '../blocks.ts';
import type { AggregateShare, BatchHead, ProcessorRole } from '../blocks.ts';
import type { ShareBatch, VerifierShareBlock } from '../blocks.ts';
import { REASONS } from '../reasons.ts';
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

function refuse(detail: string): { ok: false; detail: string } {
  return { ok: false, detail };
}

/** The task of a header, if we know it and the header says of it what we know. */
function readTask(header: Header, kind: string, tasks: KnownTasks): Decoded<Task> {
  if (header['kind'] !== kind) return refuse(`kind: expected ${kind}, got ${header['kind']}`);
  const id = hexField(header, 'task', TASK_ID_SIZE);
  const task = id === undefined ? undefined : tasks.get(toHex(id));
  if (task === undefined) return refuse(`task: expected one of ours, got ${header['task']}`);
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
  if (header['role'] !== role) return refuse(`role: expected ${role}, got ${header['role']}`);
  const { leaderSealedSize, helperSealedSize } = uploadLayout(task.value.shape);
  const sealedSize = role === 'leader' ? leaderSealedSize : helperSealedSize;
  const size = REPORT_ID_SIZE + 4 + sealedSize;
  const window = readWindow(header, task.value);
  const count = readCount(header, packets, size);
  const batchId = hexField(header, 'batchId', BATCH_ID_SIZE);
  if (!window.ok) return window;
  if (!count.ok) return count;
  if (batchId === undefined) return refuse(`batchId: got ${String(header['batchId'])}`);
  const points = Uint32Array.from({ length: count.value }, (_, i) =>
    readUint32(packets, i * size + REPORT_ID_SIZE),
  );
  const wild = points.findIndex((r) => r >= FIELD_MODULUS);
  if (wild !== -1) return refuse(`r of packet ${wild}: expected below p, got ${points[wild]}`);
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

/** Reads what `role` says about `batch`: the same reports, in any order, in the batch's order. */
export function decodeVerifierShares(
  header: Header,
  packets: Uint8Array,
  { role, batch }: { readonly role: ProcessorRole; readonly batch: BatchHead },
): Decoded<VerifierShareBlock> {
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
    placeOf.set(toHex(packets.subarray(at, at + REPORT_ID_SIZE)), at);
  }
  const values = new Uint32Array(batch.count * 3);
  const status = new Uint8Array(batch.count);
  for (let i = 0; i < batch.count; i++) {
    const id = toHex(batch.reportIds.subarray(i * REPORT_ID_SIZE, (i + 1) * REPORT_ID_SIZE));
    const at = placeOf.get(id);
    // A report of which the peer says nothing is one that it does not have.
    if (at === undefined) status[i] = REASONS.indexOf('peer-refused');
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
  return { ok: true, value: { batchId, count: batch.count, reportIds, values, status } };
}

/** The batches that a processor is ready to sum for a window: it sums what both name. */
export interface BatchSet {
  readonly task: Task;
  readonly windowStartMs: number;
  readonly batchIds: readonly string[];
}

export function encodeBatchSet({ task, windowStartMs, batchIds }: BatchSet, role: ProcessorRole) {
  const header: Header = { kind: 'set', role, ...taskFields(task), windowStartMs, batchIds };
  return { header, packets: new Uint8Array(0) };
}

export function decodeBatchSet(
  header: Header,
  { role, tasks }: { readonly role: ProcessorRole; readonly tasks: KnownTasks },
): Decoded<BatchSet> {
  const task = readTask(header, 'set', tasks);
  if (!task.ok) return task;
  if (header['role'] !== role) return refuse(`role: expected ${role}, got ${header['role']}`);
  const window = readWindow(header, task.value);
  if (!window.ok) return window;
  const batchIds = readBatchIds(header);
  if (batchIds === undefined) return refuse('batchIds: expected a list of batch ids');
  return { ok: true, value: { task: task.value, windowStartMs: window.value, batchIds } };
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
  if (header['role'] !== role) return refuse(`role: expected ${role}, got ${header['role']}`);
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
