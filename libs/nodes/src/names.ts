/**
 * Names of stores and objects. Source: ENPA section 6.2, with the instance in front of the key,
 * where the real system has a bucket for each instance.
 */

import { toHex } from '@priolab/crypto';
import type { ProcessorRole, Task, Vendor } from '@priolab/roles';

const PARTY_NUMBER = { leader: 0, helper: 1 } as const;

export const storeNames = {
  inbox: (vendor: Vendor) => `inbox-${vendor}`,
  ingestion: (role: ProcessorRole) => `ingestion-${role}`,
  /** What the peer writes for `role` to read. */
  validity: (role: ProcessorRole) => `validity-${role}`,
  state: (role: ProcessorRole) => `state-${role}`,
  /** The vendor's own list of its batches, which nobody else can write. */
  announced: (vendor: Vendor) => `announced-${vendor}`,
  portal: 'portal',
  audit: 'audit',
  results: 'results',
} as const;

export function peerOf(role: ProcessorRole): ProcessorRole {
  return role === 'leader' ? 'helper' : 'leader';
}

export function instanceOf({ state, vendor }: Task): string {
  return `${state}-${vendor}`;
}

/** Where the batches of a task are, in a processor's ingestion store. */
export function taskPrefix(task: Task): string {
  return `${instanceOf(task)}/${task.metric.id}/`;
}

/** The key of a batch without its ending: task, window start by minute, batch id. */
export function batchBase(task: Task, windowStartMs: number, batchId: Uint8Array | string): string {
  const minute = new Date(windowStartMs).toISOString().slice(0, 16).replaceAll(/[-T:]/g, '/');
  const id = typeof batchId === 'string' ? batchId : toHex(batchId);
  return `${taskPrefix(task)}${minute}/${id}`;
}

/** Window start and batch id of a key that `batchBase` made; undefined for any other. */
export function readBatchBase(
  base: string,
): { readonly windowStartMs: number; readonly batchId: string } | undefined {
  const match = /\/(\d{4})\/(\d\d)\/(\d\d)\/(\d\d)\/(\d\d)\/([0-9a-f]{32})$/.exec(base);
  if (match === null) return undefined;
  const [, year, month, day, hour, minute, batchId] = match;
  const windowStartMs = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:00Z`);
  return Number.isNaN(windowStartMs) ? undefined : { windowStartMs, batchId: batchId! };
}

/** Start of the window of a name that `windowBase` made; undefined for any other. */
export function readWindowBase(base: string): number | undefined {
  const match = /\/(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)-\d{12}$/.exec(base);
  if (match === null) return undefined;
  const [, year, month, day, hour, minute] = match;
  const startMs = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:00Z`);
  return Number.isNaN(startMs) ? undefined : startMs;
}

export const endings = {
  batch: '.batch',
  validity: (role: ProcessorRole) => `.validity_${PARTY_NUMBER[role]}`,
  set: (role: ProcessorRole) => `.set_${PARTY_NUMBER[role]}`,
  /** A note of what is said to the peer about a batch, or about a window. */
  said: '.said',
  /** A note that a window was summed. */
  done: (role: ProcessorRole) => `.done_${PARTY_NUMBER[role]}`,
  sum: (role: ProcessorRole) => `.sum_${PARTY_NUMBER[role]}`,
} as const;

/** Where a processor's notes are about which versions it speaks. */
export function versionsPrefix(role: ProcessorRole): string {
  return `versions/${role}/`;
}

/** The key of a window's object without its ending. */
export function windowBase(task: Task, windowStartMs: number): string {
  const minute = (ms: number): string =>
    new Date(ms).toISOString().slice(0, 16).replaceAll(/[-T:]/g, '');
  return `${taskPrefix(task)}${minute(windowStartMs)}-${minute(windowStartMs + task.windowMs)}`;
}
