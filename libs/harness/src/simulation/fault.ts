/**
 * What a fault is in code: a function that puts decorators on a deployment before it starts. Roles
 * and nodes know nothing of faults. A fault says each time that it strikes (`strike`), whom it
 * strikes and what may come of that: the oracles hold the run to it.
 */

import type { CryptoBackend, SeedBranch } from '@priolab/crypto';
import type {
  Ingestor,
  ObjectSigner,
  Processor,
  ProcessorRole,
  Task,
  Vendor,
} from '@priolab/roles';
import type {
  Connections,
  DrivenTimeline,
  Machine,
  Network,
  RemoteStores,
  TaskQueue,
} from '@priolab/runtime';
import type {
  BatcherOptions,
  FrontOptions,
  Job,
  PortalOptions,
  ProcessorDesk,
} from '@priolab/nodes';

import type { FaultReason } from '../faults/reasons.ts';
import type { Book } from './book.ts';
import type { Parties } from './parties.ts';
import { noPhoneHooks } from './phones.ts';
import type { PhoneHooks } from './phones.ts';
import type { NemesisItem, SimulationSettings } from './settings.ts';

/**
 * What may become of a report: `accepted`, `lost`, `pending`, or the reason of a rejection. A
 * report that several faults struck may end as any of them allows; one that none struck must be
 * accepted.
 */
export type AllowedFate = string;

/** A fault has struck. */
export interface Strike {
  /** One line for the fault log. */
  readonly what: string;
  /** Report numbers that it may touch; left out: none (it must change nothing). */
  readonly reports?: readonly number[];
  /** Reports in which it shows where it is planned before they are sent; left out: `reports`. */
  readonly seenIn?: readonly number[];
  /** Left out: `accepted`, the system must recover. */
  readonly allowed?: readonly AllowedFate[];
  /** Batches of which every report may end as `allowed` says. */
  readonly batchIds?: readonly string[];
  /** Windows (`windowKey`) that need not be published. */
  readonly windows?: readonly string[];
}

export type Decorate<T, Where> = (inner: T, where: Where) => T;

/** Where decorators are put; the last one put is the outermost. */
export interface Hooks {
  readonly ingestor: Decorate<
    Ingestor,
    { readonly vendor: Vendor; readonly task: Task; day: number }
  >[];
  /** The cryptography that an ingestor computes with: what its randomness is made of. */
  readonly ingestorBackend: Decorate<
    CryptoBackend,
    { readonly vendor: Vendor; readonly task: Task; day: number }
  >[];
  readonly processor: Decorate<Processor, { readonly role: ProcessorRole; readonly task: Task }>[];
  /** Whose signatures: a vendor's batches, a processor's objects. */
  readonly signer: Decorate<ObjectSigner, { readonly owner: string }>[];
  readonly phones: PhoneHooks;
  /** What the programs of machines are given: their stores, settings, arithmetic and listeners. */
  readonly front: Decorate<FrontOptions, { readonly name: string; readonly vendor: Vendor }>[];
  readonly batcher: Decorate<BatcherOptions, { readonly vendor: Vendor }>[];
  readonly desk: Decorate<ProcessorDesk, { readonly role: ProcessorRole }>[];
  readonly portal: Decorate<PortalOptions, object>[];
}

export function noHooks(): Hooks {
  return {
    ingestor: [],
    ingestorBackend: [],
    processor: [],
    signer: [],
    phones: noPhoneHooks(),
    front: [],
    batcher: [],
    desk: [],
    portal: [],
  };
}

export interface FaultContext {
  readonly item: NemesisItem;
  readonly timeline: DrivenTimeline;
  readonly network: Network;
  readonly stores: RemoteStores;
  readonly queues: Readonly<Record<ProcessorRole, TaskQueue<Job>>>;
  /** By name: `ingestion/apple/0`, `ingestion/apple/batcher`, `processor/leader`, `portal`. */
  readonly machines: ReadonlyMap<string, Machine>;
  /** Of the upload servers, by machine. */
  readonly connections: ReadonlyMap<string, Connections>;
  readonly hooks: Hooks;
  readonly parties: Parties;
  readonly book: Book;
  readonly settings: SimulationSettings;
  /** The fault's own randomness. */
  readonly randomness: SeedBranch;
  /** Start and end of the days on which phones report. */
  readonly startMs: number;
  readonly endMs: number;
  /** When it begins; Infinity while it waits for what its `when` names. */
  beginsMs(): number;
  /** Runs `act` at that moment, or never. */
  whenItBegins(act: () => void): void;
  /** True while the fault's time has come and is not over, now or at another time. */
  isOn(atMs?: number): boolean;
  /**
   * Whether it strikes on this occasion: it is on, its dose is not spent, and the coin of `key`
   * (by the fault's probability) says so. Counts nothing by itself.
   * @param atMs when the occasion is, where that is not now: phones plan their day at midnight
   */
  chooses(key: string, atMs?: number): boolean;
  /** A uniform 32-bit number for `key`. */
  draw(key: string): number;
  strike(strike: Strike): void;
  /** What else may become of a report that it struck. */
  alsoAllow(report: number, allowed: readonly AllowedFate[]): void;
  /** The same of all reports of a window, which need not be published. */
  alsoAllowIn(window: string, allowed: readonly AllowedFate[]): void;
  /** Notes that copies of its making, or what no report is in, were refused. */
  refused(reason: FaultReason, count: number): void;
  /** Notes a size of what the fault did: for limits, which are measured and disclosed. */
  measure(name: string, value: number): void;
  /** Runs `action` when the run has ended, before the books are closed. */
  atEnd(action: () => void): void;
  /** Keeps the run going until this time, for what is to come. */
  stayUntil(timeMs: number): void;
}

/** How a fault of the catalogue is done. */
export type Inject = (context: FaultContext) => void;
