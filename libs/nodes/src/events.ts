/**
 * What nodes tell of themselves as they work: operators' logs are made of it, and a simulation's
 * oracles. A node behaves the same whether anybody listens. No event holds a share, a key or what
 * a phone measured.
 */

import type { AggregateResult, Estimate, HeldPair, ProcessorRole, Task } from '@priolab/roles';
import type { Vendor } from '@priolab/roles';

export type NodeEvent =
  | {
      /** Uploads were checked and batched; said again when an ingestion server does it again. */
      readonly kind: 'batched';
      readonly vendor: Vendor;
      readonly task: Task;
      readonly day: number;
      readonly uploads: readonly Uint8Array[];
      /** A reason code for each upload; 0: forwarded. */
      readonly status: Uint8Array;
      readonly batches: readonly {
        readonly batchId: string;
        readonly windowStartMs: number;
        /** Which uploads are in it. */
        readonly uploadSlots: Uint32Array;
      }[];
    }
  | {
      /** A day's uploads could not be read, or its batches written: the next round tries again. */
      readonly kind: 'batching-failed';
      readonly vendor: Vendor;
      readonly task: Task;
      readonly day: number;
      readonly message: string;
    }
  | {
      /** A processor will not use a batch: its own part, or what the peer says about it. */
      readonly kind: 'batch-refused';
      readonly role: ProcessorRole;
      /** Empty where it is of no one batch, but of a window. */
      readonly batchId: string;
      readonly window?: { readonly task: Task; readonly windowStartMs: number };
      readonly of: 'ingestion' | 'validity' | 'set';
      readonly reason: string;
      readonly detail: string;
    }
  | { readonly kind: 'taken-in'; readonly role: ProcessorRole; readonly batchId: string }
  | { readonly kind: 'late'; readonly role: ProcessorRole; readonly batchId: string }
  | {
      /** A processor has decided about the reports of a batch, for good. */
      readonly kind: 'decided';
      readonly role: ProcessorRole;
      readonly task: Task;
      readonly windowStartMs: number;
      readonly batchId: string;
      readonly reportIds: Uint8Array;
      readonly queryRandomness: Uint32Array;
      /** What the peer said: f, g, h of each report. */
      readonly peerValues: Uint32Array;
      readonly status: Uint8Array;
      /** Hex ids of reports that only the peer has in this batch. */
      readonly unheld: readonly string[];
    }
  | {
      readonly kind: 'summed';
      readonly role: ProcessorRole;
      readonly task: Task;
      readonly windowStartMs: number;
      readonly batchIds: readonly string[];
      /** Ready at this processor and not at its peer. */
      readonly unmatched: readonly string[];
      readonly count: number;
      readonly rejectedCount: number;
    }
  | {
      /** The peer speaks no version that we speak: batches and windows wait; said at each scan. */
      readonly kind: 'peer-refused';
      readonly role: ProcessorRole;
      readonly reason: 'peer-version';
      readonly ours: readonly number[];
      readonly theirs: readonly number[];
    }
  | {
      readonly kind: 'peer-missing';
      readonly role: ProcessorRole;
      readonly task: Task;
      readonly windowStartMs: number;
    }
  | {
      /** What was kept long enough was deleted. */
      readonly kind: 'expired';
      readonly store: string;
      readonly count: number;
    }
  | {
      readonly kind: 'published';
      readonly result: AggregateResult;
      readonly estimate: Estimate;
    }
  | { readonly kind: 'held'; readonly task: Task; readonly pair: HeldPair }
  | {
      readonly kind: 'suppressed';
      readonly by: ProcessorRole | 'portal';
      readonly task: Task;
      readonly windowStartMs: number;
      readonly count: number;
    }
  | {
      /** A task failed; retryable ones come again. */
      readonly kind: 'task-failed';
      readonly role: ProcessorRole;
      readonly id: string;
      readonly attempt: number;
      readonly retryable: boolean;
      readonly message: string;
    };

export type Listener = (event: NodeEvent) => void;
