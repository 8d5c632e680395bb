/**
 * What a run deploys besides itself, as the run sees it: the same for services in its own process
 * and for programs.
 */

import type { Vendor } from '@priolab/roles';
import type { HttpClient } from '@priolab/runtime/http';

import type { DeploymentRecord } from '../record/run-record.ts';
import type { Found, Reference } from './compare.ts';

export interface Site {
  readonly kind: DeploymentRecord['kind'];
  readonly client: HttpClient;
  /** Origins of the ingestors. */
  readonly urls: Readonly<Record<Vendor, string>>;
  /** Moves the ingestors' clock. */
  setTime(timeMs: number): void;
  /** A shard's uploads all have their answers. */
  shardSent(vendor: Vendor): Promise<void>;
  /** Nothing more comes: everything is to be batched, summed and shown. */
  settle(wanted: Wanted): Promise<Settled>;
  /** What there is in the end. @throws TransportError */
  read(): Promise<Found>;
  /** Stops everything; `failed`: what could tell why is left where it is. */
  close(options: { readonly failed: boolean }): Promise<void>;
}

export interface Wanted {
  readonly references: readonly Reference[];
  /** Reports that ingestors said they have stored. */
  readonly stored: number;
  readonly signal: AbortSignal | undefined;
}

/** `ended`: why not everything is there. */
export type Settled = 'done' | 'interrupted' | { readonly ended: string };
