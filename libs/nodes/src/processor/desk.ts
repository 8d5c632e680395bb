/**
 * What a processor's jobs work with: its stores, its role's arithmetic, its keys and its queue, and
 * the two reads that intake and aggregation share.
 */

import { toHex } from '@priolab/crypto';
import { decodeShareBatch, decodeVerifierShares } from '@priolab/roles';
import type {
  KnownTasks,
  ObjectReader,
  ObjectSigner,
  Processor,
  ProcessorRole,
  ShareBatch,
  Task,
  PeerWord,
  Vendor,
} from '@priolab/roles';
import type { ObjectStore, TaskQueue } from '@priolab/runtime';

import type { Listener } from '../events.ts';
import { batchBase, endings, peerOf } from '../names.ts';
import type { Turns } from './turns.ts';
import { readSigned } from '../signed-store.ts';
import { isReadable } from './versions.ts';

/** What is to be done. */
export interface IntakeJob {
  readonly kind: 'intake';
  readonly base: string;
  /** By the batch's name. */
  readonly task: Task;
}

export type Job =
  IntakeJob | { readonly kind: 'aggregate'; readonly task: Task; readonly windowStartMs: number };

export interface ProcessorDesk {
  readonly role: ProcessorRole;
  readonly tasks: KnownTasks;
  /** Batches from the vendors. */
  readonly ingestion: ObjectStore;
  /** What the peer says. */
  readonly validity: ObjectStore;
  /** Where the peer reads what we say. */
  readonly peerValidity: ObjectStore;
  /** Our own notes. */
  readonly state: ObjectStore;
  readonly portal: ObjectStore;
  /** Copies of our sums, for whoever compares them with what the combiner got. */
  readonly audit: ObjectStore;
  /** Each vendor's list of its batches. */
  readonly announced: Readonly<Record<Vendor, ObjectStore>>;
  /** One at a time: those who note which reports have been seen. */
  readonly turns: Turns;
  readonly queue: TaskQueue<Job>;
  /** Our arithmetic for one task. */
  readonly processorOf: (task: Task) => Processor;
  readonly signer: ObjectSigner;
  /** Trusts the vendors. */
  readonly ingestionReader: ObjectReader;
  /** Trusts the peer. */
  readonly peerReader: ObjectReader;
  readonly listener: Listener;
  readonly settings: ProcessorSettings;
  /** The versions of the processors' messages that we speak now. */
  readonly versions: () => readonly number[];
}

export interface ProcessorSettings {
  /** Jobs done at a time. */
  readonly workers: number;
  /** How long a task is ours before the queue gives it out again. */
  readonly leaseMs: number;
  /** How often the stores are looked through for something to do. */
  readonly scanEveryMs: number;
  /** A window is summed this long after its end. */
  readonly graceMs: number;
  /** When a peer that says nothing about a window is called missing. */
  readonly peerPatienceMs: number;
  /** Batches and messages about them are deleted this long after the end of their window. */
  readonly keepForMs: () => number;
  /** Sums of fewer accepted reports are not handed out. */
  readonly minBatch: (task: Task) => number;
  /** Documented behaviours of 2021, all off by default. */
  readonly legacy: {
    /** Sums what it has heard of from its peer, without asking what the peer sums. */
    readonly peerIntersection: boolean;
    /** Refuses a whole batch for one report that does not decrypt. */
    readonly poisonDropsBatch: boolean;
    /** Counts reports with invalid proofs as clients. */
    readonly countInvalidProofs: boolean;
    /** Takes a batch without reports as if it were not there, and says nothing to the peer. */
    readonly unequalEmptyBatches: boolean;
    /** Remembers which reports it has seen within one batch only. */
    readonly perBatchDedup: boolean;
  };
}

/** How long after a window's end anything may still happen to it. */
export function keptMs(settings: ProcessorSettings): number {
  return Math.max(settings.keepForMs(), waitsMs(settings));
}

/** How long after a window's end its peer is waited for. */
export function waitsMs({ graceMs, peerPatienceMs }: ProcessorSettings): number {
  return graceMs + peerPatienceMs;
}

/** May work later: the task is given back. */
export class NotReady extends Error {
  override readonly name = 'NotReady';
}

export type BatchRead =
  | { readonly state: 'absent' }
  | { readonly state: 'refused'; readonly reason: string; readonly detail: string }
  | { readonly state: 'good'; readonly batch: ShareBatch };

/** Our part of a batch. */
export async function readBatch(desk: ProcessorDesk, base: string): Promise<BatchRead> {
  const { role, tasks, ingestion, ingestionReader } = desk;
  const opened = await readSigned(ingestion, base + endings.batch, ingestionReader);
  if (opened === undefined) return { state: 'absent' };
  if (!opened.ok) return { state: 'refused', reason: opened.reason, detail: opened.detail };
  const decoded = decodeShareBatch(opened.header, opened.packets, { role, tasks });
  if (!decoded.ok) return { state: 'refused', reason: 'batch-header', detail: decoded.detail };
  // A batch under another's name, state or window would be summed under that name.
  const { task, windowStartMs, batchId } = decoded.value;
  if (base !== batchBase(task, windowStartMs, batchId)) {
    const detail = `batch ${toHex(batchId)} is at ${base}`;
    return { state: 'refused', reason: 'batch-header', detail };
  }
  if (opened.keyId.split('/', 2).join('/') !== `vendor/${task.vendor}`) {
    const detail = `signed by "${opened.keyId}", for ${task.vendor}`;
    return { state: 'refused', reason: 'batch-signature', detail };
  }
  // Whoever has stolen the vendor's signing key can still not write its list.
  if ((await desk.announced[task.vendor].stat(base)) === undefined) {
    const detail = `not on the list of vendor ${task.vendor}`;
    return { state: 'refused', reason: 'batch-unknown', detail };
  }
  return { state: 'good', batch: decoded.value };
}

export type ValidityRead =
  | { readonly state: 'absent' }
  | { readonly state: 'refused'; readonly reason: string; readonly detail: string }
  | { readonly state: 'good'; readonly word: PeerWord };

/** What the peer says about a batch of ours. */
export async function readValidity(
  desk: ProcessorDesk,
  base: string,
  batch: ShareBatch,
): Promise<ValidityRead> {
  const peer = peerOf(desk.role);
  const key = base + endings.validity(peer);
  const opened = await readSigned(desk.validity, key, desk.peerReader);
  if (opened === undefined) return { state: 'absent' };
  if (!opened.ok) return { state: 'refused', reason: opened.reason, detail: opened.detail };
  if (!isReadable(desk, opened.header)) {
    const detail = `what the ${peer} says of it is of a version that is not ours`;
    return { state: 'refused', reason: 'peer-version', detail };
  }
  const decoded = decodeVerifierShares(opened.header, opened.packets, { role: peer, batch });
  if (!decoded.ok) return { state: 'refused', reason: 'batch-header', detail: decoded.detail };
  return { state: 'good', word: decoded.value };
}
