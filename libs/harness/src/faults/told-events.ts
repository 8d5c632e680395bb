/**
 * Events that are known at the moment at which they happen, so that a fault may wait for them; the
 * others of `expectations/events.ts` are counted when a run is over, or by nobody who could tell.
 */

import type { NodeEvent } from '@priolab/nodes';

import type { EventId } from '../expectations/events.ts';

/** Each with the kind of event by which nodes tell of it. */
export const toldEvents = {
  'batch.cut': 'batched',
  'batching.failed': 'batching-failed',
  'batch.refused': 'batch-refused',
  'batch.late': 'late',
  'peer.refused': 'peer-refused',
  'window.published': 'published',
  'window.held': 'held',
  'window.suppressed': 'suppressed',
} as const satisfies Partial<Record<EventId, NodeEvent['kind']>>;

export type ToldEvent = keyof typeof toldEvents;

export const toldEventIds = Object.keys(toldEvents) as [ToldEvent, ...ToldEvent[]];

const idOf = new Map<string, ToldEvent>(toldEventIds.map((id) => [toldEvents[id], id]));

/** What an event of a node is called in scenarios; undefined: nothing waits for it. */
export function toldEventOf({ kind }: Pick<NodeEvent, 'kind'>): ToldEvent | undefined {
  return idOf.get(kind);
}
