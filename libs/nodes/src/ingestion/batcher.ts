/**
 * A vendor's batch job: every now and then it takes the uploads that have come, has the ingestor
 * check them and cut them into batches, and writes each batch to both processors. It may crash
 * anywhere: what it is about to do is written down first (a plan: which uploads, in which order),
 * the ingestor gives the same batches for the same plan, and objects are written once. So after a
 * crash it goes through the plans of the open days again and nothing is lost or doubled.
 *
 * Uploads name their senders: they are deleted when their day is closed, all of them are in batches
 * that are durable, and they are old enough; never before.
 */

import { toHex } from '@priolab/crypto';
import { DAY_MS, encodeShareBatch } from '@priolab/roles';
import type { BatchPair, Ingestor, ObjectSigner, ProcessorRole, Task } from '@priolab/roles';
import type { UploadBlock, Vendor } from '@priolab/roles';
import { TransportError } from '@priolab/runtime';
import type { Host, ObjectStore } from '@priolab/runtime';

import type { Listener } from '../events.ts';
import { batchBase, endings } from '../names.ts';
import { DamagedNote, putNote, readNote } from '../notes.ts';
import { putDurably, writeSigned } from '../signed-store.ts';
import { expireUploads } from './expire-uploads.ts';
import { inboxPrefix, readUpload } from './front.ts';
import { PLAN, doneKey, planKey, planPrefix } from './plans.ts';

export interface BatcherOptions {
  readonly vendor: Vendor;
  readonly inbox: ObjectStore;
  readonly outboxes: Readonly<Record<ProcessorRole, ObjectStore>>;
  /** The vendor's list of its batches: what is not on it is not the vendor's, whoever signed it. */
  readonly announced: ObjectStore;
  readonly tasks: readonly Task[];
  /** A fresh ingestor, with nobody seen yet, for the uploads to a task that were made on a day. */
  readonly ingestorOf: (task: Task, day: number) => Ingestor;
  readonly signer: ObjectSigner;
  /** How often batches of a task are cut. */
  readonly everyMs: (task: Task) => number;
  /** Uploads in one plan, at most. */
  readonly batchSize: number;
  /** How long after its end a day stays open: as long as its uploads are taken. */
  readonly ageMsMax: number;
  /** Uploads are deleted this long after the end of their day. */
  readonly keepForMs: () => number;
  readonly listener: Listener;
}

/** The uploads to one task that were made on one day. */
interface Partition {
  readonly task: Task;
  readonly day: number;
  readonly ingestor: Ingestor;
  readonly planned: Set<string>;
  planCount: number;
}

/** One side of a batch as it goes to one processor. */
type Encoded = ReturnType<typeof encodeShareBatch> & {
  readonly role: ProcessorRole;
  readonly base: string;
};

export async function runBatcher(host: Host, options: BatcherOptions): Promise<void> {
  const { vendor, inbox, tasks, everyMs, batchSize } = options;
  const own = tasks.filter((task) => task.vendor === vendor);
  const partitions = new Map<string, Partition>();

  const open = async (task: Task, day: number): Promise<Partition> => {
    const name = inboxPrefix(day, toHex(task.id));
    const known = partitions.get(name);
    if (known !== undefined) return known;
    const ingestor = options.ingestorOf(task, day);
    ingestor.openPartition(day);
    const partition: Partition = { task, day, ingestor, planned: new Set(), planCount: 0 };
    partitions.set(name, partition);
    for (const key of await inbox.list(planPrefix(partition))) {
      const uploads = await readNote(inbox, key, PLAN);
      if (uploads === undefined) throw new DamagedNote(key, PLAN, 'none, though it is listed');
      await execute(options, partition, partition.planCount++, uploads);
    }
    return partition;
  };

  const cut = async (partition: Partition): Promise<void> => {
    const { task, day, planned } = partition;
    const arrived = await inbox.list(inboxPrefix(day, toHex(task.id)));
    const fresh = arrived.filter((key) => !planned.has(key));
    for (let from = 0; from < fresh.length; from += batchSize) {
      const keys = fresh.slice(from, from + batchSize);
      const plan = partition.planCount++;
      const key = planKey(partition, plan);
      const { isNew, body } = await putNote(inbox, key, PLAN, keys);
      // A plan of an earlier life that a listing did not show yet: it stands, ours comes after.
      await execute(options, partition, plan, body);
      if (!isNew) return cut(partition);
    }
  };

  /** What fails in one partition holds up no other. */
  const attempt = async (task: Task, day: number): Promise<void> => {
    try {
      await cut(await open(task, day));
    } catch (error) {
      if (!(error instanceof TransportError)) throw error;
      const { message } = error;
      options.listener({ kind: 'batching-failed', vendor, task, day, message });
      // What is written down is what counts: the next round begins from there.
      partitions.delete(inboxPrefix(day, toHex(task.id)));
    }
  };

  const round = async (due: readonly Task[]): Promise<void> => {
    const days = openDays(host.clock.nowMs(), options);
    for (const day of days) {
      for (const task of due) await attempt(task, day);
    }
    for (const [name, { day }] of partitions) if (day < days[0]!) partitions.delete(name);
    await expireUploads(options, host.clock.nowMs());
  };

  for (let due: readonly Task[] = own; ;) {
    try {
      await round(due);
    } catch (error) {
      if (!(error instanceof TransportError)) throw error;
    }
    const next = nextRound(own, everyMs, host.clock.nowMs());
    ({ due } = next);
    await host.sleep(next.inMs);
  }
}

/** Carries out a plan, or finds that it was. */
async function execute(
  options: BatcherOptions,
  partition: Partition,
  plan: number,
  keys: readonly string[],
): Promise<void> {
  const { inbox, outboxes, announced, signer } = options;
  for (const key of keys) partition.planned.add(key);
  const uploads = await Promise.all(keys.map((key) => readUpload(inbox, key)));
  const encoded = receive(options, partition, uploads);
  const done = doneKey(partition, plan);
  if ((await inbox.stat(done)) !== undefined) return;
  for (const { role, base, header, packets } of encoded) {
    await putDurably(announced, base, new Uint8Array(0));
    await writeSigned(outboxes[role], base + endings.batch, signer.seal(header, packets));
  }
  await putDurably(inbox, done, new Uint8Array(0));
}

/** When batches are cut next, and of which tasks: each at multiples of its own period. */
function nextRound(tasks: readonly Task[], everyMs: (task: Task) => number, nowMs: number) {
  const waitMs = (task: Task): number => everyMs(task) - (nowMs % everyMs(task));
  const inMs = Math.min(...tasks.map(waitMs));
  return { inMs, due: tasks.filter((task) => waitMs(task) === inMs) };
}

/** Days whose uploads are taken at that time. */
function openDays(nowMs: number, { ageMsMax, everyMs, tasks }: BatcherOptions): number[] {
  const longestMs = Math.max(...tasks.map(everyMs));
  const first = Math.floor((nowMs - ageMsMax - longestMs) / DAY_MS);
  const last = Math.floor((nowMs + longestMs) / DAY_MS);
  return Array.from({ length: last - first + 1 }, (_, i) => first + i);
}

/** Has the ingestor check the uploads, and copies its batches before it fills its next block. */
function receive(
  { vendor, listener }: BatcherOptions,
  { task, day, ingestor }: Partition,
  uploads: readonly Uint8Array[],
): Encoded[] {
  const { status, batches } = ingestor.receive(task, day, blockOf(uploads));
  listener({
    kind: 'batched',
    vendor,
    task,
    day,
    uploads,
    status: status.slice(),
    batches: batches.map(({ leader, uploadSlots }) => ({
      batchId: toHex(leader.batchId),
      windowStartMs: leader.windowStartMs,
      uploadSlots: uploadSlots.slice(),
    })),
  });
  return batches.flatMap((pair: BatchPair) =>
    (['leader', 'helper'] as const).map((role) => {
      const { [role]: side } = pair;
      const base = batchBase(side.task, side.windowStartMs, side.batchId);
      return { role, base, ...encodeShareBatch(side, role) };
    }),
  );
}

function blockOf(uploads: readonly Uint8Array[]): UploadBlock {
  const sizes = Uint32Array.from(uploads, (upload) => upload.length);
  const offsets = new Uint32Array(uploads.length);
  let size = 0;
  sizes.forEach((one, i) => {
    offsets[i] = size;
    size += one;
  });
  const bytes = new Uint8Array(size);
  uploads.forEach((upload, i) => bytes.set(upload, offsets[i]));
  return { count: uploads.length, bytes, offsets, sizes };
}
