/**
 * What a deployment needs from whoever has the services and can start programs. The harness knows
 * neither: it says what they work with, when to begin and when to stop.
 */

import type { AndroidVerifier } from '@priolab/attestation';
import type { CryptoBackend } from '@priolab/crypto';
import type { BatchPair, ProcessorRole, Task, Vendor } from '@priolab/roles';
import type { BatchVerifier } from '@priolab/roles/enpa';
import type { Clock } from '@priolab/runtime';
import type { Database } from '@priolab/runtime/database';
import type { HttpClient, HttpService } from '@priolab/runtime/http';
import type { StreamingStore } from '@priolab/runtime/stores';

export interface IngestorRequest {
  readonly vendor: Vendor;
  readonly tasks: readonly Task[];
  readonly clock: Clock;
  readonly database: Database;
  readonly sink: { write(pair: BatchPair): Promise<void> };
  readonly backend: CryptoBackend;
  /** Of the vendor's authority, where it takes the plain form. */
  readonly authorityKey?: Uint8Array;
  /** Where it takes documents. */
  readonly android?: AndroidVerifier;
  /** 32 bytes. */
  readonly secret: Uint8Array;
  readonly batchReportsMax: number;
  readonly logFile: string;
}

export interface RunningIngestor {
  readonly http: HttpService;
  /** Hands what is stored to the sink. */
  cut(options: { readonly all: boolean }): Promise<unknown>;
  /** Reports that are stored and were not handed over. */
  pendingCount(): Promise<number>;
  close(): Promise<void>;
}

export interface PortalRequest {
  readonly clock: Clock;
  readonly database: Database;
  readonly sources: Readonly<
    Record<ProcessorRole, { readonly store: StreamingStore; readonly verifier: BatchVerifier }>
  >;
  readonly logFile: string;
}

export interface RunningPortal {
  readonly http: HttpService;
  /** Looks through the stores of sum parts once. */
  scan(): Promise<unknown>;
  addKey(options: {
    readonly authority: string;
    readonly localities: readonly string[];
  }): Promise<{ readonly key: string }>;
  close(): Promise<void>;
}

/** The services in this process. */
export interface DeployedServices {
  ingestor(request: IngestorRequest): Promise<RunningIngestor>;
  portal(request: PortalRequest): Promise<RunningPortal>;
}

/** Programs of a run with processes, by the names of their logs. */
export type ProgramName = 'processor' | 'ingestor' | 'portal';

export interface ProgramRequest {
  readonly program: ProgramName;
  /** Of its log and in messages: `leader`, `apple-ingestor`. */
  readonly name: string;
  readonly configFile: string;
}

/** The services as programs of their own. */
export interface DeployedPrograms {
  /**
   * Starts one that serves until it is stopped.
   * @throws UsageError where it ends before it serves, with what it said
   */
  start(request: ProgramRequest): Promise<RunningProgram>;
  /**
   * Has one do something that ends, and gives what it wrote to its output.
   * @throws UsageError where it fails
   */
  run(request: ProgramRequest & { readonly args: readonly string[] }): Promise<string>;
}

export interface RunningProgram {
  /** Where it serves, as it says itself; of a processor, nowhere. */
  readonly url: string | undefined;
  /** Why and with what last words it ended by itself; undefined while it runs. */
  ended(): string | undefined;
  /** How many tasks it said it had done or put aside, each counted once. */
  settledCount(): number;
  /** The last things that it complained of. */
  complaints(): readonly string[];
  /** Asks it to stop, and ends it if it does not. Twice is as good as once. */
  stop(): Promise<void>;
}

/** How a run with a deployment is to be done, beside what its scenario says. */
export interface DeploymentOptions {
  readonly services: DeployedServices;
  readonly programs: DeployedPrograms;
  readonly pause: (ms: number) => Promise<void>;
  /** For keys, configurations, states and buckets; made anew, and removed unless the run fails. */
  readonly folder: string;
  /** Leave folder and buckets where they are. */
  readonly keep?: boolean;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** How long to wait while nothing gets done: 60 s. */
  readonly patienceMs?: number;
  readonly onWaiting?: (state: Waiting) => void;
  /** For tests that break the way of uploads. */
  readonly wrapClient?: (client: HttpClient) => HttpClient;
}

/** How far the deployment is, once all uploads are sent. */
export interface Waiting {
  readonly sumsDone: number;
  readonly sumCount: number;
  readonly elapsedMs: number;
}
