/**
 * Events of nodes as one line each, for the journal: whole, but for shares, uploads and what a node
 * says in its own words.
 */

import { sha256, toHex } from '@priolab/crypto';
import type { NodeEvent } from '@priolab/nodes';
import type { Task } from '@priolab/roles';

export function describeEvent(event: NodeEvent): string {
  switch (event.kind) {
    case 'batched': {
      const { vendor, task, day, uploads, status, batches } = event;
      const ids = batches.map(({ batchId, uploadSlots }) => `${batchId}:${uploadSlots.length}`);
      const seen = toHex(sha256(Buffer.concat(uploads))).slice(0, 16);
      const codes = Buffer.from(status).toString('hex');
      return `batched ${vendor} ${name(task)} ${day} ${seen} ${codes} ${ids.join(',')}`;
    }
    case 'batching-failed':
      return `batching-failed ${event.vendor} ${name(event.task)} ${event.day}`;
    case 'batch-refused':
      return `batch-refused ${event.role} ${event.batchId} ${event.of} ${event.reason}`;
    case 'taken-in':
    case 'late':
      return `${event.kind} ${event.role} ${event.batchId}`;
    case 'decided': {
      const { role, task, windowStartMs, batchId, status, unheld } = event;
      const codes = Buffer.from(status).toString('hex');
      const lists = `${codes} ${unheld.join(',')}`;
      return `decided ${role} ${name(task)} ${windowStartMs} ${batchId} ${lists}`;
    }
    case 'summed': {
      const { role, task, windowStartMs, batchIds, unmatched, count } = event;
      const lists = `${batchIds.join(',')} without ${unmatched.join(',')}`;
      return `summed ${role} ${name(task)} ${windowStartMs} ${count} ${lists}`;
    }
    case 'expired':
      return `expired ${event.count} of ${event.store}`;
    case 'peer-refused': {
      const { role, reason, ours, theirs } = event;
      return `peer-refused ${role} ${reason} ${ours.join()} ${theirs.join()}`;
    }
    case 'peer-missing':
      return `peer-missing ${event.role} ${name(event.task)} ${event.windowStartMs}`;
    case 'published': {
      const { task, windowStartMs, totals, count } = event.result;
      return `published ${name(task)} ${windowStartMs} ${count} ${[...totals].join(',')}`;
    }
    case 'held':
      return `held ${name(event.task)} ${event.pair.windowStartMs} ${event.pair.reason}`;
    case 'suppressed':
      return `suppressed by ${event.by} ${name(event.task)} ${event.windowStartMs}`;
    case 'task-failed': {
      const { role, id, attempt, retryable } = event;
      return `task-failed ${role} ${id} ${attempt} ${retryable ? 'retryable' : 'for good'}`;
    }
  }
}

/**
 * What a node says of an event in its own words. No part of its line, so that no change of wording
 * makes another run of it; but a secret could stand there.
 */
export function wordsOf(event: NodeEvent): string | undefined {
  switch (event.kind) {
    case 'batching-failed':
    case 'task-failed':
      return event.message;
    case 'batch-refused':
      return event.detail;
    case 'held':
      return event.pair.detail;
    default:
      return undefined;
  }
}

function name({ state, vendor, metric }: Task): string {
  return `${state}/${vendor}/${metric.id}`;
}
